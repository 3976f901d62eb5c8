"""Statements that every page asks read the few rows they want, not everybody."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from weilu.core.models import Workspace
from weilu.members.queries import people
from weilu.members.queries.known import worn_by


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan")
def test_who_is_who_is_read_from_small_indexes(workspace: Workspace) -> None:
    with CaptureQueriesContext(connection) as asked:
        people(workspace.pk)
    (statement,) = asked.captured_queries
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement['sql']}")
        plan = [row[3] for row in cursor.fetchall()]
    read = [line for line in plan if line.startswith(("SEARCH", "SCAN"))]
    indexes = ("identity_moved", "member_not_person", "member_not_person", "member_staff")
    for line, index in zip(read, indexes, strict=True):
        assert f"INDEX {index} " in line, line


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan")
def test_tags_of_a_page_are_looked_up_by_who_wears_them(workspace: Workspace) -> None:
    with CaptureQueriesContext(connection) as asked:
        worn_by(range(1, 51))
    (statement,) = asked.captured_queries
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement['sql']}")
        plan = " ".join(row[3] for row in cursor.fetchall())
    assert "SEARCH members_identity USING INDEX members_identity_member_id" in plan
    assert "SEARCH members_tagging USING INDEX members_tagging_identity_id" in plan

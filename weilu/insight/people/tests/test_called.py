"""Members found by a name, and what that reads."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from weilu.core.models import Workspace
from weilu.insight.people.called import members_called
from weilu.insight.people.tests.history import id_of, make_group, said, tell
from weilu.members.models import Member

pytestmark = pytest.mark.django_db


def test_who_begins_so_comes_before_who_holds_it(workspace: Workspace) -> None:
    names = ("old reed", "Reed", "reeds 100%", "rush")
    told = [said(one, f"2024-03-0{n} 08:00", "tea") for n, one in enumerate(names, 1)]
    tell(make_group(workspace, "Hall"), told)
    found = members_called(workspace.pk, "REED")
    assert sorted(found[:2]) == sorted([id_of("Reed"), id_of("reeds 100%")])
    assert found[2:] == [id_of("old reed")]
    assert members_called(workspace.pk, "reeds 100%") == [id_of("reeds 100%")]
    assert members_called(workspace.pk, "reeds_100") == []


def test_a_beginning_is_found_by_an_index(workspace: Workspace) -> None:
    crowd = [
        Member(id=n, workspace=workspace, name=f"N{n}", name_folded=f"n{n}") for n in range(1, 3001)
    ]
    Member.objects.bulk_create(crowd)
    with CaptureQueriesContext(connection) as asked:
        members_called(workspace.pk, "n77", limit=5)
    first = asked.captured_queries[0]["sql"]
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if not is_sqlite:
            cursor.execute("ANALYZE members_member")
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{first}")
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
    assert ("member_by_name (" if is_sqlite else "member_by_beginning") in plan, plan

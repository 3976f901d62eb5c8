"""A member's page asks a bounded number of statements."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.insight.people.tests.history import id_of, make_group, said, tell

pytestmark = pytest.mark.django_db


def test_nothing_of_where_they_stand_is_asked_twice(workspace: Workspace, operator: Person) -> None:
    group = make_group(workspace, "Hall")
    tell(group, [said(f"p{n}", "2026-03-01 08:00", "tea") for n in range(5)])
    client, url = operator.client(), f"/members/{id_of('p1')}/"
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    asked = [one["sql"] for one in seen]
    for table in ("members_prizeverdict", "members_prizelook", "members_contact"):
        assert sum(f'FROM "{table}"' in sql for sql in asked) == 1
    assert len(asked) <= 50

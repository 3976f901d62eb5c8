"""A member's page asks a bounded number of statements."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from weilu.console.conftest import signed_in
from weilu.core.models import User, Workspace
from weilu.core.tests.cast import Person
from weilu.insight.people.tests.history import id_of, make_group, said, tell

pytestmark = pytest.mark.django_db

FRAME = {"core_seat", "core_user", "chat_outgoing", "communities_community"}


# Those the frame of any page asks are among them: session, user, seats, what waits, communities.
MOST = 42


def test_every_table_of_a_member_is_read_once(workspace: Workspace, operator: Person) -> None:
    group = make_group(workspace, "Hall")
    tell(group, [said(f"p{n}", "2026-03-01 08:00", "tea") for n in range(5)])
    client, url = operator.client(), f"/members/{id_of('p1')}/"
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    tables = Counter(re.findall(r'FROM "?(\w+)', " ".join(one["sql"] for one in seen)))
    # Who is who is one statement of three parts; the newest moment is of all members' totals.
    assert {name: n for name, n in tables.items() if n > 1 and name not in FRAME} == {
        "members_member": 3,
        "members_identity": 2,
        "insight_membertotals": 2,
    }
    assert len(seen) <= MOST


def test_choices_are_read_for_whoever_may_choose(workspace: Workspace, analyst: User) -> None:
    tell(make_group(workspace, "Hall"), [said("reed", "2026-03-01 08:00", "tea")])
    client, url = signed_in(analyst), f"/members/{id_of('reed')}/"
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    asked = " ".join(one["sql"] for one in seen)
    assert 'FROM "members_tag"' not in asked
    assert 'FROM "members_ownstage"' not in asked
    assert len(seen) <= MOST - 3

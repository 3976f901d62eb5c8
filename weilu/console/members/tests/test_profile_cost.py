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
MOST = 26
# What the page asks for once it stands, each by itself.
LATER = {"worth": 19, "talk": 14, "history": 20}


def test_every_table_of_a_member_is_read_once(workspace: Workspace, operator: Person) -> None:
    group = make_group(workspace, "Hall")
    tell(group, [said(f"p{n}", "2026-03-01 08:00", "tea") for n in range(5)])
    client, url = operator.client(), f"/members/{id_of('p1')}/"
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    tables = Counter(re.findall(r'FROM "?(\w+)', " ".join(one["sql"] for one in seen)))
    # The newest moment is of all members' totals.
    assert {name: n for name, n in tables.items() if n > 1 and name not in FRAME} == {
        "insight_membertotals": 2,
    }
    assert len(seen) <= MOST


def test_what_is_asked_for_later_has_its_bounds(workspace: Workspace, operator: Person) -> None:
    group = make_group(workspace, "Hall")
    tell(group, [said(f"p{n}", "2026-03-01 08:00", "tea") for n in range(5)])
    client, asked = operator.client(), dict[str, int]()
    for name in LATER:
        url = f"/members/{id_of('p1')}/part/{name}/"
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(url, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        assert b"<html" not in answer.content
        asked[name] = len(seen)
        # Without scripts it is a page.
        assert b"<html" in client.get(url).content
    assert asked == LATER
    assert client.get(f"/members/{id_of('p1')}/part/all/").status_code == 404


def test_choices_are_read_for_whoever_may_choose(workspace: Workspace, analyst: User) -> None:
    tell(make_group(workspace, "Hall"), [said("reed", "2026-03-01 08:00", "tea")])
    client, url = signed_in(analyst), f"/members/{id_of('reed')}/"
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    asked = " ".join(one["sql"] for one in seen)
    assert 'FROM "members_tag"' not in asked
    assert 'FROM "members_ownstage"' not in asked
    assert len(seen) <= MOST - 3

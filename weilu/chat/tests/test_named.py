"""A message is found by the id its platform gave it, and only where and when it may be."""

from __future__ import annotations

import pytest
from django.db import connection

from weilu.chat.accept import Acceptor
from weilu.chat.columns import HOUR_MS
from weilu.chat.models import Message
from weilu.chat.named import named
from weilu.chat.ports import Inbound
from weilu.chat.tests.story import START_MS, community_of
from weilu.groups.models import Group
from weilu.groups.queries import GroupPlace

pytestmark = pytest.mark.django_db
NOON = START_MS // HOUR_MS * HOUR_MS


def group_with(*said: tuple[int, str]) -> int:
    """A group in which messages (ms after noon, id) were said; returns its id."""
    community = community_of("one")
    group = Group.objects.create(
        workspace=community.workspace, community=community, platform="other", name="g"
    )
    place = GroupPlace(group.pk, community.pk, community.time_zone)
    items = [Inbound(0, NOON + at, "u", "u", key, external_id=key) for at, key in said]
    acceptor = Acceptor(community.workspace_id, "other")
    acceptor.accept([place] * len(items), items)
    acceptor.finish()
    return group.pk


def test_found_in_its_group_and_hours_only() -> None:
    pk = group_with((0, "a"), (-2 * HOUR_MS, "b"), (2 * HOUR_MS, "c"), (HOUR_MS, "d"))

    def found(group_id: int, key: str, back: int) -> list[str]:
        return list(named(group_id, key, NOON, back).values_list("text", flat=True))

    assert found(pk, "a", 0) == ["a"]
    assert found(pk, "b", 1) == []
    assert found(pk, "b", 2) == ["b"]
    assert found(pk, "c", 48) == []
    assert found(pk, "d", 48) == ["d"]
    assert found(pk + 1, "a", 48) == []


def test_no_other_message_is_read_for_it() -> None:
    pk = group_with((0, "a"))
    query, values = named(pk, "a", NOON, 7 * 24).query.sql_with_params()
    before = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            # A table of one row is read whole, whatever there is.
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(before + query, values)
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
    assert "message_once" in plan
    if connection.vendor == "sqlite":
        assert "(<expr>=? AND group_id=? AND external_id=?)" in plan
    assert Message.objects.count() == 1

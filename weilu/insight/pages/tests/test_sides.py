"""Groups side by side: the same as counting the messages one by one."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from weilu.chat.columns import DAY_MS, local_ms
from weilu.chat.models import Message
from weilu.chat.ports import Kind
from weilu.core.access import system
from weilu.core.models import Workspace
from weilu.groups.models import Group
from weilu.insight.pages.look import Asked, Look, look_at, number_of, place_of
from weilu.insight.pages.sides import TREND_WEEKS, WEEK, sides
from weilu.insight.pages.weekly import LATELY_DAYS
from weilu.insight.people.tests.crowd import make_crowd
from weilu.insight.people.tests.history import ZONE, make_group, said, tell
from weilu.insight.rules.lifecycle import GroupTalk, Why, group_life
from weilu.members.queries import people

FIRST = number_of(date(2024, 2, 20))
LAST = FIRST + 20


@pytest.fixture
def halls(workspace: Workspace) -> list[Group]:
    """Two groups of thirty people, of whom some are bots, some staff, some merged."""
    return make_crowd(workspace, system(workspace.pk))


def looked(groups: list[Group], *, staff: bool = True, bots: bool = False) -> Look:
    place = place_of(system(groups[0].workspace_id), groups[0].community_id)
    return look_at(place, Asked(FIRST, LAST, staff=staff, bots=bots))


def told(group: Group, look: Look) -> list[tuple[int, int]]:
    """(day, member) of every message of who counts."""
    known = people(group.workspace_id)
    rows = Message.objects.filter(group=group, kind=Kind.MESSAGE)
    pairs = []
    for sent, who in rows.values_list("sent_ms", "identity_id"):
        member = known.moved.get(who, who)
        day = int(local_ms(np.array([sent], dtype=np.int64), ZONE)[0] // DAY_MS)
        if member not in look.out and day <= LAST:
            pairs.append((day, member))
    return pairs


@pytest.mark.parametrize(("staff", "bots"), [(True, False), (False, False), (True, True)])
def test_sides_are_what_the_messages_say(halls: list[Group], *, staff: bool, bots: bool) -> None:
    look = looked(halls, staff=staff, bots=bots)
    span = LAST - FIRST + 1
    for side in sides(look):
        pairs = told(side.group, look)
        now = [(d, m) for d, m in pairs if d >= FIRST]
        before = [(d, m) for d, m in pairs if FIRST - span <= d < FIRST]
        new = {m for _d, m in now} - {m for d, m in pairs if d < FIRST}
        back = [m for m in new if len({d for d, one in now if one == m}) > 1]
        assert side.messages == len(now)
        assert side.messages_before == len(before)
        assert side.speakers == len({m for _d, m in now})
        assert side.speakers_before == len({m for _d, m in before})
        assert side.newcomers == len(new)
        assert side.returned_share == (len(back) / len(new) if new else None)
        weeks = [0] * TREND_WEEKS
        for day, _member in pairs:
            at = (LAST - day) // WEEK
            if at < TREND_WEEKS:
                weeks[-1 - at] += 1
        assert list(side.trend) == weeks


@pytest.mark.parametrize("bots", [False, True])
def test_life_is_what_the_messages_say(halls: list[Group], *, bots: bool) -> None:
    look = looked(halls, bots=bots)
    for side in sides(look):
        pairs = told(side.group, look)
        days = [day for day, _member in pairs]
        weeks = [0] * ((LAST - min(days)) // WEEK + 1)
        for day in days:
            weeks[-1 - (LAST - day) // WEEK] += 1
        lately = {m for d, m in pairs if d > LAST - LATELY_DAYS}
        there = side.present
        assert side.life == group_life(
            GroupTalk(
                weeks,
                len({m for _d, m in pairs}),
                silent_days=LAST - max(days),
                active_share=min(len(lately) / there, 1.0) if there else None,
            )
        )


def test_few_speakers_are_counted_over_all_the_time(workspace: Workspace) -> None:
    """Who spoke long ago spoke: that few do lately is no sign of a group being prepared."""
    group = make_group(workspace, "Hall")
    early = [said(f"p{n}", f"2023-12-0{n + 1} 08:00", "tea") for n in range(4)]
    late = [said("p0", f"2024-03-{d:02} 08:00", "tea") for d in range(1, 10) for _ in range(3)]
    tell(group, [*early, *late])
    (side,) = sides(looked([group]))
    assert side.life.why is not Why.FEW_SPEAKERS
    tell(other := make_group(workspace, "Yard"), late)
    named = {one.group.pk: one for one in sides(looked([group, other]))}
    assert named[other.pk].life.why is Why.FEW_SPEAKERS


def test_somebody_is_new(halls: list[Group]) -> None:
    """Or the comparison above would compare nothing."""
    found = sides(looked(halls))
    assert sum(side.newcomers for side in found) > 0
    assert sum(side.speakers - side.newcomers for side in found) > 0


def test_statements_do_not_grow_with_the_groups(halls: list[Group], workspace: Workspace) -> None:
    make_group(workspace, "silent")
    look = looked(halls)
    with CaptureQueriesContext(connection) as few:
        assert len(sides(look)) == 3
    for n in range(20):
        make_group(workspace, f"silent {n}")
    look = looked(halls)
    with CaptureQueriesContext(connection) as more:
        assert len(sides(look)) == 23
    assert len(more) == len(few) == 8

"""Diagnosis and room of communities of many groups: as many statements for a hundred as for one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from weilu.chat.columns import day_start_ms
from weilu.communities.models import Community
from weilu.core.access import system
from weilu.core.clock import now
from weilu.core.models import Workspace
from weilu.groups.actions import NEVER, Activity, add_activity
from weilu.groups.models import Group
from weilu.insight.facts import facts_of
from weilu.insight.models import CommunityDay, GroupDay, MoveDay, Standing, WordWeek
from weilu.insight.packing import pack_numbers, pack_people
from weilu.insight.pages.capacity import capacity
from weilu.insight.pages.look import place_of
from weilu.insight.themes import WEEK
from weilu.members.models import Identity, Member
from weilu.service.models import Pair, Question

pytestmark = pytest.mark.django_db
FIRST, DAYS, PEOPLE = 19_800, 56, 4


def community_of(groups: int) -> Community:
    """Groups that talk for eight weeks: in each the same, but for who."""
    workspace = Workspace.objects.create(name=f"w{groups}")
    community = Community.objects.create(
        workspace=workspace, name="茶", time_zone="UTC", product_words="白茶"
    )
    for at in range(groups):
        group = Group.objects.create(
            workspace=workspace, community=community, platform="qq", name=f"群{at}"
        )
        _talk(group, at)
        Standing.objects.create(community=community, group=group, present=PEOPLE, at=now())
    CommunityDay.objects.create(
        community=community, day=FIRST + DAYS - 1, messages=1, people=pack_people(_ids([])),
        counts=b"", hours=b"",
    )  # fmt: skip
    return community


def _ids(ids: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(ids, dtype=np.int64)


def _talk(group: Group, at: int) -> None:
    ids = [group.workspace_id * 100_000 + at * 10 + n for n in range(PEOPLE)]
    for pk in ids:
        member = Member.objects.create(
            id=pk, workspace=group.workspace, name=f"m{pk}", name_folded=f"m{pk}",
            is_staff=pk == ids[0],
        )  # fmt: skip
        Identity.objects.create(
            id=pk, workspace=group.workspace, member=member, platform="qq", account=str(pk)
        )
    begun = day_start_ms(FIRST, "UTC")
    row = (9, 0, 0, NEVER, NEVER, NEVER, begun, begun, begun)
    columns = (np.full(PEOPLE, group.pk), _ids(ids), *(np.full(PEOPLE, one) for one in row))
    add_activity(Activity(*columns))
    hours = pack_numbers(_ids([0] * 10 + [len(ids)] + [0] * 13))
    GroupDay.objects.bulk_create(
        GroupDay(
            group=group, day=FIRST + day, messages=len(ids), people=pack_people(_ids(ids)),
            counts=pack_numbers(_ids([1] * len(ids))), hours=hours,
        )
        for day in range(DAYS)
    )  # fmt: skip
    if at % 2:
        MoveDay.objects.create(group=group, day=FIRST + DAYS - 3, joins=2, leaves=1)
    WordWeek.objects.create(
        group=group, week=(FIRST + DAYS - 1) // WEEK, word="龙井", messages=5, people=2
    )
    Question.objects.create(
        id=ids[0], workspace=group.workspace, group=group, identity_id=ids[1],
        day=FIRST + DAYS - 2, asked_ms=begun, answer_after_ms=60_000, answered_by_id=ids[2],
    )  # fmt: skip
    Pair.objects.create(group=group, month=650, answering=ids[2], answered=ids[1], links=3)


def statements(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        work()
    return len(seen)


def test_diagnosis_asks_as_often_for_forty_groups_as_for_four() -> None:
    few, many = community_of(4), community_of(40)
    counts = [statements(lambda one=one: list(facts_of(one))) for one in (few, many)]  # type: ignore[misc]  # bound early
    # A statement a day for the product's words is among them.
    assert counts[0] == counts[1] <= 60
    found = list(facts_of(many))
    assert [one.group for one in found] == sorted(one.group for one in found)
    assert {one.now.speakers for one in found} == {PEOPLE}
    assert {one.now.questions for one in found} == {1}
    assert {one.now.median_answer_s for one in found} == {60.0}
    assert {one.staff for one in found} == {1}
    assert {(one.now.joins, one.now.leaves) for one in found} == {(2, 1), (None, None)}
    assert {one.early_staff_messages for one in found} == {14}
    assert {one.early_offers for one in found} == {0}
    assert {len(one.key_people) for one in found} == {PEOPLE}
    assert len({one.key_people[0].name for one in found}) == 40


def test_room_asks_as_often_for_forty_groups_as_for_four() -> None:
    counts = []
    for one in (community_of(4), community_of(40)):
        actor = system(one.workspace_id)
        counts.append(statements(lambda a=actor, c=one: capacity(a, place_of(a, c.pk))))  # type: ignore[misc]  # bound early
    assert counts[0] == counts[1] <= 9

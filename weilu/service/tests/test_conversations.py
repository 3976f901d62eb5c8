"""How months are read, and what is stored of a talk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.chat.accept import Acceptor
from weilu.chat.ports import Inbound
from weilu.communities.models import Community
from weilu.core.models import Workspace
from weilu.groups.models import Group
from weilu.groups.queries import GroupPlace
from weilu.service import conversations
from weilu.service.conversations import month_days, month_of, parts, recount, runs
from weilu.service.models import Pair, Question

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
# 2023-11-14, and a day of the month after.
START = 19_675


@pytest.mark.parametrize(
    ("day", "month"), [(0, 1970 * 12), (31, 1970 * 12 + 1), (-1, 1970 * 12 - 1)]
)
def test_months_of_days(day: int, month: int) -> None:
    assert month_of(day) == month
    low, high = month_days(month)
    assert low <= day <= high


def test_quiet_months_are_read_together_and_busy_ones_alone() -> None:
    assert runs({1: 10, 2: 10, 3: 25_000, 4: 10}) == [(1, 2), (3, 3), (4, 4)]
    assert runs(dict.fromkeys(range(14), 1)) == [(0, 11), (12, 13)]


@given(st.dictionaries(st.integers(0, 30), st.integers(1, 60_000)))
def test_parts_cover_every_day_once(sizes: dict[int, int]) -> None:
    found = parts(sizes, 0, 30)
    assert [d for first, last in found for d in range(first, last + 1)] == list(range(31))


def talk() -> Group:
    workspace = Workspace.objects.create(name="w")
    community = Community.objects.create(workspace=workspace, name="c", time_zone="UTC")
    group = Group.objects.create(workspace=workspace, community=community, platform="qq", name="g")
    items = []
    for day in (START, START + 30):
        at = day * DAY + 10 * 60 * MINUTE
        items += [
            Inbound(0, at, "a", "maomao", "请问怎么泡白茶？", f"{day}q"),
            Inbound(0, at + MINUTE, "b", "xiaoman", "maomao: 水温九十度就好", f"{day}r", f"{day}q"),
        ]
    acceptor = Acceptor(workspace.pk, "qq")
    acceptor.accept([GroupPlace(group.pk, community.pk, "UTC")] * len(items), items)
    acceptor.finish()
    return group


@pytest.mark.django_db
@pytest.mark.parametrize("part", [1, 30_000])
def test_questions_and_pairs_are_stored_once_however_it_is_cut(
    part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversations, "PART_MESSAGES", part)
    group = talk()
    for _ in range(2):
        recount(group, {START: 2, START + 30: 2})
        rows = Question.objects.order_by("id").values_list("day", "answer_after_ms")
        assert list(rows) == [(START, MINUTE), (START + 30, MINUTE)]
        months = Pair.objects.order_by("month").values_list("month", "links")
        assert list(months) == [(month_of(START), 1), (month_of(START + 30), 1)]

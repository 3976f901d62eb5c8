"""The newest messages: exactly those, page by page, in a few statements."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from weilu.chat.ports import Inbound
from weilu.chat.search.reading import Said
from weilu.core.models import Workspace
from weilu.groups.models import Group
from weilu.insight.models import CommunityDay
from weilu.insight.people.newest import newest
from weilu.insight.people.tests.history import came, make_group, said, tell

END = (2**62, 0)
# Whole and half hours from UTC; the clocks of New York change in the time told of.
ZONES = ("Asia/Shanghai", "America/New_York", "Asia/Kolkata")


def talk(zone: str, seed: int, start: str = "2024-03-01 00:00") -> list[Inbound]:
    """Two hundred messages over three weeks, some in the same millisecond, and a join."""
    chance = random.Random(seed)
    begin = datetime.fromisoformat(start)
    times = sorted(
        begin + timedelta(minutes=chance.choice((0, chance.randint(0, 30_000)))) for _ in range(200)
    )
    items = [
        said(f"p{n % 7}", f"{at:%Y-%m-%d %H:%M}", f"{zone} {n}", zone=zone)
        for n, at in enumerate(times)
    ]
    return [came("p0", "2024-03-01 00:00"), *items]


@pytest.fixture
def groups(workspace: Workspace) -> list[Group]:
    """Two groups in each of three communities."""
    made = [make_group(workspace, f"{zone} {n}", zone=zone) for zone in ZONES for n in range(2)]
    for number, group in enumerate(made):
        tell(group, talk(group.community.time_zone, number))
    return made


def walked(groups: list[Group], limit: int) -> list[Said]:
    """All messages, page by page."""
    found: list[Said] = []
    before = END
    while page := newest(groups, before, limit):
        assert len(page) == limit or not newest(groups, (page[-1].sent_ms, page[-1].id), limit)
        found += page
        before = (page[-1].sent_ms, page[-1].id)
    return found


@pytest.mark.parametrize("limit", [7, 50, 1000])
def test_pages_hold_every_message_once_newest_first(groups: list[Group], limit: int) -> None:
    every = walked(groups, limit)
    assert len(every) == 6 * 200
    order = [(one.sent_ms, one.id) for one in every]
    assert order == sorted(set(order), reverse=True)


def test_of_one_group(groups: list[Group]) -> None:
    for group in groups:
        every = walked([group], 30)
        assert len(every) == 200
        assert {one.group_id for one in every} == {group.pk}


def test_statements_do_not_grow_with_the_groups(groups: list[Group], workspace: Workspace) -> None:
    with CaptureQueriesContext(connection) as few:
        newest(groups[:2], END, 20)
    many = [make_group(workspace, f"silent {n}", zone=ZONES[0]) for n in range(30)]
    with CaptureQueriesContext(connection) as more:
        newest([*groups[:2], *many], END, 20)
    assert len(more) == len(few) == 2


def test_a_busy_hour_is_not_read_beyond_the_page(workspace: Workspace) -> None:
    group = make_group(workspace, "Hall")
    lines = [said("reed", "2024-03-01 08:00", str(n), external_id=str(n)) for n in range(300)]
    tell(group, lines)
    page = newest([group], END, 50)
    assert [one.text for one in page] == [str(n) for n in range(299, 249, -1)]


def test_of_a_busy_hour_the_last_minutes_are_read(workspace: Workspace) -> None:
    """Even where its last minutes hold less than a page, nothing is missed."""
    group = make_group(workspace, "Hall")
    early = [said("reed", "2024-03-01 08:05", str(n), external_id=str(n)) for n in range(400)]
    late = [said("rush", f"2024-03-01 08:{m}", f"late {m}") for m in (58, 59)]
    tell(group, [*early, *late])
    for limit, statements in ((2, 2), (20, 3)):
        with CaptureQueriesContext(connection) as asked:
            page = newest([group], END, limit)
        assert len(asked) == statements
        expected = ["late 59", "late 58", *(str(n) for n in range(399, 0, -1))]
        assert [one.text for one in page] == expected[:limit]


def test_what_is_not_counted_yet_is_found(
    groups: list[Group], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counting may lag behind by seconds: the present hours are read whatever was counted."""
    everything = walked(groups, 1000)
    CommunityDay.objects.filter(day__gte=everything[0].sent_ms // 86_400_000 - 1).update(messages=0)
    moment = datetime.fromtimestamp(everything[0].sent_ms / 1000 + 60).astimezone()
    monkeypatch.setattr("weilu.insight.people.newest.now", lambda: moment)
    assert newest(groups, END, 1)[0].id == everything[0].id


def test_no_groups_no_messages() -> None:
    assert newest([], END, 50) == []

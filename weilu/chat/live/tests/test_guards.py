"""Guards: platform limits count what has left, quiet hours end in the morning."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine

from weilu.chat.live.connections import refresh_capabilities
from weilu.chat.live.platform_limits import PlatformLimits
from weilu.chat.live.queue import Draft, Origin, enqueue
from weilu.chat.live.quiet_hours import wakes_at
from weilu.chat.live.sending import claim, settle_done
from weilu.chat.models import Outgoing
from weilu.chat.ports.abilities import Ability, Deed, Limit, Scope
from weilu.chat.ports.orders import Done
from weilu.chat.tests.live import connected, draft, group_of
from weilu.chat.tests.platform import RecordingPlatform, limited
from weilu.core.tests.cast import Person
from weilu.groups.models import CapabilityRow

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)  # in Shanghai


@pytest.mark.parametrize(
    ("clock", "start", "end", "wakes"),
    [
        ("2026-11-23 21:59", "22:00", "08:00", ""),
        ("2026-11-23 22:00", "22:00", "08:00", "2026-11-24 08:00"),
        ("2026-11-24 00:30", "22:00", "08:00", "2026-11-24 08:00"),
        ("2026-11-24 07:59", "22:00", "08:00", "2026-11-24 08:00"),
        ("2026-11-24 08:00", "22:00", "08:00", ""),
        ("2026-11-24 13:00", "12:00", "14:00", "2026-11-24 14:00"),
        ("2026-11-24 11:59", "12:00", "14:00", ""),
        ("2026-11-24 09:00", "09:00", "09:00", ""),
    ],
)
def test_quiet_hours(clock: str, start: str, end: str, wakes: str) -> None:
    def shanghai(text: str) -> datetime:
        return datetime.fromisoformat(f"{text}+08:00")

    found = wakes_at(
        shanghai(clock), "Asia/Shanghai", time.fromisoformat(start), time.fromisoformat(end)
    )
    assert found == (shanghai(wakes) if wakes else None)


def test_quiet_hours_end_by_the_clock_on_the_wall_when_it_is_put_back() -> None:
    night = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in Berlin, the first of two
    found = wakes_at(night, "Europe/Berlin", time(22), time(8))
    assert found is not None
    assert found.astimezone(UTC) == datetime(2026, 10, 25, 7, tzinfo=UTC)


@pytest.mark.django_db
def test_what_is_over_the_limit_waits_until_there_is_room(
    platform: RecordingPlatform, owner: Person
) -> None:
    platform.capabilities = limited(Ability.SEND_TEXT, Limit(2, 60))
    line = connected(owner.actor, platform)
    group, other = group_of(line), group_of(line, "!other")
    with time_machine.travel(NOON, tick=False) as clock:
        enqueue(line.workspace_id, [draft(group, f"k{n}") for n in range(3)])
        enqueue(line.workspace_id, [draft(other, "elsewhere")])
        for _ in range(2):
            for one in claim([line.pk], 9):
                settle_done(one, Done("x"))
            clock.shift(timedelta(seconds=1))
        assert claim([line.pk], 9) == []
        third = Outgoing.objects.get(key="k2")
        assert (third.state, third.guard) == ("waiting", "platform_limits")
        assert third.guard_values == {"count": 2, "seconds": 60}
        assert third.due_at == NOON + timedelta(seconds=60)
        clock.move_to(NOON + timedelta(seconds=60))
        assert [one.order.key for one in claim([line.pk], 9)] == ["k2"]


@pytest.mark.django_db
def test_a_limit_over_the_connection_counts_all_its_groups_in_one_round(
    platform: RecordingPlatform, owner: Person
) -> None:
    platform.capabilities = limited(Ability.SEND_TEXT, Limit(2, 1, Scope.CONNECTION))
    line = connected(owner.actor, platform)
    groups = [group_of(line, f"!g{n}") for n in range(4)]
    with time_machine.travel(NOON, tick=False):
        enqueue(line.workspace_id, [draft(g, f"k{n}") for n, g in enumerate(groups)])
        assert [one.order.key for one in claim([line.pk], 9)] == ["k0", "k1"]
        assert claim([line.pk], 9) == []


@pytest.mark.django_db
def test_an_operators_own_limit_stays_when_facts_are_brought_up_to_date(
    platform: RecordingPlatform, owner: Person
) -> None:
    platform.capabilities = limited(Ability.SEND_TEXT, Limit(9, 60))
    line = connected(owner.actor, platform)
    CapabilityRow.objects.filter(ability="send_text").update(limits=[[1, 60, "group"]], is_own=True)
    refresh_capabilities(line)
    assert CapabilityRow.objects.get(ability="send_text").limits == [[1, 60, "group"]]
    assert PlatformLimits().holds([], NOON) == {}


@pytest.mark.django_db
def test_only_what_can_wait_waits_for_the_morning(
    platform: RecordingPlatform, owner: Person
) -> None:
    line = connected(owner.actor, platform)
    group = group_of(line)
    midnight = NOON + timedelta(hours=12)
    with time_machine.travel(midnight, tick=False):
        news = Draft("news", group.pk, Deed.SEND, Origin.STAFF, text="News")
        enqueue(line.workspace_id, [news, draft(group, "order", deed=Deed.MUTE)])
        keys = [o.order.key for _ in range(2) for o in claim([line.pk], 9)]
        assert keys == ["order"]
        waits = Outgoing.objects.get(key="news")
        assert (waits.guard, waits.guard_values) == (
            "quiet_hours",
            {"start": "22:30", "end": "08:00"},
        )
        assert waits.due_at == datetime(2026, 11, 24, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_what_is_too_late_is_not_sent(platform: RecordingPlatform, owner: Person) -> None:
    line = connected(owner.actor, platform)
    group = group_of(line)
    with time_machine.travel(NOON, tick=False):
        late = Draft("late", group.pk, Deed.SEND, Origin.STAFF, text="x", expires_at=NOON)
        enqueue(line.workspace_id, [late])
        assert claim([line.pk], 9) == []
    assert Outgoing.objects.get().state == "expired"

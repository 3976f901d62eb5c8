"""What platforms do wrong: doubles, disorder, wrong clocks, a megabyte, parcels of no use."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connections

from weilu.chat.live import arrivals as storing
from weilu.chat.live import gateway as running
from weilu.chat.live.arrivals import Arrivals, cursor_of
from weilu.chat.live.clocks import SKEW_MS
from weilu.chat.live.mailbox import Mailbox
from weilu.chat.live.sound import TEXT_CHARS
from weilu.chat.models import Message
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import ChatRef, Inbound, Kind, Platform
from weilu.chat.staging import count_waiting
from weilu.chat.tests.live import connected, run_gateway
from weilu.chat.tests.platform import BORN_MS, GROUP, RecordingPlatform, said
from weilu.chat.tests.story import snapshot
from weilu.communities.models import Community
from weilu.core import garbage
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection

pytestmark = pytest.mark.django_db(transaction=True)
HOUR_MS = 3_600_000


@pytest.fixture
def line(platform: RecordingPlatform, owner: Person) -> Connection:
    return connected(owner.actor, platform)


def texts() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("text", flat=True))


def counted() -> dict[str, Any]:
    while count_waiting():
        pass
    return snapshot(Community.objects.get())


def story() -> list[Arrival]:
    """An hour of talk with somebody who joins, leaves and takes something back."""
    items = [
        Inbound(Kind.JOIN, BORN_MS, "u3", "U3", external_id="$j"),
        *(said(n, f"words {n}", f"u{n % 4}").item for n in range(1, 20)),
        Inbound(Kind.LEAVE, BORN_MS + HOUR_MS, "u3", "U3", external_id="$l"),
        Inbound(Kind.RECALL, BORN_MS + 90_000, "u1", "U1", external_id="$m5"),
        Inbound(Kind.EDIT, BORN_MS + 95_000, "u2", "U2", "other words", external_id="$m6"),
    ]
    return [Arrival(GROUP, item) for item in items]


def test_told_twice_and_three_times_is_there_once(line: Connection) -> None:
    once = Arrivals()
    once.store([(line.pk, Parcel(story()))])
    expected = counted()
    assert len(expected["messages"]) == len(story())
    # Again in the same process, in one parcel twice, and by a process that remembers nothing.
    once.store([(line.pk, Parcel([*story(), *story()]))])
    Arrivals().store([(line.pk, Parcel(story())), (line.pk, Parcel(story()))])
    assert counted() == expected


def test_disorder_changes_no_number(line: Connection) -> None:
    talk, rest = story()[:-2], story()[-2:]
    random.Random(5).shuffle(talk)
    arrivals = Arrivals()
    for at in range(0, len(talk), 3):
        arrivals.store([(line.pk, Parcel(talk[at : at + 3]))])
        counted()
    arrivals.store([(line.pk, Parcel(rest))])
    found = counted()

    Community.objects.all().delete()
    Connection.objects.filter(pk=line.pk).update(
        community=Community.objects.create(
            workspace=line.workspace, name="again", time_zone="Asia/Shanghai"
        )
    )
    Arrivals().store([(line.pk, Parcel(story()))])
    assert found == counted()


@pytest.mark.parametrize(
    ("off_ms", "is_believed"),
    [(SKEW_MS * 2, False), (2**70, False), (SKEW_MS // 2, True), (-400 * 24 * HOUR_MS, True)],
)
def test_a_clock_that_is_ahead_does_not_tell_the_time(
    line: Connection, off_ms: int, *, is_believed: bool
) -> None:
    present = time.time_ns() // 1_000_000
    item = Inbound(Kind.MESSAGE, present + off_ms, "u1", "U1", "when?", external_id="$1")
    Arrivals().store([(line.pk, Parcel([Arrival(GROUP, item)]))])
    sent = Message.objects.get().sent_ms
    assert (sent == present + off_ms) is is_believed
    assert is_believed or present <= sent < present + 60_000


@pytest.mark.parametrize("sent_ms", [0, 2**70])
def test_what_has_no_time_of_its_own_is_there_once_when_told_an_hour_later(
    line: Connection, sent_ms: int
) -> None:
    items = [
        Inbound(Kind.MESSAGE, sent_ms, "u1", "U1", "when?", external_id="$1"),
        Inbound(Kind.JOIN, sent_ms, "u2", "U2", external_id="$1"),
        Inbound(Kind.MESSAGE, sent_ms, "u1", "U1", "and I?", external_id="$2"),
    ]
    for hours, some in enumerate((items[:2], items, items[1:])):
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=hours), tick=False):
            Arrivals().store([(line.pk, Parcel([Arrival(GROUP, one) for one in some]))])
    found = Message.objects.order_by("pk").values_list("kind", "external_id")
    assert list(found) == [(0, "$1"), (1, "$1"), (0, "$2")]


@pytest.mark.parametrize("sent_ms", [0, -5])
def test_a_message_without_a_time_has_that_of_its_arrival(line: Connection, sent_ms: int) -> None:
    item = Inbound(Kind.MESSAGE, sent_ms, "u1", "U1", "when?", external_id="$1")
    Arrivals().store([(line.pk, Parcel([Arrival(GROUP, item)]))])
    assert abs(Message.objects.get().sent_ms - time.time() * 1000) < 60_000


def test_a_megabyte_is_cut_and_what_follows_is_whole(line: Connection) -> None:
    long = "茶" * 350_000
    Arrivals().store([(line.pk, Parcel([said(1, long), said(2, "short")]))])
    assert [len(text) for text in texts()] == [TEXT_CHARS, 5]
    assert counted()["community"]


def test_a_parcel_that_is_no_good_stops_only_its_own_connection(
    platform: RecordingPlatform, line: Connection, owner: Person
) -> None:
    other = connected(owner.actor, platform, "Another house")
    bad = Inbound(Kind.MESSAGE, "soon", "u1", "U1", "bad", external_id="$b")  # type: ignore[arg-type]  # as a broken connector would
    parcels = [
        (line.pk, Parcel([said(1, "one")], cursor={"since": "s1"})),
        (other.pk, Parcel([Arrival(GROUP, bad)], cursor={"since": "x1"})),
        (line.pk, Parcel([said(2, "two")], cursor={"since": "s2"})),
    ]

    async def main() -> list[object]:
        with ThreadPoolExecutor(max_workers=1) as thread:

            async def in_database(do: Callable[..., Any], *given: Any) -> Any:
                return await asyncio.get_running_loop().run_in_executor(thread, do, *given)

            box = Mailbox(in_database, Arrivals(), lambda: None)
            # All wait when the writer begins: they go into one write.
            puts = [asyncio.create_task(box.put(pk, parcel)) for pk, parcel in parcels]
            await asyncio.sleep(0)
            writer = asyncio.create_task(box.run())
            found = await asyncio.gather(*puts, return_exceptions=True)
            writer.cancel()
            await in_database(connections.close_all)
            return list(found)

    first, second, third = asyncio.run(main())
    assert first is third is None
    assert isinstance(second, TypeError)
    assert texts() == ["one", "two"]
    assert cursor_of(line.pk) == {"since": "s2"}
    assert cursor_of(other.pk) == {}


def test_a_database_that_is_away_for_a_moment_loses_nothing(
    platform: RecordingPlatform, line: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "wait_after", lambda _failures: timedelta(0))
    joined, left = storing._joined, [3]

    def away(parcels: Any) -> Any:
        if left[0]:
            left[0] -= 1
            message = "database is locked"
            raise OperationalError(message)
        return joined(parcels)

    monkeypatch.setattr(storing, "_joined", away)
    platform.stage.parcels = [
        Parcel([said(n, f"words {n}")], cursor={"since": f"s{n}"}) for n in range(1, 6)
    ]
    run_gateway(lambda: cursor_of(line.pk) == {"since": "s5"})
    assert texts() == [f"words {n}" for n in range(1, 6)]
    assert left == [0]
    assert len(platform.stage.opened) == 4


def test_many_groups_and_names_as_long_as_they_come(line: Connection) -> None:
    long = "群" * 5_000
    chats = [ChatRef(Platform.MATRIX, f"!{n}", long) for n in range(30)]
    items = [
        Inbound(Kind.MESSAGE, BORN_MS + n, f"u{n}", long, "hi", external_id=f"$long{n}")
        for n in range(30)
    ]
    pairs = [Arrival(chat, item) for chat, item in zip(chats, items, strict=True)]
    Arrivals().store([(line.pk, Parcel(pairs))])
    Arrivals().store([(line.pk, Parcel(pairs))])
    assert Message.objects.count() == 30


def test_a_gateway_looks_for_garbage_itself(
    platform: RecordingPlatform, line: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    monkeypatch.setattr(garbage, "tidy", lambda: looked.append(1))
    platform.stage.parcels = [Parcel([said(1, "first")])]
    gateway = run_gateway(Message.objects.exists)
    assert looked == [1]
    gateway._tidy(gateway.tidied + running.TIDY_S / 2)
    gateway._tidy(gateway.tidied + running.TIDY_S + 1)
    assert looked == [1, 1]

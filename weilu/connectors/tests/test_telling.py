"""Platforms that tell badly: twice, in disorder, by a wrong clock, far too much, of the unknown.

Every connector is tried with all of it; what it hands in goes into the database as live talk does.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.live.connections import connect
from weilu.chat.models import Message
from weilu.chat.ports.records import Kind
from weilu.chat.staging import count_waiting
from weilu.chat.tests.story import snapshot
from weilu.communities.models import Community
from weilu.connectors.tests.stands import STANDS
from weilu.connectors.tests.tellers import TELLERS, Happening, Teller
from weilu.core.models import LogRow
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection

pytestmark = pytest.mark.django_db
every_teller = pytest.mark.parametrize("teller", TELLERS, ids=lambda one: one.connector)
# Half past ten in the evening in Shanghai: some hours ahead is tomorrow.
EVENING = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)
EVENING_MS = int(EVENING.timestamp() * 1000)
HOUR_MS, MINUTE_MS = 3_600_000, 60_000
# None of it repeats, so that nothing that is cut looks like another.
MEGABYTE = "".join(chr(0x4E00 + (k * 7919) % 20_000) for k in range(350_000))


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    with time_machine.travel(EVENING, tick=False):
        yield


@pytest.fixture
def line(teller: Teller, owner: Person) -> Connection:
    answers = {
        "matrix": {"homeserver": "https://matrix.example.org", "token": "t" * 20},
        "telegram": {"token": "42:" + "s" * 35},
        "discord": {"token": "t" * 60},
        "satori_qq": {"server": "https://satori.example.org", "token": "t" * 20},
        "onebot": {"account": "42", "token": "t" * 20},
        "wecom": {"company": "ww0123456789abcdef", "secret": "s" * 43},
        "webhook": {},
    }[teller.connector]
    return connect(owner.actor, connector=teller.connector, name="Ours", answers=answers)


def story(off_ms: int = 0) -> list[Happening]:
    """An hour until now: somebody joins, three talk, somebody leaves, words change and go."""
    begin = EVENING_MS - HOUR_MS + off_ms
    talk = [
        Happening(Kind.MESSAGE, n, begin + n * MINUTE_MS, n % 3 + 1, f"U{n % 3 + 1}", f"words {n}")
        for n in range(1, 20)
    ]
    return [
        Happening(Kind.JOIN, 90, begin, 4, "U4"),
        *talk,
        Happening(Kind.LEAVE, 91, begin + 40 * MINUTE_MS, 4, "U4"),
        Happening(Kind.RECALL, 5, begin + 5 * MINUTE_MS, 3, "U3"),
        Happening(Kind.EDIT, 6, begin + 6 * MINUTE_MS, 1, "U1", "other words"),
    ]


def store(line: Connection, teller: Teller, told: list[Happening], once: Arrivals | None) -> None:
    """Hand it in; by a process that remembers nothing, or one that goes on."""
    (once or Arrivals()).store([(line.pk, teller.parcel(told))])


def counted() -> dict[str, Any]:
    while count_waiting():
        pass
    return snapshot(Community.objects.get())


def days_of(found: dict[str, Any]) -> set[str]:
    """The days, by the community's clock, on which anything is stored."""
    zone = ZoneInfo(Community.objects.get().time_zone)
    sent = Message.objects.values_list("sent_ms", flat=True)
    return {str(datetime.fromtimestamp(one / 1000, zone).date()) for one in sent}


def test_every_connector_has_a_teller() -> None:
    assert {one.connector for one in TELLERS} == {one.connector for one in STANDS}


@every_teller
def test_told_twice_and_in_disorder_is_there_once(line: Connection, teller: Teller) -> None:
    store(line, teller, story(), None)
    expected = counted()
    assert len(expected["messages"]) == len(teller.parcel(story()).arrivals)
    again = [*story(), *story()]
    random.Random(5).shuffle(again)
    once = Arrivals()
    for at in range(0, len(again), 5):
        store(line, teller, again[at : at + 5], once)
    store(line, teller, again, None)
    assert counted() == expected


@every_teller
def test_disorder_changes_no_number(line: Connection, teller: Teller) -> None:
    # A change before what it changes finds nothing to change: nobody sends that.
    talk, changes = story()[:-2], story()[-2:]
    store(line, teller, [*talk, *changes], None)
    expected = counted()
    Message.objects.all().delete()
    Community.objects.all().delete()
    fresh = Community.objects.create(
        workspace=line.workspace, name="again", time_zone="Asia/Shanghai"
    )
    Connection.objects.filter(pk=line.pk).update(community=fresh, cursor={})
    random.Random(7).shuffle(talk)
    once = Arrivals()
    for one in (*talk, *changes):
        store(line, teller, [one], once)
        counted()
    assert counted() == expected


@every_teller
@pytest.mark.parametrize("hours", [2, 9, 23, 47, -2, -30])
def test_a_clock_that_is_hours_off_tells_nothing_twice_and_nothing_of_tomorrow(
    line: Connection, teller: Teller, hours: int
) -> None:
    told = story(hours * HOUR_MS)
    first, rest = told[:12], told[12:]
    store(line, teller, first, None)
    store(line, teller, rest, None)
    found = counted()
    expected = teller.parcel(told).arrivals
    assert len(found["messages"]) == len(expected)
    assert Message.objects.filter(flags__gte=4).count() == sum(
        one.item.kind == Kind.RECALL for one in expected
    )
    changed = Message.objects.filter(kind=Kind.MESSAGE, text="other words").count()
    assert changed == sum(one.item.kind == Kind.EDIT for one in expected)
    latest = max(Message.objects.values_list("sent_ms", flat=True))
    assert latest <= EVENING_MS + 5 * MINUTE_MS
    # Told again while its clock is ahead of ours, after ours has come up to it, and long after.
    for later in (0, 1, 3, 12, 26, 40):
        with time_machine.travel(EVENING + timedelta(hours=later), tick=False):
            store(line, teller, told, None)
            assert counted() == found, later


@every_teller
@pytest.mark.parametrize("at_ms", [0, 4_102_444_800_000])
def test_time_zero_and_the_far_future_are_the_present(
    line: Connection, teller: Teller, at_ms: int
) -> None:
    told = [replace(one, at_ms=at_ms) for one in story()[1:10]]
    store(line, teller, told, None)
    found = counted()
    # Where a moment is what tells it apart, or none is no event at all, nothing is there.
    assert len(found["messages"]) in {0, len(teller.parcel(told).arrivals)}
    assert not days_of(found) - {"2026-11-26"}
    for later in (0, 3, 26):
        with time_machine.travel(EVENING + timedelta(hours=later), tick=False):
            store(line, teller, told, None)
            assert counted() == found, later
    store(line, teller, story(), None)
    assert counted()["messages"]


@every_teller
def test_changes_of_what_was_never_seen_change_nothing(line: Connection, teller: Teller) -> None:
    store(line, teller, story(), None)
    texts = list(Message.objects.filter(kind=Kind.MESSAGE).values_list("text", "flags"))
    unseen = [
        Happening(kind, 777, EVENING_MS, 2, "U2", "new words")
        for kind in (Kind.EDIT, Kind.RECALL, Kind.EDIT, Kind.RECALL)
    ]
    later = Happening(Kind.LEAVE, 92, EVENING_MS, 2, "U2")
    store(line, teller, [*unseen, later], None)
    store(line, teller, [later, *unseen], None)
    found = Message.objects.filter(kind=Kind.MESSAGE)
    assert list(found.values_list("text", "flags")) == texts
    assert Message.objects.filter(kind=Kind.LEAVE).count() == 2
    can = {one.item.kind for one in teller.parcel(unseen).arrivals}
    assert Message.objects.filter(sent_ms=EVENING_MS).exclude(kind=Kind.LEAVE).count() == len(can)


@every_teller
def test_a_megabyte_of_words_or_of_a_name_stops_nothing(line: Connection, teller: Teller) -> None:
    moment = EVENING_MS - MINUTE_MS
    told = [
        Happening(Kind.MESSAGE, 1, moment, 1, "U1", MEGABYTE),
        Happening(Kind.MESSAGE, 2, moment, 2, MEGABYTE, "hello"),
        Happening(Kind.JOIN, 3, moment, 3, MEGABYTE),
        Happening(Kind.LEAVE, 4, moment, 3, MEGABYTE),
        Happening(Kind.EDIT, 2, moment, 2, "U2", MEGABYTE),
        *story(),
    ]
    once = Arrivals()
    store(line, teller, told, once)
    store(line, teller, told, once)
    found = counted()
    assert len(found["messages"]) == len(teller.parcel(told).arrivals)
    assert max(len(text) for text in Message.objects.values_list("text", flat=True)) <= 64_000
    # What is announced of new names is kept for good.
    assert max(len(str(one)) for one in LogRow.objects.values_list("payload", flat=True)) < 5_000

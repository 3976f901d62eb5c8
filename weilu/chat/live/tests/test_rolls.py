"""Lists of members, asked for by a real gateway: who is there is known, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from weilu.chat.live import rolling, rolls
from weilu.chat.live.arrivals import Arrivals
from weilu.chat.live.queries import groups_heard
from weilu.chat.live.rolls import (
    DAILY_MS,
    DOUBT,
    ROLL,
    Calling,
    Roll,
    due_rolls,
    listed_at,
    missed_before,
)
from weilu.chat.models import Message
from weilu.chat.ports.orders import Parcel
from weilu.chat.ports.records import ChatRef, Kind, Platform
from weilu.chat.ports.sessions import Person
from weilu.chat.rules.roll import SLACK_MS
from weilu.chat.staging import count_waiting
from weilu.chat.tests.live import connected, run_gateway
from weilu.chat.tests.platform import BORN_MS, GROUP, RecordingPlatform, said
from weilu.core.clock import now, now_ms
from weilu.core.errors import GivenUp, TryLater
from weilu.core.tests.cast import Person as Cast
from weilu.groups.models import Connection, Group, Participation
from weilu.members.models import Member

pytestmark = pytest.mark.django_db(transaction=True)
DAY_MS = 24 * 3_600_000


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_S", "ROUND_S", "PAUSE_S"):
        monkeypatch.setattr(rolling, name, 0.01)


def people(*accounts: str, **more: object) -> list[Person]:
    return [Person(one, one.upper(), **more) for one in accounts]  # type: ignore[arg-type]


def count() -> None:
    while count_waiting():
        pass


def kinds() -> list[tuple[int, str]]:
    rows = Message.objects.exclude(kind=Kind.MESSAGE).order_by("pk")
    return sorted(rows.values_list("kind", "identity__account"))


def keys_due(line: Connection, listed: list[ChatRef], moment_ms: int) -> list[str]:
    return [one.key for one in due_rolls(line.pk, listed, moment_ms, 0) or ()]


def rolled(key: str = GROUP.key) -> Callable[[], bool]:
    return lambda: ROLL + key in Connection.objects.get().cursor


def test_who_is_there_is_known_though_nobody_says_a_word(
    platform: RecordingPlatform, owner: Cast
) -> None:
    connected(owner.actor, platform)
    came = now_ms() - 90 * DAY_MS
    platform.stage.lists[GROUP.key] = [
        *people("u1", "u2"),
        *people("u3", joined_ms=came),
        *people("u4", is_staff=True),
        *people("bot", is_bot=True),
        *people("me", is_self=True),
    ]
    run_gateway(rolled())
    count()
    group = Group.objects.get()
    assert group.name == f"Group {GROUP.key}"
    rows = Participation.objects.filter(group=group).order_by("identity__account")
    assert list(rows.values_list("identity__account", "joins", "joined_ms", "messages")) == [
        ("bot", 0, Participation.BEFORE_RECORDS, 0),
        ("u1", 0, Participation.BEFORE_RECORDS, 0),
        ("u2", 0, Participation.BEFORE_RECORDS, 0),
        ("u3", 1, came, 0),
        ("u4", 0, Participation.BEFORE_RECORDS, 0),
    ]
    assert list(Member.objects.filter(is_staff=True).values_list("name", "staff_reasons")) == [
        ("U4", ["platform_admin"])
    ]
    assert Member.objects.get(name="BOT").nature == Member.Nature.BOT


def test_a_list_is_asked_for_once_a_day_or_after_a_silence(
    platform: RecordingPlatform, owner: Cast
) -> None:
    line = connected(owner.actor, platform)
    platform.stage.lists[GROUP.key] = people("u1")
    run_gateway(rolled())
    count()
    run_gateway(lambda: len(platform.stage.opened) == 2)
    assert platform.stage.asked == [GROUP.key]
    moment = now_ms()
    assert due_rolls(line.pk, [GROUP], moment, 0) == []
    assert keys_due(line, [GROUP], moment + DAILY_MS) == [GROUP.key]
    assert missed_before(line.pk) == 0
    Connection.objects.update(heard_at=now() - timedelta(hours=1))
    assert missed_before(line.pk) >= moment
    run_gateway(lambda: platform.stage.asked == [GROUP.key] * 2)
    count()
    assert kinds() == [(Kind.PRESENT, "u1")]


def call(line: Connection, listed: list[Person], asked_ms: int) -> None:
    calling = Calling(line.pk, Roll(GROUP, listed, asked_ms), Arrivals())
    while calling.step():
        pass
    count()


def test_who_came_and_went_while_nobody_listened(platform: RecordingPlatform, owner: Cast) -> None:
    line = connected(owner.actor, platform)
    moment = now_ms()
    call(line, people("u1", "u2", "u3"), moment - 3 * DAY_MS)
    call(line, [*people("u1"), *people("u9", joined_ms=moment - DAY_MS)], moment)
    call(line, [*people("u1", "u2"), *people("u9", joined_ms=moment - DAY_MS)], moment + DAY_MS)
    assert kinds() == [
        (Kind.JOIN, "u2"),
        (Kind.JOIN, "u9"),
        (Kind.LEAVE, "u2"),
        (Kind.LEAVE, "u3"),
        (Kind.PRESENT, "u1"),
        (Kind.PRESENT, "u2"),
        (Kind.PRESENT, "u3"),
    ]
    assert Message.objects.get(kind=Kind.LEAVE, identity__account="u3").sent_ms == moment


def test_history_is_held_against_the_first_list(platform: RecordingPlatform, owner: Cast) -> None:
    line = connected(owner.actor, platform)
    parcel = Parcel([said(1, "hello"), said(2, "hi", "u2"), said(3, "bye", "u3")])
    Arrivals().store([(line.pk, parcel)])
    count()
    call(line, people("u1", "u2", "u4"), now_ms())
    left = Message.objects.get(kind=Kind.LEAVE)
    assert (left.identity.account, left.sent_ms) == ("u3", BORN_MS + 4000)


def test_half_a_group_missing_is_believed_the_second_time(
    platform: RecordingPlatform, owner: Cast
) -> None:
    line = connected(owner.actor, platform)
    everybody = people(*(f"u{n}" for n in range(30)))
    moment = now_ms()
    call(line, everybody, moment - 2 * DAY_MS)
    call(line, everybody[:5], moment)
    assert not Message.objects.filter(kind=Kind.LEAVE).exists()
    line.refresh_from_db()
    assert line.cursor[DOUBT + GROUP.key]
    assert keys_due(line, [], moment + rolls.DOUBT_MS + 1) == [GROUP.key]
    call(line, everybody[:5], moment + rolls.DOUBT_MS + 1)
    assert Message.objects.filter(kind=Kind.LEAVE).count() == 25
    line.refresh_from_db()
    assert not line.cursor[DOUBT + GROUP.key]


def test_a_long_list_is_stored_by_parts_and_again_from_the_middle(
    platform: RecordingPlatform, owner: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolls, "AT_ONCE", 4)
    line = connected(owner.actor, platform)
    listed, asked_ms = people(*(f"u{n}" for n in range(10))), now_ms()
    # Killed after two parts: the cursor was not written, so all of it comes again.
    calling = Calling(line.pk, Roll(GROUP, listed, asked_ms), Arrivals())
    assert [calling.step(), calling.step(), calling.at] == [True, True, 8]
    call(line, listed, asked_ms + 1)
    line.refresh_from_db()
    assert line.cursor[ROLL + GROUP.key] == str(asked_ms + 1)
    count()
    assert Participation.objects.count() == 10
    call(line, listed, asked_ms + DAY_MS)
    assert not Message.objects.filter(kind__in=[Kind.JOIN, Kind.LEAVE]).exists()


def test_those_who_left_a_large_old_group_are_stored_by_parts_too(
    platform: RecordingPlatform, owner: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolls, "AT_ONCE", 4)
    line = connected(owner.actor, platform)
    talk = [said(n, f"words {n}", f"u{n}") for n in range(20)]
    Arrivals().store([(line.pk, Parcel(talk))])
    count()
    stored: list[int] = []

    def calling(asked_ms: int) -> Calling:
        return Calling(line.pk, Roll(GROUP, people(*(f"u{n}" for n in range(5))), asked_ms), box)

    box, moment = Arrivals(), now_ms()
    one = calling(moment)
    for _portion in range(3):
        before = Message.objects.count()
        assert one.step()
        stored.append(Message.objects.count() - before)
        # What was told meanwhile is counted meanwhile.
        count()
    assert stored == [0, 3, 4]
    # Killed here; all of it comes again.
    rest = calling(moment + 1000)
    while rest.step():
        count()
    count()
    gone = Message.objects.filter(kind=Kind.LEAVE).values_list("identity__account", flat=True)
    assert sorted(gone) == sorted(f"u{n}" for n in range(5, 20))
    assert listed_at(Connection.objects.get().cursor, GROUP.key) == moment + 1000


def test_what_is_not_given_is_asked_for_again_tomorrow_and_stops_nothing(
    platform: RecordingPlatform, owner: Cast
) -> None:
    line = connected(owner.actor, platform)
    platform.stage.lists |= {
        "!a": GivenUp("no_rights"),
        "!b": RuntimeError("not a list"),
        "!c": people("u1"),
    }
    # The second ends its round; the next begins with the others.
    run_gateway(lambda: rolled("!c")() and platform.stage.asked.count("!b") > 1)
    platform.stage.lists["!b"] = TryLater("rate_limited", after=timedelta(0))
    platform.stage.parcels = [Parcel([said(1, "goes on")])]
    run_gateway(lambda: Message.objects.filter(kind=Kind.MESSAGE).exists())
    platform.stage.lists["!b"] = people("u2")
    run_gateway(rolled("!b"))
    assert platform.stage.asked.count("!a") == 1
    assert listed_at(Connection.objects.get().cursor, "!a") == 0
    assert listed_at(Connection.objects.get().cursor, "!c") > 0
    assert platform.stage.asked.count("!c") == 1
    assert keys_due(line, [], now_ms()) == []


def test_a_list_that_is_too_long_is_not_read_and_that_is_said(
    platform: RecordingPlatform, owner: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (rolls, rolling):
        monkeypatch.setattr(module, "MOST", 2)
    line = connected(owner.actor, platform)
    platform.stage.lists[GROUP.key] = people("u1", "u2", "u3")
    platform.stage.parcels = [Parcel([said(1, "hello")])]
    run_gateway(rolled())
    count()
    line.refresh_from_db()
    [heard] = groups_heard(owner.actor, line)
    assert (heard.people, heard.listed_ms, heard.unlisted) == (1, 0, 3)
    call(line, people("u1", "u2"), now_ms() + 1)
    line.refresh_from_db()
    [heard] = groups_heard(owner.actor, line)
    assert (heard.people, heard.unlisted) == (2, 0)


def test_nothing_is_concluded_while_events_wait_to_be_counted(
    platform: RecordingPlatform, owner: Cast
) -> None:
    line = connected(owner.actor, platform)
    Arrivals().store([(line.pk, Parcel([said(1, "hello")]))])
    assert due_rolls(line.pk, [GROUP], now_ms() + 2 * SLACK_MS, 0) is None
    count()
    later = due_rolls(line.pk, [GROUP], now_ms() + 2 * SLACK_MS, 0)
    assert later == [ChatRef(Platform.MATRIX, GROUP.key, GROUP.name)]


def test_a_list_gives_a_group_no_name_that_is_none(
    platform: RecordingPlatform, owner: Cast
) -> None:
    line, arrivals = connected(owner.actor, platform), Arrivals()
    nameless = ChatRef(Platform.MATRIX, GROUP.key, "")
    arrivals.store([(line.pk, Parcel([said(1, "hello", chat=nameless)]))])
    count()
    assert due_rolls(line.pk, [], now_ms(), 0) == [nameless]
    assert not Calling(line.pk, Roll(nameless, people("u1"), now_ms()), arrivals).step()
    arrivals.store([(line.pk, Parcel([said(2, "hello again")]))])
    assert Group.objects.get().name == GROUP.name

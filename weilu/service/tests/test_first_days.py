"""Newcomers' first three days, over the live path: who came, first questions, companions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.models import Message, Outgoing, StageDebt
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import Inbound, Kind
from weilu.chat.staging import count_waiting
from weilu.chat.tests.live import connected, group_of
from weilu.chat.tests.platform import GROUP, RecordingPlatform
from weilu.communities.models import Community
from weilu.core.clock import now, now_ms
from weilu.core.errors import Conflict, Invalid, NotAllowed, NotFound
from weilu.core.models import Job
from weilu.core.tests.cast import Person
from weilu.core.worker import drain
from weilu.groups.models import Connection, Participation
from weilu.members.models import Identity, Member
from weilu.service.companions import companions_of, end_companion, loads_of, name_companion
from weilu.service.first_days import (
    KEPT_MS,
    LASTS_MS,
    forget_newcomers,
    newcomers_of,
    see_first_days,
    see_to,
    tally,
    unheard,
)
from weilu.service.greetings import Wish, set_greeting
from weilu.service.models import Companion, FirstDays

pytestmark = pytest.mark.django_db(transaction=True)
HELLO = Wish(True, "Hi {names}!\nAsk {companion}.", "", 60)
QUESTION = "请问红茶怎么泡？"
Said = tuple[Kind, str, str]


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, owner: Person) -> Connection:
    """A connection with one group whose newcomers are greeted; 小满 and 白露 have spoken there."""
    platform = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, platform.name, platform)
    made = connected(owner.actor, platform)
    group_of(made)
    set_greeting(owner.actor, community=Community.objects.get(), group=None, wish=HELLO)
    heard(made, (Kind.MESSAGE, "小满", "早"), (Kind.MESSAGE, "白露", "早上好"))
    return made


def heard(line: Connection, *said: Said, ago: timedelta = timedelta(0), reply_to: str = "") -> None:
    """Things done in the group, a second apart, the first so long ago."""
    number, first = Message.objects.count(), now_ms() - int(ago.total_seconds() * 1000)
    parcel = [
        Arrival(
            GROUP,
            Inbound(kind, first + n * 1000, who, who, words, f"$e{number + n}", reply_to=reply_to),
        )
        for n, (kind, who, words) in enumerate(said)
    ]
    Arrivals().store([(line.pk, Parcel(parcel))])
    count_waiting()
    assert not StageDebt.objects.exists()


def due(name: str) -> None:
    """The time of a job has come."""
    Job.objects.filter(name=name).update(due_at=now() - timedelta(seconds=1))
    drain()


def asked(row: FirstDays) -> Message:
    return Message.objects.get(pk=row.asked_id or 0)


def member(name: str) -> int:
    return Identity.objects.get(name=name).member_id


def test_a_first_question_nobody_answers_is_found_and_one_answered_later_is_not(
    line: Connection, owner: Person
) -> None:
    heard(line, (Kind.JOIN, "新人", ""), (Kind.MESSAGE, "新人", QUESTION), ago=timedelta(hours=2))
    assert not unheard(owner.actor).exists(), "nobody is rescued before the hour is over"
    due("first_question")
    found = unheard(owner.actor).get()
    assert found.identity.name == "新人"
    assert asked(found).text == QUESTION
    external = asked(found).external_id or ""
    heard(line, (Kind.MESSAGE, "小满", "水温九十度，先温杯"), reply_to=external)
    due("first_question")
    assert not unheard(owner.actor).exists()
    row = FirstDays.objects.get(identity__name="新人")
    assert row.answered_by is not None
    assert row.answered_by.name == "小满"
    assert not Job.objects.filter(name="first_question", state="due").exists()


def test_only_newcomers_and_only_their_first_question_count(
    line: Connection, owner: Person
) -> None:
    heard(line, (Kind.MESSAGE, "小满", QUESTION), (Kind.JOIN, "新人", ""))
    assert not FirstDays.objects.exclude(asked_ms=None).exists()
    heard(line, (Kind.MESSAGE, "新人", "大家好"), (Kind.MESSAGE, "新人", QUESTION))
    heard(line, (Kind.MESSAGE, "新人", "在哪里买？"))
    row = FirstDays.objects.get()
    assert asked(row).text == QUESTION
    assert Job.objects.filter(name="first_question").count() == 1


def test_a_question_after_the_three_days_is_nobodys_first(
    line: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard(line, (Kind.JOIN, "新人", ""))
    FirstDays.objects.update(came_ms=now_ms() - LASTS_MS - 1000)
    forget_newcomers()
    heard(line, (Kind.MESSAGE, "新人", QUESTION))
    assert FirstDays.objects.get().asked_ms is None


def test_who_only_dropped_out_is_no_newcomer(line: Connection) -> None:
    heard(line, (Kind.LEAVE, "小满", ""))
    heard(line, (Kind.JOIN, "小满", ""), (Kind.MESSAGE, "小满", QUESTION))
    assert not FirstDays.objects.exists()


def test_judging_a_batch_twice_notes_everything_once(
    line: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from weilu.chat import stages  # noqa: PLC0415 - to look into what it holds

    kept = []

    def keeping(columns: object) -> None:
        kept.append(columns)
        see_first_days(columns)  # type: ignore[arg-type]  # columns, as the stage gets them

    monkeypatch.setitem(stages.AT_ONCE, "first_days", keeping)
    heard(line, (Kind.JOIN, "新人", ""), (Kind.MESSAGE, "新人", QUESTION))
    before = list(FirstDays.objects.values())
    forget_newcomers()
    see_first_days(kept[-1])  # type: ignore[arg-type]  # as above
    assert list(FirstDays.objects.values()) == before
    assert Job.objects.filter(name="first_question").count() == 1


def test_what_was_taken_back_asks_nothing(line: Connection, owner: Person) -> None:
    heard(line, (Kind.JOIN, "新人", ""), (Kind.MESSAGE, "新人", QUESTION), ago=timedelta(hours=2))
    Message.objects.filter(text=QUESTION).update(flags=Message.Flag.RECALLED)
    due("first_question")
    assert not unheard(owner.actor).exists()
    forget_newcomers()
    heard(line, (Kind.MESSAGE, "新人", "那绿茶呢？怎么泡？"))
    assert FirstDays.objects.get().asked_ms is not None


def test_looking_twice_says_it_once_and_ends_after_three_days(
    line: Connection, owner: Person
) -> None:
    heard(line, (Kind.JOIN, "新人", ""), (Kind.MESSAGE, "新人", QUESTION), ago=timedelta(hours=2))
    due("first_question")
    since = FirstDays.objects.get().unheard_at
    due("first_question")
    assert FirstDays.objects.get().unheard_at == since
    FirstDays.objects.update(asked_ms=now_ms() - LASTS_MS - 1000)
    due("first_question")
    assert not unheard(owner.actor).exists()
    assert not Job.objects.filter(name="first_question", state="due").exists()


def test_a_question_is_seen_to_once(line: Connection, owner: Person, stranger: Person) -> None:
    heard(line, (Kind.JOIN, "新人", ""), (Kind.MESSAGE, "新人", QUESTION), ago=timedelta(hours=2))
    due("first_question")
    pk = FirstDays.objects.get().pk
    with pytest.raises(NotFound):
        see_to(stranger.actor, pk=pk)
    see_to(owner.actor, pk=pk)
    assert not unheard(owner.actor).exists()
    with pytest.raises(Conflict):
        see_to(owner.actor, pk=pk)


def test_the_greeting_names_a_companion_who_is_about_and_has_the_fewest(
    line: Connection, owner: Person
) -> None:
    place = Community.objects.get()
    for name in ("小满", "白露"):
        name_companion(owner.actor, community=place, member_id=member(name))
    Participation.objects.filter(identity__name="白露").update(last_spoke_ms=now_ms() + 5000)
    heard(line, (Kind.JOIN, "甲", ""), (Kind.JOIN, "乙", ""))
    due("greet")
    heard(line, (Kind.JOIN, "丙", ""))
    due("greet")
    said = list(Outgoing.objects.filter(deed="send").order_by("pk").values_list("text", flat=True))
    assert said == ["Hi 甲、乙!\nAsk 白露.", "Hi 丙!\nAsk 小满."]
    loads = loads_of(companions_of(owner.actor, place))
    assert sorted(loads.values()) == [1, 2]
    assert not FirstDays.objects.filter(greeted_at=None).exists()


def test_newcomers_of_every_identity_of_a_companion_count(line: Connection, owner: Person) -> None:
    place = Community.objects.get()
    made = name_companion(owner.actor, community=place, member_id=member("小满"))
    other = Identity.objects.create(
        id=1_000_000,
        workspace_id=made.workspace_id,
        member_id=member("小满"),
        platform="qq",
        account="x",
        name="满",
    )
    Companion.objects.update(identity=other)
    heard(line, (Kind.JOIN, "甲", ""))
    due("greet")
    companions = companions_of(owner.actor, place)
    assert loads_of(companions) == {companions[0].identity.member_id: 1}


def test_without_anybody_about_the_line_is_left_out(line: Connection, owner: Person) -> None:
    made = name_companion(owner.actor, community=Community.objects.get(), member_id=member("小满"))
    Participation.objects.filter(identity__name="小满").update(last_spoke_ms=1)
    heard(line, (Kind.JOIN, "甲", ""))
    due("greet")
    assert Outgoing.objects.get().text == "Hi 甲!"
    end_companion(owner.actor, pk=made.pk)
    with pytest.raises(Conflict):
        end_companion(owner.actor, pk=made.pk)


def test_who_may_keep_company(
    line: Connection, owner: Person, analyst: Person, stranger: Person
) -> None:
    place, pk = Community.objects.get(), member("小满")
    with pytest.raises(NotAllowed):
        name_companion(analyst.actor, community=place, member_id=pk)
    with pytest.raises(NotFound):
        name_companion(stranger.actor, community=place, member_id=pk)
    made = name_companion(owner.actor, community=place, member_id=pk)
    assert name_companion(owner.actor, community=place, member_id=pk).pk == made.pk
    assert Companion.objects.count() == 1
    with pytest.raises(NotFound):
        end_companion(stranger.actor, pk=made.pk)
    heard(line, (Kind.JOIN, "静", ""))
    with pytest.raises(Invalid, match="companion_is_nowhere"):
        name_companion(owner.actor, community=place, member_id=member("静"))
    Member.objects.filter(pk=member("白露")).update(nature=Member.Nature.BOT)
    with pytest.raises(Invalid, match="companion_is_machine"):
        name_companion(owner.actor, community=place, member_id=member("白露"))


def test_the_tally_and_the_list_tell_the_same(line: Connection, owner: Person) -> None:
    came = [(Kind.JOIN, name, "") for name in ("甲", "乙", "丙")]
    heard(line, *came, (Kind.MESSAGE, "甲", "大家好"), (Kind.LEAVE, "丙", ""))
    due("greet")
    place = Community.objects.get()
    found = newcomers_of(owner.actor, place)
    assert {one.row.identity.name: (one.spoke_ms is not None, one.has_left) for one in found} == {
        "甲": (True, False),
        "乙": (False, False),
        "丙": (False, True),
    }
    told = tally(owner.actor, place, 28)
    assert (told.came, told.greeted, told.spoke, told.asked) == (3, 2, 1, 0)


def test_who_came_a_month_ago_is_forgotten(line: Connection) -> None:
    heard(line, (Kind.JOIN, "甲", ""), (Kind.JOIN, "乙", ""))
    FirstDays.objects.filter(identity__name="甲").update(came_ms=now_ms() - KEPT_MS)
    due("clear_first_days")
    assert [one.identity.name for one in FirstDays.objects.all()] == ["乙"]
    FirstDays.objects.update(came_ms=1)
    due("clear_first_days")
    assert not FirstDays.objects.exists()
    assert not Job.objects.filter(name="clear_first_days", state="due").exists()

"""Appeals, reports by a word, and the ban list, over the live path."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.models import Message, Outgoing, StageDebt
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import ChatRef, Inbound, Kind, Platform
from weilu.chat.staging import count_waiting
from weilu.chat.tests.live import connected
from weilu.chat.tests.platform import GROUP, RecordingPlatform
from weilu.communities.models import Community
from weilu.core.clock import now, now_ms
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.tests.cast import Person
from weilu.core.worker import drain
from weilu.events.moderation import DoubtsDecided
from weilu.groups.models import Connection, Group
from weilu.members.models import Identity
from weilu.moderation import live
from weilu.moderation.actions import decide
from weilu.moderation.appeals import answer, appeals, make_appeal
from weilu.moderation.bans import banned_among, bans
from weilu.moderation.models import Appeal, Ban, Doubt, Policy, Report, Violation
from weilu.moderation.policies import Wish, reverse, set_policy
from weilu.moderation.reactions import weigh_reporters
from weilu.moderation.reports import records, report_on_page
from weilu.moderation.tests.story import TALK

pytestmark = pytest.mark.django_db(transaction=True)
AD = "日赚五百兼职刷单，加微信 abc12345 拉你进群"
START = now_ms() - 5 * 86_400_000
OWN_ABUSE = {"way": "own", "ladder": [["mute", 60]], "window_days": 7}
SECOND = ChatRef(Platform.MATRIX, "!second", "Second")


@pytest.fixture(autouse=True)
def _fresh() -> None:
    live.forget()


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, owner: Person) -> Connection:
    """A connection whose groups have talked for some days."""
    platform = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, platform.name, platform)
    made = connected(owner.actor, platform)
    hear(made, *[(f"u{n % 4}", START + n * 3_600_000, TALK[n % 6]) for n in range(96)])
    hear(made, *[("spam", START + n, TALK[n % 6]) for n in range(2)], chat=SECOND)
    return made


def wish(*rungs: tuple[str, int], **more: object) -> Wish:
    ladder = [list(rung) for rung in rungs or (("ban", 0),)]
    return Wish(is_on=True, ladder=ladder, window_days=30, recalls=True, **more)  # type: ignore[arg-type]


def policy(owner: Person, *rungs: tuple[str, int], **more: object) -> Policy:
    return set_policy(owner.actor, community=Community.objects.get(), wish=wish(*rungs, **more))


def hear(
    line: Connection, *said: tuple[str, int, str], chat: ChatRef = GROUP, answers: str = ""
) -> None:
    number = Message.objects.count()
    parcel = [
        Arrival(chat, Inbound(Kind.MESSAGE, at, who, who, text, f"$e{number + n}", answers))
        for n, (who, at, text) in enumerate(said)
    ]
    Arrivals().store([(line.pk, Parcel(parcel))])
    count_waiting()


def join(line: Connection, who: str, chat: ChatRef = GROUP) -> None:
    number = Message.objects.count()
    item = Inbound(Kind.JOIN, now_ms(), who, who, external_id=f"$j{number}")
    Arrivals().store([(line.pk, Parcel([Arrival(chat, item)]))])


def keys(deed: str) -> list[str]:
    rows = Outgoing.objects.filter(deed=deed, state="waiting").order_by("pk")
    return [f"{row.group.external_key}" for row in rows.select_related("group")]


def test_a_ban_reaches_all_groups_and_those_who_come_back(line: Connection, owner: Person) -> None:
    policy(owner)
    hear(line, ("spam", now_ms() - 2000, AD))
    violation = Violation.objects.get()
    member = Identity.objects.get(account="spam").member_id
    assert sorted(keys("ban")) == sorted([GROUP.key, SECOND.key])
    assert banned_among(violation.community_id, {member}) == {member}
    join(line, "spam", SECOND)
    assert keys("remove") == [SECOND.key]
    join(line, "newcomer", SECOND)
    assert keys("remove") == [SECOND.key]
    assert [one.member_id for one in bans(owner.actor)] == [member]


def test_taking_a_ban_back_lifts_it_everywhere(line: Connection, owner: Person) -> None:
    policy(owner)
    hear(line, ("spam", now_ms() - 2000, AD))
    violation = Violation.objects.get()
    Outgoing.objects.update(state="sent")
    assert reverse(owner.actor, message_ids=[violation.pk]) == 1
    assert reverse(owner.actor, message_ids=[violation.pk]) == 0
    assert sorted(keys("unban")) == sorted([GROUP.key, SECOND.key])
    assert bans(owner.actor) == []
    join(line, "spam", SECOND)
    assert keys("remove") == []


def test_a_ban_with_an_end_ends(line: Connection, owner: Person) -> None:
    policy(owner, ("ban", 60))
    hear(line, ("spam", now_ms() - 2000, AD))
    ban = Ban.objects.get()
    assert ban.until is not None
    assert timedelta(minutes=58) < ban.until - now() <= timedelta(minutes=60)
    Ban.objects.update(until=now() - timedelta(seconds=1))
    join(line, "spam", SECOND)
    assert keys("remove") == []


def test_insults_are_acted_on_only_where_the_policy_says_so(
    line: Connection, owner: Person
) -> None:
    insult = "你他妈就是个傻逼，滚出去，脑残"
    policy(owner)
    hear(line, ("rude", now_ms() - 9000, insult))
    assert Doubt.objects.filter(kind="abuse").count() == 1
    assert not Violation.objects.exists()
    policy(owner, rules={"abuse": OWN_ABUSE})
    hear(line, ("rude", now_ms() - 5000, insult))
    assert list(Violation.objects.values_list("step", "minutes")) == [("mute", 60)]


def test_an_appeal_is_made_once_and_granting_it_takes_back(line: Connection, owner: Person) -> None:
    policy(owner, ("mute", 60))
    hear(line, ("spam", now_ms() - 2000, AD))
    violation = Violation.objects.get()
    with pytest.raises(Invalid):
        make_appeal(violation, words="   ")
    first = make_appeal(violation, words="It was a joke")
    assert make_appeal(violation, words="again").words == "It was a joke"
    assert [one.pk for one in appeals(owner.actor, is_open=True)] == [first.pk]
    answer(owner.actor, violation_id=violation.pk, grants=True, words="Sorry!")
    with pytest.raises(Conflict):
        answer(owner.actor, violation_id=violation.pk, grants=False, words="")
    violation.refresh_from_db()
    assert violation.state == Violation.State.TAKEN_BACK
    done = Appeal.objects.get()
    assert (done.state, done.answer, done.by_id) == ("granted", "Sorry!", owner.user.pk)
    assert Outgoing.objects.filter(key__endswith="amends", deed="unmute").count() == 1


def test_taking_back_answers_the_appeal_that_waits(line: Connection, owner: Person) -> None:
    policy(owner, ("mute", 60))
    hear(line, ("spam", now_ms() - 2000, AD))
    violation = Violation.objects.get()
    make_appeal(violation, words="It was a joke")
    for taken in (1, 0):
        assert reverse(owner.actor, message_ids=[violation.pk]) == taken
        done = Appeal.objects.get()
        assert (done.state, done.by_id) == ("granted", owner.user.pk)
    assert appeals(owner.actor, is_open=True) == []


def test_what_is_too_old_or_taken_back_has_no_appeal(line: Connection, owner: Person) -> None:
    policy(owner, ("mute", 60))
    hear(line, ("spam", now_ms() - 2000, AD))
    Violation.objects.update(at=now() - timedelta(days=61))
    with pytest.raises(Conflict, match="appeal_closed"):
        make_appeal(Violation.objects.get(), words="late")
    Violation.objects.update(at=now(), state="taken_back")
    with pytest.raises(Conflict, match="appeal_closed"):
        make_appeal(Violation.objects.get(), words="needless")
    with pytest.raises(NotFound):
        answer(owner.actor, violation_id=1, grants=True, words="")


def test_a_word_in_reply_reports_once_and_its_weight_grows(line: Connection, owner: Person) -> None:
    policy(owner, report_word="举报")
    hear(line, ("u1", now_ms() - 9000, "今天的白茶很香"))
    target = Message.objects.order_by("-pk")[0]
    hear(line, ("u2", now_ms() - 8000, "举报"), answers=str(target.external_id))
    hear(line, ("u2", now_ms() - 7000, " 举报 "), answers=str(target.external_id))
    hear(line, ("u3", now_ms() - 6000, "我要举报你哦"), answers=str(target.external_id))
    hear(line, ("u3", now_ms() - 5000, "举报"))
    assert Report.objects.count() == 1
    doubt = Doubt.objects.get()
    assert (doubt.pk, doubt.kind, doubt.state) == (target.pk, "reported", "open")
    assert doubt.reasons == [["reported", 0.0]]
    decide(owner.actor, message_ids=[target.pk], state=Doubt.State.JUNK)
    drain()
    reporter = Identity.objects.get(account="u2").member_id
    assert Report.objects.get().state == "right"
    assert records([reporter])[reporter] == pytest.approx(0.693, abs=0.001)
    assert not StageDebt.objects.exists()


def test_reports_are_weighed_again_when_the_reaction_runs_twice(
    line: Connection, owner: Person
) -> None:
    group = Group.objects.order_by("pk")[0]
    Report.objects.create(
        workspace_id=group.workspace_id, community_id=group.community_id,
        message_id=5, reporter_id=6, at=now(),
    )  # fmt: skip
    event = DoubtsDecided(workspace_id=group.workspace_id, message_ids=[5], state="fine")
    weigh_reporters([event])
    weigh_reporters([event])
    assert Report.objects.get().state == "wrong"


def test_the_public_page_takes_no_more_than_people_write(line: Connection) -> None:
    community = Community.objects.get()
    for n in range(5):
        report_on_page(community, words=f"something {n}", name="", source="one place")
    with pytest.raises(Conflict, match="too_many"):
        report_on_page(community, words="more", name="", source="one place")
    report_on_page(community, words="another", name="", source="other place")
    Report.objects.update(at=now() - timedelta(hours=2))
    report_on_page(community, words="later", name="", source="one place")
    assert Report.objects.count() == 7


def test_one_doubtful_message_makes_nobody_an_advertiser(line: Connection, owner: Person) -> None:
    policy(owner, ("mute", 60))
    hear(line, ("guest", now_ms() - 9000, "周末的品茶会还有位置吗"))
    assert Doubt.objects.get().score < 2.5
    hear(line, ("guest", now_ms() - 8000, "周末的品茶会还有位置吗"))
    assert not Violation.objects.exists()
    hear(line, ("spam", now_ms() - 7000, AD))
    hear(line, ("spam", now_ms() - 6000, "品茶约吗，私聊我"))
    assert list(Violation.objects.values_list("identity_id", flat=True).distinct()) == [
        Identity.objects.get(account="spam").pk
    ]
    assert Violation.objects.count() == 2
    hear(line, ("spam", now_ms() - 5000, "大家晚上好"))
    assert Violation.objects.count() == 2

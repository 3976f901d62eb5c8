"""The live story: an advertiser is taken care of step by step, and may be right after all."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from weilu.chat.columns import Columns
from weilu.chat.live.arrivals import Arrivals
from weilu.chat.live.queue import Origin
from weilu.chat.models import Message, Outgoing, StageDebt
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import Inbound, Kind
from weilu.chat.stages import AT_ONCE
from weilu.chat.staging import pay_debts
from weilu.chat.tests.live import connected, run_gateway
from weilu.chat.tests.platform import GROUP, RecordingPlatform
from weilu.communities.models import Community
from weilu.core.clock import now, now_ms
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.core.worker import drain
from weilu.events.moderation import DoubtsDecided
from weilu.groups.models import CapabilityRow, Connection
from weilu.members.models import Member
from weilu.moderation import live
from weilu.moderation.actions import decide, messages_of
from weilu.moderation.models import Doubt, Policy, Violation
from weilu.moderation.piles import Pile
from weilu.moderation.policies import Wish, set_policy
from weilu.moderation.queries import counts, suspects
from weilu.moderation.reactions import act_on_junk, undo_what_was_decided, undo_what_was_fine
from weilu.moderation.reports import Spoken, note_spoken
from weilu.moderation.rules.ladder import USUAL, stored
from weilu.moderation.taking_back import take_back
from weilu.moderation.tests.story import TALK, group_with_ads

pytestmark = pytest.mark.django_db(transaction=True)
AD = "日赚五百兼职刷单，加微信 abc12345 拉你进群"
START = now_ms() - 5 * 86_400_000


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> RecordingPlatform:
    """A platform that records."""
    one = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, one.name, one)
    return one


@pytest.fixture
def line(platform: RecordingPlatform, owner: Person) -> Connection:
    """A connection whose group has talked for some days, with the usual policy on."""
    made = connected(owner.actor, platform)
    said = [(f"u{n % 4}", START + n * 3_600_000, TALK[n % 6]) for n in range(96)]
    hear(made, *said)
    policy(owner)
    return made


def policy(owner: Person, *, is_on: bool = True, recalls: bool = True) -> Policy:
    wish = Wish(is_on=is_on, ladder=stored(USUAL), window_days=30, recalls=recalls)
    return set_policy(owner.actor, community=Community.objects.get(), wish=wish)


def hear(line: Connection, *said: tuple[str, int, str], arrivals: Arrivals | None = None) -> None:
    """Messages (who, when, what) arrive through the connection, in one parcel."""
    number = Message.objects.count()
    parcel = [
        Arrival(GROUP, Inbound(Kind.MESSAGE, at, who, who, text, f"$e{number + n}"))
        for n, (who, at, text) in enumerate(said)
    ]
    (arrivals or Arrivals()).store([(line.pk, Parcel(parcel))])


def orders() -> list[tuple[str, str]]:
    rows = Outgoing.objects.order_by("pk").exclude(deed="unmute")
    return [(row.deed, row.key.rsplit("-", 1)[1]) for row in rows]


def test_an_advertiser_climbs_the_ladder(line: Connection) -> None:
    arrivals = Arrivals()
    for n in range(4):
        hear(line, ("spam", now_ms() - 300_000 + n * 60_000, f"{AD}{n}"), arrivals=arrivals)
    found = list(Violation.objects.order_by("pk").values_list("step", flat=True))
    assert found == ["remind", "warn", "mute", "remove"]
    assert orders() == [
        ("send", "word"), ("recall", "recall"),
        ("send", "word"), ("recall", "recall"),
        ("send", "word"), ("recall", "recall"), ("mute", "mute"),
        ("send", "word"), ("recall", "recall"), ("remove", "remove"),
    ]  # fmt: skip
    word = Outgoing.objects.filter(deed="send").order_by("pk")[0]
    assert word.text.startswith("spam, please keep to the rules")
    unmute = Outgoing.objects.get(deed="unmute")
    assert (unmute.due_at - Outgoing.objects.get(deed="mute").due_at).total_seconds() >= 3590
    assert Doubt.objects.count() == 4


def test_the_orders_reach_the_platform_in_order(
    line: Connection, platform: RecordingPlatform
) -> None:
    hear(line, ("spam", now_ms() - 1000, AD))
    run_gateway(lambda: not Outgoing.objects.filter(state="waiting").exists())
    assert [(o.deed, o.account) for o in platform.stage.orders] == [
        ("send", "spam"),
        ("recall", "spam"),
    ]
    assert platform.stage.orders[1].message == "$e96"


def test_everyday_talk_is_left_alone(line: Connection) -> None:
    hear(line, *[("new", now_ms() - 9000 + n, text) for n, text in enumerate(TALK)])
    hear(line, ("u1", now_ms(), "今天优惠吗，加我一个"))
    assert (Violation.objects.count(), Outgoing.objects.count()) == (0, 0)


def test_without_a_policy_it_is_doubted_and_nothing_follows(
    line: Connection, owner: Person
) -> None:
    policy(owner, is_on=False)
    hear(line, ("spam", now_ms(), AD))
    assert (Doubt.objects.count(), Violation.objects.count()) == (1, 0)
    assert not Outgoing.objects.exists()


def test_history_has_no_consequences(line: Connection, workspace: Workspace) -> None:
    group = group_with_ads(workspace)
    Policy.objects.create(
        community=group.community, workspace=workspace, is_on=True, ladder=stored(USUAL),
        changed_at=now(),
    )  # fmt: skip
    assert (Doubt.objects.count(), Outgoing.objects.count()) == (0, 0)


def test_staff_and_settled_members_are_treated_as_such(line: Connection) -> None:
    Member.objects.filter(name="u1").update(is_staff=True, staff_source="operator")
    arrivals = Arrivals()
    hear(line, ("u1", now_ms() - 50, AD), arrivals=arrivals)
    assert not Violation.objects.exists()
    for n in range(5):
        hear(line, ("u2", now_ms() - 40 + n, f"{AD} {n}"), arrivals=arrivals)
    steps = list(Violation.objects.order_by("pk").values_list("step", flat=True))
    assert "remove" not in steps
    assert steps[:1] in ([], ["remind"])


def test_a_batch_delivered_twice_has_its_consequences_once(line: Connection) -> None:
    said = ("spam", now_ms() - 1000, AD)
    number = Message.objects.count()
    item = Inbound(Kind.MESSAGE, said[1], "spam", "spam", AD, f"$e{number}")
    for _ in range(2):
        Arrivals().store([(line.pk, Parcel([Arrival(GROUP, item)]))])
        live.forget()
    assert (Violation.objects.count(), Outgoing.objects.count()) == (1, 2)


def test_a_person_who_calls_it_fine_takes_everything_back(
    line: Connection, operator: Person
) -> None:
    arrivals = Arrivals()
    for n in range(3):
        hear(line, ("spam", now_ms() - 300_000 + n * 60_000, f"{AD}{n}"), arrivals=arrivals)
    muted = Violation.objects.get(step="mute").pk
    Outgoing.objects.filter(deed="mute").update(state="sent")
    ids = list(Violation.objects.values_list("pk", flat=True))
    decide(operator.actor, message_ids=ids, state=Doubt.State.FINE)
    drain()
    assert set(Violation.objects.values_list("state", flat=True)) == {"taken_back"}
    assert Violation.objects.get(pk=muted).taken_back_by_id == operator.user.pk
    waiting = Outgoing.objects.filter(state="waiting")
    assert [row.key for row in waiting] == [f"mod-{muted}-amends"]
    undo_what_was_fine([DoubtsDecided(operator.actor.workspace_id, ids, "fine")])
    assert Outgoing.objects.filter(state="waiting").count() == 1
    live.forget()
    hear(line, ("other", now_ms(), AD))
    assert Violation.objects.filter(state="stands").get().step == "remind"


def test_a_person_who_calls_it_junk_has_it_acted_on_once(
    line: Connection, operator: Person
) -> None:
    Policy.objects.update(is_on=False)
    hear(line, ("spam", now_ms(), AD))
    Policy.objects.update(is_on=True)
    pk = Doubt.objects.get().pk
    decide(operator.actor, message_ids=[pk], state=Doubt.State.JUNK)
    drain()
    assert Violation.objects.get().by_id == operator.user.pk
    event = DoubtsDecided(operator.actor.workspace_id, [pk], "junk", operator.user.pk)
    act_on_junk([event])
    act_on_junk([event])
    assert (Violation.objects.count(), Outgoing.objects.count()) == (1, 2)


def test_a_decision_taken_back_takes_along_what_followed_and_a_new_one_brings_it_back(
    line: Connection, operator: Person
) -> None:
    Policy.objects.update(is_on=False)
    hear(line, ("spam", now_ms(), AD))
    Policy.objects.update(is_on=True)
    ids = [Doubt.objects.get().pk]
    decide(operator.actor, message_ids=ids, state=Doubt.State.JUNK)
    drain()
    assert orders() == [("send", "word"), ("recall", "recall")]
    decide(operator.actor, message_ids=ids, state=Doubt.State.OPEN, undone=Doubt.State.JUNK)
    drain()
    opened = DoubtsDecided(operator.actor.workspace_id, ids, "open", operator.user.pk)
    undo_what_was_decided([opened])
    assert Violation.objects.get().state == "taken_back"
    assert set(Outgoing.objects.values_list("state", flat=True)) == {"cancelled"}
    act_on_junk([DoubtsDecided(operator.actor.workspace_id, ids, "junk", operator.user.pk)])
    assert Violation.objects.get().state == "taken_back"
    decide(operator.actor, message_ids=ids, state=Doubt.State.JUNK)
    drain()
    act_on_junk([DoubtsDecided(operator.actor.workspace_id, ids, "junk", operator.user.pk)])
    assert Violation.objects.get().state == "stands"
    assert set(Outgoing.objects.values_list("state", flat=True)) == {"waiting"}
    assert len(orders()) == 2


def test_what_was_taken_back_after_a_decision_stays_so_when_that_is_told_again(
    line: Connection, operator: Person
) -> None:
    hear(line, ("spam", now_ms() - 1000, AD))
    pk = Violation.objects.get().pk
    decide(operator.actor, message_ids=[pk], state=Doubt.State.JUNK)
    drain()
    take_back(operator.actor.workspace_id, [pk], operator.user.pk)
    act_on_junk([DoubtsDecided(operator.actor.workspace_id, [pk], "junk", operator.user.pk)])
    assert Violation.objects.get().state == "taken_back"
    decide(operator.actor, message_ids=[pk], state=Doubt.State.OPEN)
    drain()
    assert Violation.objects.get().state == "taken_back"


def test_undoing_leaves_alone_what_somebody_else_decided_since(
    line: Connection, operator: Person, owner: Person
) -> None:
    Policy.objects.update(is_on=False)
    hear(line, ("spam", now_ms() - 60_000, AD), ("other", now_ms() - 30_000, AD))
    first, second = Doubt.objects.order_by("pk").values_list("pk", flat=True)
    decide(operator.actor, message_ids=[first, second], state=Doubt.State.JUNK)
    decide(owner.actor, message_ids=[first], state=Doubt.State.FINE)
    undone = {"state": Doubt.State.OPEN, "undone": Doubt.State.JUNK}
    assert decide(operator.actor, message_ids=[first, second], **undone) == 1
    assert list(Doubt.objects.order_by("pk").values_list("state", flat=True)) == ["fine", "open"]
    assert decide(operator.actor, message_ids=[first, second], **undone) == 0


def test_where_nobody_can_be_muted_the_step_is_a_warning(line: Connection) -> None:
    CapabilityRow.objects.filter(ability="mute").update(support="impossible")
    arrivals = Arrivals()
    for n in range(3):
        hear(line, ("spam", now_ms() - 300_000 + n * 60_000, f"{AD}{n}"), arrivals=arrivals)
    assert list(Violation.objects.order_by("pk").values_list("step", flat=True)) == [
        "remind", "warn", "warn",
    ]  # fmt: skip


def test_without_an_interface_the_same_is_done_by_hand(line: Connection) -> None:
    Connection.objects.update(state="stopped")
    hear(line, ("spam", now_ms(), AD))
    rows = Outgoing.objects.filter(origin=Origin.MODERATION).order_by("pk")
    assert [(row.deed, row.way) for row in rows] == [("send", "by_hand"), ("recall", "by_hand")]


def test_a_stage_that_fails_loses_no_message_and_is_made_up_for(
    line: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(live, "judge_in_office", None)
        hear(line, ("spam", now_ms(), AD))
    assert Message.objects.filter(text=AD).exists()
    assert not Doubt.objects.exists()
    StageDebt.objects.update(due_at=now())
    assert pay_debts() == 1
    assert (Doubt.objects.count(), Violation.objects.count()) == (1, 1)
    assert not StageDebt.objects.exists()


def test_a_stage_that_fails_takes_no_verdict_along(
    line: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_columns: Columns) -> None:
        message = "no"
        raise ValueError(message)

    monkeypatch.setitem(AT_ONCE, "last of all", fails)
    arrivals = Arrivals()
    for n in range(2):
        hear(line, ("spam", now_ms() - 300_000 + n * 60_000, f"{AD}{n}"), arrivals=arrivals)
    assert list(Violation.objects.order_by("pk").values_list("step", flat=True)) == [
        "remind",
        "warn",
    ]
    assert orders() == [("send", "word"), ("recall", "recall")] * 2
    debts = StageDebt.objects.values_list("stage", flat=True)
    assert list(debts) == ["last of all"] * 2


def test_what_is_remembered_of_rows_that_are_gone_stops_a_batch_only_once(
    line: Connection,
) -> None:
    (heard,) = live._WATCH.groups.values()
    heard.group.workspace_id = 10**9
    before = Message.objects.count()
    with pytest.raises(IntegrityError):
        hear(line, ("spam", now_ms(), AD))
    assert Message.objects.count() == before
    hear(line, ("spam", now_ms(), AD))
    assert Message.objects.count() == before + 1
    assert Doubt.objects.filter(kind=Doubt.Kind.AD).exists()


def test_a_batch_is_not_remembered_twice_when_another_stage_fails(
    line: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_columns: Columns) -> None:
        raise RuntimeError

    heard: list[int] = []
    judge = live._judge

    def watched(*given: Any) -> None:
        heard.append(len(live._WATCH.groups))
        judge(*given)

    monkeypatch.setattr(live, "_judge", watched)
    monkeypatch.setitem(AT_ONCE, "broken", broken)
    hear(line, ("u1", now_ms(), TALK[0]))
    # Rolled back with the others, then run again by itself: begun from what is stored.
    assert heard == [1, 0]
    assert StageDebt.objects.count() == 1


def test_who_is_put_out_within_one_batch_has_each_message_taken_back_once(
    line: Connection,
) -> None:
    start = now_ms() - 300_000
    said = [("spam", start + n * 30_000, f"{AD}{n}") for n in range(5)]
    hear(line, ("spam", start - 10_000, "早上好大家"), *said)
    assert Violation.objects.filter(step="remove").exists()
    recalled = Outgoing.objects.filter(deed="recall").values_list("message_id", flat=True)
    written = Message.objects.filter(identity__account="spam").values_list("pk", flat=True)
    assert list(recalled.order_by("message_id")) == list(written.order_by("pk"))


def test_what_the_policy_dealt_with_does_not_wait_for_a_person(
    line: Connection, operator: Person
) -> None:
    hear(line, ("spam", now_ms() - 1000, AD))
    one = Violation.objects.get()
    assert counts(operator.actor)["ad", Pile.OPEN] == 0
    assert counts(operator.actor)["ad", Pile.ACTED] == 1
    assert suspects(operator.actor, family="ad", on=Pile.OPEN, limit=9, offset=0) == ([], 0)
    (found,), total = suspects(operator.actor, family="ad", on=Pile.ACTED, limit=9, offset=0)
    assert total == 1
    assert [row.followed for row in found.shown] == [one]
    ids = messages_of(
        operator.actor,
        identity_ids=[found.identity.pk],
        family="ad",
        on=Pile.ACTED,
        limit=9,
    )
    assert ids == [one.pk]
    decide(operator.actor, message_ids=ids, state=Doubt.State.FINE)
    drain()
    one.refresh_from_db()
    assert one.state == "taken_back"
    assert counts(operator.actor)["ad", Pile.ACTED] == 0
    assert counts(operator.actor)["ad", Pile.FINE] == 1


def test_a_report_is_seen_at_what_was_doubtful_already(line: Connection, owner: Person) -> None:
    policy(owner, is_on=False)
    hear(line, ("spam", now_ms() - 1000, AD))
    doubt = Doubt.objects.get()
    before = list(doubt.reasons)
    reporter = Member.objects.get(name="u1").pk
    spoken = [
        Spoken(doubt.pk, doubt.group_id, doubt.workspace_id, doubt.group.community_id, who)
        for who in (reporter, doubt.identity.member_id)
    ]
    for _time in range(2):
        with transaction.atomic():
            note_spoken(spoken)
    doubt.refresh_from_db()
    assert doubt.kind == "ad"
    assert doubt.reasons == [*before, ["reported", 0.0]]

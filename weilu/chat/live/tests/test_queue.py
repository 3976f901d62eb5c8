"""The send queue in the hands of the team: changed, held, released, stopped, done by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from weilu.chat.live import hands, queue
from weilu.chat.live.clearing import end_late
from weilu.chat.live.queue import Change, Draft, Origin, enqueue
from weilu.chat.models import Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.chat.tests.live import connected, draft, group_of
from weilu.chat.tests.platform import RecordingPlatform
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotAllowed, NotFound
from weilu.core.models import LogRow
from weilu.core.tests.cast import Person
from weilu.groups.models import CapabilityRow, Connection, Group

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(platform: RecordingPlatform, owner: Person) -> Group:
    """A connected group."""
    return group_of(connected(owner.actor, platform))


def only() -> Outgoing:
    return Outgoing.objects.get()


def ended() -> list[str]:
    """What was told to those who decided."""
    rows = LogRow.objects.filter(name="OutgoingEnded").order_by("pk")
    return [row.payload["state"] for row in rows]


def test_a_key_no_platform_takes_is_refused_before_anything_is_written(group: Group) -> None:
    with pytest.raises(ValueError, match="no key"):
        enqueue(group.workspace_id, [draft(group, "fine"), draft(group, "not fine")])
    assert not Outgoing.objects.exists()


def test_what_waits_can_be_changed_once_a_version(group: Group, operator: Person) -> None:
    enqueue(group.workspace_id, [draft(group, "k")])
    later = now() + timedelta(hours=1)
    better = Change(
        "Better", is_promotion=True, due_at=later, expires_at=later + timedelta(hours=1)
    )
    queue.rewrite(operator.actor, pk=only().pk, version=0, change=better)
    row = only()
    assert (row.text, row.due_at, row.is_promotion, row.version) == ("Better", later, True, 1)
    with pytest.raises(Conflict, match="changed"):
        queue.rewrite(operator.actor, pk=row.pk, version=0, change=Change("Stale"))
    assert only().text == "Better"


def test_only_an_owner_lets_pass_what_a_guard_holds_and_says_why(
    group: Group, owner: Person, manager: Person
) -> None:
    enqueue(group.workspace_id, [draft(group, "k")])
    Outgoing.objects.update(state="held", guard="promotion_share")
    pk = only().pk
    with pytest.raises(NotAllowed):
        queue.release(manager.actor, pks=[pk], why="I want to")
    with pytest.raises(Invalid):
        queue.release(owner.actor, pks=[pk], why=" ")
    assert only().state == "held"
    assert queue.release(owner.actor, pks=[pk], why="Last day of the sale") == 1
    row = only()
    assert (row.state, row.overruled) == ("waiting", ["promotion_share"])
    assert (row.released_by_id, row.released_why) == (owner.user.pk, "Last day of the sale")
    assert queue.release(owner.actor, pks=[pk], why="Twice") == 0
    assert only().released_why == "Last day of the sale"


def test_an_owner_lets_pass_what_quiet_hours_put_off_but_not_what_the_platform_limits(
    group: Group, owner: Person
) -> None:
    enqueue(group.workspace_id, [draft(group, "night"), draft(group, "limit"), draft(group, "x")])
    morning = now() + timedelta(hours=8)
    Outgoing.objects.update(due_at=morning)
    Outgoing.objects.filter(key="night").update(guard="quiet_hours")
    Outgoing.objects.filter(key="limit").update(guard="platform_limits")
    pks = [one.pk for one in Outgoing.objects.all()]
    assert queue.release(owner.actor, pks=pks, why="The road is closed tonight") == 1
    assert queue.release(owner.actor, pks=pks, why="Twice") == 0
    night = Outgoing.objects.get(key="night")
    assert (night.overruled, night.guard, night.state) == (["quiet_hours"], "", "waiting")
    assert night.due_at < morning
    assert set(Outgoing.objects.exclude(key="night").values_list("due_at", flat=True)) == {morning}


def test_nothing_is_to_end_before_it_begins(group: Group, operator: Person) -> None:
    soon = now() + timedelta(hours=1)
    one = replace(draft(group, "k"), due_at=soon, expires_at=soon)
    with pytest.raises(Invalid, match="too_soon") as refused:
        queue.say(operator.actor, one)
    assert refused.value.field == "expires_at"
    assert not Outgoing.objects.exists()


def test_words_are_not_changed_into_nothing(group: Group, operator: Person) -> None:
    enqueue(group.workspace_id, [draft(group, "k")])
    with pytest.raises(Invalid, match="required"):
        queue.rewrite(operator.actor, pk=only().pk, version=0, change=Change(" "))
    assert only().text == "Good morning"


def test_what_has_not_left_can_be_stopped_and_is_told(group: Group, operator: Person) -> None:
    enqueue(group.workspace_id, [draft(group, "a"), draft(group, "b"), draft(group, "c")])
    a, b, _c = Outgoing.objects.order_by("pk")
    Outgoing.objects.filter(pk=b.pk).update(state="sending", lease="x")
    assert queue.cancel(operator.actor, pks=[a.pk, b.pk]) == 1
    assert queue.cancel(operator.actor, pks=[a.pk, b.pk]) == 0
    states = list(Outgoing.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["cancelled", "sending", "waiting"]
    assert ended() == ["cancelled"]


def test_a_decision_taken_back_stops_what_it_had_asked_for(group: Group) -> None:
    mine = Draft("m1", group.pk, Deed.MUTE, Origin.MODERATION, origin_id=7)
    other = Draft("m2", group.pk, Deed.MUTE, Origin.MODERATION, origin_id=8)
    enqueue(group.workspace_id, [mine, other])
    assert queue.cancel_of(group.workspace_id, Origin.MODERATION, [7]) == 1
    assert Outgoing.objects.get(key="m2").state == "waiting"


@pytest.mark.parametrize(("has_happened", "state"), [(True, "sent"), (False, "waiting")])
def test_a_person_says_what_nobody_could_tell(
    group: Group, operator: Person, state: str, *, has_happened: bool
) -> None:
    enqueue(group.workspace_id, [draft(group, "k")])
    Outgoing.objects.update(state="unsure", fault="timeout")
    asked = [only().pk]
    assert queue.answer_unsure(operator.actor, pks=asked, has_happened=has_happened) == 1
    assert only().state == state
    assert queue.answer_unsure(operator.actor, pks=asked, has_happened=True) == 0
    assert only().state == state


def test_what_is_sent_again_is_not_too_late_at_once(group: Group, operator: Person) -> None:
    enqueue(group.workspace_id, [draft(group, "k")])
    Outgoing.objects.update(state="unsure", expires_at=now() - timedelta(hours=1))
    queue.answer_unsure(operator.actor, pks=[only().pk], has_happened=False)
    assert end_late() == 0
    assert (only().state, only().expires_at) == ("waiting", None)


def test_what_may_have_arrived_can_be_left_alone(group: Group, operator: Person) -> None:
    enqueue(group.workspace_id, [draft(group, "k")])
    Outgoing.objects.update(state="unsure", fault="timeout")
    assert queue.cancel(operator.actor, pks=[only().pk]) == 1
    assert only().state == "cancelled"


def test_a_connection_that_stopped_leaves_its_work_to_hands(group: Group) -> None:
    Connection.objects.update(state="stopped")
    enqueue(group.workspace_id, [draft(group, "k")])
    assert only().way == "by_hand"


@pytest.mark.parametrize(
    ("support", "way"),
    [
        ("automatic", "automatic"),
        ("confirmed", "confirmed"),
        ("by_hand", "by_hand"),
        ("impossible", "by_hand"),
    ],
)
def test_who_does_it_is_what_the_capability_says(group: Group, support: str, way: str) -> None:
    CapabilityRow.objects.filter(ability="mute").update(support=support)
    enqueue(group.workspace_id, [draft(group, "k", deed=Deed.MUTE)])
    assert only().way == way


def test_another_workspace_touches_nothing(
    group: Group, stranger: Person, operator: Person
) -> None:
    enqueue(group.workspace_id, [draft(group, "k")])
    before = Outgoing.objects.values().get()
    pk = only().pk
    with pytest.raises(NotFound):
        queue.say(stranger.actor, draft(group, "mine"))
    with pytest.raises(NotFound):
        queue.rewrite(stranger.actor, pk=pk, version=0, change=Change("x"))
    assert queue.release(stranger.actor, pks=[pk], why="x") == 0
    with pytest.raises(NotFound):
        hands.finish_by_hand(stranger.actor, pk=pk, is_done=True)
    assert queue.cancel(stranger.actor, pks=[pk]) == 0
    assert hands.assign(stranger.actor, pks=[pk], user_id=stranger.user.pk) == 0
    assert Outgoing.objects.values().get() == before


def test_an_empty_message_is_not_said(group: Group, operator: Person) -> None:
    with pytest.raises(Invalid):
        queue.say(operator.actor, draft(group, "k", "  "))
    with pytest.raises(Invalid):
        queue.say(operator.actor, draft(group, "k", "x" * 8001))
    queue.say(operator.actor, draft(group, "k", "Hello"))
    queue.say(operator.actor, draft(group, "k", "Hello"))
    assert only().text == "Hello"

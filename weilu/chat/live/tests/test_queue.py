"""The send queue in the hands of the team: changed, held, released, stopped, done by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weilu.chat.live import queue
from weilu.chat.live.queue import Draft, Origin, enqueue
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


def hand_task(group: Group) -> Outgoing:
    Group.objects.filter(pk=group.pk).update(connection=None)
    enqueue(group.workspace_id, [draft(group, "by-hand", "Say hello")])
    return only()


def test_a_key_no_platform_takes_is_refused_before_anything_is_written(group: Group) -> None:
    with pytest.raises(ValueError, match="no key"):
        enqueue(group.workspace_id, [draft(group, "fine"), draft(group, "not fine")])
    assert not Outgoing.objects.exists()


def test_what_waits_can_be_changed_once_a_version(group: Group, operator: Person) -> None:
    enqueue(group.workspace_id, [draft(group, "k")])
    later = now() + timedelta(hours=1)
    queue.rewrite(
        operator.actor, pk=only().pk, version=0, text="Better", due_at=later, is_promotion=True
    )
    row = only()
    assert (row.text, row.due_at, row.is_promotion, row.version) == ("Better", later, True, 1)
    with pytest.raises(Conflict, match="changed"):
        queue.rewrite(
            operator.actor, pk=row.pk, version=0, text="Stale", due_at=None, is_promotion=False
        )
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


def test_what_may_have_arrived_can_be_left_alone(group: Group, operator: Person) -> None:
    enqueue(group.workspace_id, [draft(group, "k")])
    Outgoing.objects.update(state="unsure", fault="timeout")
    assert queue.cancel(operator.actor, pks=[only().pk]) == 1
    assert only().state == "cancelled"


def test_without_a_connection_a_person_does_it_and_that_is_the_receipt(
    group: Group, operator: Person
) -> None:
    task = hand_task(group)
    assert (task.way, task.state) == ("by_hand", "waiting")
    queue.finish_by_hand(operator.actor, pk=task.pk, is_done=True, note="Pasted at noon")
    row = only()
    assert (row.state, row.note, row.ended_by_id) == ("sent", "Pasted at noon", operator.user.pk)
    with pytest.raises(Conflict):
        queue.finish_by_hand(operator.actor, pk=task.pk, is_done=False)
    assert ended() == ["sent"]
    queue.reopen_by_hand(operator.actor, pk=task.pk)
    assert (only().state, only().ended_at) == ("waiting", None)
    queue.finish_by_hand(operator.actor, pk=task.pk, is_done=False, note="The group is gone")
    assert ended() == ["sent", "failed"]


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
        queue.rewrite(stranger.actor, pk=pk, version=0, text="x", due_at=None, is_promotion=False)
    assert queue.release(stranger.actor, pks=[pk], why="x") == 0
    with pytest.raises(NotFound):
        queue.finish_by_hand(stranger.actor, pk=pk, is_done=True)
    assert queue.cancel(stranger.actor, pks=[pk]) == 0
    assert queue.assign(stranger.actor, pks=[pk], user_id=stranger.user.pk) == 0
    assert Outgoing.objects.values().get() == before


def test_an_empty_message_is_not_said(group: Group, operator: Person) -> None:
    with pytest.raises(Invalid):
        queue.say(operator.actor, draft(group, "k", "  "))
    with pytest.raises(Invalid):
        queue.say(operator.actor, draft(group, "k", "x" * 8001))
    queue.say(operator.actor, draft(group, "k", "Hello"))
    queue.say(operator.actor, draft(group, "k", "Hello"))
    assert only().text == "Hello"

"""Hand tasks: done, not done, stopped meanwhile, said twice; each ends once (D-7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weilu.chat.live.hands import (
    Finished,
    assign,
    doers,
    finish_by_hand,
    finish_many,
    reopen_by_hand,
)
from weilu.chat.live.queue import cancel, enqueue
from weilu.chat.models import Outgoing
from weilu.chat.tests.live import connected, draft, group_of
from weilu.chat.tests.platform import RecordingPlatform
from weilu.core.clock import now
from weilu.core.errors import Conflict, NotAllowed, NotFound
from weilu.core.models import LogRow
from weilu.core.tests.cast import Person
from weilu.groups.models import Group

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(platform: RecordingPlatform, owner: Person) -> Group:
    """A group that nothing reaches but hands."""
    made = group_of(connected(owner.actor, platform))
    Group.objects.filter(pk=made.pk).update(connection=None)
    return made


@pytest.fixture
def task(group: Group) -> Outgoing:
    """Something to be said by hand."""
    enqueue(group.workspace_id, [draft(group, "by-hand", "Say hello")])
    return only()


def only() -> Outgoing:
    return Outgoing.objects.get()


def ended() -> list[str]:
    """What was told to those who decided."""
    rows = LogRow.objects.filter(name="OutgoingEnded").order_by("pk")
    return [row.payload["state"] for row in rows]


def test_without_a_connection_a_person_does_it_and_that_is_the_receipt(
    task: Outgoing, operator: Person
) -> None:
    assert (task.way, task.state) == ("by_hand", "waiting")
    finish_by_hand(operator.actor, pk=task.pk, is_done=True, note="Pasted at noon")
    row = only()
    assert (row.state, row.note, row.ended_by_id) == ("sent", "Pasted at noon", operator.user.pk)
    with pytest.raises(Conflict):
        finish_by_hand(operator.actor, pk=task.pk, is_done=False)
    assert ended() == ["sent"]
    reopen_by_hand(operator.actor, pk=task.pk)
    assert (only().state, only().ended_at) == ("waiting", None)
    finish_by_hand(operator.actor, pk=task.pk, is_done=False, note="The group is gone")
    assert ended() == ["sent", "failed"]


def test_said_twice_by_the_same_person_is_said_once(task: Outgoing, operator: Person) -> None:
    assert finish_by_hand(operator.actor, pk=task.pk, is_done=True, note="a") == Finished.NOW
    before = only()
    assert finish_by_hand(operator.actor, pk=task.pk, is_done=True, note="b") == Finished.BEFORE
    assert (only().note, only().version) == ("a", before.version)
    assert ended() == ["sent"]


def test_of_two_who_did_it_the_second_hears_of_the_first(
    task: Outgoing, operator: Person, manager: Person
) -> None:
    finish_by_hand(operator.actor, pk=task.pk, is_done=True)
    with pytest.raises(Conflict, match="changed"):
        finish_by_hand(manager.actor, pk=task.pk, is_done=True, note="Me too")
    assert (only().ended_by_id, only().note) == (operator.user.pk, "")


@pytest.mark.parametrize("state", ["cancelled", "expired"])
def test_what_was_stopped_while_somebody_did_it_was_done(
    task: Outgoing, operator: Person, manager: Person, state: str
) -> None:
    cancel(manager.actor, pks=[task.pk])
    Outgoing.objects.update(state=state)
    with pytest.raises(Conflict):
        finish_by_hand(operator.actor, pk=task.pk, is_done=False)
    assert only().state == state
    done = finish_by_hand(operator.actor, pk=task.pk, is_done=True, note="Was pasted already")
    assert done == Finished.ALL_THE_SAME
    row = only()
    assert (row.state, row.ended_by_id, row.note) == (
        "sent",
        operator.user.pk,
        "Was pasted already",
    )
    assert ended() == ["cancelled", "sent"]


def test_a_day_later_what_is_done_is_done(task: Outgoing, operator: Person) -> None:
    finish_by_hand(operator.actor, pk=task.pk, is_done=True)
    Outgoing.objects.update(ended_at=now() - timedelta(hours=25))
    with pytest.raises(Conflict):
        reopen_by_hand(operator.actor, pk=task.pk)
    assert only().state == "sent"


def test_only_those_who_may_send_do_them(
    task: Outgoing, operator: Person, manager: Person, analyst: Person
) -> None:
    with pytest.raises(NotAllowed):
        finish_by_hand(analyst.actor, pk=task.pk, is_done=True)
    with pytest.raises(NotFound):
        assign(manager.actor, pks=[task.pk], user_id=analyst.user.pk)
    assert assign(manager.actor, pks=[task.pk], user_id=operator.user.pk) == 1
    assert analyst.user.pk not in dict(doers(manager.actor))
    assert finish_many(operator.actor, pks=[task.pk, task.pk]) == 1
    assert finish_many(operator.actor, pks=[task.pk]) == 0
    assert (only().state, only().assignee_id) == ("sent", operator.user.pk)

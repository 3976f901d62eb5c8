"""What no gateway looks after: what is late ends, what nobody carries is left to hands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from weilu.chat.live.clearing import OFF_FOR, end_late, leave_to_hands
from weilu.chat.live.connections import disconnect, switch
from weilu.chat.live.lost import leave_lost, send_again
from weilu.chat.live.queries import needs_decision, outbox, standing
from weilu.chat.live.queue import Origin, enqueue
from weilu.chat.live.receipts import settle_receipts
from weilu.chat.models import Outgoing
from weilu.chat.ports.orders import Fate, Receipt
from weilu.chat.tests.live import connected, draft, group_of
from weilu.chat.tests.platform import RecordingPlatform
from weilu.core.clock import now, now_ms
from weilu.core.models import Job, LogRow
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection, Group

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(platform: RecordingPlatform, owner: Person) -> Connection:
    """A connection."""
    return connected(owner.actor, platform)


@pytest.fixture
def group(line: Connection) -> Group:
    """A connected group."""
    return group_of(line)


def states() -> dict[str, str]:
    return dict(Outgoing.objects.values_list("key", "state"))


def ways() -> dict[str, str]:
    return dict(Outgoing.objects.values_list("key", "way"))


def test_what_is_late_ends_whoever_was_to_do_it(group: Group) -> None:
    keys = ("hand", "held", "sending", "in-time", "always")
    enqueue(group.workspace_id, [draft(group, key) for key in keys])
    Outgoing.objects.exclude(key="always").update(expires_at=now() - timedelta(minutes=1))
    Outgoing.objects.filter(key="hand").update(way="by_hand")
    Outgoing.objects.filter(key="held").update(state="held", guard="promotion_share")
    Outgoing.objects.filter(key="sending").update(state="sending", lease="x")
    Outgoing.objects.filter(key="in-time").update(expires_at=now() + timedelta(minutes=1))
    assert (end_late(), end_late()) == (2, 0)
    assert states() == {
        "hand": "expired", "held": "expired", "sending": "sending", "in-time": "waiting",
        "always": "waiting",
    }  # fmt: skip
    told = LogRow.objects.filter(name="OutgoingEnded")
    assert [row.payload["state"] for row in told] == ["expired", "expired"]


def test_what_waits_for_a_person_in_the_app_is_taken_back_when_it_is_late(
    group: Group, platform: RecordingPlatform
) -> None:
    platform.takes_back = True
    enqueue(group.workspace_id, [draft(group, "asked")])
    late = now() - timedelta(minutes=1)
    Outgoing.objects.update(state="asked", external_id="t1", expires_at=late)
    assert (end_late(), end_late()) == (1, 0)
    assert states() == {"asked": "stopping"}
    assert Job.objects.filter(name="take_back").count() == 1
    # It was too late for that: nobody asks again and again.
    Outgoing.objects.update(state="asked", fault="too_old")
    assert end_late() == 0


def test_a_connection_that_is_off_leaves_what_is_due_to_hands(
    line: Connection, group: Group, owner: Person
) -> None:
    later = replace(draft(group, "later"), due_at=now() + timedelta(hours=1))
    enqueue(group.workspace_id, [draft(group, "due"), draft(group, "sending"), later])
    Outgoing.objects.filter(key="sending").update(state="sending", lease="x")
    assert leave_to_hands() == 0
    switch(owner.actor, connection=line, is_on=False)
    # It may have been switched off for a moment only.
    assert leave_to_hands() == 0
    Connection.objects.update(since=now() - OFF_FOR - timedelta(seconds=1))
    assert (leave_to_hands(), leave_to_hands()) == (1, 0)
    assert ways() == {"due": "by_hand", "sending": "automatic", "later": "automatic"}
    assert Outgoing.objects.get(key="due").fault == "not_connected"


def test_a_connection_that_stopped_for_good_leaves_it_at_once(group: Group) -> None:
    enqueue(group.workspace_id, [draft(group, "k")])
    Connection.objects.update(state="stopped")
    assert (leave_to_hands(), ways()) == (1, {"k": "by_hand"})


def test_a_connection_that_is_gone_leaves_the_rest_to_people(
    line: Connection, group: Group, owner: Person
) -> None:
    enqueue(group.workspace_id, [draft(group, "asked"), draft(group, "waits")])
    Outgoing.objects.filter(key="asked").update(state="asked", external_id="t1")
    disconnect(owner.actor, connection=line)
    assert states() == {"asked": "unsure", "waits": "waiting"}
    assert (leave_to_hands(), ways()["waits"]) == (1, "by_hand")


def test_what_did_not_get_out_is_told_until_somebody_took_note(
    group: Group, operator: Person
) -> None:
    mine = [
        replace(draft(group, key), origin=Origin.STAFF) for key in ("refused", "late", "stopped")
    ]
    enqueue(group.workspace_id, [*mine, draft(group, "order")])
    Outgoing.objects.filter(key="refused").update(state="asked", external_id="t1")
    settle_receipts(group.workspace_id, [Receipt("t1", Fate.REFUSED, now_ms())])
    Outgoing.objects.filter(key="late").update(expires_at=now())
    end_late()
    Outgoing.objects.filter(key="stopped").update(state="cancelled", ended_at=now())
    Outgoing.objects.filter(key="order").update(state="failed", ended_at=now())
    assert Outgoing.objects.get(key="refused").fault == "refused"
    lost = [one.key for one in outbox(operator.actor, "held")]
    assert lost == ["refused", "late"]
    assert (standing(operator.actor).lost, standing(operator.actor).asks) == (2, 2)
    assert needs_decision(operator.actor).count() == 2
    ids = {one.key: one.pk for one in Outgoing.objects.all()}
    assert send_again(operator.actor, pks=[ids["refused"], ids["order"]]) == 1
    again = Outgoing.objects.get(key="refused")
    assert (again.state, again.fault, again.external_id) == ("waiting", "", "")
    assert leave_lost(operator.actor, pks=ids.values()) == 1
    assert leave_lost(operator.actor, pks=ids.values()) == 0
    assert outbox(operator.actor, "held") == []
    assert Outgoing.objects.get(key="late").state == "expired"


def test_another_workspace_takes_no_note_of_ours(group: Group, stranger: Person) -> None:
    enqueue(group.workspace_id, [replace(draft(group, "k"), origin=Origin.STAFF)])
    Outgoing.objects.update(state="failed", ended_at=now())
    pk = Outgoing.objects.get().pk
    assert send_again(stranger.actor, pks=[pk]) == 0
    assert leave_lost(stranger.actor, pks=[pk]) == 0
    assert standing(stranger.actor).lost == 0


def test_what_is_sent_again_where_nothing_reaches_is_a_hand_task(
    group: Group, operator: Person
) -> None:
    enqueue(group.workspace_id, [replace(draft(group, "k"), origin=Origin.STAFF)])
    Outgoing.objects.update(state="failed", fault="not_in_group", ended_at=now())
    Group.objects.update(connection=None)
    assert send_again(operator.actor, pks=[Outgoing.objects.get().pk]) == 1
    assert (states(), ways()) == ({"k": "waiting"}, {"k": "by_hand"})

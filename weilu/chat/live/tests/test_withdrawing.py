"""What waits to be confirmed in the platform's app is taken back, once, unless it is too late."""

from __future__ import annotations

import pytest
from django.db import transaction

from weilu.chat.live.queue import cancel, enqueue
from weilu.chat.live.receipts import settle_receipts
from weilu.chat.live.withdrawing import take_back
from weilu.chat.models import Outgoing
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Fate, Receipt
from weilu.chat.tests.live import connected, draft, group_of, run_gateway
from weilu.chat.tests.platform import RecordingPlatform
from weilu.core.clock import now_ms
from weilu.core.errors import GivenUp
from weilu.core.models import Job, LogRow
from weilu.core.tests.cast import Person
from weilu.core.worker import drain
from weilu.groups.models import Connection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> RecordingPlatform:
    """A platform where people confirm, and what they have not yet can be taken back."""
    one = RecordingPlatform(takes_back=True)
    one.stage.awaits_person = True
    monkeypatch.setitem(CONNECTORS.connectors, one.name, one)
    return one


@pytest.fixture
def asked(platform: RecordingPlatform, owner: Person) -> Outgoing:
    """A message that waits to be confirmed."""
    group = group_of(connected(owner.actor, platform))
    enqueue(group.workspace_id, [draft(group, "k")])
    run_gateway(lambda: Outgoing.objects.filter(state="asked").exists())
    return Outgoing.objects.get()


def state() -> str:
    return Outgoing.objects.get().state


def confirm(asked: Outgoing) -> None:
    """Somebody confirms it in the app, and the platform says so."""
    with transaction.atomic():
        settle_receipts(asked.workspace_id, [Receipt(asked.external_id, Fate.SENT, now_ms())])


def ends() -> int:
    return LogRow.objects.filter(name="OutgoingEnded").count()


def test_taken_back_once(platform: RecordingPlatform, asked: Outgoing, operator: Person) -> None:
    page = operator.client().get("/outbox/").content.decode()
    assert "waits for the other system" in page
    assert f'/outbox/{asked.pk}/"' not in page
    answer = operator.client().post(f"/outbox/{asked.pk}/act/", {"act": "cancel"}, follow=True)
    assert "The platform is asked to take it back." in answer.content.decode()
    assert state() == "stopping"
    assert cancel(operator.actor, pks=[asked.pk]) == 0
    drain()
    row = Outgoing.objects.get()
    assert (row.state, row.ended_by_id) == ("cancelled", operator.user.pk)
    assert platform.stage.withdrawn == [asked.external_id]
    assert Connection.objects.get().cursor["withdrawn"] == asked.external_id
    take_back(Job(workspace_id=row.workspace_id, key=str(row.pk)))
    assert (len(platform.stage.withdrawn), ends()) == (1, 1)


def test_what_was_confirmed_meanwhile_is_sent(
    platform: RecordingPlatform, asked: Outgoing, owner: Person
) -> None:
    assert cancel(owner.actor, pks=[asked.pk]) == 1
    confirm(asked)
    drain()
    assert (state(), platform.stage.withdrawn, ends()) == ("sent", [], 1)


def test_what_cannot_be_taken_back_waits_on(
    platform: RecordingPlatform, asked: Outgoing, owner: Person
) -> None:
    platform.stage.failures = [GivenUp("too_old")]
    cancel(owner.actor, pks=[asked.pk])
    drain()
    row = Outgoing.objects.get()
    assert (row.state, row.fault, row.ended_by_id, row.ended_at) == ("asked", "too_old", None, None)
    assert "withdrawn" not in Connection.objects.get().cursor
    confirm(asked)
    assert state() == "sent"


def test_where_the_platform_takes_nothing_back_it_stays(
    platform: RecordingPlatform, asked: Outgoing, owner: Person
) -> None:
    platform.takes_back = False
    assert cancel(owner.actor, pks=[asked.pk]) == 0
    assert (state(), Job.objects.filter(name="take_back").count()) == ("asked", 0)
    page = owner.client().get("/outbox/").content.decode()
    assert 'value="cancel"' not in page

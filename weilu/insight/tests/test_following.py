"""Live groups fill the pages by themselves: totals soon, the rest within the hour."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.models import Batch, Message
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import Inbound, Kind
from weilu.chat.staging import count_waiting
from weilu.chat.tests.live import connected, group_of
from weilu.chat.tests.platform import GROUP, RecordingPlatform
from weilu.core.clock import now, now_ms
from weilu.core.models import Job, Workspace
from weilu.core.tests.cast import Person
from weilu.core.worker import drain
from weilu.events.chat import BatchAccepted
from weilu.groups.models import Connection
from weilu.insight.following import follow_live, note_batches
from weilu.insight.models import FreshBatch, MemberTotals, Standing
from weilu.insight.people.tests.history import make_group, said, tell
from weilu.moderation import live
from weilu.service.models import Question

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, owner: Person) -> Connection:
    """A connection with a group."""
    live.forget()
    platform = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, platform.name, platform)
    made = connected(owner.actor, platform)
    group_of(made)
    return made


def hear(line: Connection, *told: tuple[str, str], kind: Kind = Kind.MESSAGE) -> None:
    number = Message.objects.count()
    parcel = [
        Arrival(GROUP, Inbound(kind, now_ms() - 60_000 + n, who, who, text, f"$e{number + n}"))
        for n, (who, text) in enumerate(told)
    ]
    arrivals = Arrivals()
    arrivals.store([(line.pk, Parcel(parcel))])
    count_waiting()


def work(*, minutes: int = 0) -> None:
    """Work for a while, from so many minutes later on."""
    with time_machine.travel(now() + timedelta(minutes=minutes), tick=False) as clock:
        for _ in range(4):
            drain()
            clock.shift(timedelta(seconds=12))


def test_whoever_speaks_is_in_the_list(line: Connection, owner: Person) -> None:
    hear(line, ("ann", "hello"), ("bob", "hello"), ("ann", "tea?"))
    work()
    totals = MemberTotals.objects.order_by("-messages").values_list("messages", "groups")
    assert list(totals) == [(2, 1), (1, 1)]
    hear(line, ("bob", "yes"), ("bob", "please"))
    work()
    assert sorted(MemberTotals.objects.values_list("messages", flat=True)) == [2, 3]
    assert not FreshBatch.objects.exists()


def test_who_leaves_is_gone(line: Connection) -> None:
    hear(line, ("ann", "hello"))
    work()
    assert MemberTotals.objects.get().left_ms == 0
    hear(line, ("ann", ""), kind=Kind.LEAVE)
    work()
    assert MemberTotals.objects.get().left_ms > 0


def test_a_new_community_is_looked_at_soon_and_again_within_the_hour(line: Connection) -> None:
    hear(line, ("ann", "How long does white tea steep?"), ("bob", "five minutes"))
    work()
    assert not Standing.objects.exists()
    work(minutes=2)
    assert Standing.objects.get(group=None).present == 2
    assert Question.objects.count() == 1
    hear(line, ("cleo", "And how hot should the water be?"))
    work(minutes=3)
    assert Standing.objects.get(group=None).present == 2
    work(minutes=64)
    assert Standing.objects.get(group=None).present == 3
    assert Question.objects.count() == 2


def test_what_is_not_counted_yet_waits(line: Connection) -> None:
    hear(line, ("ann", "hello"))
    Batch.objects.update(staged=False)
    note_batches([BatchAccepted(line.workspace_id, pk) for pk in _batches()])
    one = Job(workspace_id=line.workspace_id, name="follow_live", due_at=now())
    assert follow_live(one) is not None
    assert not MemberTotals.objects.exists()
    Batch.objects.update(staged=True)
    assert follow_live(one) is None
    assert MemberTotals.objects.count() == 1


def _batches() -> list[int]:
    return list(Batch.objects.values_list("pk", flat=True))


def test_twice_is_once(line: Connection) -> None:
    hear(line, ("ann", "hello"), ("ann", "again"))
    for _ in range(2):
        note_batches([BatchAccepted(line.workspace_id, pk) for pk in _batches()])
    assert FreshBatch.objects.count() == len(_batches())
    work()
    note_batches([BatchAccepted(line.workspace_id, pk) for pk in _batches()])
    work()
    assert MemberTotals.objects.get().messages == 2


def test_a_batch_taken_back_is_forgotten(line: Connection) -> None:
    hear(line, ("ann", "hello"))
    note_batches([BatchAccepted(line.workspace_id, pk) for pk in _batches()])
    Batch.objects.all().delete()
    assert follow_live(Job(workspace_id=line.workspace_id, name="follow_live")) is None
    assert not FreshBatch.objects.exists()


def test_imports_are_left_to_their_end(workspace: Workspace) -> None:
    tell(make_group(workspace, "Hall"), [said("reed", "2024-03-01 08:00", "tea")])
    Batch.objects.update(source_id=7)
    note_batches([BatchAccepted(workspace.pk, pk) for pk in _batches()])
    assert not FreshBatch.objects.exists()

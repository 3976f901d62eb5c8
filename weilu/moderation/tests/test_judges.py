"""A judge is made beside the path of messages and swapped in; meanwhile the one before judges."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import wait

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import Inbound, Kind
from weilu.chat.tests.live import connected
from weilu.chat.tests.platform import GROUP, RecordingPlatform
from weilu.core.clock import now_ms
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.core.worker import run_once
from weilu.groups.models import Connection
from weilu.moderation import actions, judges
from weilu.moderation.judges import judge_in_office, judge_of
from weilu.moderation.models import Doubt, WordList
from weilu.moderation.rules.scoring import Judge
from weilu.moderation.rules.words import Matcher, Word

pytestmark = pytest.mark.django_db(transaction=True)
SAID = "今晚盖碗大会"


class Workshop:
    """Makes matchers when it is told to; knows in which threads they were made."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.busy = threading.Event()
        self.threads: list[str] = []
        self.fails = False

    def make(self, words: Sequence[Word]) -> Matcher:
        """A matcher, in its own time."""
        self.threads.append(threading.current_thread().name)
        self.busy.set()
        assert self.open.wait(20)
        if self.fails:
            message = "no"
            raise ValueError(message)
        return Matcher(words)


@pytest.fixture
def workshop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """A workshop that begins open."""
    one = Workshop()
    one.open.set()
    monkeypatch.setattr(judges, "Matcher", one.make)
    monkeypatch.setattr(judges, "LOOK_S", 0.0)
    yield one
    one.open.set()


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, owner: Person) -> Connection:
    """A connection whose group has been heard."""
    platform = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, platform.name, platform)
    return connected(owner.actor, platform)


def hear(line: Connection, number: int) -> int:
    """A message arrives; how many doubts there are then."""
    said = Inbound(Kind.MESSAGE, now_ms() - 60_000 + number, "u", "u", SAID, f"$e{number}")
    Arrivals().store([(line.pk, Parcel([Arrival(GROUP, said)]))])
    return Doubt.objects.count()


def add_list(operator: Person, name: str) -> WordList:
    data = "盖碗\n大会\n".encode()
    return actions.add_list(operator.actor, name=name, kind="fraud", weight=3.0, data=data)


def await_follower(workspace: Workspace) -> None:
    """Until the judge that is being made is ready."""
    follower = judges._OFFICES[workspace.pk].follower
    assert follower is not None
    wait([follower], 20)


def test_the_one_before_judges_until_the_next_is_ready(
    line: Connection, workspace: Workspace, operator: Person, workshop: Workshop
) -> None:
    assert hear(line, 1) == 0
    workshop.threads.clear()
    workshop.open.clear()
    add_list(operator, "a")
    # The workshop is shut: nobody here waits for it.
    assert hear(line, 2) == 0
    assert hear(line, 3) == 0
    workshop.open.set()
    await_follower(workspace)
    assert hear(line, 4) == 1
    assert [name.partition("_")[0] for name in workshop.threads] == ["judges"]
    assert judge_in_office(workspace.pk) is judge_of(workspace.pk)


def test_a_change_is_looked_for_a_few_times_a_second_not_with_each_batch(
    workspace: Workspace, operator: Person, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = judge_in_office(workspace.pk)
    monkeypatch.setattr(judges, "LOOK_S", 60.0)
    judge_in_office(workspace.pk)
    add_list(operator, "a")
    with CaptureQueriesContext(connection) as asked:
        assert judge_in_office(workspace.pk) is first
    assert len(asked) == 0
    assert judges._OFFICES[workspace.pk].follower is None
    judges._OFFICES[workspace.pk].looked_at -= 61
    judge_in_office(workspace.pk)
    await_follower(workspace)
    assert judge_in_office(workspace.pk) is not first


def test_a_change_while_one_is_made_is_followed_too(
    workspace: Workspace, operator: Person, workshop: Workshop
) -> None:
    first = judge_in_office(workspace.pk)
    workshop.open.clear()
    workshop.busy.clear()
    one = add_list(operator, "a")
    assert judge_in_office(workspace.pk) is first
    # What is made rests on the list by now.
    assert workshop.busy.wait(20)
    actions.switch_list(operator.actor, list_id=one.pk, is_on=False)
    assert judge_in_office(workspace.pk) is first
    workshop.open.set()
    await_follower(workspace)
    judge_in_office(workspace.pk)
    await_follower(workspace)
    last = judge_in_office(workspace.pk)
    assert len(last.matcher.words) == len(first.matcher.words)
    assert judges._OFFICES[workspace.pk].follower is None


def test_one_that_cannot_be_made_leaves_the_one_before(
    workspace: Workspace, operator: Person, workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    first = judge_in_office(workspace.pk)
    workshop.fails = True
    add_list(operator, "a")
    judge_in_office(workspace.pk)
    await_follower(workspace)
    assert judge_in_office(workspace.pk) is first
    assert "no judge could be made" in caplog.text
    # It is not tried again and again; the next change is.
    assert judges._OFFICES[workspace.pk].follower is None
    workshop.fails = False
    add_list(operator, "b")
    judge_in_office(workspace.pk)
    await_follower(workspace)
    assert judge_in_office(workspace.pk) is not first


def test_the_worker_has_a_judge_before_it_delivers_names(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made in the transaction that delivers, it would keep whoever stores messages waiting."""
    platform = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, platform.name, platform)
    workspace = owner.seat.workspace_id
    run_once()
    judges.dismiss()
    made: list[bool] = []

    def make(workspace_id: int) -> Judge:
        made.append(connection.in_atomic_block)
        return judge_of(workspace_id)

    monkeypatch.setattr(judges, "judge_of", make)
    run_once()
    assert not made, "nobody listens"
    connected(owner.actor, platform)
    run_once()
    assert made == [False]
    judge_in_office(workspace)
    run_once()
    assert made == [False]


def test_no_judge_is_sent_away_for_one_that_nobody_asked_for(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, platform.name, platform)
    connected(owner.actor, platform)
    monkeypatch.setattr(judges, "_KEPT", 1)
    other = Workspace.objects.create(name="other").pk
    judge_in_office(other)
    run_once()
    monkeypatch.setattr(judges, "judge_of", lambda _workspace: pytest.fail("made anew"))
    judge_in_office(other)

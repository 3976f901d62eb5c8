"""The worker: whatever happens to it, nothing is lost and nothing is done twice."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from weilu.core import jobs, worker
from weilu.core.errors import GivenUp, TryLater
from weilu.core.jobs import JOBS, schedule
from weilu.core.log import EVENTS, Event, announce, event
from weilu.core.models import Counter, Delivery, Job, LogRow, Workspace
from weilu.core.reactions import REACTIONS
from weilu.core.stillness import Stillness

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Killed(BaseException):
    """What a SIGKILL looks like from inside: nobody catches it."""


class Clock:
    """A clock that only moves when told."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, span: timedelta) -> None:
        self.moment += span


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    for module in (worker, jobs):
        monkeypatch.setattr(module, "now", found)
    return found


@pytest.fixture
def rang() -> Iterator[type[Event]]:
    """An event class that exists for one test."""

    @event
    @dataclass(frozen=True, slots=True)
    class BellRang(Event):
        """The bell rang; `times` in a row."""

        times: int

    yield BellRang
    del EVENTS["BellRang"]
    REACTIONS.pop("BellRang", None)


def count_up(name: str) -> Callable[[Sequence[Any]], None]:
    """A reaction that adds every event's `times` to a counter: twice would be seen."""

    def add(events: Sequence[Any]) -> None:
        for one in events:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE core_counter SET value = value + %s WHERE name = %s", [one.times, name]
                )

    Counter.objects.get_or_create(name=name)
    return add


def value(name: str) -> int:
    return Counter.objects.get(name=name).value


def ring(rang: type[Any], workspace: Workspace, *times: int) -> None:
    with transaction.atomic():
        for one in times:
            announce(rang(workspace_id=workspace.pk, times=one))


@contextmanager
def killed_at(statement: int) -> Iterator[None]:
    """Let the n-th statement (from 0) kill the worker before it is carried out."""
    counter = itertools.count()

    def wrapper(execute: Callable[..., Any], *args: Any) -> Any:
        if next(counter) == statement:
            raise Killed
        return execute(*args)

    with connection.execute_wrapper(wrapper):
        yield


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_statement_nothing_is_lost_and_nothing_done_twice(
    workspace: Workspace, rang: type[Event], clock: Clock
) -> None:
    reactions = REACTIONS["BellRang"]
    reactions["tests.first"] = count_up("first")
    reactions["tests.second"] = count_up("second")
    expected = 0
    for statement in itertools.count():
        ring(rang, workspace, 1, 10, 100)
        expected += 111
        survived = True
        try:
            with killed_at(statement):
                worker.drain()
        except Killed:
            survived = False
        clock.pass_by(worker.LEASE + timedelta(seconds=1))
        worker.drain()
        assert (value("first"), value("second")) == (expected, expected), statement
        assert not LogRow.objects.filter(done_at=None).exists()
        if survived:
            break
    assert statement >= 8
    assert Delivery.objects.count() == 2 * 3 * (statement + 1)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db
def test_delivered_in_part_by_another_worker_the_rest_is_not_lost(
    workspace: Workspace, rang: type[Event], clock: Clock
) -> None:
    add = count_up("bell")
    ring(rang, workspace, 1, 10, 100)
    rows = list(LogRow.objects.order_by("pk"))
    other = [True]

    def slow(events: Sequence[Any]) -> None:
        add(events)

    REACTIONS["BellRang"]["tests.slow"] = slow
    original = worker._undelivered

    def undelivered(of: Sequence[LogRow], reaction: str) -> list[LogRow]:
        found = original(of, reaction)
        if other.pop() if other else False:
            worker._run(rows[:1], reaction, slow)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker, "_undelivered", undelivered)
        worker.drain()
    assert value("bell") == 111
    assert Delivery.objects.filter(state="done").count() == 3


@pytest.mark.django_db
def test_a_failing_reaction_is_parked_alone_and_tried_again_with_growing_waits(
    workspace: Workspace, rang: type[Event], clock: Clock
) -> None:
    broken = [True]
    add = count_up("bell")

    def moody(events: Sequence[Any]) -> None:
        add(events)
        if broken[0] and any(e.times == 10 for e in events):
            message = "no bread today"
            raise ValueError(message)

    REACTIONS["BellRang"]["tests.moody"] = moody
    REACTIONS["BellRang"]["tests.steady"] = count_up("steady")
    ring(rang, workspace, 1, 10, 100)
    worker.drain()
    assert (value("bell"), value("steady")) == (101, 111)
    parked = Delivery.objects.get(state="parked")
    assert "no bread today" in parked.error
    waits = []
    while parked.due_at is not None:
        waits.append((parked.due_at - clock()).total_seconds())
        clock.moment = parked.due_at - timedelta(seconds=1)
        assert worker.retry_parked() == 0
        clock.moment = parked.due_at
        assert worker.retry_parked() == 1
        parked.refresh_from_db()
    assert waits == [10, 20, 40, 80, 160, 320, 640]
    assert (parked.attempts, parked.state) == (worker.RETRIES, "parked")
    assert value("bell") == 101
    broken[0] = False
    Delivery.objects.update(due_at=clock())
    worker.drain()
    assert value("bell") == 111
    assert not Delivery.objects.filter(state="parked").exists()


@pytest.mark.django_db
def test_a_parked_reaction_that_no_longer_exists_is_dropped_not_done(
    workspace: Workspace, rang: type[Event], clock: Clock
) -> None:
    ring(rang, workspace, 1)
    row = LogRow.objects.get()
    Delivery.objects.create(
        row=row, reaction="tests.gone", state="parked", attempts=1, due_at=clock(), at=clock()
    )
    worker.retry_parked()
    assert Delivery.objects.get().state == "dropped"


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused(rang: type[Any]) -> None:
    with pytest.raises(RuntimeError):
        announce(rang(workspace_id=1, times=1))


@pytest.fixture
def work() -> Iterator[dict[str, Any]]:
    """Jobs that exist for one test."""
    before = dict(JOBS)
    yield JOBS
    JOBS.clear()
    JOBS.update(before)


@pytest.mark.django_db
def test_a_job_runs_when_due_and_once(
    workspace: Workspace, clock: Clock, work: dict[str, Any]
) -> None:
    ran: list[int] = []
    work["sweep"] = lambda one: ran.append(one.payload["room"])
    due = clock() + timedelta(hours=1)
    schedule("sweep", workspace_id=workspace.pk, due_at=due, payload={"room": 7})
    schedule("sweep", workspace_id=workspace.pk, due_at=due + timedelta(hours=5))
    assert worker.run_due_jobs() == 0
    clock.pass_by(timedelta(hours=1))
    assert worker.drain() == 1
    assert ran == [7]
    assert list(Job.objects.values_list("state", "attempts", "lease")) == [("done", 0, "")]


@pytest.mark.django_db
def test_an_earlier_moment_wins(workspace: Workspace, clock: Clock) -> None:
    schedule("sweep", workspace_id=workspace.pk, due_at=clock() + timedelta(hours=5))
    schedule("sweep", workspace_id=workspace.pk, due_at=clock() + timedelta(hours=1))
    assert Job.objects.get().due_at == clock() + timedelta(hours=1)


@pytest.mark.django_db
def test_a_job_asked_for_while_it_runs_runs_once_more(
    workspace: Workspace, clock: Clock, work: dict[str, Any]
) -> None:
    ran: list[int] = []

    def sweep(one: Job) -> None:
        ran.append(one.pk)
        if len(ran) == 1:
            schedule("sweep", workspace_id=workspace.pk)

    work["sweep"] = sweep
    schedule("sweep", workspace_id=workspace.pk)
    assert worker.drain() == 2
    assert len(ran) == 2
    assert Job.objects.get().state == "done"


@pytest.mark.django_db
def test_a_job_that_wants_to_runs_again_at_its_moment(
    workspace: Workspace, clock: Clock, work: dict[str, Any]
) -> None:
    work["sweep"] = lambda _one: clock() + timedelta(days=1)
    schedule("sweep", workspace_id=workspace.pk)
    assert worker.drain() == 1
    assert Job.objects.get().due_at == START + timedelta(days=1)
    clock.pass_by(timedelta(days=1))
    assert worker.drain() == 1


@pytest.mark.django_db
def test_a_failing_job_waits_longer_each_time_and_is_given_up(
    workspace: Workspace, clock: Clock, work: dict[str, Any]
) -> None:
    def sweep(_one: Job) -> None:
        message = "the broom is broken"
        raise OSError(message)

    work["sweep"] = sweep
    schedule("sweep", workspace_id=workspace.pk)
    waits = []
    while (one := Job.objects.get()).state == Job.State.DUE:
        clock.moment = max(clock.moment, one.due_at)
        worker.drain()
        waits.append((Job.objects.get().due_at - clock()).total_seconds())
    assert waits == [10, 20, 40, 80, 160, 320]
    assert (one.state, one.attempts) == ("failed", 6)
    assert "the broom is broken" in one.error


@pytest.mark.django_db
def test_later_and_final_failures_are_told_apart(
    workspace: Workspace, clock: Clock, work: dict[str, Any]
) -> None:
    def busy(_one: Job) -> None:
        raise TryLater("busy", after=timedelta(minutes=3))

    def final(_one: Job) -> None:
        raise GivenUp("gone")

    work.update(busy=busy, final=final)
    schedule("busy", workspace_id=workspace.pk)
    schedule("final", workspace_id=workspace.pk)
    worker.drain()
    one = Job.objects.get(name="busy")
    assert (one.state, one.attempts, one.due_at) == ("due", 0, START + timedelta(minutes=3))
    assert Job.objects.get(name="final").state == "failed"


@pytest.mark.django_db
def test_a_job_that_kills_its_worker_is_given_up(
    workspace: Workspace, clock: Clock, work: dict[str, Any]
) -> None:
    started: list[int] = []

    def deadly(one: Job) -> None:
        started.append(one.pk)
        raise Killed

    work["deadly"] = deadly
    schedule("deadly", workspace_id=workspace.pk)
    for _ in range(jobs.ATTEMPTS):
        with pytest.raises(Killed):
            worker.drain()
        assert worker.drain() == 0
        clock.pass_by(jobs.LEASE + timedelta(seconds=1))
    worker.drain()
    assert len(started) == jobs.ATTEMPTS
    one = Job.objects.get()
    assert one.state == "failed"
    assert "worker_died" in one.error


@pytest.mark.django_db
def test_who_lost_the_lease_changes_nothing(
    workspace: Workspace, clock: Clock, work: dict[str, Any]
) -> None:
    def slow(one: Job) -> None:
        Job.objects.filter(pk=one.pk).update(lease="another")
        assert jobs.renew(one) is False

    work["slow"] = slow
    schedule("slow", workspace_id=workspace.pk)
    worker.run_due_jobs()
    assert Job.objects.get().lease == "another"
    assert Job.objects.get().state == "due"


@pytest.fixture
def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that cannot tell whether it stands still."""
    monkeypatch.setattr(Stillness, "is_still", lambda _self: False)


@pytest.mark.django_db
@pytest.mark.usefixtures("restless")
def test_what_runs_beside_waits_after_each_piece_and_outlives_failures() -> None:
    done: list[str] = []

    def piece() -> int:
        done.append("piece")
        if done.count("piece") == 2:
            message = "lost"
            raise RuntimeError(message)
        return 1

    worker.run_beside(piece, lambda: len(done) >= 6, lambda _calm: done.append("wait"))
    assert done == ["piece", "wait"] * 3


@pytest.mark.django_db
@pytest.mark.usefixtures("restless")
def test_what_runs_beside_looks_seldom_when_nothing_comes() -> None:
    calm: list[bool] = []
    come = iter([*[0] * worker.CALM_AFTER, 0, 3, 0])
    worker.run_beside(lambda: next(come), lambda: len(calm) >= worker.CALM_AFTER + 3, calm.append)
    assert calm == [False] * (worker.CALM_AFTER - 1) + [True, True, False, False]


@pytest.mark.django_db
def test_draining_does_what_runs_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    left = [1, 1]
    monkeypatch.setattr(worker, "BESIDE", [lambda: left.pop() if left else 0])
    worker.drain()
    assert left == []

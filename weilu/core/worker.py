"""The worker: delivers log rows to reactions and runs due jobs, beside any number of others.

A row is claimed by a conditional UPDATE that carries a random lease and is looked at afterwards:
the same on SQLite and PostgreSQL, no lock, no broker. A worker that dies leaves its lease to
expire. What fails is parked with its error and tried again with growing waits.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import close_old_connections, connection, transaction
from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Least

from weilu.core import jobs
from weilu.core.clock import now
from weilu.core.errors import GivenUp, TryLater
from weilu.core.failing import Failing
from weilu.core.leases import is_over
from weilu.core.light import lightly
from weilu.core.log import Event, read
from weilu.core.models import Delivery, Job, LogRow
from weilu.core.reactions import REACTIONS, React
from weilu.core.stillness import Stillness

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 64
LEASE = timedelta(minutes=2)
RETRIES = 8
# Clocks of several machines may differ by so much.
WRONG_BY = timedelta(minutes=5)
# An error text is for a person; a whole stack of a deep recursion is not.
ERROR_CHARS = 4000
FREE: dict[str, Any] = {"lease": "", "leased_until": None}


def wait_after(attempts: int) -> timedelta:
    """How long to wait after the n-th failure: 10 s, doubling, at most six hours."""
    return timedelta(seconds=min(10 * 2 ** max(attempts - 1, 0), 6 * 3600))


CHORES: list[Callable[[], int]] = []
"""What is done before each round: finding what a dead process left behind, having things ready."""


def chore(function: Callable[[], int]) -> Callable[[], int]:
    """Register a function that looks for left-over work, does it, and returns how much it did."""
    CHORES.append(function)
    return function


BESIDE: list[Callable[[], int]] = []
"""What may not wait for a job that takes long: `weilu work` gives each a thread of its own."""


def beside(function: Callable[[], int]) -> Callable[[], int]:
    """Register a function that does a small piece of work, if there is any; returns how much.

    Its transactions are short: who stores messages waits for them on SQLite.
    """
    BESIDE.append(function)
    return function


def run_once() -> int:
    """Do what is waiting, once; returns how many rows, deliveries, jobs and chores it took."""
    took = sum(do() for do in CHORES)
    return took + deliver_rows() + retry_parked() + run_due_jobs()


def drain(limit: int = 10_000) -> int:
    """Work until nothing is due; for tests and commands. Returns what `run_once` added up to."""
    total = 0
    while total < limit and (took := sum(do() for do in BESIDE) + run_once()):
        total += took
    return total


def run_forever(stop: Callable[[], bool], wait: Callable[[], object]) -> None:
    """Work until `stop` says so; `wait` sleeps a little: most waits only ask who has written."""
    still = Stillness()
    while not stop():
        if still.is_still():
            wait()
        elif run_round(run_once):
            still.disturb()
        else:
            still.rest()
            wait()


# Empty rounds after which nothing is likely to come at once.
CALM_AFTER = 50


def run_beside(
    do: Callable[[], int], stop: Callable[[], bool], wait: Callable[[bool], object]
) -> None:
    """Do a piece after a piece until `stop` says so; for a thread, whose connection it closes.

    It waits after each: what gathers meanwhile is done in one, and others get at the database.
    `wait` is told whether it is calm: many rounds in a row found nothing to do.
    """
    still, empty = Stillness(), 0
    while not stop():
        if still.is_still() or not run_round(do):
            empty += 1
        else:
            still.disturb()
            empty = 0
        wait(empty >= CALM_AFTER)
    connection.close()


_failing = Failing(log, "worker round failed")


def run_round(do: Callable[[], int]) -> int:
    """How much was done; a lost database is outlived, the next round tries again."""
    try:
        close_old_connections()
        done = do()
    except Exception as error:
        _failing.failed(do, error)
        connection.close()
        return 0
    _failing.went_well(do)
    return done


def is_work_waiting() -> bool:
    """Whether a row is undelivered or a job due: what is not urgent may wait for these."""
    due = Job.objects.filter(state=Job.State.DUE, due_at__lte=now())
    return due.exists() or LogRow.objects.filter(done_at=None).exists()


def deliver_rows() -> int:
    """Claim a run of undone rows and deliver each to every reaction of its event."""
    rows = _claim_rows()
    by_name: dict[str, list[LogRow]] = defaultdict(list)
    for row in rows:
        by_name[row.name].append(row)
    for name, same in by_name.items():
        for reaction, function in REACTIONS.get(name, {}).items():
            _deliver(same, reaction, function)
    if rows:
        # What was delivered is written down with each delivery: should this mark be lost in a power
        # cut, the rows are looked at once more.
        with lightly():
            LogRow.objects.filter(pk__in=[r.pk for r in rows], lease=rows[0].lease).update(
                done_at=now(), lease=""
            )
    return len(rows)


def _claim_rows() -> list[LogRow]:
    """Lease the oldest free rows; in id order, may be empty."""
    moment = now()
    free = Q(done_at=None) & (Q(leased_until=None) | is_over(moment, LEASE))
    ids = list(
        LogRow.objects.filter(free).order_by("pk").values_list("pk", flat=True)[:ROWS_AT_ONCE]
    )
    if not ids:
        return []
    lease = secrets.token_hex(16)
    with lightly():  # a lease ends with whoever holds it: nobody waits for the disk on its account
        LogRow.objects.filter(free, pk__in=ids).update(lease=lease, leased_until=moment + LEASE)
    return list(LogRow.objects.filter(pk__in=ids, lease=lease).order_by("pk"))


def _deliver(rows: Sequence[LogRow], reaction: str, function: React) -> None:
    """Run one reaction over rows of one event; rows that already have a delivery are left out."""
    fresh = _undelivered(rows, reaction)
    if not fresh or _run(fresh, reaction, function) is None:
        return
    # Together they failed: one by one tells the bad one from the good ones, and those that
    # another worker has delivered meanwhile from those that nobody has.
    for row in fresh:
        error = _run([row], reaction, function)
        if error is not None and _undelivered([row], reaction):
            _park(row, reaction, error)


def _undelivered(rows: Sequence[LogRow], reaction: str) -> list[LogRow]:
    """The rows that this reaction has neither done nor parked, in order."""
    seen = set(
        Delivery.objects.filter(row__in=rows, reaction=reaction).values_list("row_id", flat=True)
    )
    return [r for r in rows if r.pk not in seen]


def _run(rows: Sequence[LogRow], reaction: str, function: React) -> Exception | None:
    """Run in one transaction with its delivery rows; returns what went wrong, or None."""
    try:
        with transaction.atomic():
            Delivery.objects.bulk_create(
                [
                    Delivery(row=r, reaction=reaction, state=Delivery.State.DONE, at=now())
                    for r in rows
                ]
            )
            function(_events(rows))
    except Exception as error:
        return error
    return None


def _events(rows: Sequence[LogRow]) -> list[Event]:
    """The events of rows, in order."""
    return [read(r.name, r.payload) for r in rows]


def _park(row: LogRow, reaction: str, error: Exception) -> None:
    """Keep a failed delivery with its error and the time of the next try."""
    log.warning("parked %s of event %s: %s", reaction, row.pk, error)
    Delivery.objects.bulk_create(
        [
            Delivery(
                row=row,
                reaction=reaction,
                state=Delivery.State.PARKED,
                attempts=1,
                error=describe(error),
                due_at=now() + wait_after(1),
                at=now(),
            )
        ],
        ignore_conflicts=True,
    )


def describe(error: Exception) -> str:
    """The error for a person: last lines of its trace, bounded."""
    return "".join(traceback.format_exception(error))[-ERROR_CHARS:]


def retry_parked() -> int:
    """Try again what is parked and due; returns how many were tried."""
    moment = now()
    parked = (
        Delivery.objects.filter(state=Delivery.State.PARKED, due_at__lte=moment)
        .select_related("row")
        .order_by("due_at")
    )
    return sum(retry(one) for one in parked[:ROWS_AT_ONCE])


def retry(one: Delivery) -> bool:
    """Try one parked delivery now; False when somebody else is at it."""
    claimed = Delivery.objects.filter(
        pk=one.pk, state=Delivery.State.PARKED, attempts=one.attempts
    ).update(attempts=one.attempts + 1, due_at=now() + wait_after(one.attempts + 1))
    if not claimed:
        return False
    error = _redeliver(one)
    if error is not None:
        last = one.attempts + 1 >= RETRIES
        Delivery.objects.filter(pk=one.pk, state=Delivery.State.PARKED).update(
            error=describe(error), **({"due_at": None} if last else {})
        )
    return True


def _redeliver(one: Delivery) -> Exception | None:
    """Run a parked delivery in one transaction with its end; returns what went wrong, or None."""
    function = REACTIONS.get(one.row.name, {}).get(one.reaction)
    # A reaction that a newer version no longer has did not happen; the row says so.
    end = Delivery.State.DONE if function else Delivery.State.DROPPED
    try:
        with transaction.atomic():
            ended = Delivery.objects.filter(pk=one.pk, state=Delivery.State.PARKED).update(
                state=end, due_at=None, at=now()
            )
            if ended and function:
                function(_events([one.row]))
    except Exception as error:
        return error
    return None


def run_due_jobs() -> int:
    """Claim and run due jobs, one after the other; returns how many."""
    return sum(_run_job(pk) for pk in _due_jobs())


def _due_jobs() -> list[int]:
    moment = now()
    return list(
        Job.objects.filter(state=Job.State.DUE, due_at__lte=moment)
        .filter(Q(leased_until=None) | is_over(moment, jobs.LEASE))
        .order_by("due_at", "pk")
        .values_list("pk", flat=True)[:4]
    )


def _run_job(pk: int) -> bool:
    """Claim one job and run it; False when somebody else was first."""
    one = _claim_job(pk)
    if one is None:
        return False
    mine = Job.objects.filter(pk=pk, lease=one.lease, state=Job.State.DUE)
    try:
        if one.attempts > jobs.ATTEMPTS:
            raise GivenUp("worker_died")  # noqa: TRY301 - one path for all that fails
        again = jobs.JOBS[one.name](one)
    except TryLater as later:
        mine.update(due_at=now() + later.after, attempts=one.attempts - 1, **FREE)
    except Exception as error:
        _job_failed(one, error)
    else:
        _job_done(mine, again)
    return True


def _claim_job(pk: int) -> Job | None:
    """Lease a job and count the start; None when somebody else was first.

    Starts are counted before they end, so that a job which kills its worker is given up too.
    """
    moment = now()
    lease = secrets.token_hex(16)
    claimed = (
        Job.objects.filter(pk=pk, state=Job.State.DUE)
        .filter(Q(leased_until=None) | is_over(moment, jobs.LEASE))
        .update(
            lease=lease,
            leased_until=moment + jobs.LEASE,
            attempts=F("attempts") + 1,
            again_at=None,
        )
    )
    return Job.objects.get(pk=pk) if claimed else None


def _job_done(mine: QuerySet[Job], again: datetime | None) -> None:
    """Close the job, or let it wait for its next run; nothing when the lease was lost."""
    if again is None and mine.filter(again_at=None).update(
        state=Job.State.DONE, done_at=now(), attempts=0, error="", **FREE
    ):
        return
    # Asked for while it ran, or by its own wish: the earlier of the two.
    moment = Value(again, DateTimeField())
    mine.update(
        due_at=Coalesce(Least(F("again_at"), moment), moment, F("again_at")),
        again_at=None,
        attempts=0,
        error="",
        done_at=now(),
        **FREE,
    )


def mend_plans() -> int:
    """Have those jobs run now that last ran in what is still to come; returns how many.

    The clock stood wrong then, and what they planned from it might lie a year ahead.
    """
    wrong = Job.objects.filter(state=Job.State.DUE, done_at__gt=now() + WRONG_BY)
    return wrong.update(due_at=now(), done_at=None)


def _job_failed(one: Job, error: Exception) -> None:
    """Keep the error; wait and try again, or give up after the last attempt."""
    log.warning("job %s failed: %s", one.name, error)
    last = one.attempts >= jobs.ATTEMPTS or isinstance(error, GivenUp)
    Job.objects.filter(pk=one.pk, lease=one.lease, state=Job.State.DUE).update(
        attempts=one.attempts,
        error=describe(error),
        state=Job.State.FAILED if last else Job.State.DUE,
        due_at=now() + wait_after(one.attempts),
        **FREE,
    )

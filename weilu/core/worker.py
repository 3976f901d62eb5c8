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
from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from weilu.core import jobs
from weilu.core.clock import now
from weilu.core.errors import TryLater
from weilu.core.log import Event, read
from weilu.core.models import Delivery, Job, LogRow
from weilu.core.reactions import REACTIONS, React

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 64
LEASE = timedelta(minutes=2)
RETRIES = 8
# An error text is for a person; a whole stack of a deep recursion is not.
ERROR_CHARS = 4000


def wait_after(attempts: int) -> timedelta:
    """How long to wait after the n-th failure: 10 s, doubling, at most six hours."""
    return timedelta(seconds=min(10 * 2 ** max(attempts - 1, 0), 6 * 3600))


def run_once() -> int:
    """Deliver what is waiting, once; returns how many rows, parked deliveries and jobs it took."""
    return deliver_rows() + retry_parked() + run_due_jobs()


def drain(limit: int = 10_000) -> int:
    """Work until nothing is due; for tests and commands. Returns what `run_once` added up to."""
    total = 0
    while total < limit and (took := run_once()):
        total += took
    return total


def run_forever(stop: Callable[[], bool], wait: Callable[[], None]) -> None:
    """Work until `stop` says so; `wait` sleeps a little or until something arrives."""
    while not stop():
        try:
            took = run_once()
        except Exception:  # the loop outlives a lost database; the next round tries again
            log.exception("worker round failed")
            connection.close()
            took = 0
        if not took:
            wait()


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
        LogRow.objects.filter(pk__in=[r.pk for r in rows], lease=rows[0].lease).update(
            done_at=now(), lease=""
        )
    return len(rows)


def _claim_rows() -> list[LogRow]:
    """Lease the oldest free rows; in id order, may be empty."""
    moment = now()
    free = Q(done_at=None) & (Q(leased_until=None) | Q(leased_until__lt=moment))
    ids = list(LogRow.objects.filter(free).order_by("pk").values_list("pk", flat=True)[:ROWS_AT_ONCE])
    if not ids:
        return []
    lease = secrets.token_hex(16)
    LogRow.objects.filter(free, pk__in=ids).update(lease=lease, leased_until=moment + LEASE)
    return list(LogRow.objects.filter(pk__in=ids, lease=lease).order_by("pk"))


def _deliver(rows: Sequence[LogRow], reaction: str, function: React) -> None:
    """Run one reaction over rows of one event; rows that already have a delivery are left out."""
    seen = set(
        Delivery.objects.filter(row__in=rows, reaction=reaction).values_list("row_id", flat=True)
    )
    fresh = [r for r in rows if r.pk not in seen]
    if not fresh or _run(fresh, reaction, function) is None:
        return
    # Together they failed: one by one tells the bad one from the good ones.
    for row in fresh:
        error = _run([row], reaction, function)
        if error is not None:
            _park(row, reaction, error)


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
    except IntegrityError as error:
        if Delivery.objects.filter(row__in=rows, reaction=reaction).exists():
            return None  # another worker was first, and its transaction counts
        return error
    except Exception as error:  # noqa: BLE001 - whatever it is, it is parked and shown
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
    parked = Delivery.objects.filter(
        state=Delivery.State.PARKED, due_at__lte=moment
    ).select_related("row")[:ROWS_AT_ONCE]
    return sum(retry(one) for one in parked)


def retry(one: Delivery) -> bool:
    """Try one parked delivery now; False when somebody else is at it."""
    claimed = Delivery.objects.filter(
        pk=one.pk, state=Delivery.State.PARKED, attempts=one.attempts
    ).update(attempts=one.attempts + 1, due_at=now() + wait_after(one.attempts + 1))
    if not claimed:
        return False
    function = REACTIONS.get(one.row.name, {}).get(one.reaction)
    try:
        with transaction.atomic():
            done = Delivery.objects.filter(pk=one.pk, state=Delivery.State.PARKED).update(
                state=Delivery.State.DONE, due_at=None, at=now()
            )
            if done and function:
                function(_events([one.row]))
    except Exception as error:  # noqa: BLE001 - stays parked with its newest error
        last = one.attempts + 1 >= RETRIES
        Delivery.objects.filter(pk=one.pk).update(
            error=describe(error), **({"due_at": None} if last else {})
        )
    return True


def run_due_jobs() -> int:
    """Claim and run due jobs, one after the other; returns how many."""
    return sum(_run_job(pk) for pk in _due_jobs())


def _due_jobs() -> list[int]:
    moment = now()
    return list(
        Job.objects.filter(state=Job.State.DUE, due_at__lte=moment)
        .filter(Q(leased_until=None) | Q(leased_until__lt=moment))
        .order_by("due_at", "pk")
        .values_list("pk", flat=True)[:4]
    )


def _run_job(pk: int) -> bool:
    """Claim one job and run it; False when somebody else was first."""
    moment = now()
    lease = secrets.token_hex(16)
    claimed = (
        Job.objects.filter(pk=pk, state=Job.State.DUE)
        .filter(Q(leased_until=None) | Q(leased_until__lt=moment))
        .update(lease=lease, leased_until=moment + jobs.LEASE)
    )
    if not claimed:
        return False
    one = Job.objects.get(pk=pk)
    mine = Job.objects.filter(pk=pk, lease=lease)
    try:
        again = jobs.JOBS[one.name](one)
    except TryLater as later:
        mine.update(due_at=now() + later.after, lease="", leased_until=None)
        return True
    except Exception as error:  # noqa: BLE001 - kept with the job and shown
        _job_failed(one, error)
        return True
    if again is None:
        mine.update(state=Job.State.DONE, done_at=now(), lease="", leased_until=None, attempts=0)
    else:
        mine.update(due_at=again, lease="", leased_until=None, attempts=0)
    return True


def _job_failed(one: Job, error: Exception) -> None:
    """Keep the error; wait and try again, or give up after the last attempt."""
    log.warning("job %s failed: %s", one.name, error)
    attempts = one.attempts + 1
    last = attempts >= jobs.ATTEMPTS
    Job.objects.filter(pk=one.pk, lease=one.lease).update(
        attempts=attempts,
        error=describe(error),
        state=Job.State.FAILED if last else Job.State.DUE,
        due_at=now() + wait_after(attempts),
        lease="",
        leased_until=None,
    )

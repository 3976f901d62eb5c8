"""Jobs: what time alone starts. A row with a `due_at`, a registered function, a result."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from weilu.core.clock import now
from weilu.core.models import Job

Run = Callable[[Job], datetime | None]
JOBS: dict[str, Run] = {}

ATTEMPTS = 6
LEASE = timedelta(minutes=2)


def job(name: str) -> Callable[[Run], Run]:
    """Register a function that does jobs of this name.

    It returns the moment it wants to run again, or None when it is done. It runs outside a
    transaction, keeps its own progress, and calls `renew` during long work.
    """

    def register(function: Run) -> Run:
        if name in JOBS:
            message = f"job {name} is registered twice"
            raise ValueError(message)
        JOBS[name] = function
        return function

    return register


def schedule(
    name: str,
    *,
    workspace_id: int,
    key: str = "",
    due_at: datetime | None = None,
    payload: dict[str, Any] | None = None,
) -> None:
    """Write a job unless one with this key is still to do; then only an earlier moment wins.

    One that is running just now runs once more afterwards: it may have read before the change
    that asks for it.
    """
    schedule_all(name, [key], workspace_id=workspace_id, due_at=due_at, payload=payload)


def schedule_all(
    name: str,
    keys: Iterable[str],
    *,
    workspace_id: int,
    due_at: datetime | None = None,
    payload: dict[str, Any] | None = None,
) -> None:
    """`schedule` for many keys: one statement each, as a worker may start or end any meanwhile."""
    due = connection.ops.adapt_datetimefield_value(due_at or now())
    least = "LEAST" if connection.vendor == "postgresql" else "MIN"
    rest = (workspace_id, name, json.dumps(payload or {}), due, Job.State.DUE.value)
    # In one order, so that two who schedule the same do not wait for each other.
    rows = [(key, *rest) for key in sorted(set(keys))]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(_SCHEDULE.format(least=least), rows)


# The index that keeps a job once while it is due says which row stands in the way.
_SCHEDULE = """
    INSERT INTO core_job (key, workspace_id, name, payload, due_at, state,
                          attempts, error, lease)
    VALUES (%s, %s, %s, %s, %s, %s, 0, '', '')
    ON CONFLICT (workspace_id, name, key) WHERE state = 'due' DO UPDATE SET
        due_at = CASE WHEN core_job.lease = ''
            THEN {least}(core_job.due_at, excluded.due_at) ELSE core_job.due_at END,
        again_at = CASE WHEN core_job.lease = '' THEN core_job.again_at
            ELSE {least}(COALESCE(core_job.again_at, excluded.due_at), excluded.due_at) END
"""


def renew(one: Job, done: float | None = None) -> bool:
    """Prolong the lease of a running job; False when somebody else has taken it over.

    Work that gets on is not what kills a worker: the count of failed starts begins anew. `done`
    (0-1) is kept in the payload, for whoever waits.
    """
    said = {} if done is None else {"payload": {**one.payload, "done": round(done, 3)}}
    return bool(
        Job.objects.filter(pk=one.pk, lease=one.lease, state=Job.State.DUE).update(
            leased_until=now() + LEASE, attempts=0, **said
        )
    )

"""Jobs: what time alone starts. A row with a `due_at`, a registered function, a result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, F, QuerySet, Value
from django.db.models.functions import Coalesce, Least

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
    due = due_at or now()
    same = Job.objects.filter(workspace_id=workspace_id, name=name, key=key, state=Job.State.DUE)
    with transaction.atomic():
        # A worker may start or finish it between two statements; then the next look finds it.
        for _ in range(5):
            if _bring_forward(same, due):
                return
            # Without a conflict target both databases take the partial unique index.
            Job.objects.bulk_create(
                [
                    Job(
                        workspace_id=workspace_id,
                        name=name,
                        key=key,
                        due_at=due,
                        payload=payload or {},
                    )
                ],
                ignore_conflicts=True,
            )


def _bring_forward(same: QuerySet[Job], due: datetime) -> bool:
    """Let a waiting job run at `due` if that is earlier, a running one again; False when none."""
    moment = Value(due, DateTimeField())
    waiting = same.filter(lease="").update(due_at=Least(F("due_at"), moment))
    running = same.exclude(lease="").update(again_at=Coalesce(Least(F("again_at"), moment), moment))
    return bool(waiting or running)


def renew(one: Job) -> bool:
    """Prolong the lease of a running job; False when somebody else has taken it over.

    Work that gets on is not what kills a worker: the count of failed starts begins anew.
    """
    return bool(
        Job.objects.filter(pk=one.pk, lease=one.lease, state=Job.State.DUE).update(
            leased_until=now() + LEASE, attempts=0
        )
    )

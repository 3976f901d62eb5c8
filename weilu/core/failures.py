"""What failed and waits for a person: parked deliveries and failed jobs, to retry or to drop."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet, Value

from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import Conflict, NotFound
from weilu.core.models import Delivery, Job


def parked_deliveries(viewer: Actor) -> QuerySet[Delivery]:
    """Reactions that failed, with the row of their event, newest first."""
    viewer.require(Right.SEE_FAILURES)
    return (
        Delivery.objects.filter(state=Delivery.State.PARKED, row__workspace_id=viewer.workspace_id)
        .select_related("row")
        .order_by("-pk")
    )


def failed_jobs(viewer: Actor) -> QuerySet[Job]:
    """Jobs that were given up, and those that failed and wait for their next try, newest first."""
    viewer.require(Right.SEE_FAILURES)
    jobs = Job.objects.filter(workspace_id=viewer.workspace_id).order_by("-pk")
    return jobs.filter(state=Job.State.FAILED) | jobs.filter(state=Job.State.DUE).exclude(error="")


def count(viewer: Actor) -> int:
    """How many failures wait, in one statement; 0 for those who may not see them."""
    if not viewer.may(Right.SEE_FAILURES):
        return 0
    deliveries, jobs = parked_deliveries(viewer), failed_jobs(viewer)
    both = (one.order_by().values(n=Value(1)) for one in (deliveries, jobs))
    return next(both).union(next(both), all=True).count()


def retry_delivery(actor: Actor, *, delivery_id: int) -> None:
    """Let the worker try a parked delivery now, from its first attempt. Raises NotFound."""
    moved = parked_deliveries(actor).filter(pk=delivery_id).update(attempts=0, due_at=now())
    if not moved:
        raise NotFound("delivery")


def drop_delivery(actor: Actor, *, delivery_id: int) -> None:
    """Give a parked delivery up for good; its row stays as a record. Raises NotFound."""
    dropped = (
        parked_deliveries(actor)
        .filter(pk=delivery_id)
        .update(state=Delivery.State.DROPPED, due_at=None, at=now())
    )
    if not dropped:
        raise NotFound("delivery")


def retry_job(actor: Actor, *, job_id: int) -> None:
    """Let the worker try a failed job now, from its first attempt.

    Raises NotFound, and Conflict when the same job has been asked for again meanwhile: that
    one does the work.
    """
    with transaction.atomic():
        one = failed_jobs(actor).filter(pk=job_id).first()
        if one is None:
            raise NotFound("job")
        same = Job.objects.filter(
            workspace_id=one.workspace_id, name=one.name, key=one.key, state=Job.State.DUE
        )
        if same.exclude(pk=one.pk).exists():
            raise Conflict("already_due")
        Job.objects.filter(pk=one.pk, lease="").update(
            state=Job.State.DUE, attempts=0, due_at=now()
        )


def drop_job(actor: Actor, *, job_id: int) -> None:
    """Give a failed job up for good; its row stays as a record. Raises NotFound."""
    dropped = (
        failed_jobs(actor)
        .filter(pk=job_id, lease="")
        .update(state=Job.State.CANCELLED, error="", done_at=now())
    )
    if not dropped:
        raise NotFound("job")

"""Failures that wait for a person."""

from __future__ import annotations

import pytest

from weilu.core import failures
from weilu.core.clock import now
from weilu.core.errors import Conflict, NotAllowed, NotFound
from weilu.core.models import Delivery, Job, LogRow
from weilu.core.tests.cast import Person


@pytest.fixture
def parked(owner: Person) -> Delivery:
    row = LogRow.objects.create(workspace=owner.seat.workspace, name="X", payload={}, at=now())
    return Delivery.objects.create(
        row=row, reaction="tests.x", state="parked", attempts=8, error="why", at=now()
    )


@pytest.fixture
def failed(owner: Person) -> Job:
    return Job.objects.create(
        workspace=owner.seat.workspace,
        name="x",
        due_at=now(),
        state="failed",
        attempts=6,
        error="y",
    )


def test_a_parked_delivery_is_retried_from_the_start_or_dropped(
    manager: Person, parked: Delivery
) -> None:
    failures.retry_delivery(manager.actor, delivery_id=parked.pk)
    parked.refresh_from_db()
    assert (parked.attempts, parked.due_at is not None) == (0, True)
    failures.drop_delivery(manager.actor, delivery_id=parked.pk)
    parked.refresh_from_db()
    assert (parked.state, parked.due_at) == ("dropped", None)
    assert failures.count(manager.actor) == 0


def test_a_failed_job_is_retried_or_dropped(manager: Person, failed: Job) -> None:
    failures.retry_job(manager.actor, job_id=failed.pk)
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("due", 0)
    assert failures.count(manager.actor) == 1
    failures.drop_job(manager.actor, job_id=failed.pk)
    failed.refresh_from_db()
    assert failed.state == "cancelled"


def test_a_job_asked_for_anew_is_not_doubled(manager: Person, failed: Job) -> None:
    Job.objects.create(workspace=failed.workspace, name="x", due_at=now())
    with pytest.raises(Conflict):
        failures.retry_job(manager.actor, job_id=failed.pk)
    assert Job.objects.filter(state="due").count() == 1


def test_others_see_nothing_and_move_nothing(
    operator: Person, stranger: Person, parked: Delivery, failed: Job
) -> None:
    assert failures.count(operator.actor) == 0
    with pytest.raises(NotAllowed):
        failures.parked_deliveries(operator.actor)
    assert failures.count(stranger.actor) == 0
    for act, name, pk in (
        (failures.retry_delivery, "delivery_id", parked.pk),
        (failures.drop_delivery, "delivery_id", parked.pk),
        (failures.retry_job, "job_id", failed.pk),
        (failures.drop_job, "job_id", failed.pk),
    ):
        with pytest.raises(NotFound):
            act(stranger.actor, **{name: pk})
    assert Delivery.objects.get().state == "parked"
    assert Job.objects.get().state == "failed"

"""A clock that stood wrong holds nothing back once it is right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from weilu.core import worker
from weilu.core.clock import now
from weilu.core.jobs import JOBS, LEASE, schedule
from weilu.core.models import Job, LogRow, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def done() -> Iterator[list[str]]:
    """A job of the test's own, and the keys it was done for."""
    found: list[str] = []

    def do(one: Job) -> None:
        found.append(one.key)

    JOBS["tests.tea"] = do
    yield found
    del JOBS["tests.tea"]


@pytest.mark.parametrize(
    ("ahead", "is_free"),
    [
        (timedelta(seconds=-1), True),
        (timedelta(seconds=90), False),
        (LEASE, False),
        (timedelta(hours=1), True),
        (timedelta(days=365), True),
    ],
)
def test_a_lease_from_a_year_that_is_not_yet_is_over(
    workspace: Workspace, done: list[str], ahead: timedelta, is_free: bool
) -> None:
    schedule("tests.tea", workspace_id=workspace.pk, key="a")
    Job.objects.update(lease="of a dead process", leased_until=now() + ahead)
    LogRow.objects.create(
        workspace=workspace,
        name="Nothing",
        payload={},
        at=now(),
        lease="of a dead process",
        leased_until=now() + ahead,
    )
    worker.run_due_jobs()
    worker.deliver_rows()
    assert done == (["a"] if is_free else [])
    assert LogRow.objects.filter(done_at=None).exists() is not is_free


def test_what_was_planned_by_a_clock_a_year_ahead_runs_once_it_is_right(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = [timedelta(days=365)]

    def shown() -> datetime:
        return now() + ahead[0]

    def daily(one: Job) -> datetime:
        return shown() + timedelta(days=1)

    monkeypatch.setattr(worker, "now", shown)
    JOBS["tests.daily"] = daily
    try:
        schedule("tests.daily", workspace_id=workspace.pk, key="a")
        worker.run_due_jobs()
        assert Job.objects.get().due_at > now() + timedelta(days=365)
        ahead[0] = timedelta()
        assert [worker.mend_plans(), worker.mend_plans()] == [1, 0]
        worker.run_due_jobs()
        assert now() < Job.objects.get().due_at < now() + timedelta(days=2)
        # One that runs as it should keeps its plan.
        assert worker.mend_plans() == 0
    finally:
        del JOBS["tests.daily"]

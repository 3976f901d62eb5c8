"""A clock that stood wrong holds nothing back once it is right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

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

"""Many jobs written together are written as each by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from weilu.core.jobs import schedule, schedule_all
from weilu.core.models import Job, Workspace

pytestmark = pytest.mark.django_db
EARLY = datetime(2026, 1, 1, tzinfo=UTC)
LATE = EARLY + timedelta(hours=1)


def test_new_ones_are_written_and_waiting_ones_brought_forward() -> None:
    space = Workspace.objects.create(name="w")
    other = Workspace.objects.create(name="other")
    schedule("look", workspace_id=space.pk, key="1", due_at=LATE)
    schedule("look", workspace_id=other.pk, key="1", due_at=LATE)
    schedule("look", workspace_id=space.pk, key="2", due_at=EARLY)
    Job.objects.filter(key="2").update(lease="somebody")
    for _ in range(2):
        keys = ["1", "2", "3", "3"]
        schedule_all("look", keys, workspace_id=space.pk, due_at=EARLY)
    found = Job.objects.filter(workspace=space).order_by("key")
    assert list(found.values_list("key", "due_at", "again_at")) == [
        ("1", EARLY, None),
        ("2", EARLY, EARLY),
        ("3", EARLY, None),
    ]
    assert Job.objects.get(workspace=other).due_at == LATE

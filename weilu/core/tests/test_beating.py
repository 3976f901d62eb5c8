"""A worker that is gone is missed; one that only begins is not."""

from __future__ import annotations

import math
import time
from datetime import timedelta

import pytest
import time_machine

from weilu.core import beating
from weilu.core.clock import now
from weilu.core.models import Job, Workspace

pytestmark = pytest.mark.django_db


def later(seconds: float) -> time_machine.travel:
    return time_machine.travel(now() + timedelta(seconds=seconds), tick=False)


def test_a_worker_is_missed_after_a_while_and_no_more_when_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(beating, "_begun", -math.inf)
    beating.beat()
    with later(beating.SILENT_S - 1):
        assert beating.silence_s() == 0
    with later(beating.SILENT_S + 5):
        assert round(beating.silence_s()) == beating.SILENT_S + 5
        beating.beat()
        assert beating.silence_s() == 0


def test_while_everything_starts_nobody_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    beating.beat()
    monkeypatch.setattr(beating, "_begun", time.monotonic())
    with later(86_400):
        assert beating.silence_s() == 0


def test_where_none_ever_worked_work_that_lies_about_tells(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beating, "_begun", -math.inf)
    monkeypatch.setattr(beating, "NEVER_S", 300.0)
    assert beating.silence_s() == 0
    job = Job.objects.create(workspace=workspace, name="x", key="", due_at=now())
    with later(200):
        assert beating.silence_s() == 0
    with later(400):
        assert beating.silence_s() == math.inf
        Job.objects.filter(pk=job.pk).update(state=Job.State.DONE)
        assert beating.silence_s() == 0

"""What the worker says of rounds that fail."""

from __future__ import annotations

import time

import pytest
from django.db import OperationalError

from weilu.core import worker

pytestmark = pytest.mark.django_db


def test_what_keeps_failing_is_told_once_and_then_now_and_then(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    said: list[Exception | None] = []

    def do() -> int:
        if (error := said.pop(0)) is not None:
            raise error
        return 0

    def round_after(seconds: float, error: Exception | None) -> int:
        """How many lines a round left in the log, in full or short."""
        caplog.clear()
        clock[0] += seconds
        said.append(error)
        assert worker.run_round(do) == 0
        return sum(10 if one.exc_info else 1 for one in caplog.records)

    full = OperationalError("database or disk is full")
    assert [round_after(s, full) for s in (0, 1, 30, 30, 1, 60)] == [10, 0, 0, 1, 0, 1]
    assert round_after(1, OperationalError("something else")) == 10
    assert round_after(1, None) == 0
    assert round_after(1, full) == 10

"""The second process: the same answers with it, without it, and when it dies."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from weilu.core import helper as helpers
from weilu.core.helper import WORTH_IT, Helper, helping

pytestmark = pytest.mark.once


def add_up(numbers: list[int], more: int = 0) -> tuple[int, int]:
    """The sum and who worked it out."""
    return sum(numbers) + more, os.getpid()


def divide(numbers: list[int]) -> float:
    return 1 / numbers[0]


def die_elsewhere(numbers: list[int], here: int) -> int:
    """Ends every process but the one that asks."""
    if os.getpid() != here:
        os._exit(1)
    return sum(numbers)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[Helper]:
    monkeypatch.setattr(helpers, "_processors", lambda: 2)
    # Whatever the tests before have left in memory.
    monkeypatch.setattr(helpers, "MOST_MB", 1 << 20)
    with helping() as one:
        one.start()
        until = time.monotonic() + 60
        while not one.is_there and time.monotonic() < until:
            time.sleep(0.01)
        yield one


def test_half_is_done_beside_and_who_fails_there_fails_here(started: Helper) -> None:
    numbers = list(range(WORTH_IT))
    (one, me), (other, it) = started.over(add_up, [numbers], 5)
    assert (one + other, me) == (sum(numbers) + 10, os.getpid())
    assert started.process is not None
    assert it == started.process.pid
    assert [pid for _, pid in started.over(add_up, [numbers[:-1]])] == [os.getpid()]
    with pytest.raises(ZeroDivisionError):
        started.both(divide, ([1],), ([0],))
    # What failed has cost it nothing.
    assert started.both(add_up, ([1],), ([2],)) == ((1, os.getpid()), (2, it))


def test_a_dead_helper_is_done_without(started: Helper) -> None:
    gone = started.process
    assert started.both(die_elsewhere, ([1], os.getpid()), ([2], os.getpid())) == (1, 2)
    assert not started.is_there
    assert started.both(add_up, ([1],), ([2],)) == ((1, os.getpid()), (2, os.getpid()))
    assert gone is not None
    assert gone.returncode is not None


def test_a_helper_killed_between_two_questions_is_done_without(started: Helper) -> None:
    assert started.process is not None
    started.process.kill()
    started.process.wait()
    assert started.both(add_up, ([1],), ([2],)) == ((1, os.getpid()), (2, os.getpid()))


def test_it_makes_room_when_memory_runs_short(
    started: Helper, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert started.is_there
    monkeypatch.setattr(helpers, "MOST_MB", 1)
    assert started.both(add_up, ([1],), ([2],)) == ((1, os.getpid()), (2, os.getpid()))
    assert started.process is None


def test_it_ends_with_the_block_and_one_processor_needs_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(helpers, "_processors", lambda: 2)
    with helping() as one:
        one.start()
        running = one.process
    assert running is not None
    assert running.returncode is not None
    monkeypatch.setattr(helpers, "_processors", lambda: 1)
    with helping() as alone:
        alone.start()
        assert alone.process is None
        assert alone.over(add_up, [[1] * WORTH_IT]) == [(WORTH_IT, os.getpid())]

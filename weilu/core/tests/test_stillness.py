"""When a worker may leave a round out."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from weilu.core import stillness, worker
from weilu.core.models import Workspace
from weilu.core.stillness import AT_LEAST_S, EMPTY_S, Stillness


def elsewhere() -> None:
    """Another thread, with a connection of its own, writes a row."""

    def write() -> None:
        Workspace.objects.create(name="another")
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_a_round_is_left_out_until_somebody_else_writes() -> None:
    moment = [100.0]
    still = Stillness(lambda: moment[0])
    assert not still.is_still()
    if connection.vendor != "sqlite":
        assert not still.is_still()
        return
    assert still.is_still()
    elsewhere()
    assert not still.is_still()
    assert still.is_still()
    still.disturb()
    assert not still.is_still()
    moment[0] += AT_LEAST_S
    assert not still.is_still()
    assert still.is_still()
    connection.close()
    assert not still.is_still()


@pytest.mark.django_db(transaction=True)
def test_a_worker_at_rest_comes_back_when_there_is_work(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []
    left = iter([0, 3, 2, 0])
    waited: list[int] = []

    def run_once() -> int:
        rounds.append(next(left))
        return rounds[-1]

    def wait() -> None:
        waited.append(len(rounds))
        if len(waited) == 2:
            elsewhere()

    monkeypatch.setattr(worker, "run_once", run_once)
    monkeypatch.setattr(stillness, "EMPTY_S", 0.0)
    worker.run_forever(lambda: len(rounds) == 4, wait)
    assert rounds == [0, 3, 2, 0]
    # The second wait follows a round that was left out.
    assert waited == ([1, 1, 4] if connection.vendor == "sqlite" else [1, 4])


@pytest.mark.django_db(transaction=True)
def test_rounds_that_find_nothing_take_little_of_the_time() -> None:
    moment = [100.0]
    still = Stillness(lambda: moment[0])
    assert not still.is_still()
    moment[0] += 0.002  # so long it took to find nothing
    still.rest()
    elsewhere()
    moment[0] += 0.09 if connection.vendor == "sqlite" else EMPTY_S - 0.01
    assert still.is_still()
    moment[0] += 0.02
    assert not still.is_still()


@pytest.mark.django_db(transaction=True)
def test_a_slow_machine_rests_no_longer_than_is_felt() -> None:
    moment = [100.0]
    still = Stillness(lambda: moment[0])
    assert not still.is_still()
    moment[0] += 5.0
    still.rest()
    elsewhere()
    moment[0] += EMPTY_S
    assert not still.is_still()

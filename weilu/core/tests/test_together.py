"""Many who ask at the same time are served in one go, and nobody fails by another's fault."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from weilu.core import together
from weilu.core.together import Together


class Doubling:
    """Gives twice what was asked; keeps who was served with whom. The first go waits for `free`."""

    def __init__(self) -> None:
        self.goes: list[list[int]] = []
        self.free = threading.Event()

    def __call__(self, asked: Sequence[int]) -> list[int]:
        self.goes.append(list(asked))
        assert self.free.wait(10)
        if 13 in asked:
            raise ValueError
        if 99 in asked:
            raise OSError
        return [2 * one for one in asked]


async def asked(many: Together[int, int], go: Doubling, *numbers: int) -> list[int | BaseException]:
    """What all are given who ask while the first is being served."""
    first = asyncio.ensure_future(many.ask(0))
    await asyncio.sleep(0)
    rest = [asyncio.ensure_future(many.ask(one)) for one in numbers]
    await asyncio.sleep(0)
    go.free.set()
    return list(await asyncio.gather(first, *rest, return_exceptions=True))


@pytest.fixture
def go() -> Doubling:
    return Doubling()


def served(many: Together[int, int], go: Doubling, *numbers: int) -> list[int | BaseException]:
    try:
        return asyncio.run(asked(many, go, *numbers))
    finally:
        many.close()


def test_who_comes_while_a_go_is_under_way_is_served_in_the_next(go: Doubling) -> None:
    assert served(Together(go), go, 1, 2, 3) == [0, 2, 4, 6]
    assert go.goes == [[0], [1, 2, 3]]


def test_a_go_is_not_larger_than_it_may_be(go: Doubling, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "MOST_AT_ONCE", 2)
    assert served(Together(go), go, 1, 2, 3) == [0, 2, 4, 6]
    assert go.goes == [[0], [1, 2], [3]]


def test_nobody_fails_by_anothers_fault(go: Doubling) -> None:
    first, one, bad, other = served(Together(go), go, 1, 13, 3)
    assert (first, one, other) == (0, 2, 6)
    assert isinstance(bad, ValueError)


def test_what_all_would_meet_is_not_tried_again(go: Doubling) -> None:
    found = served(Together(go, (OSError,)), go, 1, 99, 3)
    assert [type(one) for one in found] == [int, OSError, OSError, OSError]
    assert len(go.goes) == 2


def test_who_goes_away_holds_up_nobody(go: Doubling) -> None:
    many = Together(go)

    async def story() -> int:
        first = asyncio.ensure_future(many.ask(1))
        await asyncio.sleep(0)
        gone, other = (asyncio.ensure_future(many.ask(one)) for one in (2, 3))
        await asyncio.sleep(0)
        gone.cancel()
        go.free.set()
        await first
        return await other

    assert asyncio.run(story()) == 6
    many.close()


def test_it_begins_again_after_a_pause(go: Doubling) -> None:
    go.free.set()
    many = Together(go)

    async def story() -> list[int]:
        return [await many.ask(one) for one in (1, 2)]

    assert asyncio.run(story()) == [2, 4]
    assert isinstance(many._thread, ThreadPoolExecutor)
    many.close()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crowd is two, and who gathers waits for longer than the test may last."""
    monkeypatch.setattr(together, "CROWD", 2)
    monkeypatch.setattr(together, "GATHER_S", 60.0)


@pytest.mark.usefixtures("patient")
def test_after_a_crowd_the_next_go_lets_as_many_come_again(go: Doubling) -> None:
    many = Together(go)

    async def story() -> list[int]:
        first = asyncio.ensure_future(many.ask(0))
        await asyncio.sleep(0)
        crowd = [many.ask(one) for one in (1, 2)]
        go.free.set()
        await asyncio.gather(first, *crowd)
        again = [many.ask(one) for one in (3, 4)]
        return list(await asyncio.wait_for(asyncio.gather(*again), 10))

    assert asyncio.run(story()) == [6, 8]
    assert go.goes == [[0], [1, 2], [3, 4]]
    many.close()


def test_who_comes_after_a_crowd_does_not_wait_for_one(
    go: Doubling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "CROWD", 2)
    many = Together(go)

    async def story() -> int:
        first = asyncio.ensure_future(many.ask(0))
        await asyncio.sleep(0)
        crowd = [many.ask(one) for one in (1, 2)]
        go.free.set()
        await asyncio.gather(first, *crowd)
        return await asyncio.wait_for(many.ask(3), 10)

    assert asyncio.run(story()) == 6
    assert go.goes == [[0], [1, 2], [3]]
    many.close()


@pytest.mark.usefixtures("patient")
def test_who_comes_alone_is_served_at_once(go: Doubling) -> None:
    go.free.set()
    many = Together(go)

    async def story() -> list[int]:
        return [await asyncio.wait_for(many.ask(one), 10) for one in (1, 2, 3)]

    assert asyncio.run(story()) == [2, 4, 6]
    many.close()

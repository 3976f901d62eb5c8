"""Doing in one go what many ask for at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Given = TypeVar("Given")

# In one go. How many may wait is bounded by the web server, which takes so many requests at once.
MOST_AT_ONCE = 200


@dataclass(slots=True)
class _Waiting(Generic[Asked, Given]):
    asked: Asked
    answer: asyncio.Future[Given]


@dataclass(slots=True, eq=False)
class Together(Generic[Asked, Given]):
    """While one go is under way whoever asks waits, and the next go is for all who wait by then.

    `go` takes what was asked and returns what is given for each, in that order; it runs in a thread
    of its own. When it fails, each is tried alone, so that nobody fails by another's fault; unless
    the error is one of `shared`, which all would meet again.
    """

    go: Callable[[Sequence[Asked]], Sequence[Given]]
    shared: tuple[type[Exception], ...] = ()
    _waiting: list[_Waiting[Asked, Given]] = field(default_factory=list)
    _is_going: bool = False
    _thread: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, 1))

    async def ask(self, asked: Asked) -> Given:
        """What `go` gives for this, once that go is through; raises what it raised for it."""
        mine = _Waiting[Asked, Given](asked, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        if not self._is_going:
            self._begin()
        return await mine.answer

    def close(self) -> None:
        """Wait for the go that is under way."""
        self._thread.shutdown()

    def _begin(self) -> None:
        batch = self._waiting[:MOST_AT_ONCE]
        self._waiting = self._waiting[MOST_AT_ONCE:]
        self._is_going = bool(batch)
        if batch:
            asked = [one.asked for one in batch]
            going = asyncio.get_running_loop().run_in_executor(self._thread, self._outcomes, asked)
            going.add_done_callback(partial(self._end, batch))

    def _end(
        self,
        batch: Sequence[_Waiting[Asked, Given]],
        going: asyncio.Future[Sequence[tuple[Given] | Exception]],
    ) -> None:
        self._begin()
        for one, outcome in zip(batch, going.result(), strict=True):
            if one.answer.done():  # whoever asked has gone away
                continue
            if isinstance(outcome, Exception):
                one.answer.set_exception(outcome)
            else:
                one.answer.set_result(outcome[0])

    def _outcomes(self, asked: Sequence[Asked]) -> Sequence[tuple[Given] | Exception]:
        """What is given for each, or the error there was; raises nothing."""
        try:
            return [(given,) for given in self.go(asked)]
        except self.shared as error:
            return [error] * len(asked)
        except Exception as error:
            if len(asked) == 1:
                return [error]
            return [outcome for one in asked for outcome in self._outcomes([one])]

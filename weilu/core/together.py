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
# A go costs as much as what it does for dozens. When so many shared the last one, the next lets
# more come: nobody sees four milliseconds, and who comes alone does not wait for them.
CROWD = 4
GATHER_S = 0.004


@dataclass(slots=True, eq=False)
class Together(Generic[Asked, Given]):
    """While one go is under way whoever asks waits, and the next go is for all who wait by then.

    After a go that many shared, the next waits a moment until as many are there again.

    `go` takes what was asked and returns what is given for each, in that order; it runs in a thread
    of its own. When it fails, each is tried alone, so that nobody fails by another's fault; unless
    the error is one of `shared`, which all would meet again.
    """

    go: Callable[[Sequence[Asked]], Sequence[Given]]
    shared: tuple[type[Exception], ...] = ()
    # What is asked for the next go, and to whom its answers are due.
    _asked: list[Asked] = field(default_factory=list)
    _due: list[asyncio.Future[Given]] = field(default_factory=list)
    # A go is under way, or about to begin.
    _is_going: bool = False
    _gathering: asyncio.TimerHandle | None = None
    # How many the next go waits for: as many as were here when the last one ended.
    _enough: int = 0
    _thread: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, 1))

    def ask(self, asked: Asked) -> asyncio.Future[Given]:
        """What `go` gives for this, once that go is through; or what it raised for it."""
        mine: asyncio.Future[Given] = asyncio.get_running_loop().create_future()
        self._asked.append(asked)
        self._due.append(mine)
        if not self._is_going:
            self._begin()
        elif self._gathering is not None and len(self._asked) >= self._enough:
            self._gathering.cancel()
            self._begin()
        return mine

    def close(self) -> None:
        """Wait for the go that is under way; begin no other."""
        if self._gathering is not None:
            self._gathering.cancel()
        self._thread.shutdown()

    def _begin(self) -> None:
        self._gathering = None
        asked, self._asked = self._asked[:MOST_AT_ONCE], self._asked[MOST_AT_ONCE:]
        due, self._due = self._due[:MOST_AT_ONCE], self._due[MOST_AT_ONCE:]
        self._is_going = bool(asked)
        if asked:
            self._thread.submit(self._go, asked, due, asyncio.get_running_loop())

    def _go(
        self,
        asked: Sequence[Asked],
        due: Sequence[asyncio.Future[Given]],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        """Have a go, in the thread; one call tells the loop, where a future would take several."""
        loop.call_soon_threadsafe(self._end, due, self._outcomes(asked))

    def _end(
        self,
        due: Sequence[asyncio.Future[Given]],
        outcomes: Sequence[tuple[Given] | Exception],
    ) -> None:
        self._enough = min(len(due) + len(self._asked), MOST_AT_ONCE)
        if len(due) >= CROWD and len(self._asked) < self._enough:
            self._gathering = asyncio.get_running_loop().call_later(GATHER_S, self._begin)
        else:
            self._begin()
        for answer, outcome in zip(due, outcomes, strict=True):
            if answer.done():  # whoever asked has gone away
                continue
            if isinstance(outcome, Exception):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome[0])

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

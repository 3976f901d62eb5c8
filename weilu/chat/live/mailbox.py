"""Parcels of all sessions on their way into the database: what comes during a write goes in one."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from weilu.chat.live.arrivals import Arrivals, cursor_of
from weilu.chat.ports.orders import Parcel

# No write holds more than this: a huge parcel goes alone.
MOST_ARRIVALS = 2_000

InDatabase = Callable[..., Awaitable[Any]]
Waiting = tuple[int, Parcel, "asyncio.Future[None]"]


@dataclass(frozen=True, slots=True)
class Slot:
    """The inbox of one connection."""

    box: Mailbox
    connection_id: int

    async def put(self, parcel: Parcel) -> None:
        """Store a parcel; returns when it is durable, raises when it could not be stored."""
        await self.box.put(self.connection_id, parcel)

    async def cursor(self) -> Mapping[str, str]:
        """How far the connection has read, as stored; what callbacks left is in it."""
        found: Mapping[str, str] = await self.box.in_database(cursor_of, self.connection_id)
        return found


@dataclass
class Mailbox:
    """Gathers parcels while the database is busy and writes them together, in order."""

    in_database: InDatabase
    arrivals: Arrivals
    stored: Callable[[], None]
    waiting: deque[Waiting] = field(default_factory=deque)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def slot(self, connection_id: int) -> Slot:
        """The inbox to give to a session."""
        return Slot(self, connection_id)

    async def put(self, connection_id: int, parcel: Parcel) -> None:
        """Queue a parcel and wait until it is durable."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((connection_id, parcel, future))
        self.came.set()
        await future

    async def run(self) -> None:
        """Write what comes until cancelled; a write that is under way is finished."""
        while True:
            if not self.waiting:
                await self.came.wait()
            self.came.clear()
            batch = self._batch()
            if batch:
                await asyncio.shield(self._write(batch))

    async def drain(self) -> None:
        """Wait until everything that was put is written."""
        while self.waiting:
            await asyncio.sleep(0.01)

    def _batch(self) -> list[Waiting]:
        batch: list[Waiting] = []
        size = 0
        while self.waiting:
            size += len(self.waiting[0][1].arrivals)
            if batch and size > MOST_ARRIVALS:
                break
            batch.append(self.waiting.popleft())
        return [one for one in batch if not one[2].cancelled()]

    async def _write(self, batch: list[Waiting]) -> None:
        """Write a batch whole; if that fails, parcel by parcel: a bad one stops only itself."""
        try:
            await self.in_database(self.arrivals.store, [(pk, p) for pk, p, _ in batch])
        except Exception as error:
            if len(batch) == 1:
                _answer(batch[0], error)
                return
            for one in batch:
                await self._write([one])
            return
        for one in batch:
            _answer(one, None)
        self.stored()


def _answer(one: Waiting, error: Exception | None) -> None:
    future = one[2]
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)

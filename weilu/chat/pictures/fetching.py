"""The gateway's part: fetch what waits through open sessions, have it read, write it down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from hashlib import sha256
from typing import ParamSpec, Protocol, TypeVar

from weilu.chat.models import Picture
from weilu.chat.pictures import queue
from weilu.chat.pictures.reading import codes_in
from weilu.chat.ports.sessions import FetchesPictures, Session
from weilu.core.errors import TryLater, WeiluError

log = logging.getLogger(__name__)

MOST_BYTES = 8_000_000
FETCH_S = 30.0
AT_ONCE = 2
# How often it is asked whether anything waits when nothing was heard of: after a restart.
LOOK_S = 20.0
P = ParamSpec("P")
T = TypeVar("T")


class Database(Protocol):
    """Runs a function in the thread that uses the database."""

    def __call__(self, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
        """What the function returns."""


class Fetching:
    """Looks at pictures of the connections one gateway keeps; `expected` brings it forward."""

    def __init__(self, in_database: Database) -> None:
        self.in_database = in_database
        self.under_way: dict[int, asyncio.Task[None]] = {}
        self.expected = True
        self.due = 0.0

    async def round(self, sessions: Mapping[int, Session]) -> None:
        """Take up what waits; `sessions` are the open ones by connection."""
        able = {pk: one for pk, one in sessions.items() if isinstance(one, FetchesPictures)}
        room = AT_ONCE - len(self.under_way)
        at = asyncio.get_running_loop().time()
        if not able or room <= 0 or not (self.expected or at >= self.due):
            return
        self.due = at + LOOK_S
        found = await self.in_database(queue.claim, list(able), room)
        self.expected = len(found) == room
        for one in found:
            task = asyncio.create_task(self._look_at(able[one.connection_id], one))
            self.under_way[one.pk] = task
            task.add_done_callback(partial(self._landed, one.pk))

    def _landed(self, pk: int, _task: asyncio.Task[None]) -> None:
        self.under_way.pop(pk, None)

    async def _look_at(self, session: FetchesPictures, one: Picture) -> None:
        """Fetch and read one picture; one that cannot be had just now is tried again."""
        try:
            data = await _file_of(session, one)
            digest = sha256(data).hexdigest()
            codes = await self.in_database(queue.known_codes, digest)
            if codes is None:
                codes = await codes_in(data)
        except (TryLater, TimeoutError):
            return
        except WeiluError:
            await self.in_database(queue.note_failed, one.pk)
        except Exception:
            log.exception("picture %s could not be looked at", one.pk)
            await self.in_database(queue.note_failed, one.pk)
        else:
            await self.in_database(queue.note_read, one.pk, digest, codes)

    async def close(self) -> None:
        """Stop what is under way: it is taken up again."""
        tasks = list(self.under_way.values())
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _file_of(session: FetchesPictures, one: Picture) -> bytes:
    """The file of a picture: as it came along, or fetched."""
    if one.data is not None:
        return bytes(one.data)
    async with asyncio.timeout(FETCH_S):
        return await session.picture(one.media, MOST_BYTES)

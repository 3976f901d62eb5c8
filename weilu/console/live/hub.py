"""One look a second at a workspace for all who watch it, and to each only what changed.

Lives in the process of the streams. Fifty who watch cost the database as much as one.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import suppress

Look = Callable[[], Mapping[str, str]]
EVERY_S = 1.0
# A beat now and then keeps proxies and pages from taking the stream for dead, and finds who has
# gone.
BEAT_S = 15.0


class Room:
    """All who watch the same board; looks while somebody is there."""

    def __init__(self, look: Look, every_s: float = EVERY_S) -> None:
        self._look = look
        self._every_s = every_s
        self._viewers: set[asyncio.Queue[dict[str, str]]] = set()
        self._shown: dict[str, str] = {}
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._viewers)

    async def watch(self) -> AsyncGenerator[dict[str, str]]:
        """Parts that changed, all of them first; an empty dict as a beat."""
        queue: asyncio.Queue[dict[str, str]] = asyncio.Queue(maxsize=8)
        self._viewers.add(queue)
        if self._task is None or self._task.done():
            # Nobody has looked for a while: what was shown then is not what is.
            self._shown.clear()
            self._task = asyncio.create_task(self._run())
        if self._shown:
            queue.put_nowait(dict(self._shown))
        try:
            while True:
                try:
                    async with asyncio.timeout(BEAT_S):
                        yield await queue.get()
                except TimeoutError:
                    yield {}
        finally:
            self._viewers.discard(queue)

    async def _run(self) -> None:
        while self._viewers:
            # What cannot be looked at now is looked at again: the board outlives a lost database.
            with suppress(Exception):
                self._tell(await asyncio.to_thread(self._look))
            await asyncio.sleep(self._every_s)

    def _tell(self, found: Mapping[str, str]) -> None:
        changed = {name: part for name, part in found.items() if self._shown.get(name) != part}
        if not changed:
            return
        self._shown.update(changed)
        for queue in self._viewers:
            if queue.full():
                # Somebody reads too slowly: they get all there is, and not what was meanwhile.
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(dict(self._shown))
            else:
                queue.put_nowait(changed)


class Hub:
    """The rooms of a process by key; empty ones are given up."""

    def __init__(self) -> None:
        self._rooms: dict[object, Room] = {}

    def room(self, key: object, look: Look) -> Room:
        """The room of a key, made when there is none."""
        for old in [k for k, room in self._rooms.items() if not len(room) and k != key]:
            del self._rooms[old]
        return self._rooms.setdefault(key, Room(look))


def as_event(changed: Mapping[str, str]) -> bytes:
    """A server-sent event; a beat has a kind of its own, so that pages notice its absence."""
    if not changed:
        return b"event: beat\ndata: 1\n\n"
    return f"data: {json.dumps(changed, ensure_ascii=False)}\n\n".encode()

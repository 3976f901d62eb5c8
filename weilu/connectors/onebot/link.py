"""One WebSocket from an implementation: events up, calls down, answers matched by `echo`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from nonebot.drivers import WebSocket
from nonebot.exception import WebSocketClosed

from weilu.connectors.onebot.failures import A_WHILE, result_of
from weilu.connectors.wire import Json
from weilu.core.errors import TryLater, Unsure

# What a socket raises when its other end is gone, by the state it is in.
GONE = (WebSocketClosed, RuntimeError, OSError)


class Link:
    """The numbers of calls are each link's own: no implementation can answer another's."""

    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self.calls: dict[str, asyncio.Future[Json]] = {}
        self.last = 0

    async def run(self, take: Callable[[Json], Awaitable[None]]) -> None:
        """Hand events to `take` until the other end is gone; what is no JSON object is dropped."""
        try:
            while True:
                found = _object(await self.socket.receive())
                if "post_type" in found:
                    await take(found)
                    continue
                waiting = self.calls.get(str(found.get("echo")))
                if waiting is not None and not waiting.done():
                    waiting.set_result(found)
        except GONE:
            return
        finally:
            for waiting in self.calls.values():
                waiting.cancel()

    async def call(self, action: str, params: Json, *, within_s: float, says: bool) -> Any:
        """The answer's data; raises as `result_of`, and when no answer comes."""
        self.last += 1
        echo = f"w{self.last}"
        waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self.calls[echo] = waiting
        body = json.dumps({"action": action, "params": params, "echo": echo}, ensure_ascii=False)
        try:
            await self.socket.send(body)
        except GONE:
            self.calls.pop(echo, None)
            raise _lost() from None
        try:
            async with asyncio.timeout(within_s):
                answer = await asyncio.shield(waiting)
        except TimeoutError:
            raise _silent(says=says) from None
        except asyncio.CancelledError:
            if not waiting.cancelled():
                raise
            raise (Unsure("timeout") if says else _lost()) from None
        finally:
            self.calls.pop(echo, None)
        return result_of(answer, says=says)

    async def close(self, code: int = 1001, reason: str = "") -> None:
        """Hang up; one that has hung up already is left alone."""
        try:
            await self.socket.close(code, reason)
        except GONE:
            return


def _lost() -> Exception:
    return TryLater("unreachable", after=timedelta(seconds=5))


def _silent(*, says: bool) -> Exception:
    return Unsure("timeout") if says else TryLater("timeout", after=A_WHILE)


def _object(data: str | bytes) -> Json:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}

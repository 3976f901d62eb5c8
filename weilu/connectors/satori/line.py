"""The WebSocket of a Satori server: signed on, kept alive, its events gathered."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from types import TracebackType

import aiohttp

from weilu.connectors.satori.api import A_WHILE, Api, failure_of
from weilu.connectors.wire import Json, mapping, number, rows, text
from weilu.core.errors import GivenUp, TryLater, WeiluError

EVENT, PING, IDENTIFY, READY = 0, 1, 3, 4
MESSAGE_BYTES = 16 * 1024 * 1024
OPEN_S = 20.0
PING_EVERY_S = 8.0
# A server that has said nothing for so long, not even to our pings, is gone.
SILENCE_S = 30.0
# When so many wait, the socket is read no further: the server keeps the rest.
MOST_WAITING = 20_000


class Line:
    """Open while the block lasts; `sn` is the last event that was read, 0: none."""

    def __init__(self, api: Api, sn: int) -> None:
        self.api = api
        self.sn = sn
        self.came: asyncio.Queue[Json | WeiluError] = asyncio.Queue(MOST_WAITING)
        self.tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Line:
        """Sign on; raises TryLater, or GivenUp where the token is not accepted."""
        url = f"{self.api.base}/v1/events"
        try:
            async with asyncio.timeout(OPEN_S):
                self.socket = await self.api.http.ws_connect(
                    url, max_msg_size=MESSAGE_BYTES, autoping=True
                )
                await self._sign_on()
        except aiohttp.WSServerHandshakeError as error:
            after = error.headers.get("Retry-After", "") if error.headers else ""
            raise failure_of(error.status, "", after, says=False) from None
        except (aiohttp.ClientError, TimeoutError, ConnectionError):
            await self._close()
            raise TryLater("unreachable", after=A_WHILE) from None
        except WeiluError:
            await self._close()
            raise
        self.tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._ping())]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hang up."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self._close()

    async def some(self, most: int) -> list[Json]:
        """What has come, at least one event; raises TryLater once the line is lost."""
        found: list[Json] = []
        while not found or (len(found) < most and not self.came.empty()):
            one = await self.came.get()
            if isinstance(one, WeiluError):
                if not found:
                    raise one
                self.came.put_nowait(one)
                break
            found.append(one)
        return found

    async def _sign_on(self) -> None:
        body: dict[str, object] = {"token": self.api.token} if self.api.token else {}
        if self.sn:
            # The second name is that of servers before version 1.2.
            body |= {"sn": self.sn, "sequence": self.sn}
        await self.socket.send_str(json.dumps({"op": IDENTIFY, "body": body}))
        while True:
            frame = await self.socket.receive()
            if frame.type not in {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY}:
                is_refused = self.socket.close_code in {3000, 4001, 4004, 1008}
                after = timedelta(minutes=1) if is_refused else A_WHILE
                raise TryLater("unauthorised" if is_refused else "unreachable", after=after)
            found = _object(frame.data)
            if number(found, "op") == READY and "op" in found:
                self._update(mapping(found, "body"))
                return

    def _update(self, ready: Json) -> None:
        """The login as it is now; raises GivenUp when the server does not carry it any more."""
        mine = text(mapping(self.api.login, "user"), "id"), text(self.api.login, "platform")
        for one in rows(ready.get("logins")):
            if (text(mapping(one, "user"), "id"), text(one, "platform")) == mine:
                self.api.login = one
                return
        raise GivenUp("bad_setting")

    async def _read(self) -> None:
        try:
            while True:
                async with asyncio.timeout(SILENCE_S):
                    frame = await self.socket.receive()
                if frame.type not in {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY}:
                    break
                found = _object(frame.data)
                if found.get("op") == EVENT:
                    await self.came.put(mapping(found, "body"))
        except (TimeoutError, aiohttp.ClientError, ConnectionError):
            pass
        await self.came.put(TryLater("unreachable", after=timedelta(0)))

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_EVERY_S)
            try:
                await self.socket.send_str(json.dumps({"op": PING, "body": {}}))
            except (aiohttp.ClientError, ConnectionError):
                return

    async def _close(self) -> None:
        socket = getattr(self, "socket", None)
        if socket is not None:
            await socket.close()


def _object(data: str | bytes) -> Json:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}

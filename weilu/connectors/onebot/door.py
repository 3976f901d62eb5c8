"""The door for OneBot in NoneBot's process: who may come in is checked before anything is read.

Stands in the place of NoneBot's own OneBot adapter, at the same addresses: raw events go to the
session of the account, and neither event objects are made nor matchers asked.
"""

from __future__ import annotations

import json
from typing import Any

from fastapi import Request, Response
from nonebot.adapters import Adapter, Bot
from nonebot.adapters.onebot.utils import get_auth_bearer
from nonebot.drivers import URL, Driver, WebSocket, WebSocketServerSetup
from nonebot.drivers.fastapi import Driver as FastAPIDriver

from weilu.connectors.nonebot_host.host import MESSAGE_BYTES
from weilu.connectors.onebot.api import CALL_S, READING
from weilu.connectors.onebot.desk import DESKS, Desk, is_news
from weilu.connectors.onebot.link import Link
from weilu.connectors.wire import Json
from weilu.core.errors import WeiluError

SOCKETS = ("/onebot/v11/", "/onebot/v11/ws", "/onebot/v11/ws/")
REPORTS = ("/onebot/v11/", "/onebot/v11/http", "/onebot/v11/http/")
RELAY = "/onebot/v11/api"


class OneBotDoor(Adapter):
    """Lets accounts in whose sessions wait for them."""

    def __init__(self, driver: Driver, **kwargs: Any) -> None:
        """Set the addresses up; raises TypeError on a driver that serves nothing."""
        super().__init__(driver, **kwargs)
        if not isinstance(driver, FastAPIDriver):
            raise TypeError(driver)
        for path in SOCKETS:
            self.setup_websocket_server(WebSocketServerSetup(URL(path), path, self._connected))
        # Not through NoneBot, which reads JSON and forms before a signature can be checked.
        for path in REPORTS:
            driver.server_app.add_api_route(path, _reported, methods=["POST"])
        driver.server_app.add_api_route(RELAY + "/{action}", _relayed, methods=["POST"])
        driver.on_startup(_opened)
        driver.on_shutdown(_closed)

    @classmethod
    def get_name(cls) -> str:
        """Its name among NoneBot's adapters."""
        return "Weilu OneBot V11"

    async def _call_api(self, bot: Bot, api: str, **data: Any) -> Any:
        raise NotImplementedError(api)

    async def _connected(self, socket: WebSocket) -> None:
        desk = _desk(socket.request.headers)
        if desk is None:
            await socket.close(1008)
            return
        await socket.accept()
        link = Link(socket)
        try:
            await desk.serve(link)
        finally:
            await link.close()


def _opened() -> None:
    DESKS.is_open = True


def _closed() -> None:
    DESKS.is_open = False


def _desk(headers: Any) -> Desk | None:
    token = get_auth_bearer(headers.get("authorization")) or ""
    return DESKS.by_token(str(headers.get("x-self-id") or ""), token)


async def _reported(request: Request) -> Response:
    """A report: the signature is checked over the bytes as they came, then they are read."""
    body = await _bounded(request)
    if body is None:
        return Response(status_code=413)
    given = request.headers.get("x-signature", "").removeprefix("sha1=")
    desk = DESKS.by_signature(request.headers.get("x-self-id", ""), body, given)
    if desk is None:
        return Response(status_code=403)
    event = _object(body)
    if event is None:
        return Response(status_code=400)
    try:
        if is_news(event):
            await desk.report(event)
    except Exception:
        # Whatever it was, it is not stored: the other end is to know.
        return Response(status_code=503)
    return Response(status_code=204)


async def _relayed(request: Request) -> Response:
    """A call by the doctor, who runs in another process; only such that change nothing."""
    desk = _desk(request.headers)
    # Nothing is read of who may not come in.
    params = None if desk is None else _object(await _bounded(request) or b"{}")
    if desk is None or params is None:
        return Response(status_code=403)
    action = request.path_params["action"]
    if action not in READING:
        return Response(status_code=404)
    if desk.line is None:
        return Response(status_code=503)
    try:
        data = await desk.line.call(action, params, within_s=CALL_S * 0.75, says=False)
    except WeiluError as error:
        # The words of `failures` for it, so that it means the same at the other end.
        return _answer({"status": "failed", "retcode": 100, "message": str(error)})
    return _answer({"status": "ok", "retcode": 0, "data": data})


async def _bounded(request: Request) -> bytes | None:
    """The body, None when it is larger than anything that can be meant."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MESSAGE_BYTES:
            return None
    return bytes(body)


def _object(body: bytes) -> Json | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _answer(content: Json) -> Response:
    return Response(json.dumps(content), media_type="application/json")

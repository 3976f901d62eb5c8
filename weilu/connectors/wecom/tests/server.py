"""A small WeCom: the documented calls, with what can go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from weilu.connectors.wecom import api

COMPANY, SECRET = "ww1", "very-secret"


def member(account: str, at_s: int, **more: object) -> dict[str, object]:
    """Somebody in a group's list."""
    return {"userid": account, "type": 2, "name": account.title(), "join_time": at_s} | more


@dataclass
class WeCom:
    """What the company has, what was asked, and how the next calls fail."""

    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    tokens: int = 0
    fails: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    results: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    reminded: dict[str, int] = field(default_factory=dict)
    cancelled: list[str] = field(default_factory=list)
    hangs: bool = False
    cuts: bool = False
    raw: bytes | None = None
    address: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        path = request.path.removeprefix("/cgi-bin/")
        if path == "gettoken":
            return self._token(request)
        if request.query.get("access_token") != f"t{self.tokens}":
            return web.json_response({"errcode": 40014, "errmsg": "invalid access_token"})
        body = await request.json() if path != "media/upload" else (await request.read())[:9]
        self.asked.append((path, body))
        if self.hangs:
            await asyncio.sleep(0.5)
        if self.cuts and request.transport is not None:
            request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")
            request.transport.close()
        if self.raw is not None:
            return web.Response(body=self.raw)
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        if self.fails:
            return web.json_response({"errcode": self.fails.pop(0), "errmsg": "no"})
        found = getattr(self, path.rpartition("/")[2])(body)
        return web.json_response({"errcode": 0, "errmsg": "ok"} | found)

    def _token(self, request: web.Request) -> web.Response:
        if (request.query["corpid"], request.query["corpsecret"]) != (COMPANY, SECRET):
            return web.json_response({"errcode": 40001, "errmsg": "invalid credential"})
        self.tokens += 1
        said = {"errcode": 0, "access_token": f"t{self.tokens}", "expires_in": 7200}
        return web.json_response(said)

    def list(self, body: dict[str, Any]) -> dict[str, Any]:
        """Groups, two a page."""
        start = int(body.get("cursor") or 0)
        keys = list(self.groups)
        following = str(start + 2) if start + 2 < len(keys) else ""
        page = [{"chat_id": key, "status": 0} for key in keys[start : start + 2]]
        return {"group_chat_list": page, "next_cursor": following}

    def get(self, body: dict[str, Any]) -> dict[str, Any]:
        """One group."""
        if body["chat_id"] not in self.groups:
            return {"errcode": 40050}
        return {"group_chat": {"chat_id": body["chat_id"]} | self.groups[body["chat_id"]]}

    def add_msg_template(self, body: dict[str, Any]) -> dict[str, Any]:
        """A task."""
        return {"fail_list": [], "msgid": f"task-{body['chat_id_list'][0]}"}

    def get_groupmsg_send_result(self, body: dict[str, Any]) -> dict[str, Any]:
        """What became of a task."""
        return {"send_list": self.results.get(body["msgid"], [])}

    def cancel_groupmsg_send(self, body: dict[str, Any]) -> dict[str, Any]:
        """Cancel a task."""
        self.cancelled.append(body["msgid"])
        return {}

    def remind_groupmsg_send(self, body: dict[str, Any]) -> dict[str, Any]:
        """Remind the owner of a task: three times in a day."""
        count = self.reminded[body["msgid"]] = self.reminded.get(body["msgid"], 0) + 1
        return {} if count <= 3 else {"errcode": 41096}

    def add(self, body: dict[str, Any]) -> dict[str, Any]:
        """A welcome template."""
        number = f"t-{len(self.templates) + 1}"
        self.templates[number] = body["text"]["content"]
        return {"template_id": number}

    def edit(self, body: dict[str, Any]) -> dict[str, Any]:
        """Other words for a welcome template."""
        if body["template_id"] not in self.templates:
            return {"errcode": 40050}
        self.templates[body["template_id"]] = body["text"]["content"]
        return {}

    def add_join_way(self, body: dict[str, Any]) -> dict[str, Any]:
        """A join way."""
        if len(body["state"]) > 30 or body["chat_id_list"][0] not in self.groups:
            return {"errcode": 40058}
        if len(body.get("room_base_name", "")) > 40:
            return {"errcode": 40058}
        return {"config_id": "c-1"}

    def get_join_way(self, body: dict[str, Any]) -> dict[str, Any]:
        """Its QR code."""
        return {"join_way": {"qr_code": f"https://work.example.org/{body['config_id']}"}}

    def upload(self, _body: bytes) -> dict[str, Any]:
        """A picture."""
        return {"media_id": "m-1"}


@asynccontextmanager
async def running(wecom: WeCom, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[WeCom]:
    """The server, with our client pointed at it."""
    runner = web.ServerRunner(web.Server(wecom.handle))  # type: ignore[arg-type]  # BaseRequest
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    wecom.address = f"http://127.0.0.1:{runner.addresses[0][1]}/cgi-bin/"
    monkeypatch.setattr(api, "BASE", wecom.address)
    try:
        yield wecom
    finally:
        await runner.cleanup()

"""For every connector, a platform that breaks: how it is reached, and how it says what is wrong.

`Wire` answers what opening a session needs, and breaks over everything else.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
import discord
import pytest
from django.conf import settings

from weilu.chat.ports.connectors import CONNECTORS, Config
from weilu.chat.ports.sessions import Session
from weilu.connectors import outward
from weilu.connectors.discord_bot import failures as discord_failures
from weilu.connectors.matrix import failures as matrix_failures
from weilu.connectors.matrix import session as matrix_session
from weilu.connectors.matrix.orders import Orders as MatrixOrders
from weilu.connectors.onebot import api as onebot_api
from weilu.connectors.satori import api as satori_api
from weilu.connectors.satori import line as satori_line
from weilu.connectors.telegram_bot import session as telegram_session
from weilu.connectors.wecom import api as wecom_api

SECRET = "42:" + "s" * 35
# How long a test waits for an answer that does not come.
QUICK_S = 0.15
sleep = asyncio.sleep
Json = Mapping[str, Any]


def http(status: int, body: object, **headers: str) -> bytes:
    """An answer as bytes; what is no bytes goes as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = {"Content_Type": "application/json", "Content_Length": str(len(data)), **headers}
    lines = [f"HTTP/1.1 {status} X", *(f"{k.replace('_', '-')}: {v}" for k, v in head.items())]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + data


@dataclass
class Wire:
    """A server; `fine` by the end of an address, `broken` for all else: None says nothing."""

    fine: Mapping[str, object]
    broken: bytes | None = b""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request, or hang up when the server ends."""
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self.tasks.discard(task)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = head.split(" ", 2)[1].partition("?")[0]
        answers = [body for end, body in self.fine.items() if path.endswith(end)]
        answer = http(200, answers[0]) if answers else self.broken
        if answer is None:
            # Until whoever asked has had enough and hangs up.
            while await reader.read(1 << 16):
                pass
        writer.write(answer or b"")
        await writer.drain()

    async def end(self) -> None:
        """Hang up on everybody."""
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


@dataclass(frozen=True)
class Stand:
    """How a platform is reached and how it refuses, in its own form.

    `slow` asks to wait `wait_s`; `revoked` is for a token that was good, `vanished` for a group
    that is not there any more, `outside` for one our account was put out of; `more_fine` is
    what it answers then, and `before` what an order asks before it does something. `reaches`
    points the library at the server.
    """

    connector: str
    settings: Callable[[str], dict[str, str]]
    slow: bytes
    wait_s: float
    revoked: bytes
    vanished: bytes
    outside: bytes
    fine: Mapping[str, object] = field(default_factory=dict)
    more_fine: Mapping[str, object] = field(default_factory=dict)
    before: Mapping[str, object] = field(default_factory=dict)
    reaches: Callable[[pytest.MonkeyPatch, str], None] = lambda _patch, _url: None
    group: str = "5"
    account: str = "7"
    message: str = "9"
    cursor: Mapping[str, str] = field(default_factory=dict)

    @asynccontextmanager
    async def opened(
        self, broken: bytes | None, patch: pytest.MonkeyPatch, **fine: object
    ) -> AsyncIterator[Session]:
        """A session over a wire that breaks like this once it is open."""
        wire = Wire({**self.fine, **fine}, broken)
        server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self.reaches(patch, url)
        patch.setattr(settings, "WEBHOOKS_PRIVATE", True)
        if broken is None:
            _hurry(patch)
        try:
            config = Config(1, self.settings(url), self.cursor)
            async with CONNECTORS.connectors[self.connector].open(config) as session:
                yield session
        finally:
            server.close()
            await wire.end()

    def shut(self) -> Stand:
        """The same, breaking from the very beginning."""
        return replace(self, fine={})


_WAITS = (
    (telegram_session, "REQUEST_S"), (matrix_session, "SYNC_S"), (satori_api, "CALL_S"),
    (satori_line, "OPEN_S"), (onebot_api, "CALL_S"),
)  # fmt: skip


def _hurry(patch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for an answer that does not come."""
    quick = {"within_s": QUICK_S}
    patch.setattr(matrix_failures.asked, "__kwdefaults__", {"writes": False, **quick})
    patch.setattr(MatrixOrders._asked, "__kwdefaults__", {"writes": True, **quick})
    patch.setattr(discord_failures.asked, "__kwdefaults__", {"says": False, **quick})
    for module, name in _WAITS:
        patch.setattr(module, name, QUICK_S)
    patch.setattr(wecom_api, "TIMEOUT", aiohttp.ClientTimeout(total=QUICK_S))
    patch.setattr(outward, "_TIMEOUT", aiohttp.ClientTimeout(total=QUICK_S))


def _to_discord(patch: pytest.MonkeyPatch, url: str) -> None:
    _without_pauses(patch, url)
    patch.setattr(discord.http.Route, "BASE", url)


def _without_pauses(patch: pytest.MonkeyPatch, _url: str) -> None:
    """Libraries wait between their tries for seconds, and for a quarter of one when they close."""

    async def at_once(_seconds: float, result: object = None) -> object:
        await sleep(0)
        return result

    patch.setattr(asyncio, "sleep", at_once)


def _error(code: str) -> Json:
    return {"errcode": code, "error": "no"}


def _bot_api(code: int, said: str, **parameters: int) -> bytes:
    body = {"ok": False, "error_code": code, "description": said, "parameters": parameters}
    return http(code, body)


def _discord(status: int, code: int, **more: object) -> bytes:
    return http(status, {"message": "no", "code": code, **more}, Via="1.1")


def _wecom(code: int) -> bytes:
    return http(200, {"errcode": code, "errmsg": "no"})


def _onebot(words: str) -> bytes:
    return http(200, {"status": "failed", "retcode": 1200, "data": None, "message": words})


_ME = {"id": "42", "username": "weilu", "discriminator": "0", "avatar": None, "bot": True}
_APPLICATION = {
    "id": "1", "name": "W", "description": "", "icon": None, "summary": "", "bot_public": False,
    "bot_require_code_grant": False, "verify_key": "", "owner": _ME, "flags": 0,
}  # fmt: skip
_BOT = {"id": 42, "is_bot": True, "first_name": "Weilu", "username": "weilu_bot"}
_LOGIN = {"platform": "club", "user": {"id": "42", "name": "Weilu"}, "status": 1, "features": []}

STANDS = (
    Stand(
        "matrix",
        lambda url: {"homeserver": url, "token": SECRET},
        fine={"/whoami": {"user_id": "@weilu:x"}},
        slow=http(429, {**_error("M_LIMIT_EXCEEDED"), "retry_after_ms": 1500}),
        wait_s=1.5,
        revoked=http(401, _error("M_UNKNOWN_TOKEN")),
        vanished=http(404, _error("M_NOT_FOUND")),
        outside=http(403, _error("M_FORBIDDEN")),
        more_fine={"/joined_rooms": {"joined_rooms": []}},
        group="!tea:x",
        account="@ada:x",
        message="$9",
        cursor={"since": "s1"},
    ),
    Stand(
        "telegram",
        lambda url: {"token": SECRET, "server": url},
        fine={"/getMe": {"ok": True, "result": _BOT}},
        slow=_bot_api(429, "Too Many Requests: retry after 7", retry_after=7),
        wait_s=7,
        revoked=_bot_api(401, "Unauthorized"),
        vanished=_bot_api(400, "Bad Request: chat not found"),
        outside=_bot_api(403, "Forbidden: bot was kicked from the supergroup chat"),
        reaches=_without_pauses,
        account="user7",
    ),
    Stand(
        "discord",
        lambda _url: {"token": SECRET},
        fine={"/users/@me": _ME, "/oauth2/applications/@me": _APPLICATION},
        # The wall before Discord itself, whose refusal the library does not wait for.
        slow=http(429, b"error code: 1015", Retry_After="900", Content_Type="text/plain"),
        wait_s=900,
        revoked=_discord(401, 0),
        vanished=_discord(404, 10003),
        outside=_discord(403, 50001),
        reaches=_to_discord,
    ),
    Stand(
        "satori_qq",
        lambda url: {"server": url, "token": SECRET},
        fine={"/v1/meta": {"logins": [_LOGIN]}},
        slow=http(429, b"", Retry_After="7"),
        wait_s=7,
        revoked=http(401, b""),
        vanished=http(404, b"channel not found"),
        outside=http(403, b"not in the guild"),
    ),
    Stand(
        "onebot",
        lambda url: {"account": "42", "token": SECRET, "api": url},
        slow=http(429, b"", Retry_After="7"),
        wait_s=7,
        revoked=http(401, b""),
        vanished=_onebot("群不存在"),
        outside=_onebot("您不在群里, not in the group"),
    ),
    Stand(
        "wecom",
        lambda _url: {"company": "ww1", "secret": SECRET, "token": "t", "key": "k"},
        fine={"/gettoken": {"errcode": 0, "access_token": "a"}},
        before={"/groupchat/get": {"errcode": 0, "group_chat": {"owner": "boss"}}},
        slow=_wecom(45009),
        wait_s=60,
        revoked=_wecom(40014),
        vanished=_wecom(40050),
        outside=_wecom(40050),
        reaches=lambda patch, url: patch.setattr(wecom_api, "BASE", url + "/"),
    ),
    Stand(
        "webhook",
        lambda url: {"address": url, "secret": SECRET},
        slow=http(429, b"", Retry_After="7"),
        wait_s=7,
        revoked=http(401, b""),
        vanished=http(410, {"error": "gone"}),
        outside=http(409, {"error": "not_in_group"}),
    ),
)

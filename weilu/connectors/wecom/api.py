"""WeCom's API: calls with an access token that is fetched, kept and renewed; errors as ours."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from weilu.connectors.reaching import out_of_reach, wait_of
from weilu.core.errors import GivenUp, TryLater, Unsure, WeiluError

BASE = "https://qyapi.weixin.qq.com/cgi-bin/"
TIMEOUT = aiohttp.ClientTimeout(total=20, sock_connect=8)
_EXPIRED = {40014, 41001, 42001}
_MINUTE = timedelta(minutes=1)
_KNOWN: Mapping[int, WeiluError] = {
    -1: TryLater("platform_down", after=timedelta(seconds=10)),
    45009: TryLater("rate_limited", after=_MINUTE),
    45033: TryLater("rate_limited", after=timedelta(seconds=5)),
    40001: GivenUp("unauthorised"),
    40013: GivenUp("unauthorised"),
    40014: GivenUp("unauthorised"),
    42001: GivenUp("unauthorised"),
    60020: TryLater("not_let_in", after=_MINUTE),
    48002: GivenUp("no_rights"),
    60011: GivenUp("no_rights"),
    60111: GivenUp("gone"),
    40050: GivenUp("gone"),
    86001: GivenUp("gone"),
    45002: GivenUp("too_long"),
}


@dataclass(slots=True)
class Api:
    """Calls in the name of a company's application."""

    http: aiohttp.ClientSession
    company: str
    secret: str
    token: str = ""
    renewing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def call(self, path: str, body: Mapping[str, object], *, says: bool = False) -> Any:
        """The answer of a call; `says`: doing it twice would be seen. Renews the token once."""
        return await self._with_token(path, {"json": dict(body)}, says=says)

    async def upload(self, picture: Path) -> str:
        """The media id of a picture; raises GivenUp `gone` when the file is not there."""
        try:
            data = await asyncio.to_thread(picture.read_bytes)
        except OSError as error:
            raise GivenUp("gone") from error
        form = aiohttp.FormData()
        form.add_field("media", data, filename=picture.name)
        answer = await self._with_token("media/upload?type=image", {"data": form}, says=False)
        return str(answer.get("media_id", ""))

    async def fetch_token(self, old: str) -> str:
        """A new access token in place of `old`; several callers share one."""
        async with self.renewing:
            if self.token == old:
                query = f"gettoken?corpid={self.company}&corpsecret={self.secret}"
                answer = await self._ask("GET", query, {}, says=False)
                code = _code(answer)
                if code:
                    raise _KNOWN.get(code, GivenUp("unauthorised"))
                self.token = str(answer.get("access_token") or "")
                if not self.token:
                    raise _unsure("bad_answer", says=False)
            return self.token

    async def _with_token(self, path: str, sent: dict[str, Any], *, says: bool) -> Any:
        token = self.token or await self.fetch_token("")
        answer = await self._ask("POST", _signed(path, token), sent, says=says)
        if _code(answer) in _EXPIRED and "json" in sent:
            token = await self.fetch_token(token)
            answer = await self._ask("POST", _signed(path, token), sent, says=says)
        code = _code(answer)
        if code:
            raise _KNOWN.get(code, GivenUp("not_possible"))
        return answer

    async def _ask(self, method: str, path: str, sent: dict[str, Any], *, says: bool) -> Any:
        """A call's JSON. No error tells of the address: it holds the token."""
        try:
            async with self.http.request(method, BASE + path, timeout=TIMEOUT, **sent) as answer:
                body = await answer.read()
                status, after = answer.status, answer.headers.get("Retry-After")
        except aiohttp.ClientConnectorError as error:
            raise out_of_reach(error) from None
        except (TimeoutError, aiohttp.ClientError):
            raise _unsure("timeout", says=says) from None
        if status == 429:
            raise TryLater("rate_limited", after=wait_of(after, _MINUTE))
        if status >= 500:
            raise _unsure("platform_down", says=says)
        try:
            found = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            found = None
        if status >= 300 or not isinstance(found, dict) or not _has_code(found):
            raise _unsure("bad_answer", says=says)
        return found


def _signed(path: str, token: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}access_token={token}"


def _has_code(answer: Mapping[str, object]) -> bool:
    return isinstance(answer.get("errcode", 0), int)


def _code(answer: Mapping[str, Any]) -> int:
    return int(answer.get("errcode", 0))


def _unsure(code: str, *, says: bool) -> WeiluError:
    return Unsure(code) if says else TryLater(code, after=timedelta(seconds=10))

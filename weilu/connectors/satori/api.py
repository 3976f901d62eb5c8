"""Calls to a Satori server, and what its failures mean."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp

from weilu.connectors.reaching import out_of_reach, wait_of
from weilu.connectors.wire import Json, mapping, rows, text
from weilu.core.errors import GivenUp, TryLater, Unsure, WeiluError

CALL_S = 20.0
MOST_PAGES = 100
A_WHILE = timedelta(seconds=10)
_REFUSED = {400: "not_possible", 403: "no_rights", 405: "not_possible", 413: "too_long"}
_NOT_OFFERED = ("not support", "not implement", "no such action", "unknown action")


@dataclass
class Api:
    """One login on a server; `login` is set once it is known."""

    http: aiohttp.ClientSession
    base: str
    token: str
    login: Json

    async def call(self, method: str, *, says: bool = False, **params: Any) -> Any:
        """The answer; raises TryLater, GivenUp, or Unsure when it `says` something."""
        try:
            async with (
                asyncio.timeout(CALL_S),
                self.http.post(
                    f"{self.base}/v1/{method}",
                    json=params,
                    headers=self._headers(),
                    allow_redirects=False,
                ) as answer,
            ):
                body = await answer.text(errors="replace")
                if answer.status >= 300:
                    after = answer.headers.get("Retry-After", "")
                    raise failure_of(answer.status, body, after, says=says)
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
            raise GivenUp("bad_setting") from None
        except aiohttp.ClientConnectorError as error:
            raise out_of_reach(error) from None
        except (TimeoutError, aiohttp.ClientError):
            raise (Unsure("timeout") if says else TryLater("timeout", after=A_WHILE)) from None
        return _parsed(body, says=says)

    async def every(self, method: str, **params: Any) -> list[Json]:
        """The rows of all pages of a list; raises GivenUp `too_long` when they do not end."""
        found: list[Json] = []
        following: dict[str, Any] = {}
        for _page in range(MOST_PAGES):
            answer = await self.call(method, **params, **following)
            page = answer if isinstance(answer, dict) else {}
            found += rows(page.get("data"))
            if not text(page, "next"):
                return found
            following = {"next": text(page, "next")}
        raise GivenUp("too_long")

    def _headers(self) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        own = text(mapping(self.login, "user"), "id")
        if own:
            platform = text(self.login, "platform")
            headers |= {"Satori-Platform": platform, "Satori-User-ID": own}
            # Of servers before version 1.2.
            headers |= {"X-Platform": platform, "X-Self-ID": own}
        return headers


def failure_of(status: int, body: str, after: str, *, says: bool) -> WeiluError:
    """Our error for an answer that is none."""
    if status == 429:
        return TryLater("rate_limited", after=wait_of(after, A_WHILE))
    if status == 401:
        return TryLater("unauthorised", after=timedelta(minutes=1))
    if status == 404:
        is_offered = not any(one in body.casefold() for one in _NOT_OFFERED)
        return GivenUp("gone" if is_offered else "not_possible")
    if status in _REFUSED:
        return GivenUp(_REFUSED[status])
    if status == 501:
        return GivenUp("not_possible")
    # The platform behind it may have taken it before the server failed.
    return Unsure("timeout") if says else TryLater("platform_down", after=A_WHILE)


def _parsed(body: str, *, says: bool) -> Any:
    try:
        return json.loads(body) if body.strip() else None
    except (ValueError, RecursionError):
        raise (Unsure("bad_answer") if says else TryLater("bad_answer", after=A_WHILE)) from None

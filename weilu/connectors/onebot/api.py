"""Calling an implementation: over its WebSocket, or over HTTP."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, Protocol

import aiohttp

from weilu.connectors.onebot.desk import Desk
from weilu.connectors.onebot.failures import A_WHILE, of_status, result_of
from weilu.connectors.reaching import out_of_reach
from weilu.core.errors import GivenUp, TryLater, Unsure

CALL_S = 20.0
# What the doctor may ask through the door: it changes nothing.
READING = frozenset(
    {
        "get_login_info",
        "get_status",
        "get_version_info",
        "get_group_list",
        "get_group_member_info",
        "get_group_msg_history",
    }
)


class Api(Protocol):
    """What can be asked of an implementation."""

    async def call(self, action: str, *, says: bool = False, **params: Any) -> Any:
        """The data of the answer; raises TryLater, GivenUp, or Unsure when it `says` something."""


class LinkApi:
    """Over the WebSocket the implementation has opened, while it is there."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def call(self, action: str, *, says: bool = False, **params: Any) -> Any:
        """As `Api.call`."""
        line = self.desk.line
        if line is None:
            raise TryLater("unreachable", after=timedelta(seconds=5))
        return await line.call(action, params, within_s=CALL_S, says=says)


class HttpApi:
    """Over the implementation's HTTP server, or our door's relay to its WebSocket."""

    def __init__(self, http: aiohttp.ClientSession, base: str, token: str, account: str) -> None:
        self.http = http
        self.base = base.rstrip("/")
        self.headers = {"Authorization": f"Bearer {token}", "X-Self-ID": account}

    async def call(self, action: str, *, says: bool = False, **params: Any) -> Any:
        """As `Api.call`."""
        try:
            async with (
                asyncio.timeout(CALL_S),
                self.http.post(
                    f"{self.base}/{action}",
                    json=params,
                    headers=self.headers,
                    allow_redirects=False,
                ) as answer,
            ):
                if answer.status != 200:
                    after = answer.headers.get("Retry-After", "")
                    raise of_status(answer.status, says=says, after=after)
                found = await answer.json(content_type=None)
        except aiohttp.InvalidURL:
            raise GivenUp("bad_setting") from None
        except aiohttp.ClientConnectorError as error:
            raise out_of_reach(error) from None
        except (TimeoutError, aiohttp.ClientError):
            raise (Unsure("timeout") if says else TryLater("timeout", after=A_WHILE)) from None
        except (ValueError, RecursionError):
            raise _nonsense(says=says) from None
        if not isinstance(found, dict):
            raise _nonsense(says=says)
        return result_of(found, says=says)


def _nonsense(*, says: bool) -> Exception:
    return Unsure("bad_answer") if says else TryLater("bad_answer", after=A_WHILE)

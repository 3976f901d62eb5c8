"""discord.py's errors as ours: what may be tried again, what never will, what nobody knows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

import aiohttp
import discord

from weilu.connectors.reaching import out_of_reach, wait_of
from weilu.core.errors import GivenUp, TryLater, Unsure, WeiluError

T = TypeVar("T")
CALL_S = 45.0
A_WHILE = timedelta(seconds=10)
# Discord's numbers for errors.
_CODES = {
    10003: "not_in_group",
    10004: "not_in_group",
    10007: "gone",
    10008: "gone",
    10013: "gone",
    10026: "gone",
    30003: "not_possible",
    40005: "too_long",
    50001: "not_in_group",
    50013: "no_rights",
    50033: "not_possible",
    50035: "not_possible",
}


# An answer that is not what Discord documents makes the library stumble over it.
_STUMBLED = (KeyError, TypeError, ValueError, AttributeError, RecursionError)
_OURS = (discord.DiscordException, aiohttp.ClientError, OSError, *_STUMBLED)
_KNOWN: tuple[tuple[type[Exception], WeiluError], ...] = (
    (discord.LoginFailure, GivenUp("unauthorised")),
    (discord.PrivilegedIntentsRequired, GivenUp("bad_setting")),
)


async def asked(call: Awaitable[T], *, says: bool = False, within_s: float = CALL_S) -> T:
    """The result of a call; raises TryLater, GivenUp, or Unsure when it `says` something."""
    try:
        async with asyncio.timeout(within_s):
            return await call
    except _OURS as error:
        raise failure_of(error, says=says) from None


def failure_of(error: Exception, *, says: bool) -> WeiluError:
    """Our error for one of the library's, which has tried again by itself where that is safe."""
    if isinstance(error, discord.RateLimited):
        return TryLater("rate_limited", after=wait_of(error.retry_after, A_WHILE))
    if isinstance(error, discord.HTTPException):
        return _of_answer(error, says=says)
    if isinstance(error, aiohttp.ClientConnectorError):
        return out_of_reach(error)
    for kind, known in _KNOWN:
        if isinstance(error, kind):
            return known
    code = "timeout" if isinstance(error, aiohttp.ClientError | OSError) else "bad_answer"
    return Unsure(code) if says else TryLater(code, after=A_WHILE)


def _of_answer(error: discord.HTTPException, *, says: bool) -> WeiluError:
    if error.status == 429:
        # The library gives up at once where somebody before Discord refuses: that may last an hour.
        after = wait_of(error.response.headers.get("Retry-After"), A_WHILE)
        return TryLater("rate_limited", after=after)
    if error.status == 401:
        return TryLater("unauthorised", after=timedelta(minutes=1))
    if error.status >= 500:
        return Unsure("timeout") if says else TryLater("platform_down", after=A_WHILE)
    if error.code in _CODES:
        return GivenUp(_CODES[error.code])
    by_status = {403: "no_rights", 404: "gone", 413: "too_long"}
    return GivenUp(by_status.get(error.status, "not_possible"))

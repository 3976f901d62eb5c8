"""Matrix errors as ours: what may be tried again, what never will, what nobody knows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import aiohttp
import nio

from weilu.connectors.reaching import out_of_reach, wait_of
from weilu.core.errors import GivenUp, TryLater, Unsure, WeiluError

# Three answers fit into the minute that the gateway gives an order. The library itself waits for
# ever where it is told to wait 0 seconds: at the first sync and at uploads.
ANSWER_S = 15.0
_FINAL = {
    "M_FORBIDDEN": "no_rights",
    "M_NOT_FOUND": "gone",
    "M_TOO_LARGE": "too_long",
    "M_UNKNOWN_TOKEN": "unauthorised",
    "M_MISSING_TOKEN": "unauthorised",
    "M_USER_DEACTIVATED": "unauthorised",
    "M_GUEST_ACCESS_FORBIDDEN": "unauthorised",
    "M_INVALID_PARAM": "bad_setting",
    "M_UNRECOGNIZED": "not_possible",
}
# The server's own limits, not ours: an administrator lifts them.
_PASSING = {"M_RESOURCE_LIMIT_EXCEEDED", "M_SERVER_NOT_TRUSTED"}
_A_WHILE = timedelta(seconds=10)
# An answer that is no JSON in UTF-8, or nested without end, makes the library stumble over it.
_STUMBLED = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
_REFUSED, _BROKEN, _TOO_MANY = 400, 500, 429


async def asked(call: Awaitable[Any], *, writes: bool = False, within_s: float = ANSWER_S) -> Any:
    """The response of a call; raises TryLater, GivenUp, or Unsure when a write may have happened.

    A response is whatever class matrix-nio makes of it. No error of the library leaves here: it
    may hold the request, and with it the token.
    """
    try:
        async with asyncio.timeout(within_s):
            response = await call
    except aiohttp.InvalidURL:
        raise GivenUp("bad_setting") from None
    except aiohttp.ClientConnectorError as error:
        raise out_of_reach(error) from None
    except (TimeoutError, aiohttp.ClientError):
        raise (Unsure("timeout") if writes else TryLater("timeout", after=_A_WHILE)) from None
    except _STUMBLED:
        raise TryLater("bad_answer", after=_A_WHILE) from None
    if isinstance(response, nio.ErrorResponse):
        raise failure_of(response)
    return response


def failure_of(response: nio.ErrorResponse) -> WeiluError:
    """Our error for an error response."""
    code = str(response.status_code or "")
    transport = response.transport_response
    status = transport.status if transport is not None else 0
    if code == "M_LIMIT_EXCEEDED" or status == _TOO_MANY:
        return TryLater("rate_limited", after=_wait_of(response))
    if status >= _BROKEN or code in _PASSING:
        return TryLater("platform_down", after=_A_WHILE)
    if code in _FINAL:
        return GivenUp(_FINAL[code])
    if _REFUSED <= status < _BROKEN and code.startswith("M_"):
        # A homeserver that says no in its own words says the same the next time.
        return GivenUp("not_possible")
    return TryLater("bad_answer", after=_A_WHILE)


def _wait_of(response: nio.ErrorResponse) -> timedelta:
    """How long the server asks to wait: in the body, or in the header as newer ones do."""
    said_ms = response.retry_after_ms
    if isinstance(said_ms, int) and said_ms > 0:
        return wait_of(said_ms / 1000, _A_WHILE)
    transport = response.transport_response
    return wait_of(transport.headers.get("Retry-After") if transport else None, _A_WHILE)

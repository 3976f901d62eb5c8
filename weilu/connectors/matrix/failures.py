"""Matrix errors as ours: what may be tried again, what never will, what nobody knows."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import aiohttp
import nio

from weilu.core.errors import GivenUp, TryLater, Unsure, WeiluError

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
_A_WHILE = timedelta(seconds=10)
_BROKEN = 500


async def asked(call: Awaitable[Any], *, writes: bool = False) -> Any:
    """The response of a call; raises TryLater, GivenUp, or Unsure when a write may have happened.

    A response is whatever class matrix-nio makes of it.
    """
    try:
        response = await call
    except (aiohttp.ClientConnectorError, aiohttp.InvalidURL) as error:
        raise TryLater("unreachable", after=_A_WHILE) from error
    except (TimeoutError, aiohttp.ClientError) as error:
        if writes:
            raise Unsure("timeout") from error
        raise TryLater("timeout", after=_A_WHILE) from error
    if isinstance(response, nio.ErrorResponse):
        raise failure_of(response)
    return response


def failure_of(response: nio.ErrorResponse) -> WeiluError:
    """Our error for an error response."""
    code = response.status_code or ""
    transport = response.transport_response
    if code == "M_LIMIT_EXCEEDED":
        wait = timedelta(milliseconds=response.retry_after_ms or 5000)
        return TryLater("rate_limited", after=wait)
    if transport is not None and transport.status >= _BROKEN:
        return TryLater("platform_down", after=_A_WHILE)
    if code in _FINAL:
        return GivenUp(_FINAL[code])
    return TryLater("bad_answer", after=_A_WHILE)

"""Why a server could not be reached, and how long it asks to be left alone, in our own words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp

from weilu.core.clock import now
from weilu.core.errors import TryLater, WeiluError

A_WHILE = timedelta(seconds=10)
# Nobody is left alone for longer: a wrong number or clock at the other end must not end it all.
LONGEST_WAIT_S = 3600.0
_SHORTEST_WAIT_S = 1.0


def out_of_reach(error: aiohttp.ClientConnectorError) -> TryLater:
    """Our error for a connection that did not come about: nothing was sent."""
    # Both of a certificate that is not valid and of somebody who does not speak TLS at all.
    code = "untrusted" if isinstance(error, aiohttp.ClientSSLError) else "unreachable"
    return TryLater(code, after=A_WHILE)


def mend_of(error: WeiluError, known: Mapping[str, str]) -> str:
    """What a step of the doctor says of a failure: a sentence of its own, else the bare code.

    Pages have words for every code of `FAULTS`, so a step need not guess at what it did not meet.
    """
    return known.get(str(error), str(error))


def wait_of(said: str | float | None, otherwise: timedelta) -> timedelta:
    """How long a platform asks to wait, between a second and an hour; `otherwise` when it does not.

    In seconds, also parts of them, or as a date (RFC 9110, section 10.2.3).
    """
    seconds = _seconds(said)
    if seconds is None:
        return otherwise
    return timedelta(seconds=min(max(seconds, _SHORTEST_WAIT_S), LONGEST_WAIT_S))


def _seconds(said: str | float | None) -> float | None:
    if said is None:
        return None
    try:
        found = float(said)
    except (ValueError, OverflowError):
        until = _moment(str(said))
        return (until - now()).total_seconds() if until else None
    # What is no number is not below anything either.
    return found if found >= 0 else None


def _moment(said: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(said)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)

"""Why a server could not be reached, in our own words."""

from __future__ import annotations

from datetime import timedelta

import aiohttp

from weilu.core.errors import TryLater

A_WHILE = timedelta(seconds=10)


def out_of_reach(error: aiohttp.ClientConnectorError) -> TryLater:
    """Our error for a connection that did not come about: nothing was sent."""
    # Both of a certificate that is not valid and of somebody who does not speak TLS at all.
    code = "untrusted" if isinstance(error, aiohttp.ClientSSLError) else "unreachable"
    return TryLater(code, after=A_WHILE)

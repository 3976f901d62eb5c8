"""The ASGI application of the process that keeps streams; pages are served by WSGI."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "weilu.config.settings")

# What a server hands to an application; the words are those of the ASGI specification.
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

STREAMS = "/live/stream/"

_django = get_asgi_application()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer streams and nothing else: whoever finds this port finds no second door."""
    if scope["type"] == "http" and scope["path"] == STREAMS:
        await _django(scope, receive, send)
    elif scope["type"] == "http":
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

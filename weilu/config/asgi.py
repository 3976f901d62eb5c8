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
    if scope["type"] != "http":
        return
    if scope["path"] != STREAMS:
        await _refuse(send, 404)
    elif scope["method"] != "GET":
        await _refuse(send, 405)
    else:
        await _django(scope, _without_body(receive), send)


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _without_body(receive: Receive) -> Receive:
    """Hands on that somebody left, and nothing they sent.

    Django writes all of a body to disk before it asks who sent it, and a stream asks for none.
    """
    is_told = False

    async def heard() -> Mapping[str, Any]:
        nonlocal is_told
        if not is_told:
            is_told = True
            return {"type": "http.request", "body": b"", "more_body": False}
        while (message := await receive())["type"] != "http.disconnect":
            pass
        return message

    return heard

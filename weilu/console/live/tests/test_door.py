"""The process of the streams answers streams only."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from django.urls import reverse

from weilu.config.asgi import STREAMS, application

Message = Mapping[str, Any]
HEADERS = [(b"host", b"localhost")]


def asked(path: str, method: str = "GET", *, is_endless: bool = False) -> list[Message]:
    """What the process answers; a body that is endless is never all there."""
    said: list[Message] = []

    comes: list[Message] = [
        {"type": "http.disconnect"},
        {"type": "http.request", "body": b"x", "more_body": is_endless},
    ]

    async def receive() -> Message:
        if len(comes) == 1:
            await asyncio.sleep(3600)
        return comes.pop()

    async def send(message: Message) -> None:
        said.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": HEADERS,
        "query_string": b"",
    }

    async def call() -> None:
        async with asyncio.timeout(5):
            await application(scope, receive, send)

    asyncio.run(call())
    return said


@pytest.mark.parametrize("path", ["/", "/live/", "/account/login/", "/static/console/live.js"])
def test_no_page_is_behind_it(path: str) -> None:
    start, body = asked(path)
    assert (start["status"], body["body"]) == (404, b"")


@pytest.mark.django_db(transaction=True)
def test_the_stream_is_and_asks_who_comes() -> None:
    assert reverse("live_stream") == STREAMS
    assert asked(STREAMS)[0]["status"] == 401


@pytest.mark.django_db(transaction=True)
def test_no_body_is_waited_for() -> None:
    assert asked(STREAMS, is_endless=True)[0]["status"] == 401


@pytest.mark.parametrize("method", ["POST", "PUT", "HEAD"])
def test_nothing_is_sent_to_it(method: str) -> None:
    assert asked(STREAMS, method, is_endless=True)[0]["status"] == 405

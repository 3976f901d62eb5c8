"""The live board as a page, its parts for browsers without streams, and the stream itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlsplit

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.live.board import PARTS, parts
from weilu.console.live.hub import Hub, as_event
from weilu.console.parts import Head
from weilu.core.access import Actor, Right
from weilu.core.models import Seat

HUB = Hub()
ASK_EVERY_S = 15.0


@page(Right.SEE_MEMBERS)
def board(request: Request) -> HttpResponse:
    """What is happening now across all groups; reads on by itself where a browser can."""
    found = parts(request.actor)
    context = {
        "head": Head(_("Live"), _("What is happening now in all connected groups.")),
        "parts": {name: SafeString(found[name]) for name in PARTS},
        "stream_url": stream_address(request),
        "now_url": reverse("live_now"),
    }
    return render(request, "live/board.html", context)


@page(Right.SEE_MEMBERS)
def now(request: Request) -> HttpResponse:
    """The parts as JSON, for browsers that cannot keep a stream."""
    return JsonResponse(parts(request.actor), headers={"Cache-Control": "no-store"})


def stream_address(request: HttpRequest) -> str:
    """Where the stream is: on this origin behind a proxy, else on a port of its own."""
    path = reverse("live_stream")
    if settings.PUBLIC_URL:
        return path
    parted = urlsplit(f"{request.scheme}://{request.get_host()}")
    host = f"[{parted.hostname}]" if ":" in (parted.hostname or "") else parted.hostname
    return f"{request.scheme}://{host}:{settings.LIVE_PORT}{path}"


async def stream(request: HttpRequest) -> HttpResponseBase:
    """Server-sent events with the parts that changed; answered by the streams' own process only."""
    if not isinstance(request, ASGIRequest):
        return HttpResponse("streams are kept by their own process", status=421)
    found = await sync_to_async(_watching)(request)
    if isinstance(found, HttpResponse):
        return found
    actor, language = found
    room = HUB.room((actor.workspace_id, actor.role, language), lambda: _look(actor, language))

    async def events() -> AsyncIterator[bytes]:
        clock = asyncio.get_running_loop().time
        asked = clock()
        async for changed in room.watch():
            # Somebody who was put out of the workspace or signed out sees no more of it.
            if clock() - asked >= ASK_EVERY_S:
                asked = clock()
                if not await sync_to_async(_may_still)(request):
                    return
            yield as_event(changed)

    answer = StreamingHttpResponse(events(), content_type="text/event-stream")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    _let_origin(request, answer)
    return answer


def _watching(request: HttpRequest) -> tuple[Actor, str] | HttpResponse:
    """Who watches, in which language; an answer for those who may not."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return HttpResponse(status=401)
    if not actor.may(Right.SEE_MEMBERS):
        return HttpResponse(status=403)
    return actor, get_language() or settings.LANGUAGE_CODE


def _may_still(request: HttpRequest) -> bool:
    """Whether who watches is still signed in and still has a seat."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by SeatMiddleware
    key = request.session.session_key
    if not key or not request.session.exists(key) or actor.user_id is None:
        return False
    return Seat.objects.filter(workspace_id=actor.workspace_id, user_id=actor.user_id).exists()


def _look(actor: Actor, language: str) -> Mapping[str, str]:
    """One look at the board, in whatever thread is free, which keeps no connection from it."""
    try:
        with override(language):
            return parts(actor)
    finally:
        connection.close()


def _let_origin(request: HttpRequest, answer: HttpResponseBase) -> None:
    """Let the page read the stream from the port beside it: same host, and only our own pages."""
    origin = request.headers.get("Origin", "")
    if not origin:
        return
    parted = urlsplit(origin)
    here = urlsplit(f"{request.scheme}://{request.get_host()}")
    if parted.hostname == here.hostname and (parted.port or 80) == settings.WEB_PORT:
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Access-Control-Allow-Credentials"] = "true"
        answer.headers["Vary"] = "Origin, Cookie"

"""Calls of platforms to the hook of their connection: verified, stored, then answered."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from weilu.chat.live.receiving import connection_at, handed_orders, take
from weilu.chat.ports.connectors import Call
from weilu.core.errors import GivenUp, NotFound, TryLater
from weilu.core.outside import outside

BODY_BYTES = 1_000_000
_SOON_S = 60


@csrf_exempt
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, hook: str, rest: str = "") -> HttpResponse:
    """The answer of the connection's connector; 404 for an unknown hook, 411, 413, 503."""
    try:
        connection = connection_at(hook)
        if "HTTP_TRANSFER_ENCODING" in request.META:
            # Django sees no body without a length: better said than taken for a wrong signature.
            return HttpResponse(status=411)
        body = _body(request)
        if body is None:
            return HttpResponse(status=413)
        call = Call(
            method=request.method or "",
            path=rest,
            query={name: str(value) for name, value in request.GET.items()},
            headers={name.lower(): value for name, value in request.headers.items()},
            body=body,
            handed=partial(handed_orders, connection),
        )
        answer = take(connection, call, callback=partial(_address, request))
    except NotFound:
        return HttpResponse(status=404)
    except TryLater as error:
        return _later(int(error.after.total_seconds()) + 1)
    except GivenUp:
        return _later(_SOON_S)
    response = HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
    response["Cache-Control"] = "no-store"
    return response


def _body(request: HttpRequest) -> bytes | None:
    """The body as it came; None when it is too large, of which no more is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > BODY_BYTES:
        return None
    body = request.read(BODY_BYTES + 1)
    return body if len(body) <= BODY_BYTES else None


def _later(after_s: int) -> HttpResponse:
    response = HttpResponse(status=503)
    response["Retry-After"] = str(after_s)
    return response


def _address(request: HttpRequest, hook: str) -> str:
    """The address of a hook as the platform knows it."""
    return outside("hook", hook) or request.build_absolute_uri(reverse("hook", args=[hook]))

"""The door of every public page: nobody is signed in, and nothing about the house leaks."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from functools import wraps
from hashlib import sha256
from typing import Any, Concatenate, Final, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from weilu.communities.models import Community
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound, WeiluError

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

SENTENCES: Final[dict[str, Promise]] = {
    "required": _("Please fill this in."),
    "too_long": _("That is too long; say it in fewer words."),
    "changed": _("This has changed in the meantime. Have another look."),
    "too_many": _("A lot has been written here just now. Try again in an hour."),
    "appeal_closed": _("This can no longer be looked at again."),
}


def sentence(error: WeiluError) -> str:
    """What went wrong, for a visitor."""
    code = error.code if isinstance(error, Invalid) else str(error)
    return str(SENTENCES[code] if code in SENTENCES else _("That did not work. Try again."))


def public(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Answer expected failures with a small page; no page here is kept by search engines."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except WeiluError as error:
            response = _failure(request, error)
        response.headers["X-Robots-Tag"] = "noindex"
        # The address is the right to see it: it must not travel to other sites. Not `no-referrer`:
        # browsers then send no origin with a form either, and it is refused as forged.
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return guarded


def _failure(request: HttpRequest, error: WeiluError) -> HttpResponse:
    if isinstance(error, NotFound):
        gone = {"title": _("There is nothing here"), "text": _("Ask for a new link.")}
        return render(request, "public/failure.html", gone, status=404)
    status = 409 if isinstance(error, Conflict) else 422 if isinstance(error, Invalid) else 503
    said = {"title": str(_("That did not work")), "text": sentence(error)}
    return render(request, "public/failure.html", said, status=status)


def community_of(code: str) -> Community:
    """The community whose public pages stand under this code; raises NotFound."""
    found = Community.objects.filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def source_of(request: HttpRequest) -> str:
    """Tells visitors apart for a day, and tells nothing else about them.

    What it is made of is not kept, and tomorrow the same visitor is another.
    """
    return source_in(request.META)


def source_in(environ: Mapping[str, Any]) -> str:
    """`source_of` by what the server says of a request."""
    seen = f"{_address(environ)} {environ.get('HTTP_USER_AGENT', '')}"
    key = f"{settings.SECRET_KEY} visits {now():%Y-%m-%d}".encode()
    return hmac.new(key, seen.encode(), sha256).hexdigest()[:16]


def _address(environ: Mapping[str, Any]) -> str:
    """The visitor's address; behind proxies of one's own, the one the outermost of them saw."""
    proxies: int = settings.TRUSTED_PROXIES
    passed = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if proxies and len(passed) >= proxies:
        return str(passed[-proxies]).strip()
    return str(environ.get("REMOTE_ADDR", ""))

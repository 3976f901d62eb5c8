"""The door of every page: who may come in, and what expected failures look like."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlsplit, urlunsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from weilu.console.failures import failure_of, is_htmx, no_seat, show
from weilu.console.http import Request
from weilu.core.access import Right
from weilu.core.errors import WeiluError

P = ParamSpec("P")
View = Callable[Concatenate[Request, P], HttpResponseBase]
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def page(right: Right | None = None) -> Callable[[View[P]], Page[P]]:
    """Let in whoever holds the right (None: anybody with a seat); failures become pages.

    Strangers go to the login and come back; NotAllowed is 403, NotFound 404, Conflict 409,
    Invalid 422, TryLater 503, GivenUp 502. Anything else goes on to `failures.crashed`.
    """

    def decorate(view: View[P]) -> Page[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_login(request)
            if getattr(request, "actor", None) is None:
                return no_seat(request)
            seated = cast("Request", request)
            try:
                if right is not None:
                    seated.actor.require(right)
                return view(seated, *args, **kwargs)
            except WeiluError as error:
                return show(request, failure_of(error))

        return guarded

    return decorate


def _to_login(request: HttpRequest) -> HttpResponse:
    """The sign-in, and from there back to the page; what a form sent is not sent again."""
    if request.method != "GET":
        text = _("You were signed out meanwhile, so this was not saved. Sign in and do it again.")
        messages.warning(request, text)
    to_login = redirect_to_login(_page_of(request))
    return HttpResponseClientRedirect(to_login.url) if is_htmx(request) else to_login


def _page_of(request: HttpRequest) -> str:
    """The page somebody is on: where a form or a fragment was asked for, the one around it."""
    if request.method == "GET" and not is_htmx(request):
        return request.get_full_path()
    around = urlsplit(request.headers.get("Referer", ""))
    is_ours = around.netloc == request.get_host() and around.path.startswith("/")
    return urlunsplit(("", "", around.path, around.query, "")) if is_ours else "/"

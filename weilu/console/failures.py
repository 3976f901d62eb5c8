"""Failures as pages: what happened, what was kept, what to do, and a code to quote."""

from __future__ import annotations

import logging
import secrets
import sys
from dataclasses import dataclass

from django.core.exceptions import (
    DisallowedHost,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from weilu.console.sentences import sentence
from weilu.core.errors import Conflict, Invalid, NotAllowed, NotFound, TryLater, WeiluError

logger = logging.getLogger("weilu.console")

# No 0, O, 1, I: the code is read aloud on the telephone.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


_BROKEN = frozenset({500, 507})


@dataclass(frozen=True, slots=True)
class Failure:
    """What a failure page says."""

    status: int
    title: str
    text: str
    icon: str
    code: str = ""


def new_code() -> str:
    """Eight letters to quote, in two halves."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def failure_of(error: WeiluError) -> Failure:
    """The page of an expected failure."""
    if isinstance(error, NotAllowed):
        return _forbidden()
    if isinstance(error, NotFound):
        return _missing()
    if isinstance(error, TryLater):
        return Failure(503, _("Not just now"), _("Try again in a few minutes."), "clock-pause")
    text = sentence(str(error))
    if isinstance(error, Conflict):
        return Failure(409, _("That did not go through"), text, "arrows-split-2")
    if isinstance(error, Invalid):
        return Failure(422, _("That did not go through"), text, "alert-circle")
    return Failure(502, _("That did not work"), text, "plug-connected-x")


def show(request: HttpRequest, failure: Failure) -> HttpResponse:
    """The failure as a page; for HTMX as a notice that leaves the page as it was.

    Who is signed in keeps the navigation, unless what draws it may itself be broken.
    """
    is_framed = getattr(request, "seat", None) is not None and failure.status not in _BROKEN
    layout = "console/base.html" if is_framed else "console/plain.html"
    context = {"failure": failure, "layout": layout}
    if getattr(request, "htmx", False):
        response = render(request, "console/parts/failure_notice.html", context)
        response.headers["HX-Retarget"] = "#notices"
        response.headers["HX-Reswap"] = "beforeend"
    else:
        response = render(request, "console/failure.html", context)
    response.status_code = failure.status
    return response


def no_seat(request: HttpRequest) -> HttpResponse:
    """For people who are signed in but have no seat in any workspace."""
    text = _("Your account has no place in a workspace. Ask an owner to invite you.")
    return show(request, Failure(403, _("No workspace yet"), text, "armchair"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler403."""
    return show(request, _forbidden())


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404."""
    return show(request, _missing())


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400; what is too large to be read is 413."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        text = _("That was more than one form takes. Nothing was saved. Send it in smaller parts.")
        return show(request, Failure(413, _("Too much at once"), text, "alert-circle"))
    if isinstance(exception, DisallowedHost):
        text = _(
            "Weilu does not answer under this name. Whoever runs it can add the name to"
            " WEILU_ALLOWED_HOSTS."
        )
        return show(request, Failure(400, _("Not known by this name"), text, "compass-off"))
    text = _("The browser sent something that cannot be read. Go back and try again.")
    return show(request, Failure(400, _("That could not be read"), text, "alert-circle"))


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF failure view: nearly always a form that lay open for too long."""
    text = _("This form lay open for too long. Nothing was saved. Load the page and try again.")
    return show(request, Failure(403, _("This form is out of date"), text, "hourglass-off"))


def wrong_method(request: HttpRequest) -> HttpResponse:
    """For a form's address opened as a page; Django itself answers with nothing at all."""
    text = _("This address only takes what a form sends. Nothing was changed.")
    return show(request, Failure(405, _("There is no page here"), text, "compass-off"))


def too_often(request: HttpRequest) -> HttpResponse:
    """What allauth answers where somebody tries faster than people do."""
    text = _("That was asked too often in a short time. Nothing was changed. Wait a few minutes.")
    return show(request, Failure(429, _("Too many tries"), text, "clock-pause"))


def crashed(request: HttpRequest) -> HttpResponse:
    """Django's handler500; the code is in the log beside the traceback."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError) and "disk is full" in str(error):
        logger.error("no room on the disk, at %s", request.path)
        text = _(
            "The disk of the machine Weilu runs on is full. Nothing was saved just now; what was"
            " saved before is safe. Make room there and try again."
        )
        return show(request, Failure(507, _("No room left"), text, "flame-off"))
    code = new_code()
    logger.error("error %s at %s", code, request.path, exc_info=True)
    text = _(
        "Something broke on our side. What was saved before is safe."
        " Try again; if it stays, quote the code."
    )
    return show(request, Failure(500, _("Something broke"), text, "flame-off", code))


def is_htmx(request: HttpRequest) -> bool:
    """Whether HTMX asks, and so wants a fragment."""
    return bool(getattr(request, "htmx", False))


def _forbidden() -> Failure:
    text = _("Your role does not include this. An owner or manager of the workspace can change it.")
    return Failure(403, _("Not yours to open"), text, "lock")


def _missing() -> Failure:
    text = _(
        "There is nothing here, or it is not yours to see. It may have been removed or merged."
    )
    return Failure(404, _("Nothing here"), text, "compass-off")

"""How a person likes the console: language, theme, density, and the workspace they look at."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from weilu.console.context import DENSITIES, DENSITY_COOKIE, THEME_COOKIE, THEMES
from weilu.console.guard import page
from weilu.console.http import Request, row_number, way_back
from weilu.console.middleware import LANGUAGE_COOKIE, LANGUAGES, WORKSPACE_KEY
from weilu.core.errors import NotFound
from weilu.core.models import Seat, User

_CHOICES = {
    "language": (LANGUAGE_COOKIE, LANGUAGES),
    "theme": (THEME_COOKIE, THEMES),
    "density": (DENSITY_COOKIE, DENSITIES),
}
_YEAR_S = 365 * 24 * 3600


def remember(user: User, **choices: str) -> None:
    """Save a person's language, theme or density; rows of nobody else are touched."""
    User.objects.filter(pk=user.pk).update(**choices)


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Take `language`, `theme` or `density`; strangers keep theirs in a cookie."""
    asked = {
        name: value
        for name, (_cookie, known) in _CHOICES.items()
        if (value := request.POST.get(name, "")) in known
    }
    if isinstance(request.user, User) and asked:
        remember(request.user, **asked)
    is_quiet = "quiet" in request.POST
    response = HttpResponse(status=204) if is_quiet else redirect(way_back(request, "/"))
    for name, value in asked.items():
        response.set_cookie(
            _CHOICES[name][0], value, max_age=_YEAR_S, samesite="Lax", secure=request.is_secure()
        )
    return response


@require_POST
@page()
def choose_workspace(request: Request) -> HttpResponse:
    """Look at another workspace the person has a seat in; NotFound for any other."""
    wanted = row_number(request.POST.get("workspace", ""))
    seats = Seat.objects.filter(user_id=request.seat.user_id)
    if wanted is None or not seats.filter(workspace_id=wanted).exists():
        raise NotFound("workspace")
    request.session[WORKSPACE_KEY] = wanted
    return redirect("/")

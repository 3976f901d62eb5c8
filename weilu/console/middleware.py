"""Which language a page speaks, and who is looking from which workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from weilu.console.failures import missing, wrong_method
from weilu.core.access import Actor, Role
from weilu.core.models import Seat, User

LANGUAGES = ("zh-hans", "en")
LANGUAGE_COOKIE = "weilu_language"
WORKSPACE_KEY = "workspace"

Respond = Callable[[HttpRequest], HttpResponse]


def language_of(request: HttpRequest) -> str:
    """The person's saved language, else the cookie's, else the browser's, else the setting's."""
    user = request.user
    saved = user.language if isinstance(user, User) else ""
    for candidate in (saved, request.COOKIES.get(LANGUAGE_COOKIE, "")):
        if candidate in LANGUAGES:
            return candidate
    return translation.get_language_from_request(request)


def seats_of(request: HttpRequest) -> list[Seat]:
    """The person's seats, oldest first, with their workspaces; none for strangers."""
    user = request.user
    if not isinstance(user, User):
        return []
    return list(Seat.objects.filter(user=user).select_related("workspace").order_by("id")[:100])


def seat_of(request: HttpRequest, seats: Sequence[Seat]) -> Seat | None:
    """The seat chosen in the session, else the first; None without any."""
    if not seats:
        return None
    chosen = request.session.get(WORKSPACE_KEY)
    return next((seat for seat in seats if seat.workspace_id == chosen), seats[0])


def actor_of(seat: Seat, user: User) -> Actor:
    """Who acts, for actions and queries."""
    return Actor(
        workspace_id=seat.workspace_id,
        role=Role(seat.role),
        user_id=user.pk,
        name=user.get_full_name() or user.username,
    )


class LanguageMiddleware:
    """Speaks the person's language; stands behind authentication, which it asks."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language of `language_of`."""
        language = language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


LARGEST_ID = 2**63 - 1


class WordsMiddleware:
    """Gives a browser a page where Django refuses a method in silence, and for ids no row has."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as before, but for an empty 405 to who reads HTML."""
        response = self.get_response(request)
        is_silent = response.status_code == 405 and not response.streaming and not response.content
        if not is_silent or "text/html" not in request.headers.get("Accept", ""):
            return response
        page = wrong_method(request)
        page.headers["Allow"] = response.headers.get("Allow", "")
        return page

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, wanted: Mapping[str, object]
    ) -> HttpResponse | None:
        """Answer for an address with a number that databases refuse to look for."""
        is_beyond = any(isinstance(one, int) and one > LARGEST_ID for one in wanted.values())
        return missing(request) if is_beyond else None


class SeatMiddleware:
    """Sets `request.seats`, `.seat` and `.actor`; strangers have none. Local time is theirs."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the seat known and the workspace's time zone in force."""
        seats = seats_of(request)
        seat = seat_of(request, seats)
        user = request.user
        actor = actor_of(seat, user) if seat is not None and isinstance(user, User) else None
        request.seats = seats  # type: ignore[attr-defined]  # declared on console.http.Request
        request.seat = seat  # type: ignore[attr-defined]  # declared on console.http.Request
        request.actor = actor  # type: ignore[attr-defined]  # declared on console.http.Request
        if seat is None:
            return self.get_response(request)
        with timezone.override(ZoneInfo(seat.workspace.time_zone)):
            return self.get_response(request)

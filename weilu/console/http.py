"""The request as every page sees it, with the person who looks, and what it may name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from weilu.core.access import Actor
from weilu.core.models import Seat

# No row's number has more digits; a database refuses larger ones with an error of its own.
_DIGITS = 18


class Request(HttpRequest):
    """A request behind `guard.page`: `actor` and `seat` are those of the person signed in.

    `seats` are all of the person's, `seat` the one in use.
    """

    actor: Actor
    seat: Seat
    seats: Sequence[Seat]
    htmx: HtmxDetails


def row_number(text: str) -> int | None:
    """The number of a row that a form or an address names; None for what no row can have."""
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else None


def row_numbers(texts: Iterable[str]) -> list[int]:
    """Those of the texts that can be numbers of rows, in order."""
    return [number for number in map(row_number, texts) if number is not None]


def way_back(request: HttpRequest, otherwise: str) -> str:
    """The page here that the form names in `next`; `otherwise` where it names none."""
    wanted = request.POST.get("next", "")
    return wanted if is_here(request, wanted) else otherwise


def is_here(request: HttpRequest, url: str) -> bool:
    """Whether an address is that of a page of ours, whole or from the first stroke on."""
    # Without a stroke it would be looked up as the name of a page.
    is_whole = url.startswith(("/", f"{request.scheme}://"))
    return is_whole and url_has_allowed_host_and_scheme(
        url, {request.get_host()}, require_https=request.is_secure()
    )

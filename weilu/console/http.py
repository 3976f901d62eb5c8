"""The request as every page sees it: with the person who looks."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from weilu.core.access import Actor
from weilu.core.models import Seat


class Request(HttpRequest):
    """A request behind `guard.page`: `actor` and `seat` are those of the person signed in.

    `seats` are all of the person's, `seat` the one in use.
    """

    actor: Actor
    seat: Seat
    seats: Sequence[Seat]
    htmx: HtmxDetails

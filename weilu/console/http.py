"""The request as every page sees it: with the person who looks."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from weilu.core.access import Actor
from weilu.core.models import Seat


class Request(HttpRequest):
    """A request behind `guard.page`: `actor` and `seat` are those of the person signed in."""

    actor: Actor
    seat: Seat
    htmx: HtmxDetails

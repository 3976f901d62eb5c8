"""The page that shows what Weilu made for a connection, once: its address and its secrets."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from weilu.chat.live.keys import made_names, show_made
from weilu.chat.ports.connectors import CONNECTORS, Described, KeepsDoor, MakesKeys, TakesCalls
from weilu.console.http import Request
from weilu.console.parts import Head
from weilu.core.outside import outside
from weilu.groups.models import Connection


def has_made(one: Connection) -> bool:
    """Whether Weilu makes secrets of this connection itself."""
    kind = CONNECTORS.connectors.get(one.connector)
    return kind is not None and bool(made_names(kind))


def address_of(request: Request, one: Connection) -> str:
    """Where the platform reaches the connection, "" when it does not call."""
    if not isinstance(CONNECTORS.connectors.get(one.connector), TakesCalls):
        return ""
    here = request.build_absolute_uri(reverse("hook", args=[one.hook]))
    return outside("hook", one.hook) or here


def door_of(one: Connection) -> tuple[str, str] | None:
    """Where the other side is to connect and where that is entered; None when Weilu does."""
    kind = CONNECTORS.connectors.get(one.connector)
    return (kind.door(), _(kind.door_help)) if isinstance(kind, KeepsDoor) else None


def is_described(one: Connection) -> bool:
    """Whether what can be called stands in the OpenAPI document."""
    return isinstance(CONNECTORS.connectors.get(one.connector), Described)


def show_keys(request: Request, one: Connection) -> HttpResponse:
    """Address and secrets, to be copied now; drawn as the answer to the form that made them."""
    made = show_made(request.actor, connection=one)
    kind = CONNECTORS.connectors[one.connector]
    labels = {s.name: _(s.label) for s in kind.settings}
    context = {
        "head": Head(one.name, _("Copy this now: it is not shown again."), "", ""),
        "one": one,
        "described": is_described(one),
        "where": _(kind.made_help) if isinstance(kind, MakesKeys) else "",
        "address": address_of(request, one),
        "is_local": not outside("hook", one.hook),
        "keys": [(labels[name], value) for name, value in made.items()],
    }
    response = render(request, "connections/keys.html", context)
    response["Cache-Control"] = "no-store"
    return response

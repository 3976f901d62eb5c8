"""Connections: the list, connecting, the page of one with its doctor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weilu.chat.live import connections as actions
from weilu.chat.live.examining import OPEN, ask_doctor
from weilu.chat.live.keys import remake
from weilu.chat.live.queries import (
    Line,
    capabilities_of,
    connection,
    connections_of,
    groups_heard,
)
from weilu.chat.ports.abilities import Support
from weilu.chat.ports.connectors import CONNECTORS, Connector
from weilu.communities.blueprint.queries import state_of
from weilu.console.connections.forms import chosen, connection_form
from weilu.console.connections.keys import address_of, door_of, has_made, is_described, show_keys
from weilu.console.connections.words import (
    ABILITIES,
    FAULTS,
    STEPS,
    badge_of,
    fault_sentence,
    lacking_words,
    limits_words,
    list_sentence,
    stopped_for,
    support_badge,
    tried_badge,
    trouble_of,
)
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.parts import Badge, Empty, Head
from weilu.console.platforms import platform_word
from weilu.console.sentences import sentence
from weilu.core.access import Right
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.outside import outside
from weilu.groups.models import CapabilityRow, Connection
from weilu.insight.scope import communities as communities_of

_OPENING = (Connection.State.NEW, Connection.State.TROUBLED)


@dataclass(frozen=True, slots=True)
class Row:
    """A connection in the list, ready to draw."""

    line: Line
    label: str
    badge: Badge
    trouble: str


@dataclass(frozen=True, slots=True)
class Can:
    """An ability, ready to draw."""

    what: str
    how: Badge
    condition: str
    limits: str = ""
    as_of: object = None
    source: str = ""
    tried: Badge | None = None
    is_own: bool = False
    change: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """A step of the doctor, ready to draw."""

    name: str
    badge: Badge
    mend: str
    lacking: str = ""


@page(Right.CONNECT)
def connections(request: Request) -> HttpResponse:
    """What is connected and how it fares."""
    lines = connections_of(request.actor)
    rows = [
        Row(one, _label(one.connection), badge_of(one.connection), trouble_of(one.connection))
        for one in lines
    ]
    troubled = sum(1 for row in rows if row.trouble)
    context = {
        "head": Head(_("Connections"), list_sentence(len(rows) - troubled, troubled, len(rows))),
        "rows": rows,
        "empty": Empty(
            _("Nothing is connected yet"),
            _(
                "Connect a platform and its groups are seen as they talk. Where a platform has no"
                " interface, add the group by hand: Weilu tells you what to do there."
            ),
            "plug-connected",
            _("Connect a platform"),
            reverse("connect"),
        ),
    }
    return render(request, "connections/list.html", context)


@page(Right.CONNECT)
def choose(request: Request) -> HttpResponse:
    """Which platform to connect, with what is possible there."""
    kinds = [(one, _possible(one)) for one in CONNECTORS.connectors.values()]
    asked = request.GET.get("community", "")
    community = chosen(asked, communities_of(request.actor))
    planned = state_of(request.actor, community).platform if community else ""
    kinds.sort(key=lambda pair: pair[0].platform != planned)
    context = {
        "head": Head(
            _("Connect a platform"),
            _("What each allows is written here before anything is connected."),
            reverse("connections"),
            _("Connections"),
        ),
        "kinds": kinds,
        "community": asked,
        "planned": platform_word(planned),
        "hand_first": bool(planned) and all(kind.platform != planned for kind, _can in kinds),
    }
    return render(request, "connections/choose.html", context)


def _possible(kind: Connector) -> list[str]:
    able = {Support.AUTOMATIC, Support.CONFIRMED}
    return [str(ABILITIES[one.ability]) for one in kind.capabilities if one.support in able]


@page(Right.CONNECT)
def connect(request: Request, kind: str) -> HttpResponse:
    """The form of a connector."""
    one = actions.kind_of(kind)
    known = communities_of(request.actor)
    first = {"name": one.label, "community": request.GET.get("community", "")}
    form = connection_form(one, known, _post(request), first)
    if request.method == "POST" and form.is_valid():
        community = chosen(form.cleaned_data["community"], known)
        try:
            made = actions.connect(
                request.actor,
                connector=kind,
                name=form.cleaned_data["name"],
                answers=_answers(form),
                community=community,
            )
        except (Conflict, Invalid) as error:
            _refuse(form, error)
        else:
            if has_made(made):
                return show_keys(request, made)
            messages.success(request, _("Connected. Weilu is opening it now."))
            return redirect("connection", made.pk)
    context = {
        "head": Head(
            _("Connect %(platform)s") % {"platform": one.label},
            _("Tokens are stored encrypted and never shown again."),
            reverse("connect"),
            _("Another platform"),
        ),
        "form": form,
        "cans": [_can_of(c.ability.value, c.support.value, c.condition) for c in one.capabilities],
    }
    return render(request, "connections/form.html", context, status=_status(form))


@page(Right.CONNECT)
def one_connection(request: Request, pk: int) -> HttpResponse:
    """A connection: how it fares, its groups, what it can do, what the doctor found."""
    found = connection(request.actor, pk)
    steps = [_tried(step) for step in found.examination]
    is_waiting = found.examined_at is None and request.GET.get("examining") == "1"
    door = door_of(found)
    context = {
        "head": Head(found.name, _sentence(found), reverse("connections"), _("Connections")),
        "one": found,
        "door": door,
        "is_opening": found.is_on and found.state in _OPENING,
        "following": _following(found, has_door=door is not None),
        "label": _label(found),
        "badge": badge_of(found),
        "trouble": trouble_of(found),
        "mended_by": stopped_for(found),
        "groups": groups_heard(request.actor, found),
        "cans": [_can(row) for row in capabilities_of(request.actor, found)],
        "steps": steps,
        "is_waiting": is_waiting,
        "address": address_of(request, found),
        "is_local": not outside("hook", found.hook),
        "has_made": has_made(found),
        "described": is_described(found),
    }
    if not request.htmx:
        return render(request, "connections/one.html", context)
    if request.GET.get("state") != "1":
        return render(request, "connections/doctor.html", context)
    answer = render(request, "connections/state.html", context)
    if not context["is_opening"]:
        # It has come about: the page has more to show now.
        answer["HX-Refresh"] = "true"
    return answer


@page(Right.CONNECT)
def change(request: Request, pk: int) -> HttpResponse:
    """Other settings, or a new token."""
    found = connection(request.actor, pk)
    kind = actions.kind_of(found.connector)
    initial = {"name": found.name} | {f"setting-{k}": v for k, v in found.settings.items()}
    form = connection_form(kind, None, _post(request), initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(
                request.actor,
                connection=found,
                name=form.cleaned_data["name"],
                answers=_answers(form),
            )
        except (Conflict, Invalid) as error:
            _refuse(form, error)
        else:
            messages.success(request, _("Saved. The connection opens anew."))
            return redirect("connection", pk)
    context = {
        "head": Head(_("Settings"), "", reverse("connection", args=[pk]), found.name),
        "form": form,
        "cans": [],
    }
    return render(request, "connections/form.html", context, status=_status(form))


@require_POST
@page(Right.CONNECT)
def act(request: Request, pk: int) -> HttpResponse:
    """Switch a connection on or off, examine it, or forget it."""
    found = connection(request.actor, pk)
    match request.POST.get("act", ""):
        case "on" | "off" as wanted:
            actions.switch(request.actor, connection=found, is_on=wanted == "on")
        case "examine":
            ask_doctor(request.actor, connection=found)
            return redirect(reverse("connection", args=[pk]) + "?examining=1#doctor")
        case "remake":
            return show_keys(request, remake(request.actor, connection=found))
        case "disconnect":
            actions.disconnect(request.actor, connection=found)
            messages.success(
                request, _("Disconnected. Its groups stay and are looked after by hand.")
            )
            return redirect("connections")
        case _:
            raise NotFound
    return redirect("connection", pk)


def _post(request: Request) -> Mapping[str, str] | None:
    return request.POST if request.method == "POST" else None


def _status(form: forms.Form) -> int:
    return 422 if form.errors else 200


def _answers(form: forms.Form) -> dict[str, str]:
    return {
        name.removeprefix("setting-"): str(value)
        for name, value in form.cleaned_data.items()
        if name.startswith("setting-")
    }


def _refuse(form: forms.Form, error: Conflict | Invalid) -> None:
    field = getattr(error, "field", "") or "name"
    field = field if field in form.fields else f"setting-{field}"
    form.add_error(field if field in form.fields else None, sentence(str(error)))


def _label(one: Connection) -> str:
    kind = CONNECTORS.connectors.get(one.connector)
    return kind.label if kind else one.connector


def _sentence(one: Connection) -> str:
    if not one.is_on:
        return _("Switched off. What is to be done in its groups is done by hand.")
    if one.heard_at is None:
        return _("Nothing has been heard through it yet.")
    return ""


def _following(one: Connection, *, has_door: bool) -> str:
    """What happens next while a connection is opened for the first time."""
    if not one.is_on or one.state != Connection.State.NEW:
        return ""
    if has_door:
        return _("It waits for the account to connect to the address below.")
    return _("Weilu is opening it; this takes a few seconds.")


def _can(row: CapabilityRow) -> Can:
    base = _can_of(row.ability, row.support, row.condition)
    return Can(
        base.what,
        base.how,
        base.condition,
        limits_words(row.limits),
        row.as_of,
        row.source,
        tried_badge(row),
        row.is_own,
        reverse("connection_ability", args=[row.connection_id, row.ability]),
    )


def _can_of(ability: str, support: str, condition: str) -> Can:
    what = str(ABILITIES.get(ability, ability))
    shown = _(condition) if condition else ""
    return Can(what, support_badge(support), shown)


def _tried(step: Mapping[str, object]) -> Tried:
    values = step.get("values")
    values = values if isinstance(values, dict) else {}
    word, tone = STEPS[str(step["state"])]
    if step["name"] == OPEN:
        return Tried(_("Open the connection"), Badge(word, tone), fault_sentence(str(step["mend"])))
    mend = str(step["mend"])
    name = _(str(step["name"])) % values
    shown = fault_sentence(mend) if mend in FAULTS else _(mend) % values if mend else ""
    return Tried(name, Badge(word, tone), shown, lacking_words(step))

"""Groups that no interface reaches: a person acts there, and Weilu reminds."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from weilu.chat.ports.abilities import Support
from weilu.chat.ports.connectors import CONNECTORS
from weilu.communities.actions import ensure_community
from weilu.communities.blueprint.queries import state_of
from weilu.communities.kit.drafts import Piece
from weilu.communities.kit.pieces import kit_of
from weilu.communities.models import Community
from weilu.console.connections.forms import ByHandForm, chosen
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.parts import Head
from weilu.console.platforms import platform_name
from weilu.console.sentences import sentence
from weilu.core.access import Right
from weilu.core.errors import Conflict, Invalid
from weilu.groups.actions import ensure_group
from weilu.groups.models import Group
from weilu.insight.scope import communities as communities_of


@page(Right.EDIT_GROUPS)
def by_hand(request: Request) -> HttpResponse:
    """A group that no interface reaches: it lives by imports and hand tasks."""
    known = communities_of(request.actor)
    form = ByHandForm(
        known, request.POST if request.method == "POST" else None, initial=_planned(request, known)
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        community = chosen(said["community"], known)
        try:
            made = ensure_group(
                request.actor,
                community=community or _new_community(request, said["name"]),
                platform=said["platform"],
                external_key="",
                name=said["name"],
            )
        except (Conflict, Invalid) as error:
            form.add_error("name", sentence(str(error)))
        else:
            messages.success(request, _("Added. What is to be done there becomes a hand task."))
            return redirect("community", made.community_id)
    context = {
        "head": Head(
            _("Add a group by hand"),
            _("For personal WeChat and wherever no interface is allowed: you do, Weilu reminds."),
            reverse("connections") if request.actor.may(Right.CONNECT) else "",
            _("Connections"),
        ),
        "form": form,
        "cans": [],
        "lacks": _lacks(),
    }
    return render(request, "connections/form.html", context, status=422 if form.errors else 200)


def _planned(request: Request, known: list[Community]) -> dict[str, object]:
    """What a new group begins with: the platform of its community's plan, its name of the kit."""
    asked = request.GET.get("community", "")
    community = chosen(asked, known)
    if community is None:
        return {"community": asked}
    name = kit_of(request.actor, community).get(Piece.NAME)
    mine = Group.objects.filter(community=community)
    is_new = name is not None and not mine.filter(name=name.text).exists()
    return {
        "community": asked,
        "platform": state_of(request.actor, community).platform,
        "name": name.text if name is not None and is_new else "",
    }


def _lacks() -> list[tuple[str, list[str]]]:
    """What not even a person can do, by platform."""
    found = [
        (platform_name(one), [_(c.condition) for c in cans if c.support == Support.IMPOSSIBLE])
        for one, cans in CONNECTORS.by_hand.items()
    ]
    return [(name, lacking) for name, lacking in found if lacking]


def _new_community(request: Request, name: str) -> Community:
    zone = request.seat.workspace.time_zone
    return ensure_community(request.actor, name=name, time_zone=zone)

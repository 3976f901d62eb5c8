"""Kept plans: keep one, list them, see two beside each other."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from weilu.communities.blueprint.actions import keep_plan
from weilu.communities.blueprint.queries import kept_sheet, sheet_of, versions_of
from weilu.communities.blueprint.rules.canvas import Sheet
from weilu.communities.models import CanvasVersion, Community
from weilu.console.blueprint.sheets import beside
from weilu.console.formats import number
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.parts import Empty, Head
from weilu.console.sentences import sentence
from weilu.core.access import Right
from weilu.core.errors import Invalid
from weilu.insight.scope import community as one_community

NOW = "now"


@require_POST
@page(Right.PLAN)
def keep(request: Request, pk: int) -> HttpResponse:
    """Keep what is written as the plan from today."""
    community = one_community(request.actor, pk)
    try:
        kept = keep_plan(request.actor, community=community, note=request.POST.get("note", ""))
    except Invalid as error:
        messages.warning(request, sentence(error.code))
    else:
        messages.success(
            request, _("Version %(version)s is the plan from today.") % {"version": kept.version}
        )
    return redirect("blueprint", pk)


@page(Right.SEE_NUMBERS)
def versions(request: Request, pk: int) -> HttpResponse:
    """All versions, and two of them beside each other (`?a=1&b=now`)."""
    community = one_community(request.actor, pk)
    kept = versions_of(request.actor, community)
    one, other = _asked(request, kept)
    pair = beside(_sheet(community, kept, one), _sheet(community, kept, other)) if kept else []
    others = [line for line in pair if line.is_other]
    words = ngettext("%(n)s difference.", "%(n)s differences.", len(others))
    context = {
        "head": Head(
            _("Versions of the plan"),
            (words % {"n": number(len(others))} if others else _("Nothing differs."))
            if kept
            else _("Nothing was kept yet."),
            reverse("blueprint", args=[pk]),
            _("Blueprint"),
        ),
        "community": community,
        "kept": kept,
        "others": others,
        "alike": [line for line in pair if not line.is_other],
        "one": one,
        "other": other,
        "choices": [NOW, *[str(row.version) for row in kept]],
        "empty": Empty(
            _("No version yet"),
            _(
                "Press “This is our plan from today” on the plan: from then on you see what"
                " changed."
            ),
            "history",
            action=_("To the plan"),
            href=reverse("blueprint", args=[pk]),
        ),
    }
    return render(request, "blueprint/versions.html", context)


def _asked(request: Request, kept: Sequence[CanvasVersion]) -> tuple[str, str]:
    """Which two are compared: as asked, else the newest kept one with what is written now."""
    known = {NOW, *[str(row.version) for row in kept]}
    newest = str(kept[0].version) if kept else NOW
    one, other = request.GET.get("a", newest), request.GET.get("b", NOW)
    return (one if one in known else newest), (other if other in known else NOW)


def _sheet(community: Community, kept: Sequence[CanvasVersion], name: str) -> Sheet:
    found = next((row for row in kept if str(row.version) == name), None)
    return kept_sheet(found) if found else sheet_of(community)

"""Kept plans: keep one, list them, see two beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from weilu.communities.blueprint.actions import keep_plan, take_version
from weilu.communities.blueprint.queries import kept_sheet, sheet_of, versions_of
from weilu.communities.blueprint.rules.canvas import Sheet, changed
from weilu.communities.models import CanvasVersion, Community
from weilu.console.blueprint.sheets import beside
from weilu.console.blueprint.words import LABELS
from weilu.console.formats import listed, number
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.parts import Empty, Head
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Right
from weilu.core.errors import Conflict, Invalid
from weilu.insight.scope import community as one_community

NOW = "now"
_Pair = tuple[str, str]
SENTENCES["plan_is_that"] = gettext_lazy("The plan says that already; nothing was changed.")


@dataclass(frozen=True, slots=True)
class Kept:
    """A version of the list: what it changed of the one before, whether one can go back to it."""

    row: CanvasVersion
    what: str
    may_go_back: bool


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


@require_POST
@page(Right.PLAN)
def back(request: Request, pk: int, version: int) -> HttpResponse:
    """Go back to a version; what was written meanwhile is kept as one first."""
    community = one_community(request.actor, pk)
    try:
        made = take_version(request.actor, community=community, version=version)
    except Conflict as error:
        messages.warning(request, sentence(str(error)))
    else:
        words = _("The plan is version %(old)s again, as version %(new)s. Nothing was lost.")
        messages.success(request, words % {"old": number(version), "new": number(made.version)})
    return redirect("blueprint_versions", pk)


@page(Right.SEE_NUMBERS)
def versions(request: Request, pk: int) -> HttpResponse:
    """All versions, and two of them beside each other (`?a=1&b=now`)."""
    community = one_community(request.actor, pk)
    kept = versions_of(request.actor, community)
    one, other = _asked(community, request, kept)
    pair = beside(_sheet(community, kept, one), _sheet(community, kept, other)) if kept else []
    others = [line for line in pair if line.is_other]
    written = sheet_of(community)
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
        "kept": [
            Kept(
                row,
                _changes(row, before),
                request.actor.may(Right.PLAN) and _differs(row, written),
            )
            for row, before in zip_longest(kept, kept[1:])
        ],
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


def _changes(row: CanvasVersion, before: CanvasVersion | None) -> str:
    """What a version says otherwise than the one before; "" for the first."""
    if before is None:
        return ""
    return listed(LABELS[name] for name in changed(kept_sheet(before), kept_sheet(row)))


def _differs(row: CanvasVersion, written: Sheet) -> bool:
    """Whether going back to a version would change anything; the name stays as it is."""
    return replace(kept_sheet(row), name=written.name) != written


def _asked(community: Community, request: Request, kept: Sequence[CanvasVersion]) -> _Pair:
    """Which two are compared: as asked, else the newest kept one with what is written now.

    Where those say the same, the newest one with the one before it.
    """
    known = {NOW, *[str(row.version) for row in kept]}
    usual = (str(kept[0].version) if kept else NOW, NOW)
    if len(kept) > 1 and kept_sheet(kept[0]) == sheet_of(community):
        usual = (str(kept[1].version), str(kept[0].version))
    one, other = request.GET.get("a", usual[0]), request.GET.get("b", usual[1])
    return (one if one in known else usual[0]), (other if other in known else usual[1])


def _sheet(community: Community, kept: Sequence[CanvasVersion], name: str) -> Sheet:
    found = next((row for row in kept if str(row.version) == name), None)
    return kept_sheet(found) if found else sheet_of(community)

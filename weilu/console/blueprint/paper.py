"""The plan on one page, for the wall: printed by the browser, or as a PDF."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from weilu.communities.blueprint.queries import state_of
from weilu.communities.models import Community
from weilu.console.blueprint.sheets import boxes
from weilu.console.formats import day
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.printing import PDF, as_pdf, attached
from weilu.core.access import Right
from weilu.core.clock import today
from weilu.insight.scope import community as one_community


@page(Right.SEE_NUMBERS)
def paper(request: Request, pk: int) -> HttpResponse:
    """The plan on one page."""
    community = one_community(request.actor, pk)
    return render(request, "blueprint/paper.html", _context(request, community, screen=True))


@page(Right.EXPORT)
def pdf(request: Request, pk: int) -> HttpResponse:
    """The same as a PDF; without the library for it, the page that can be printed."""
    community = one_community(request.actor, pk)
    text = render_to_string("blueprint/paper.html", _context(request, community, screen=False))
    made = as_pdf(text, ("console/report.css", "console/plan.css"))
    if made is None:
        messages.warning(
            request,
            _("This machine cannot write a PDF. Print this page and choose “Save as PDF”."),
        )
        return redirect("blueprint_paper", pk)
    return attached(made, PDF, f"{community.name}-{today().isoformat()}.pdf")


def _context(request: Request, community: Community, *, screen: bool) -> dict[str, object]:
    state = state_of(request.actor, community)
    found = boxes(state.sheet)
    return {
        "screen": screen,
        "language": get_language(),
        "name": community.name,
        "first": found[0],
        "boxes": found[1:],
        "version": state.version,
        "made": day(today(), year=True),
        "back": reverse("blueprint", args=[community.pk]),
        "pdf_url": reverse("blueprint_pdf", args=[community.pk])
        if request.actor.may(Right.EXPORT)
        else "",
    }

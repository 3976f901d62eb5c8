"""The plans of all communities, one to begin, and one as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from weilu.communities.blueprint.actions import begin_with, plan_community
from weilu.communities.blueprint.queries import (
    PlanState,
    kept_sheet,
    state_of,
    states_of,
    versions_of,
)
from weilu.communities.blueprint.rules.canvas import Step, changed, filled, next_step
from weilu.communities.blueprint.starts import start_named, starts
from weilu.communities.models import Community
from weilu.console.blueprint import mistakes
from weilu.console.blueprint.forms import KeepForm, NewForm
from weilu.console.blueprint.overview import badge_of, parts, talk
from weilu.console.blueprint.sheets import boxes
from weilu.console.blueprint.words import LABELS, TITLES
from weilu.console.formats import listed, moment, number, speaks_chinese
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.kit.steps import launch_step
from weilu.console.parts import Empty, Head
from weilu.console.places import address
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Actor, Right
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.insight.launch import Item
from weilu.insight.promises import held
from weilu.insight.scope import communities
from weilu.insight.scope import community as one_community

MOST = 200
SENTENCES.update(
    {"plan_empty": gettext_lazy("Nothing is written yet: fill in at least one step first.")}
)


@dataclass(frozen=True, slots=True)
class Row:
    """A plan of the list."""

    community: Community
    purpose: str
    words: str
    is_begun: bool


@page(Right.SEE_NUMBERS)
def listing(request: Request) -> HttpResponse:
    """What each community is for, and how far its plan is."""
    found = communities(request.actor)[:MOST]
    states = states_of(request.actor, found)
    rows = [
        Row(one, states[one.pk].sheet.purpose, state_words(states[one.pk]), _begun(states[one.pk]))
        for one in found
    ]
    planned = sum(row.is_begun for row in rows)
    words = ngettext(
        "%(n)s of %(all)s community has a plan.", "%(n)s of %(all)s communities have a plan.",
        len(rows),
    )  # fmt: skip
    none = _("A community is designed before its first group is opened.")
    context = {
        "head": Head(
            _("Blueprint"),
            words % {"n": number(planned), "all": number(len(rows))} if rows else none,
        ),
        "rows": rows,
        "may": request.actor.may(Right.PLAN),
        "empty": _nothing(request.actor),
    }
    return render(request, "blueprint/list.html", context)


def _nothing(viewer: Actor) -> Empty:
    may = viewer.may(Right.PLAN)
    return Empty(
        _("No plan yet"),
        _(
            "Ten minutes of thought before the first group: for whom, what they get, what is"
            " talked about. There are plans for common trades to begin with."
        )
        if may
        else _("An owner or a manager can begin one."),
        "map-2",
        action=_("Plan a new community") if may else "",
        href=address("blueprint_new") if may else "",
    )


@page(Right.PLAN)
def new(request: Request) -> HttpResponse:
    """Begin a community that has no groups yet."""
    form = NewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = plan_community(
                request.actor,
                name=form.cleaned_data["name"],
                time_zone=request.seat.workspace.time_zone,
            )
        except (Conflict, Invalid) as error:
            form.add_error("name", sentence(str(error)))
        else:
            return redirect("blueprint", made.pk)
    context = {
        "head": Head(
            _("Plan a new community"),
            _("First the plan, then the groups. Nothing is sent or opened by this."),
            reverse("blueprints"),
            _("Blueprint"),
        ),
        "form": form,
    }
    return render(request, "blueprint/new.html", context, status=422 if form.errors else 200)


@page(Right.SEE_NUMBERS)
def blueprint(request: Request, pk: int) -> HttpResponse:
    """The whole plan: the sheet, what is open, fit and platform, versions."""
    community = one_community(request.actor, pk)
    state = state_of(request.actor, community)
    kept = versions_of(request.actor, community)
    may, begun = request.actor.may(Right.PLAN), _begun(state)
    since = changed(kept_sheet(kept[0]), state.sheet) if kept else ()
    onward, found = next_step(state.sheet), held(request.actor, community)
    context = {
        "head": Head(
            _("Blueprint"),
            _sentence(state, community, since),
            reverse("community", args=[pk]),
            community.name,
        ),
        "community": community,
        "launch_step": launch_step(request, community, Item.CANVAS),
        "boxes": boxes(state.sheet),
        "begun": begun,
        "starts": starts(get_language() or "") if may else (),
        "onward": onward.value if onward else "",
        "keep": KeepForm() if may and begun and (since or not kept) else None,
        "versions": len(kept),
        "may": may,
        "state": state,
        "parts": parts(state, community),
        "mistakes": mistakes.lines(request.actor, community),
        "talk": talk(found, community) if found else None,
        "talk_badge": badge_of(found) if found else None,
    }
    return render(request, "blueprint/page.html", context)


@require_POST
@page(Right.PLAN)
def begin(request: Request, pk: int) -> HttpResponse:
    """Take the plan of a trade to begin with."""
    community = one_community(request.actor, pk)
    start = start_named(request.POST.get("trade", ""), get_language() or "")
    if start is None:
        raise NotFound
    anew = bool(request.POST.get("anew"))
    begin_with(request.actor, community=community, trade=start.trade, start=start.sheet, anew=anew)
    messages.success(
        request, _("Filled in for %(trade)s. Now make it yours.") % {"trade": start.label}
    )
    return redirect("blueprint", pk)


def _begun(state: PlanState) -> bool:
    """Whether anything but the name is written."""
    return any(step is not Step.NAME for step in filled(state.sheet))


def state_words(state: PlanState) -> str:
    """How far a plan is, in a few words."""
    if not _begun(state):
        return _("Nothing written yet.")
    if not state.missing:
        return _("All %(all)s steps are written.") % {"all": len(Step)}
    return _("%(n)s of %(all)s steps are written.") % {"n": len(state.filled), "all": len(Step)}


def _sentence(state: PlanState, community: Community, since: tuple[str, ...]) -> str:
    if not _begun(state):
        return _("Nine short steps, in any order; ten minutes are enough. All is saved as you go.")
    parts = [state_words(state)]
    if state.missing:
        parts.append(
            _("Still open: %(steps)s.") % {"steps": listed(TITLES[s] for s in state.missing)}
        )
    if state.version:
        parts.append(
            _("Version %(version)s has been in force since %(day)s.")
            % {
                "version": state.version,
                "day": moment(state.kept_at, zone=ZoneInfo(community.time_zone)),
            }
        )
        if since:
            parts.append(_("Changed since: %(what)s.") % {"what": listed(LABELS[n] for n in since)})
    return ("" if speaks_chinese() else " ").join(parts)

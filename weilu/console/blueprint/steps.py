"""One step of the canvas: a page of its own, saved by itself, also while one writes."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from weilu.communities.blueprint.actions import save_step
from weilu.communities.blueprint.queries import canvas_of, sheet_in
from weilu.communities.blueprint.rules.canvas import (
    FIELDS,
    Sheet,
    Step,
    is_filled,
    mark_of,
    next_step,
)
from weilu.communities.blueprint.starts import Start, start_named, starts
from weilu.communities.models import Canvas, Community
from weilu.console.blueprint.forms import StepForm
from weilu.console.blueprint.sheets import says
from weilu.console.blueprint.words import HELPS, LABELS, TITLES
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.parts import Head
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Right
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.insight.scope import community as one_community

SENTENCES.update(
    {
        "bad_choice": gettext_lazy("Choose one of those offered."),
        "too_many_themes": gettext_lazy("At most twelve themes: who is about all is about none."),
    }
)
MEANWHILE = gettext_lazy(
    "Somebody else changed this step meanwhile. Your words are in the form, theirs stand above it;"
    " save again to keep yours."
)


@dataclass(frozen=True, slots=True)
class Stop:
    """A step as the list of steps shows it."""

    title: str
    url: str
    is_filled: bool
    here: bool


@dataclass(frozen=True, slots=True)
class Example:
    """What others wrote in a field; `field` is the id of the control it can be put into."""

    field: str
    label: str
    trade: str
    text: str


@page(Right.SEE_NUMBERS)
def step(request: Request, pk: int, step: str) -> HttpResponse:
    """Read or write a step; a script saves behind, with the answer in a header and few words."""
    if step not in set(Step):
        raise NotFound
    at, community = Step(step), one_community(request.actor, pk)
    row = canvas_of(request.actor, community)
    sheet = sheet_in(row, community.name)
    if request.method == "POST":
        request.actor.require(Right.PLAN)
        form = StepForm(at, request.POST, sheet)
        answer = _saved(request, community, form)
        if answer is not None:
            return answer
        return _page(request, community, row, form, status=422)
    return _page(request, community, row, StepForm(at, None, sheet))


def _saved(request: Request, community: Community, form: StepForm) -> HttpResponse | None:
    """The answer to a step that could be kept; None when it goes back to be mended."""
    sheet = _kept(request, community, form) if form.is_valid() else None
    if sheet is None:
        return None
    if request.headers.get("X-Behind"):
        return HttpResponse(status=204, headers={"X-Seen": mark_of(sheet, form.step)})
    messages.success(request, _("Saved."))
    goes_on = request.POST.get("go") == "on"
    onward = next_step(sheet, after=form.step) if goes_on else form.step
    if onward is None:
        return redirect("blueprint", community.pk)
    return redirect("blueprint_step", community.pk, onward.value)


def _kept(request: Request, community: Community, form: StepForm) -> Sheet | None:
    """The sheet once the step is kept; None with the reason in the form."""
    seen = request.POST.get("seen", "")
    try:
        return save_step(
            request.actor, community=community, step=form.step, said=form.said(), seen=seen
        )
    except Conflict as error:
        if str(error) == "changed_meanwhile":
            form.add_error(None, str(MEANWHILE))
        else:
            form.add_error("name", sentence(str(error)))
    except Invalid as error:
        form.add_error(error.field if error.field in form.fields else None, sentence(error.code))
    return None


def _page(
    request: Request, community: Community, row: Canvas | None, form: StepForm, status: int = 200
) -> HttpResponse:
    at, sheet = form.step, sheet_in(row, community.name)
    steps = list(Step)
    place = steps.index(at)
    start = _start(row)
    context = {
        "head": Head(
            TITLES[at], HELPS[at], reverse("blueprint", args=[community.pk]), _("Blueprint")
        ),
        "community": community,
        "form": form,
        "seen": mark_of(sheet, at),
        "stops": _stops(community, sheet, at),
        "place": place + 1,
        "of": len(steps),
        "may": request.actor.may(Right.PLAN),
        "examples": [*_examples(form, start)],
        "names": start.names if start and at is Step.NAME else (),
        "theirs": [(LABELS[n], says(sheet, n)) for n in FIELDS[at]] if status != 200 else [],
        "shown": [(LABELS[n], says(sheet, n)) for n in FIELDS[at]],
        "filled": is_filled(sheet, at),
        "before": _address(community, steps[place - 1]) if place else "",
        "after": _address(community, steps[place + 1]) if place + 1 < len(steps) else "",
    }
    return render(request, "blueprint/step.html", context, status=status)


def _stops(community: Community, sheet: Sheet, at: Step) -> list[Stop]:
    return [
        Stop(str(TITLES[one]), _address(community, one), is_filled(sheet, one), one is at)
        for one in Step
    ]


def _address(community: Community, step: Step) -> str:
    return reverse("blueprint_step", args=[community.pk, step.value])


def _start(row: Canvas | None) -> Start | None:
    """The plan that was begun with, in the reader's language."""
    return start_named(row.trade, get_language() or "") if row and row.trade else None


def _examples(form: StepForm, start: Start | None) -> list[Example]:
    """What to write in the first field, from the trade begun with or from three others."""
    name = FIELDS[form.step][0]
    if name not in form.fields or name in {"name", "kind", "tier"}:
        return []
    language = get_language() or ""
    chosen = [start] if start else [one for one in starts(language) if one.trade in _SHOWN]
    return [
        Example(form[name].id_for_label, str(LABELS[name]), one.label, getattr(one.sheet, name))
        for one in chosen
    ]


_SHOWN = ("beauty", "food", "sport")

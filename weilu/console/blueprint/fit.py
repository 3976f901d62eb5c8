"""Does a community suit the product? The questions, and the score with its working (A-4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from weilu.communities.blueprint.actions import judge_fit
from weilu.communities.blueprint.queries import fit_of
from weilu.communities.blueprint.rules.fit import (
    FITS_FROM,
    FITS_STANDARDS,
    MET_FROM,
    QUESTIONS,
    UNFIT_BELOW,
    Fit,
    Question,
    Standard,
    Verdict,
    is_complete,
    judge,
)
from weilu.communities.models import FitCheck
from weilu.console.blueprint.fit_words import ASKED, INSTEADS, STANDARDS, VERDICTS
from weilu.console.formats import day
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.kit.steps import launch_step
from weilu.console.parts import Badge, Head, Text, Tone
from weilu.core.access import Right
from weilu.insight.launch import Item
from weilu.insight.scope import community as one_community


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer of a question."""

    points: int
    word: Promise
    taken: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the form shows it."""

    name: str
    words: Promise
    choices: tuple[Choice, ...]
    is_missing: bool


@dataclass(frozen=True, slots=True)
class Worked:
    """A standard with the lines of its sum."""

    title: Promise
    lines: tuple[tuple[Promise, Promise, int], ...]
    points: int
    most: int
    badge: Badge


@dataclass(frozen=True, slots=True)
class Result:
    """What the answers come to."""

    verdict: Promise
    means: Promise
    tone: str
    points: int
    most: int
    working: tuple[Worked, ...]
    rule: str
    strongest: str
    instead: tuple[tuple[Promise, Promise], ...]


@page(Right.SEE_NUMBERS)
def fit(request: Request, pk: int) -> HttpResponse:
    """Answer the questions, or see what the last answers came to."""
    community = one_community(request.actor, pk)
    kept = fit_of(request.actor, community)
    given: Mapping[str, int] = kept.answers if kept else {}
    is_bad = False
    if request.method == "POST":
        request.actor.require(Right.PLAN)
        given = _answers(request)
        if is_complete(given):
            judge_fit(request.actor, community=community, answers=given)
            messages.success(request, _("Saved."))
            return redirect("blueprint_fit", pk)
        is_bad = True
    result = result_of(judge(kept.answers)) if kept and is_complete(kept.answers) else None
    # Who is told not to build a community is not led on to the next step of building it.
    leads_on = not is_bad and not (kept and kept.verdict == Verdict.UNFIT)
    context = {
        "head": Head(
            _("Does a community suit it?"),
            _sentence(kept),
            reverse("blueprint", args=[pk]),
            _("Blueprint"),
        ),
        "community": community,
        "launch_step": launch_step(request, community, Item.FIT) if leads_on else None,
        "asked": [
            (STANDARDS[one], [_asked(q, given, is_bad=is_bad) for q in QUESTIONS[one]])
            for one in Standard
        ],
        "result": result,
        "is_bad": is_bad,
        "may": request.actor.may(Right.PLAN),
    }
    return render(request, "blueprint/fit.html", context, status=422 if is_bad else 200)


def _answers(request: Request) -> dict[str, int]:
    """What was posted; what is no answer is left out."""
    posted = {q.value: request.POST.get(q.value, "") for q in Question}
    return {name: int(said) for name, said in posted.items() if said in {"0", "1", "2", "3"}}


def _asked(question: Question, given: Mapping[str, int], *, is_bad: bool) -> Asked:
    words, answers = ASKED[question]
    now = given.get(question)
    choices = tuple(Choice(n, word, n == now) for n, word in enumerate(answers))
    return Asked(question.value, words, choices, is_bad and now is None)


def _sentence(kept: FitCheck | None) -> Text:
    if kept is None:
        return _("Nine questions, two minutes. Answer for the product people would gather around.")
    words = _("Answered on %(day)s. Other answers take their place.")
    return words % {"day": day(kept.at)}


def result_of(one: Fit) -> Result:
    """A fit ready to be read, with its working."""
    verdict, means, tone = VERDICTS[one.verdict]
    rule = _(
        "A standard is met from %(met)s of 9 points. A community suits when %(standards)s"
        " standards are met and %(fits)s of 27 points are there; not when no standard is met, or"
        " fewer than %(unfit)s points are there."
    ) % {"met": MET_FROM, "standards": FITS_STANDARDS, "fits": FITS_FROM, "unfit": UNFIT_BELOW}
    return Result(
        verdict=verdict,
        means=means,
        tone=tone.value,
        points=one.points,
        most=one.most,
        working=tuple(_worked(one, at) for at in range(len(one.parts))),
        rule=rule,
        strongest=str(STANDARDS[one.strongest][0]),
        instead=tuple(INSTEADS[way] for way in one.instead),
    )


def _worked(one: Fit, at: int) -> Worked:
    part = one.parts[at]
    badge = Badge(_("met"), Tone.GOOD) if part.is_met else Badge(_("not met"), Tone.WATCH)
    lines = tuple((ASKED[q][0], ASKED[q][1][n], n) for q, n in part.lines)
    return Worked(STANDARDS[part.standard][0], lines, part.points, part.most, badge)

"""The checklist before a launch: what is missing, why it matters, one button to mend it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.kit.words import BUTTONS, TITLES, WHY, next_words, page_of, part_words
from weilu.console.parts import Badge, Head, Tone
from weilu.core.access import Actor, Right
from weilu.insight.launch import Check, Launch, launches
from weilu.insight.scope import community as one_community


@dataclass(frozen=True, slots=True)
class Line:
    """An item ready to draw."""

    title: str
    why: str
    badge: Badge
    part: str
    button: str
    url: str
    is_done: bool


@page(Right.SEE_NUMBERS)
def launch(request: Request, pk: int) -> HttpResponse:
    """How far a community is from its launch."""
    community = one_community(request.actor, pk)
    one = launches(request.actor, [community])[0]
    missing = [_line(check, one, request.actor) for check in one.missing]
    done = [_line(check, one, request.actor) for check in one.checks if check.is_done]
    context = {
        "head": Head(
            _("Before the launch"), _sentence(one), reverse("community", args=[pk]), community.name
        ),
        "missing": missing,
        "done": done,
        "community": community,
    }
    return render(request, "kit/launch.html", context)


def _sentence(one: Launch) -> str:
    if not one.missing:
        return next_words(one)
    return _("%(done)s of %(all)s steps are done. %(next)s") % {
        "done": len(one.checks) - len(one.missing),
        "all": len(one.checks),
        "next": next_words(one),
    }


def _line(check: Check, one: Launch, actor: Actor) -> Line:
    if check.is_warned:
        badge = Badge(_("the product does not carry a community"), Tone.BAD)
    elif check.is_done:
        badge = Badge(_("done"), Tone.GOOD)
    else:
        badge = Badge(_("missing"), Tone.WATCH)
    return Line(
        str(TITLES[check.item]),
        str(WHY[check.item]),
        badge,
        part_words(check),
        _("Look at it") if check.is_done else str(BUTTONS[check.item]),
        page_of(check.item, one.community.pk, actor),
        check.is_done,
    )

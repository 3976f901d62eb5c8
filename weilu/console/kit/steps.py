"""The way to the launch on the pages it leads through: how far it is, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from weilu.communities.models import Community
from weilu.console.http import Request
from weilu.console.kit.words import BUTTONS, next_words, page_of
from weilu.core.access import Right
from weilu.insight.launch import Item, before_launch


@dataclass(frozen=True, slots=True)
class Step:
    """How many steps are done of how many, and the next one: why, its button, its page."""

    done: int
    all: int
    words: str
    button: str
    url: str
    steps_url: str


def launch_step(request: Request, community: Community, here: Item | None = None) -> Step | None:
    """What comes after the step of this page, if it is of one, for a community before its launch.

    None while this page's own step is open, when nothing is missing, for communities that have
    run for weeks, and for those who see no numbers.
    """
    if not request.actor.may(Right.SEE_NUMBERS):
        return None
    one = before_launch(request.actor, community)
    if one is None or any(check.item == here for check in one.missing):
        return None
    button = url = ""
    if one.missing:
        item = one.missing[0].item
        button, url = str(BUTTONS[item]), page_of(item, community.pk, request.actor)
    return Step(
        len(one.checks) - len(one.missing),
        len(one.checks),
        next_words(one),
        button,
        url,
        reverse("community_launch", args=[community.pk]),
    )

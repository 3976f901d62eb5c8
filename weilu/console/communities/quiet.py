"""A community in which nobody was heard yet: what there is all the same, and what comes next.

Groups that are run by hand tell nothing by themselves: their page shows what was prepared for
them, who is counted, how many came to the door, and what waits for somebody's hand.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weilu.chat.live.queries import hand_tasks_of
from weilu.console.communities.asked import View
from weilu.console.empties import nothing_yet
from weilu.console.formats import number
from weilu.console.grouplife.words import ADVICE, life_badge
from weilu.console.http import Request
from weilu.console.kit.steps import launch_step
from weilu.console.parts import Badge, Head
from weilu.console.places import address
from weilu.console.platforms import platform_name
from weilu.core.access import Right
from weilu.groups.joining.counting import yields_of
from weilu.groups.joining.saving import links_of
from weilu.insight.pages.life import LifeOf, lives
from weilu.team.models import Seed
from weilu.team.seeds import counts_of

MOST_GROUPS = 20
_NOTHING = ("0", "–")
_ASKED = (Seed.State.INVITED, Seed.State.AGREED, Seed.State.IN)


@dataclass(frozen=True, slots=True)
class Fact:
    """A number of the community with what it means; `url` is where its rows are, "" for none."""

    label: str
    value: str
    means: str
    url: str


@dataclass(frozen=True, slots=True)
class Door:
    """A group: where it is, where it stands, what to do with it."""

    name: str
    where: str
    badge: Badge
    advice: object
    url: str


def quiet(request: Request, view: View) -> HttpResponse:
    """The page of a community without talk."""
    place, actor = view.place, request.actor
    groups = lives(place, place.groups[:MOST_GROUPS])
    facts = _facts(request, view, groups)
    context: dict[str, object] = {
        "head": Head(place.community.name, _sentence(len(place.groups))),
        "empty": nothing_yet(actor) if not groups else None,
        "facts": facts if groups or any(one.value not in _NOTHING for one in facts) else [],
        "doors": [_door(one) for one in groups],
        "view": view,
        "purpose": place.purpose,
        "launch_step": launch_step(request, place.community),
        "may_plan": actor.may(Right.PLAN),
        "may_add": actor.may(Right.EDIT_GROUPS),
        "may_import": actor.may(Right.IMPORT),
        "blueprint_url": reverse("blueprint", args=[view.pk]),
        "settings_url": reverse("community_settings", args=[view.pk])
        if actor.may(Right.EDIT_GROUPS)
        else "",
    }
    return render(request, "communities/empty.html", context)


def _sentence(groups: int) -> str:
    if not groups:
        return _("No group yet: this is what is prepared.")
    words = ngettext(
        "%(n)s group, and none of its talk is here yet.",
        "%(n)s groups, and none of their talk is here yet.",
        groups,
    )
    return words % {"n": number(groups)}


def _facts(request: Request, view: View, groups: list[LifeOf]) -> list[Fact]:
    """People there, visitors of the links, seed members asked, what waits for a hand."""
    actor, pk = request.actor, view.pk
    links = [one for one in links_of(actor) if one.community_id == pk]
    visitors = sum(one.visitors for one in yields_of(actor, links).values()) if links else 0
    present = [one.present for one in groups if one.present is not None]
    seeds = counts_of([pk])[pk]
    return [
        Fact(
            _("People there"),
            number(sum(present)) if present else "–",
            "" if present else _("nobody counts them yet: import the chat, or connect the group"),
            "",
        ),
        Fact(
            _("Visitors of the join links"),
            number(visitors),
            _by_links(len(links)) if links else _("no link yet"),
            f"{address('join_links')}?community={pk}",
        ),
        Fact(
            _("Seed members asked"),
            number(sum(seeds[state] for state in _ASKED)),
            _("%(n)s of them are in") % {"n": number(seeds[Seed.State.IN])},
            address("community_seeds", pk),
        ),
        *_tasks(request, pk),
    ]


def _by_links(links: int) -> str:
    words = ngettext("in half a year, by %(n)s link", "in half a year, by %(n)s links", links)
    return words % {"n": number(links)}


def _tasks(request: Request, pk: int) -> list[Fact]:
    if not request.actor.may(Right.SEE_MEMBERS):
        return []
    waiting = hand_tasks_of(request.actor, pk)
    means = _("the words are ready to copy") if waiting else _("nothing waits for you")
    return [Fact(_("Tasks by hand"), number(waiting), means, address("tasks"))]


def _door(one: LifeOf) -> Door:
    group = one.group
    by_hand = group.connection_id is None
    platform = platform_name(group.platform)
    return Door(
        group.name,
        _("%(platform)s, by hand") % {"platform": platform} if by_hand else platform,
        life_badge(group, one.life.stage),
        "" if group.ends_at else ADVICE[one.life.stage],
        reverse("group_life", args=[group.pk]),
    )

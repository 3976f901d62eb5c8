"""What stands between a community and its launch, computed from everything it consists of (A-9).

A group with nothing behind it is not a community: each item says whether it is there and how far.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import IntegerField, OuterRef, Q, QuerySet, Subquery

from weilu.communities.blueprint.queries import PlanState, states_of
from weilu.communities.blueprint.rules.canvas import Step
from weilu.communities.kit.drafts import Piece
from weilu.communities.kit.pieces import written
from weilu.communities.models import Community
from weilu.communities.rulebook import versions_in_force
from weilu.core.access import Actor, Right
from weilu.core.clock import today
from weilu.groups.joining.counting import room_of_links
from weilu.groups.models import Group
from weilu.insight.models import CommunityDay
from weilu.insight.pages.look import number_of
from weilu.service.models import Greeting
from weilu.team.models import Seed
from weilu.team.rules.structure import NEEDED
from weilu.team.seeds import counts_of
from weilu.team.structure import gaps_of

YOUNG_DAYS = 28
SEEDS = 5
KIT = frozenset({Piece.INTRO, Piece.WELCOME, Piece.ANNOUNCEMENT, Piece.OPENING_1})


class Item(StrEnum):
    """What is to be there before the doors open, in the order in which it is made."""

    CANVAS = "canvas"
    FIT = "fit"
    PLATFORM = "platform"
    RULES = "rules"
    STRUCTURE = "structure"
    KIT = "kit"
    GROUP = "group"
    GREETING = "greeting"
    SEEDS = "seeds"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Check:
    """One item: how much of it is there and how much is wanted; `is_warned`: it speaks against."""

    item: Item
    have: int
    want: int
    is_warned: bool = False

    @property
    def is_done(self) -> bool:
        """Whether nothing of it is missing."""
        return self.have >= self.want


@dataclass(frozen=True, slots=True)
class Launch:
    """A community before its launch; `first_day` of talk, None before the first word."""

    community: Community
    checks: tuple[Check, ...]
    first_day: int | None

    @property
    def missing(self) -> tuple[Check, ...]:
        """What is still to be done, in order."""
        return tuple(one for one in self.checks if not one.is_done)


def launches(viewer: Actor, communities: Sequence[Community]) -> list[Launch]:
    """The checklists of some of the workspace's communities; a dozen statements however many."""
    viewer.require(Right.SEE_NUMBERS)
    mine = [one for one in communities if one.workspace_id == viewer.workspace_id]
    ids = [one.pk for one in mine]
    plans, rules, kits = states_of(viewer, mine), versions_in_force(ids), written(ids)
    missing, seeds, rooms = gaps_of(ids), counts_of(ids), room_of_links(viewer, ids)
    groups = Group.objects.filter(community_id__in=ids, ends_at=None)
    open_in = set(groups.values_list("community_id", flat=True))
    greets = Greeting.objects.filter(community_id__in=ids, is_on=True)
    greeted = set(greets.values_list("community_id", flat=True))
    begun = _begun(ids)
    state = Seed.State
    return [
        Launch(
            one,
            (
                *_planned(plans[one.pk]),
                Check(Item.RULES, int(one.pk in rules), 1),
                Check(Item.STRUCTURE, len(NEEDED) - len(missing[one.pk]), len(NEEDED)),
                Check(Item.KIT, len(KIT & kits[one.pk]), len(KIT)),
                Check(Item.GROUP, int(one.pk in open_in), 1),
                Check(Item.GREETING, int(one.pk in greeted), 1),
                Check(
                    Item.SEEDS,
                    sum(seeds[one.pk][s] for s in (state.INVITED, state.AGREED, state.IN)),
                    SEEDS,
                ),
                Check(Item.LINK, int(rooms.get(one.pk, 0) > 0), 1),
            ),
            begun.get(one.pk),
        )
        for one in mine
    ]


def _planned(plan: PlanState) -> tuple[Check, ...]:
    """How far the plan is; a product that does not carry a community is warned of."""
    return (
        Check(Item.CANVAS, len(plan.filled), len(Step)),
        Check(Item.FIT, int(bool(plan.verdict)), 1, is_warned=plan.verdict == "unfit"),
        Check(Item.PLATFORM, int(bool(plan.platform)), 1),
    )


def _begun(ids: Collection[int]) -> dict[int, int]:
    """Community → its first day of talk; those without a word are left out."""
    first = CommunityDay.objects.filter(community=OuterRef("pk"), messages__gt=0).order_by("day")
    rows = Community.objects.filter(pk__in=ids).annotate(
        first=Subquery(first.values("day")[:1], output_field=IntegerField(null=True))
    )
    return {pk: day for pk, day in rows.values_list("pk", "first") if day is not None}


def young(viewer: Actor, most: int) -> list[Launch]:
    """Communities that have not begun or are younger than four weeks, and are not whole yet.

    One statement where there are none.
    """
    viewer.require(Right.SEE_NUMBERS)
    found = list(_fresh(viewer).order_by("-created_at", "-pk")[:most])
    return [one for one in launches(viewer, found) if one.missing] if found else []


def before_launch(viewer: Actor, community: Community) -> Launch | None:
    """The checklist of a community that has not begun or is younger than four weeks.

    None for others, at the cost of one statement.
    """
    viewer.require(Right.SEE_NUMBERS)
    if not _fresh(viewer).filter(pk=community.pk).exists():
        return None
    return launches(viewer, [community])[0]


def _fresh(viewer: Actor) -> QuerySet[Community]:
    """The workspace's communities without a word so far, or with the first in four weeks."""
    first = CommunityDay.objects.filter(community=OuterRef("pk"), messages__gt=0).order_by("day")
    rows = Community.objects.filter(workspace_id=viewer.workspace_id, is_demo=False).annotate(
        first=Subquery(first.values("day")[:1], output_field=IntegerField(null=True))
    )
    edge = number_of(today()) - YOUNG_DAYS
    return rows.filter(Q(first=None) | Q(first__gte=edge))

"""What a page looks at: a community, some of its groups, a period, and who counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Subquery
from pyroaring import BitMap

from weilu.communities.blueprint.queries import purpose_beside, purpose_of
from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.groups.models import Group
from weilu.insight.models import CommunityDay, MoveDay
from weilu.insight.numbers import counted, spoke
from weilu.insight.scope import Day, Scope, community, days_between, spoke_between
from weilu.members.queries import People, people

EPOCH = date(1970, 1, 1).toordinal()


def date_of(day: int) -> date:
    """The calendar day of a day number."""
    return date.fromordinal(EPOCH + day)


def number_of(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - EPOCH


@dataclass(frozen=True, slots=True)
class Place:
    """A community with its groups by name; `newest` and `oldest` are days with messages.

    `telling` are the groups whose history tells who came and who left; `purpose` is what the
    community is for, in its own words, "" until somebody wrote it.
    """

    viewer: Actor
    community: Community
    groups: Sequence[Group]
    newest: int | None
    oldest: int | None
    telling: frozenset[int] = frozenset()
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of a place: days (both included), one group or all, who counts."""

    first_day: int
    last_day: int
    group_id: int | None = None
    staff: bool = True
    bots: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """A place with what is asked of it; `out` are the members that do not count."""

    place: Place
    scope: Scope
    known: People
    out: BitMap

    @property
    def group_ids(self) -> tuple[int, ...]:
        """The groups looked at; all of the community's unless one was chosen."""
        return self.scope.group_ids or tuple(g.pk for g in self.place.groups)

    def days(self, first: int | None = None) -> list[Day]:
        """The counted days from `first` (default: from the beginning) to the scope's end."""
        stored = days_between(self.scope, first, self.scope.last_day)
        return counted(stored, self.known, bots=self.scope.bots, staff=self.scope.staff)

    def spoke(self, first: int | None = None) -> dict[int, BitMap]:
        """Who counts and spoke, by day, from `first` (default: ever) to the scope's end."""
        stored = spoke_between(self.scope, first, self.scope.last_day)
        return spoke(stored, self.known, self.out)

    def counts(self, member_id: int) -> bool:
        """Whether a member is among those looked at."""
        return member_id > 0 and member_id not in self.out


def place_of(viewer: Actor, community_id: int) -> Place:
    """The place with its first and last day of talk; raises NotFound also for another's.

    One statement; two more where the community has no group yet.
    """
    viewer.require(Right.SEE_NUMBERS)
    talked = CommunityDay.objects.filter(community_id=community_id, messages__gt=0).values("day")
    groups = list(
        Group.objects.filter(workspace_id=viewer.workspace_id, community_id=community_id)
        .select_related("community", "connection")
        .annotate(
            newest=Subquery(talked.order_by("-day")[:1]),
            oldest=Subquery(talked.order_by("day")[:1]),
            purpose=purpose_beside("community_id"),
            is_telling=Exists(MoveDay.objects.filter(group_id=OuterRef("pk"))),
        )
        .order_by("name", "pk")
    )
    if not groups:
        return _place_without_groups(viewer, community_id)
    first = groups[0]
    telling = frozenset(g.pk for g in groups if g.is_telling)
    days = (first.newest, first.oldest)
    return Place(viewer, first.community, groups, *days, telling, first.purpose or "")


def _place_without_groups(viewer: Actor, community_id: int) -> Place:
    found = community(viewer, community_id)
    return Place(viewer, found, (), newest=None, oldest=None, purpose=purpose_of(found))


def look_at(place: Place, asked: Asked) -> Look:
    """Look at a place; days before 1970 and unknown groups are the caller's to refuse."""
    scope = Scope(
        workspace_id=place.community.workspace_id,
        community_id=place.community.pk,
        zone=place.community.time_zone,
        first_day=asked.first_day,
        last_day=asked.last_day,
        group_ids=(asked.group_id,) if asked.group_id is not None else (),
        bots=asked.bots,
        staff=asked.staff,
    )
    known = people(scope.workspace_id)
    return Look(place, scope, known, known.left_out(bots=asked.bots, staff=asked.staff))

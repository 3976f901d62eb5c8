"""What a page of numbers looks at: a community or some of its groups, a period, who counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import QuerySet
from pyroaring import BitMap

from weilu.chat.columns import Ints
from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.errors import NotFound
from weilu.insight.models import CommunityDay, GroupDay
from weilu.insight.packing import people_array, unpack_hours, unpack_numbers, unpack_people


@dataclass(frozen=True, slots=True)
class Scope:
    """Days are local days of the community, both ends included.

    `group_ids` empty means all groups. `bots` and `staff` say whether their talk counts.
    """

    workspace_id: int
    community_id: int
    zone: str
    first_day: int
    last_day: int
    group_ids: tuple[int, ...] = ()
    bots: bool = False
    staff: bool = True

    @property
    def days(self) -> int:
        """How many days the period has."""
        return self.last_day - self.first_day + 1

    @property
    def first_day_before(self) -> int:
        """First day of the equally long period before."""
        return self.first_day - self.days


@dataclass(frozen=True, slots=True)
class Day:
    """One stored day of the scope's groups together; `ids` ascending, `counts` beside them."""

    day: int
    messages: int
    joins: int
    leaves: int
    links: int
    questions: int
    people: BitMap
    ids: Ints
    counts: Ints
    hours: Ints


def community(viewer: Actor, community_id: int) -> Community:
    """One community; raises NotFound also when it is another workspace's."""
    viewer.require(Right.SEE_NUMBERS)
    found = Community.objects.filter(workspace_id=viewer.workspace_id, pk=community_id).first()
    if found is None:
        raise NotFound
    return found


def communities(viewer: Actor) -> list[Community]:
    """The workspace's communities by name."""
    viewer.require(Right.SEE_NUMBERS)
    return list(Community.objects.filter(workspace_id=viewer.workspace_id).order_by("name", "pk"))


_COLUMNS = (
    "day",
    "messages",
    "joins",
    "leaves",
    "links",
    "questions",
    "people",
    "counts",
    "hours",
)


def days_until(scope: Scope) -> list[Day]:
    """Every stored day of the scope up to its last day, ascending: one statement."""
    return days_between(scope, None, scope.last_day)


def days_between(scope: Scope, first_day: int | None, last_day: int) -> list[Day]:
    """Stored days of the scope's groups, both ends included, ascending: one statement.

    None: from the beginning. A page that needs two periods must not pay for ten years.
    """
    asked: dict[str, int] = {"day__lte": last_day}
    if first_day is not None:
        asked["day__gte"] = first_day
    found = (
        GroupDay.objects.filter(group_id__in=scope.group_ids, **asked)
        .order_by("day")
        .values_list(*_COLUMNS)
        if scope.group_ids
        else CommunityDay.objects.filter(community_id=scope.community_id, **asked)
        .order_by("day")
        .values_list(*_COLUMNS)
    )
    days = [_day(r) for r in found]
    return merge_days(days) if scope.group_ids else days


def stored_days(rows: QuerySet[GroupDay]) -> Iterator[tuple[int, Day]]:
    """(group id, day) of stored days, days ascending: one statement for many groups."""
    for group_id, *row in rows.order_by("day").values_list("group_id", *_COLUMNS):
        yield group_id, _day(row)


def _day(row: Sequence[object]) -> Day:
    day, messages, joins, leaves, links, questions, people, counts, hours = row
    who = unpack_people(people)  # type: ignore[arg-type]  # a values_list row
    return Day(
        day,  # type: ignore[arg-type]  # as above
        messages,  # type: ignore[arg-type]  # as above
        joins,  # type: ignore[arg-type]  # as above
        leaves,  # type: ignore[arg-type]  # as above
        links,  # type: ignore[arg-type]  # as above
        questions,  # type: ignore[arg-type]  # as above
        who,
        people_array(who),
        unpack_numbers(counts),  # type: ignore[arg-type]  # as above
        unpack_hours(hours),  # type: ignore[arg-type]  # as above
    )


def merge_days(days: Sequence[Day]) -> list[Day]:
    """Days of several groups, ascending, as one day each."""
    merged: list[Day] = []
    for one in days:
        if merged and merged[-1].day == one.day:
            merged[-1] = _add(merged[-1], one)
        else:
            merged.append(one)
    return merged


def _add(a: Day, b: Day) -> Day:
    ids, inverse = np.unique(np.concatenate([a.ids, b.ids]), return_inverse=True)
    counts = np.bincount(
        inverse, weights=np.concatenate([a.counts, b.counts]), minlength=len(ids)
    ).astype(np.int64)
    return Day(
        a.day,
        a.messages + b.messages,
        a.joins + b.joins,
        a.leaves + b.leaves,
        a.links + b.links,
        a.questions + b.questions,
        a.people | b.people,
        ids,
        counts,
        a.hours + b.hours,
    )

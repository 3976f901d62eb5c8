"""What a page of numbers looks at: a community or some of its groups, a period, who counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from pyroaring import BitMap

from weilu.chat.columns import Ints
from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.errors import NotFound
from weilu.insight.models import CommunityDay, GroupDay
from weilu.insight.packing import (
    add_counts,
    pack_numbers,
    people_array,
    unpack_hours,
    unpack_numbers,
    unpack_people,
)

_FAR_DAY = 10**9


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
    """One stored day of the scope's groups together.

    `packed` is what each of the people said, as it is stored: most pages ask only who spoke.
    """

    day: int
    messages: int
    joins: int
    leaves: int
    links: int
    questions: int
    people: BitMap
    packed: bytes
    hours: Ints

    @property
    def ids(self) -> Ints:
        """Who spoke, ascending; made with every look."""
        return people_array(self.people)

    @property
    def counts(self) -> Ints:
        """What each of `ids` said; made with every look."""
        return unpack_numbers(self.packed)


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


def days_by_group(group_ids: Sequence[int], last_day: int) -> dict[int, list[Day]]:
    """Every stored day of each group up to a day, ascending; groups without any have none.

    One statement for all.
    """
    found: dict[int, list[Day]] = {pk: [] for pk in group_ids}
    rows = GroupDay.objects.filter(group_id__in=group_ids, day__lte=last_day).order_by(
        "group_id", "day"
    )
    for group_id, *rest in rows.values_list("group_id", *_COLUMNS).iterator():
        found[group_id].append(_day(rest))
    return found


def spoke_between(scope: Scope, first_day: int | None, last_day: int) -> dict[int, BitMap]:
    """Who spoke on each stored day of the scope's groups, both ends included, ascending.

    One statement that leaves what was said where it lies: a third of what `days_between` reads.
    """
    begin = -_FAR_DAY if first_day is None else first_day
    ids = scope.group_ids or (scope.community_id,)
    table, owner = "insight_communityday", "community_id"
    if scope.group_ids:
        table, owner = "insight_groupday", "group_id"
    slots = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT day, people FROM {table} WHERE {owner} IN ({slots})"  # noqa: S608
            " AND day BETWEEN %s AND %s ORDER BY day",
            [*ids, begin, last_day],
        )
        rows = cursor.fetchall()
    found: dict[int, BitMap] = {}
    for day, blob in rows:
        people = unpack_people(blob)
        found[day] = found[day] | people if day in found else people
    return found


def _day(row: Sequence[object]) -> Day:
    day, messages, joins, leaves, links, questions, people, counts, hours = row
    return Day(
        day,  # type: ignore[arg-type]  # a values_list row
        messages,  # type: ignore[arg-type]  # as above
        joins,  # type: ignore[arg-type]  # as above
        leaves,  # type: ignore[arg-type]  # as above
        links,  # type: ignore[arg-type]  # as above
        questions,  # type: ignore[arg-type]  # as above
        unpack_people(people),  # type: ignore[arg-type]  # as above
        bytes(counts),  # type: ignore[call-overload]  # as above
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
    _ids, counts = add_counts(a.ids, a.counts, b.ids, b.counts)
    return Day(
        a.day,
        a.messages + b.messages,
        a.joins + b.joins,
        a.leaves + b.leaves,
        a.links + b.links,
        a.questions + b.questions,
        a.people | b.people,
        pack_numbers(counts),
        a.hours + b.hours,
    )

"""Who spoke, who is new and came back, who carries the talk, who is there and silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Case, F, IntegerField, Max, Min, Q, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest
from pyroaring import BitMap

from weilu.groups.models import Participation
from weilu.insight.numbers import Fresh, fresh, said
from weilu.insight.packing import people_array
from weilu.insight.pages.front import MOST_LEFT_OUT
from weilu.insight.pages.look import Look
from weilu.insight.rules.retention import CohortTable, Period, cohort_table, first_days
from weilu.insight.rules.spread import Spread, lorenz_points, spread
from weilu.insight.standing import SILENT_AFTER_MS
from weilu.members.queries import names

WEEK = 7
WEEKS_SHOWN = 12
COHORTS_SHOWN = 12
# A newcomer who speaks on another day within two weeks came back.
BACK_WITHIN = 14
_NAMES_AT_ONCE = 500
# Columns of `Present` as the statement names them; others cannot be sorted by.
_COLUMN = {
    "member_id": "member_id",
    "seen_ms": "seen_ms",
    "joined_ms": "join_ms",
    "spoke_ms": "spoke_ms",
    "messages": "said",
}


@dataclass(frozen=True, slots=True)
class Speaker:
    """A member with what was said in the period, on how many days, and when first and last."""

    member_id: int
    name: str
    messages: int
    days: int
    first_day: int
    last_day: int


@dataclass(frozen=True, slots=True)
class NewWeek:
    """Newcomers of seven days from `start`; `returned` of them spoke again within two weeks.

    `settled`: all of them had the two weeks.
    """

    start: int
    newcomers: int
    returned: int
    settled: bool


@dataclass(frozen=True, slots=True)
class Newcomers:
    """The period's newcomers and the last weeks'."""

    fresh: Fresh
    weeks: tuple[NewWeek, ...]


@dataclass(frozen=True, slots=True)
class Carriers:
    """How the talk of the period is shared; the curve runs from the most active."""

    spread: Spread
    curve: tuple[tuple[float, float], ...]
    top: tuple[tuple[int, str, int], ...]


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who is in the groups: first seen, joined and last spoke in ms; 0: never known."""

    member_id: int
    name: str
    seen_ms: int
    joined_ms: int
    spoke_ms: int
    messages: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page of people present, by a column of `Present` and then by member, beyond a cursor.

    `silent`: only those who never spoke or not for 60 days.
    """

    sort: str = "spoke_ms"
    descending: bool = False
    after: tuple[int, int] | None = None
    limit: int = 50
    silent: bool = False


def names_of(members: Sequence[int]) -> dict[int, str]:
    """Names by member id, any number of them."""
    found: dict[int, str] = {}
    for at in range(0, len(members), _NAMES_AT_ONCE):
        found |= names(members[at : at + _NAMES_AT_ONCE])
    return found


def speakers(look: Look, within: BitMap | None = None) -> list[Speaker]:
    """Who spoke in the period, most first; `within` keeps only some. Names are still empty."""
    days = [one for one in look.days(look.scope.first_day) if one.people]
    if not days:
        return []
    ids = np.concatenate([one.ids for one in days])
    # Days ascend, and a stable sort keeps them so for each member.
    order = np.argsort(ids, kind="stable")
    starts = np.flatnonzero(np.diff(ids[order], prepend=-1))
    ends = np.append(starts[1:], len(ids))
    day = np.repeat([one.day for one in days], [len(one.people) for one in days])[order]
    members = ids[order][starts]
    sums = np.add.reduceat(np.concatenate([one.counts for one in days])[order], starts)
    columns = (members, sums, ends - starts, day[starts], day[ends - 1])
    ranked = np.lexsort((members, -sums))
    if within is not None:
        ranked = ranked[np.isin(members[ranked], people_array(within))]
    rows = zip(*(column[ranked].tolist() for column in columns), strict=True)
    return [Speaker(member, "", *rest) for member, *rest in rows]


def newcomers(look: Look) -> Newcomers:
    """Who spoke for the first time, and who of them spoke again."""
    by_day = look.spoke()
    return Newcomers(fresh(by_day, look.scope), _weeks(by_day, look.scope.last_day))


def _weeks(by_day: Mapping[int, BitMap], last_day: int) -> tuple[NewWeek, ...]:
    """The last twelve stretches of seven days, oldest first; the first day of all is no news."""
    if not by_day:
        return ()
    begin = max(last_day - WEEKS_SHOWN * WEEK + 1, min(by_day) + 1)
    older = [people for day, people in by_day.items() if day < begin]
    late = {day: people for day, people in by_day.items() if day >= begin}
    new = first_days(late, BitMap.union(*older))
    weeks = []
    for start in range(last_day - WEEK + 1, begin - 1, -WEEK):
        count = back = 0
        for day in range(start, start + WEEK):
            people = new.get(day, BitMap())
            after = range(day + 1, day + BACK_WITHIN + 1)
            again = BitMap.union(BitMap(), *(late[one] for one in after if one in late))
            count += len(people)
            back += people.intersection_cardinality(again)
        weeks.append(NewWeek(start, count, back, start + WEEK - 1 + BACK_WITHIN <= last_day))
    return tuple(reversed(weeks))


def cohorts(look: Look, by: Period) -> CohortTable:
    """Retention of the newest twelve cohorts."""
    table = cohort_table(look.spoke(), period=by, last_day=look.scope.last_day)
    return CohortTable(table.period, table.cohorts[-COHORTS_SHOWN:], table.last_is_partial)


def carriers(look: Look, top: int = 10) -> Carriers:
    """Who wrote how much of the period; what came over bridges is nobody's."""
    bridges = look.known.relays
    told = [one for one in said(look.days(look.scope.first_day)) if one[0] not in bridges]
    counts = [n for _, n in told]
    called = names_of([m for m, _ in told[:top]])
    curve = tuple((1 - p, 1 - v) for p, v in reversed(lorenz_points(counts)))
    return Carriers(spread(counts), curve, tuple((m, called.get(m, ""), n) for m, n in told[:top]))


def present(look: Look, wanted: Wanted) -> list[Present]:
    """Members who are in the groups, in the order wanted.

    As `insight.standing` counts them: present in any group, bots left out always.
    """
    rows = Participation.objects.filter(group_id__in=look.group_ids)
    bots = sorted(look.known.bots)[:MOST_LEFT_OUT]
    if bots:
        rows = rows.exclude(identity__member_id__in=bots)
    spoke, joined = Coalesce("last_spoke_ms", Value(0)), Coalesce("last_joined_ms", Value(0))
    here = Case(
        When(Q(last_left_ms=None) | Q(last_left_ms__lt=Greatest(spoke, joined)), then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    found = (
        rows.order_by()
        .values(member_id=F("identity__member_id"))
        .annotate(
            seen_ms=Min("first_seen_ms"),
            join_ms=Coalesce(Min("joined_ms"), Value(0)),
            spoke_ms=Coalesce(Max("last_spoke_ms"), Value(0)),
            said=Sum("messages"),
            here=Max(here),
        )
        .filter(here=1)
    )
    if wanted.silent:
        found = found.filter(spoke_ms__lt=max(silent_since(look), 1))
    if wanted.after is not None:
        found = found.filter(_beyond(wanted.sort, wanted.after, descending=wanted.descending))
    sign = "-" if wanted.descending else ""
    ordered = found.order_by(f"{sign}{_COLUMN[wanted.sort]}", f"{sign}member_id")
    return _named(
        [
            (r["member_id"], r["seen_ms"], r["join_ms"], r["spoke_ms"], r["said"])
            for r in ordered[: wanted.limit]
        ]
    )


def _beyond(sort: str, after: tuple[int, int], *, descending: bool) -> Q:
    """Rows beyond a cursor of (value, member)."""
    name, way = _COLUMN[sort], "lt" if descending else "gt"
    value, member = after
    return Q(**{f"{name}__{way}": value}) | Q(**{name: value, f"member_id__{way}": member})


def _named(rows: Sequence[tuple[int, int, int, int, int]]) -> list[Present]:
    called = names_of([r[0] for r in rows])
    return [
        Present(member, called.get(member, ""), seen, joined, spoke, messages)
        for member, seen, joined, spoke, messages in rows
    ]


def silent_since(look: Look) -> int:
    """The moment, ms UTC, since when the silent have not spoken."""
    newest = Participation.objects.filter(group_id__in=look.group_ids).aggregate(
        newest=Max("last_spoke_ms")
    )["newest"]
    return (newest or 0) - SILENT_AFTER_MS

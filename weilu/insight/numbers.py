"""The numbers of a scope from its roll-ups (J-1): who spoke, how much, when, who came back.

Everything here reads stored days once and works on them in memory; a page costs the same at a
thousand messages and at a hundred million.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from pyroaring import BitMap

from weilu.chat.columns import Ints
from weilu.insight.rules.change import Change, compare, compare_days, compare_shares
from weilu.insight.rules.retention import CohortTable, Period, cohort_table
from weilu.insight.rules.rhythm import hour_map
from weilu.insight.rules.spread import Spread, spread
from weilu.insight.scope import Day, Scope
from weilu.members.queries import People


@dataclass(frozen=True, slots=True)
class PeriodNumbers:
    """One period: sums, and the members with how much each said (descending, then by id)."""

    messages: int
    joins: int
    leaves: int
    links: int
    questions: int
    speakers: BitMap
    said: tuple[tuple[int, int], ...]
    messages_per_day: tuple[int, ...]
    speakers_per_day: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """A scope's period beside the period before."""

    scope: Scope
    now: PeriodNumbers
    before: PeriodNumbers
    newcomers: BitMap
    newcomers_before: BitMap
    returned: BitMap
    hours: Ints
    messages_change: Change
    speakers_change: Change
    newcomers_change: Change
    spread: Spread
    has_before: bool


def counted(days: Iterable[Day], people: People, *, bots: bool, staff: bool) -> list[Day]:
    """Days in member numbers instead of identities, without those who do not count.

    Messages are those of the people left; hours, joins and links are of everybody: they are not
    kept per person.
    """
    out = people.left_out(bots=bots, staff=staff)
    return [_counted(d, people, out) for d in days]


def _counted(day: Day, people: People, out: BitMap) -> Day:
    ids = people.of_array(day.ids)
    counts = day.counts
    if out and not out.isdisjoint(people.of(day.people)):
        drop = np.fromiter(out, dtype=np.int64, count=len(out))
        keep = ~np.isin(ids, drop)
        ids, counts = ids[keep], counts[keep]
    elif ids is day.ids:
        return day
    unique, inverse = np.unique(ids, return_inverse=True)
    sums = np.bincount(inverse, weights=counts, minlength=len(unique)).astype(np.int64)
    return Day(
        day.day,
        int(sums.sum()),
        day.joins,
        day.leaves,
        day.links,
        day.questions,
        BitMap(unique.astype(np.uint32)),
        unique,
        sums,
        day.hours,
    )


def period(days: Sequence[Day], first: int, last: int) -> PeriodNumbers:
    """The numbers of the days from `first` to `last`; days without a row are zeros."""
    chosen = [d for d in days if first <= d.day <= last]
    per_day = {d.day: d for d in chosen}
    span = range(first, last + 1)
    return PeriodNumbers(
        messages=sum(d.messages for d in chosen),
        joins=sum(d.joins for d in chosen),
        leaves=sum(d.leaves for d in chosen),
        links=sum(d.links for d in chosen),
        questions=sum(d.questions for d in chosen),
        speakers=BitMap.union(*(d.people for d in chosen)) if chosen else BitMap(),
        said=said(chosen),
        messages_per_day=tuple(per_day[k].messages if k in per_day else 0 for k in span),
        speakers_per_day=tuple(len(per_day[k].people) if k in per_day else 0 for k in span),
    )


def said(days: Sequence[Day]) -> tuple[tuple[int, int], ...]:
    """(member, messages) over days, most first, ties by id."""
    if not days:
        return ()
    ids = np.concatenate([d.ids for d in days])
    counts = np.concatenate([d.counts for d in days])
    unique, inverse = np.unique(ids, return_inverse=True)
    sums = np.bincount(inverse, weights=counts, minlength=len(unique)).astype(np.int64)
    order = np.lexsort((unique, -sums))
    return tuple(zip(unique[order].tolist(), sums[order].tolist(), strict=True))


def overview(scope: Scope, days: Sequence[Day]) -> Overview:
    """The numbers of a scope from its counted days (all up to the last day)."""
    now = period(days, scope.first_day, scope.last_day)
    before = period(days, scope.first_day_before, scope.first_day - 1)
    older = _union(d.people for d in days if d.day < scope.first_day_before)
    newcomers_before = before.speakers - older
    newcomers = now.speakers - older - before.speakers
    inside = [d for d in days if scope.first_day <= d.day <= scope.last_day]
    return Overview(
        scope=scope,
        now=now,
        before=before,
        newcomers=newcomers,
        newcomers_before=newcomers_before,
        returned=_returned(inside, newcomers),
        hours=hour_map({d.day: d.hours for d in inside}),
        messages_change=compare_days(now.messages_per_day, before.messages_per_day),
        speakers_change=compare(
            len(now.speakers),
            len(before.speakers),
            now_days=scope.days,
            before_days=scope.days,
        ),
        newcomers_change=compare_shares(
            len(newcomers),
            max(len(now.speakers), 1),
            len(newcomers_before),
            max(len(before.speakers), 1),
        ),
        spread=spread([n for _, n in now.said]),
        has_before=any(d.day < scope.first_day for d in days),
    )


def _union(many: Iterable[BitMap]) -> BitMap:
    maps = list(many)
    return BitMap.union(*maps) if maps else BitMap()


def _returned(days: Sequence[Day], newcomers: BitMap) -> BitMap:
    """Newcomers who spoke on a second day within the period."""
    once, twice = BitMap(), BitMap()
    for day in days:
        here = day.people & newcomers
        twice |= once & here
        once |= here
    return twice


def retention(days: Sequence[Day], scope: Scope, by: Period) -> CohortTable:
    """Who came back: cohorts of the scope's last half year (weeks) or whole history (months)."""
    return cohort_table({d.day: d.people for d in days}, period=by, last_day=scope.last_day)

"""The numbers of a scope from its roll-ups (J-1): who spoke, how much, when, who came back.

Everything here reads stored days once and works on them in memory; a page costs the same at a
thousand messages and at a hundred million.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pyroaring import BitMap

from weilu.chat.columns import Ints
from weilu.insight.packing import pack_numbers, people_array
from weilu.insight.scope import Day, Scope
from weilu.members.queries import People

# Ids that fill a range at least this thinly are summed in an array over the range.
_DENSE = 8


@dataclass(frozen=True, slots=True)
class PeriodNumbers:
    """One period: sums, and the members who spoke; per day from its first day."""

    messages: int
    joins: int
    leaves: int
    links: int
    questions: int
    speakers: BitMap
    messages_per_day: tuple[int, ...]
    speakers_per_day: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fresh:
    """Who spoke for the first time in a period and in the one before.

    `returned` of the period's newcomers spoke on a second day of it.
    """

    newcomers: BitMap
    newcomers_before: BitMap
    returned: BitMap


def counted(days: Iterable[Day], people: People, *, bots: bool, staff: bool) -> list[Day]:
    """Days in member numbers instead of identities, without those who do not count.

    Messages are those of the people left; hours, joins and links are of everybody: they are not
    kept per person.
    """
    out = people.left_out(bots=bots, staff=staff)
    return [_counted(d, people, out) for d in days]


def _counted(day: Day, people: People, out: BitMap) -> Day:
    is_left_out = bool(out) and not out.isdisjoint(people.of(day.people))
    if not is_left_out and day.people.isdisjoint(people.moved_ids):
        return day
    ids, counts = people.of_array(day.ids), day.counts
    if is_left_out:
        keep = ~np.isin(ids, people_array(out))
        ids, counts = ids[keep], counts[keep]
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
        pack_numbers(sums),
        day.hours,
    )


def spoke(stored: Mapping[int, BitMap], people: People, out: BitMap) -> dict[int, BitMap]:
    """Who spoke on each day, in member numbers instead of identities, without those left out."""
    return {day: people.of(who) - out for day, who in stored.items()}


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
        messages_per_day=tuple(per_day[k].messages if k in per_day else 0 for k in span),
        speakers_per_day=tuple(len(per_day[k].people) if k in per_day else 0 for k in span),
    )


def said(days: Sequence[Day]) -> tuple[tuple[int, int], ...]:
    """(member, messages) over days, most first, ties by id."""
    if not days:
        return ()
    ids = np.concatenate([d.ids for d in days])
    counts = np.concatenate([d.counts for d in days])
    unique, sums = sum_by_id(ids, counts)
    order = np.lexsort((unique, -sums))
    return tuple(zip(unique[order].tolist(), sums[order].tolist(), strict=True))


def sum_by_id(ids: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Each id once, ascending, with the sum of its counts, none of which is 0."""
    top = int(ids.max(initial=0))
    if top < _DENSE * len(ids):
        sums = np.bincount(ids, weights=counts, minlength=top + 1).astype(np.int64)
        unique = np.flatnonzero(sums)
        return unique, sums[unique]
    unique, inverse = np.unique(ids, return_inverse=True)
    return unique, np.bincount(inverse, weights=counts, minlength=len(unique)).astype(np.int64)


def fresh(by_day: Mapping[int, BitMap], scope: Scope) -> Fresh:
    """Who is new in the scope's period, from everybody who ever spoke, days ascending."""
    older = _union(who for day, who in by_day.items() if day < scope.first_day_before)
    before = _union(
        who for day, who in by_day.items() if scope.first_day_before <= day < scope.first_day
    )
    inside = [who for day, who in by_day.items() if scope.first_day <= day <= scope.last_day]
    newcomers = _union(inside) - older - before
    return Fresh(newcomers, before - older, returned(inside, newcomers))


def _union(many: Iterable[BitMap]) -> BitMap:
    maps = list(many)
    return BitMap.union(*maps) if maps else BitMap()


def returned(days: Iterable[BitMap], newcomers: BitMap) -> BitMap:
    """Which newcomers spoke on a second one of the days."""
    once, twice = BitMap(), BitMap()
    for people in days:
        here = people & newcomers
        twice |= once & here
        once |= here
    return twice

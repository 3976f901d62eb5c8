"""Merging people and parting them again without loss (handbook C-1).

A merge is kept as a claim beside the untouched identities, never as an overwritten row. The
people follow from the claims that stand, so taking one back restores exactly what would be
without it, whatever else was merged in between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class MergeRecord(NamedTuple):
    """The claim that two identities, the smaller id first, are one person."""

    a: int
    b: int


@dataclass(frozen=True, slots=True)
class MergeMap:
    """All claims that stand; equal maps mean equal people."""

    records: frozenset[MergeRecord] = field(default_factory=frozenset)


def merge(known: MergeMap, a: int, b: int) -> tuple[MergeMap, MergeRecord]:
    """Claim that `a` and `b` are one person; claiming it twice changes nothing.

    Raises ValueError when both are the same identity.
    """
    if a == b:
        message = f"identity {a} cannot be merged with itself"
        raise ValueError(message)
    record = MergeRecord(min(a, b), max(a, b))
    return MergeMap(known.records | {record}), record


def unmerge(known: MergeMap, record: MergeRecord) -> MergeMap:
    """Take a claim back; two identities stay together where another claim still joins them.

    Raises KeyError when the claim does not stand.
    """
    if record not in known.records:
        raise KeyError(record)
    return MergeMap(known.records - {record})


def people(known: MergeMap, messages: Mapping[int, int]) -> dict[int, int]:
    """Canonical identity of each identity in `messages` (id → message count) or in a claim.

    Canonical is who wrote most, then the smallest id; an identity without claims is its own.
    """
    result: dict[int, int] = {}
    neighbours = _neighbours(known.records)
    for one in sorted({*messages, *neighbours}):
        if one not in result:
            together = _reach(one, neighbours)
            head = max(together, key=lambda member: (messages.get(member, 0), -member))
            result.update(dict.fromkeys(together, head))
    return result


def same_person(known: MergeMap, one: int) -> frozenset[int]:
    """Every identity that is the same person as this one, itself included."""
    return frozenset(_reach(one, _neighbours(known.records)))


def moved(before: Mapping[int, int], after: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """Identities whose person changed between two results of `people`: id → (old, new)."""
    return {
        one: (before.get(one, one), after.get(one, one))
        for one in sorted({*before, *after})
        if before.get(one, one) != after.get(one, one)
    }


def _neighbours(records: Iterable[MergeRecord]) -> dict[int, set[int]]:
    neighbours: dict[int, set[int]] = defaultdict(set)
    for record in records:
        neighbours[record.a].add(record.b)
        neighbours[record.b].add(record.a)
    return neighbours


def _reach(start: int, neighbours: Mapping[int, set[int]]) -> set[int]:
    found = {start}
    waiting = [start]
    while waiting:
        for other in neighbours.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found

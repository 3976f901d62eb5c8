"""Who really came and who really left: growth that is not reconnects (J-1).

Chat networks log a leave and a join for every lost connection; in one year of one real channel
76,777 joins came from 3,560 names. A leave followed by a return within the gap is a reconnect
and counts as nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

RECONNECT_GAP = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Spell:
    """One stretch of presence in ms since 1970 UTC.

    `joined_ms` is None when the person was there before the records begin; `left_ms` is None
    while the person is still there.
    """

    joined_ms: int | None
    left_ms: int | None


@dataclass(frozen=True, slots=True)
class Moves:
    """People who moved, by day; days without a move are left out.

    `joins` holds each person's first appearance once; `returns` those who came back after a
    longer absence than the gap; `leaves` every real leave. Joins + returns − leaves is the
    change of presence. `open_leaves` counts leaves so recent that a return may still turn them
    into a reconnect; they are part of `leaves`.
    """

    joins: Mapping[int, int]
    returns: Mapping[int, int]
    leaves: Mapping[int, int]
    open_leaves: int
    reconnects: int

    @property
    def are_dropped_mostly(self) -> bool:
        """Whether most who leave are soon back: then nobody can say yet who of the last left."""
        return self.reconnects > sum(self.leaves.values())


def stays(spells: Iterable[Spell], gap: timedelta = RECONNECT_GAP) -> tuple[Spell, ...]:
    """One person's spells with reconnects and overlaps closed, oldest first.

    A spell that would end before it begins is taken as a moment at its beginning. Raises
    ValueError when `gap` is negative.
    """
    if gap < timedelta(0):
        raise ValueError("gap must not be negative")
    gap_ms = gap // timedelta(milliseconds=1)
    merged: list[Spell] = []
    for spell in sorted(map(_in_order, spells), key=_begin):
        last = merged[-1] if merged else None
        if last is None or (last.left_ms is not None and _begin(spell) - last.left_ms > gap_ms):
            merged.append(spell)
        else:
            merged[-1] = Spell(last.joined_ms, _later(last.left_ms, spell.left_ms))
    return tuple(merged)


def _begin(spell: Spell) -> float:
    """Moment a spell begins; before everything when the records do not hold it."""
    return float("-inf") if spell.joined_ms is None else spell.joined_ms


def _in_order(spell: Spell) -> Spell:
    """Return the spell, never ending before it begins."""
    if spell.joined_ms is None or spell.left_ms is None or spell.left_ms >= spell.joined_ms:
        return spell
    return Spell(spell.joined_ms, spell.joined_ms)


def _later(one: int | None, other: int | None) -> int | None:
    """Return the later end; None, still there, is later than any."""
    return None if one is None or other is None else max(one, other)


def real_moves(
    spells_by_person: Mapping[int, Sequence[Spell]],
    *,
    day_of: Callable[[int], int],
    until_ms: int,
    gap: timedelta = RECONNECT_GAP,
) -> Moves:
    """Real joins, returns and leaves per day of all people of a group.

    `day_of` turns ms UTC into the community's day; `until_ms` is where the records end.
    """
    joins: Counter[int] = Counter()
    returns: Counter[int] = Counter()
    leaves: Counter[int] = Counter()
    open_leaves = reconnects = 0
    settled_ms = until_ms - gap // timedelta(milliseconds=1)
    for spells in spells_by_person.values():
        stretches = stays(spells, gap)
        reconnects += len(spells) - len(stretches)
        for index, stretch in enumerate(stretches):
            if stretch.joined_ms is not None:
                (returns if index else joins)[day_of(stretch.joined_ms)] += 1
            if stretch.left_ms is not None:
                leaves[day_of(stretch.left_ms)] += 1
                open_leaves += stretch.left_ms >= settled_ms
    return Moves(joins, returns, leaves, open_leaves, reconnects)


def present_at(
    spells_by_person: Mapping[int, Sequence[Spell]], moment_ms: int, gap: timedelta = RECONNECT_GAP
) -> int:
    """People present at a moment; those between a leave and a reconnect count as present."""
    return sum(
        any(
            _begin(stay) <= moment_ms and (stay.left_ms is None or moment_ms < stay.left_ms)
            for stay in stays(spells, gap)
        )
        for spells in spells_by_person.values()
    )

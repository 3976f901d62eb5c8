"""Evidence that two identities are one person, gathered pair by pair (handbook C-1)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from weilu.members.rules.names import base_nick, fold_name, is_generic, is_throwaway, without_digits
from weilu.members.rules.spells import NO_SPELLS, Spells

NO_TIMES: NDArray[np.int64] = np.empty(0, dtype=np.int64)
HOUR_MS = 3_600_000
PASSAGE_MS = 24 * HOUR_MS
RECONNECT_BEFORE_MS = 10 * 60_000
RECONNECT_AFTER_MS = 15 * 60_000
HUB_NEIGHBOURS = 4
PUSHED_OFTEN = 4
CROWD = 8

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class NameSpan:
    """A name an identity showed, and the UTC ms it was first and last seen with it."""

    name: str
    first_ms: int
    last_ms: int


@dataclass(frozen=True, slots=True, eq=False)
class IdentityFacts:
    """What is known of one identity; `account` is "" where the source gives names only.

    `spells` are its runs of talk (`spells.speaking_spells`), `joined_ms` and `left_ms` ascending.
    """

    id: int
    platform: str
    account: str
    names: tuple[NameSpan, ...]
    messages: int = 0
    spells: Spells = field(default_factory=lambda: NO_SPELLS)
    joined_ms: NDArray[np.int64] = field(default_factory=lambda: NO_TIMES)
    left_ms: NDArray[np.int64] = field(default_factory=lambda: NO_TIMES)

    @property
    def last_name(self) -> str:
        """The name seen last, "" when there is none."""
        return (
            max(self.names, key=lambda span: (span.last_ms, span.name)).name if self.names else ""
        )


@dataclass(frozen=True, slots=True)
class Rename:
    """The platform said that identity `old` goes on as identity `new`."""

    old: int
    new: int
    at_ms: int


@dataclass(slots=True)
class RenameCount:
    """Renames between one pair: how often each way, and how often through a passing nick."""

    forward: int = 0
    backward: int = 0
    through_guest: int = 0

    @property
    def total(self) -> int:
        """All renames, both ways."""
        return self.forward + self.backward + self.through_guest


def ordered(left: int, right: int) -> Pair:
    """Pair with the smaller id first, so that (a, b) and (b, a) are one key."""
    return (left, right) if left < right else (right, left)


@dataclass(frozen=True, slots=True)
class Chain:
    """Renames counted by pair, owners of each passing nick, hubs, and nicks often pushed off.

    A nick is pushed off when services rename its user to four or more passing nicks and nobody
    ever comes back to it: several strangers may have tried the same registered nick.
    """

    counts: Mapping[Pair, RenameCount]
    owners: Mapping[int, frozenset[int]]
    hubs: frozenset[int]
    pushed: frozenset[int]


def read_renames(facts: Mapping[int, IdentityFacts], renames: Iterable[Rename]) -> Chain:
    """Count renames between lasting nicks; passing nicks (`Guest123`) only carry evidence through.

    a → Guest1 → b within a day counts as a rename from a to b. A hub is a nick that was
    left for four or more unlike names and hardly ever returned to: a default, not a person.
    """
    passing = {i for i, one in facts.items() if is_throwaway(one.last_name)}
    counts: dict[Pair, RenameCount] = {}
    owners: dict[int, set[int]] = defaultdict(set)
    arrived: dict[int, tuple[int, int]] = {}
    pushed: Counter[int] = Counter()
    returned: set[int] = set()
    for one in sorted(renames, key=lambda r: (r.at_ms, r.old, r.new)):
        if one.old == one.new or one.old not in facts or one.new not in facts:
            continue
        source, through = _source_of(one, passing, arrived)
        if one.new in passing:
            pushed[one.old] += 1
        if through:
            returned.add(one.new)
        _note_owner(one, source, passing, owners)
        if one.new in passing:
            arrived[one.new] = (source, one.at_ms)
        elif source != one.new and source not in passing:
            _count(counts, source, one.new, through=through)
    return Chain(
        counts=counts,
        owners={guest: frozenset(found) for guest, found in owners.items()},
        hubs=_hubs(facts, counts),
        pushed=frozenset(
            one for one, times in pushed.items() if times >= PUSHED_OFTEN and one not in returned
        ),
    )


def _source_of(
    one: Rename, passing: set[int], arrived: Mapping[int, tuple[int, int]]
) -> tuple[int, bool]:
    if one.old not in passing:
        return one.old, False
    source, at_ms = arrived.get(one.old, (one.old, one.at_ms))
    if one.at_ms - at_ms > PASSAGE_MS:
        return one.old, False
    return source, True


def _note_owner(one: Rename, source: int, passing: set[int], owners: dict[int, set[int]]) -> None:
    if one.new in passing:
        owners[one.new].add(source)
    if one.old in passing:
        owners[one.old].add(one.new)


def _count(counts: dict[Pair, RenameCount], old: int, new: int, *, through: bool) -> None:
    count = counts.setdefault(ordered(old, new), RenameCount())
    if through:
        count.through_guest += 1
    elif old < new:
        count.forward += 1
    else:
        count.backward += 1


def _hubs(facts: Mapping[int, IdentityFacts], counts: Mapping[Pair, RenameCount]) -> frozenset[int]:
    leaving: dict[int, Counter[str]] = defaultdict(Counter)
    coming: Counter[int] = Counter()
    for (left, right), count in counts.items():
        for old, new, times in (
            (left, right, count.forward),
            (right, left, count.backward),
        ):
            if times:
                leaving[old][_stem(facts[new])] += times
                coming[new] += times
    return frozenset(
        one for one, names in leaving.items() if _is_hub(_stem(facts[one]), names, coming[one])
    )


def _stem(one: IdentityFacts) -> str:
    return without_digits(base_nick(one.last_name))


def _is_hub(own: str, leaving: Counter[str], coming: int) -> bool:
    """Left for ever new names and hardly ever returned to: where people start, not a person."""
    total = leaving.total()
    unlike = len(leaving.keys() - {own})
    return unlike >= HUB_NEIGHBOURS and coming < 0.2 * total and len(leaving) > 0.5 * total


def like_named_pairs(facts: Sequence[IdentityFacts]) -> list[Pair]:
    """Pairs on one platform that share a base nick, or a folded name of any time; sorted, unique.

    A name more than eight identities share is a crowd and gives no pairs.
    """
    groups: dict[tuple[str, str], set[int]] = defaultdict(set)
    for one in facts:
        for span in one.names:
            if not is_generic(span.name):
                groups[one.platform, fold_name(span.name)].add(one.id)
                groups[one.platform, base_nick(span.name)].add(one.id)
    pairs: set[Pair] = set()
    for members in groups.values():
        if len(members) <= CROWD:
            pairs.update(combinations(sorted(members), 2))
    return sorted(pairs)


def count_reconnects(left: IdentityFacts, right: IdentityFacts) -> int:
    """How often one came in while or just after the other dropped out, both ways together.

    The new nick often arrives before the old connection times out, so a leave counts from ten
    minutes after an arrival to fifteen minutes before it.
    """
    return _handovers(left, right) + _handovers(right, left)


def _handovers(leaver: IdentityFacts, comer: IdentityFacts) -> int:
    if not leaver.left_ms.size or not comer.joined_ms.size:
        return 0
    first = np.searchsorted(leaver.left_ms, comer.joined_ms - RECONNECT_AFTER_MS, side="left")
    last = np.searchsorted(leaver.left_ms, comer.joined_ms + RECONNECT_BEFORE_MS, side="right")
    return int((last > first).sum())

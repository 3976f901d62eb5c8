"""How the people who decide agree: the same message decided differently, and how often (B-6, I-4).

Pure. Two messages are the same kind when they say the same but for numbers, Latin letters and
signs. A share is told only from enough comparisons: `None` is "too few to say".
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

ENOUGH_PAIRS = 10
ENOUGH_DECISIONS = 20
LEAST_CHARS = 6
# A saying decided a hundred times is compared by its newest only.
MOST_IN_A_SAYING = 12


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision: about which message, by whom, whether junk, what the message says, folded.

    `band` is how much it looked like junk: decisions about the same band are comparable.
    """

    message: int
    person: Hashable
    junk: bool
    text: str
    band: Hashable = None


@dataclass(frozen=True, slots=True)
class Split:
    """The same saying, called junk in one place and fine in another; newest decisions first."""

    junk: tuple[Decided, ...]
    fine: tuple[Decided, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How one person decides: how many, comparisons with others and with themselves."""

    person: Hashable
    decisions: int
    junk: int
    compared: int
    agreed: int
    own_compared: int
    own_agreed: int

    @property
    def share(self) -> float | None:
        """The share of comparisons with others that agree; None for too few."""
        return self.agreed / self.compared if self.compared >= ENOUGH_PAIRS else None


def core(folded: str) -> str:
    """What makes two messages the same kind; "" for what is too short to tell."""
    kept = "".join(sign for sign in folded if not sign.isascii())
    return kept if len(kept) >= LEAST_CHARS else ""


def sayings(decided: Iterable[Decided]) -> list[list[Decided]]:
    """Decisions about the same saying together, where there are two or more."""
    found: dict[str, list[Decided]] = {}
    for one in decided:
        key = core(one.text) or one.text
        if len(key) >= LEAST_CHARS:
            found.setdefault(key, []).append(one)
    return [many[:MOST_IN_A_SAYING] for many in found.values() if len(many) > 1]


def splits(decided: Sequence[Decided]) -> list[Split]:
    """Sayings that were decided both ways, those decided most often first."""
    found = []
    for many in sayings(decided):
        junk = tuple(one for one in many if one.junk)
        fine = tuple(one for one in many if not one.junk)
        if junk and fine:
            found.append(Split(junk, fine))
    return sorted(found, key=lambda one: -(len(one.junk) + len(one.fine)))


def agreements(decided: Sequence[Decided]) -> list[Agreement]:
    """How each person agrees with the others, who decided most first."""
    people = list(dict.fromkeys(one.person for one in decided))
    counts = {person: [0, 0, 0, 0, 0, 0] for person in people}
    for one in decided:
        counts[one.person][0] += 1
        counts[one.person][1] += one.junk
    for many in sayings(decided):
        for a, b in combinations(many, 2):
            same = a.junk == b.junk
            if a.person == b.person:
                counts[a.person][4] += 1
                counts[a.person][5] += same
                continue
            for person in (a.person, b.person):
                counts[person][2] += 1
                counts[person][3] += same
    rows = [Agreement(person, *many) for person, many in counts.items()]
    return sorted(rows, key=lambda one: -one.decisions)


@dataclass(frozen=True, slots=True)
class Strictness:
    """Of what looks alike, how much one person calls junk: `junk` of `of`."""

    person: Hashable
    junk: int
    of: int

    @property
    def share(self) -> float:
        """The share called junk."""
        return self.junk / self.of


def strictness(decided: Iterable[Decided]) -> dict[Hashable, list[Strictness]]:
    """By band, how much each person calls junk; only bands that two people decided enough of."""
    counts: dict[Hashable, dict[Hashable, list[int]]] = {}
    for one in decided:
        mine = counts.setdefault(one.band, {}).setdefault(one.person, [0, 0])
        mine[0] += one.junk
        mine[1] += 1
    found = {}
    for band, people in counts.items():
        rows = [
            Strictness(person, junk, of)
            for person, (junk, of) in people.items()
            if of >= ENOUGH_DECISIONS
        ]
        if len(rows) > 1:
            found[band] = sorted(rows, key=lambda one: -one.share)
    return found

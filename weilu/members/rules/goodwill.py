"""Goodwill (C-4): how much a member gives and gets in real exchange, fading with time.

The model, all of it:

- Some kinds of exchange count, each with a weight, and a cap on how many of one day in one
  community count: so a flood of small talk is worth no more than a good day.
- Every different person they exchanged with adds a little, once: to know many is worth more than
  to talk with one at length. Every different kind of exchange adds a little too.
- What lies `half_life_days` back counts half, twice as long a quarter, and so on.
- Nothing else counts: no prize, no gift, no coupon builds goodwill.

The score is the sum of its lines, does not depend on the order of what happened, and never falls
because something more was given. What is stored is its `base`: the score as of EPOCH_DAY had
everything happened so much earlier. All bases fade alike, so they can be compared and sorted
without ever being written again, and `points_of` gives the score of any day. Who is only where
history ended has the score of its last day: their base is moved on to today (`moved_on`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from weilu.members.rules.exchange import Exchange, Ints, Rows

Floats = npt.NDArray[np.float64]

COUNTED = (
    Exchange.ANSWERED,
    Exchange.THANKED,
    Exchange.REPLIED,
    Exchange.WAS_REPLIED,
    Exchange.MENTIONED,
    Exchange.PRESENT,
)
_COUNTS = np.isin(np.arange(256), COUNTED)
# 2020-01-01: with the shortest half-life, bases stay within a float until 2050.
EPOCH_DAY = 18_262
HALF_LIFE_DAYS = (14, 730)
# The day of what is so old that only how often and with whom is kept (`rules.folding`).
CARRIED = 0
# Beyond it a look-up table of groups costs more than sorting them.
_MOST_IN_TABLE = 1_000_000
# Places of members take 12 bits beside what else is sorted.
_MEMBERS_AT_ONCE = 4096
_ROWS_AT_ONCE = 30_000
MOST_LIVES = 900.0
MOST_POINTS = 100.0
MOST_TIMES = 1000


@dataclass(frozen=True, slots=True)
class Worth:
    """What one exchange is worth, in points, and how many of one day count."""

    points: float
    cap: int


Worths = Mapping[Exchange, Worth]
USUAL_WORTHS: Worths = {
    Exchange.ANSWERED: Worth(5.0, 5),
    Exchange.THANKED: Worth(3.0, 5),
    Exchange.REPLIED: Worth(1.0, 10),
    Exchange.WAS_REPLIED: Worth(0.5, 10),
    Exchange.MENTIONED: Worth(0.5, 5),
    Exchange.PRESENT: Worth(0.5, 1),
}


@dataclass(frozen=True, slots=True)
class Model:
    """The numbers of the model; the usual ones by default. `own` are a community's own worths."""

    worth: Worths = field(default_factory=lambda: USUAL_WORTHS)
    person_points: float = 2.0
    kind_points: float = 3.0
    half_life_days: float = 90.0
    own: Mapping[int, Worths] = field(default_factory=dict)

    def of(self, community: int) -> Worths:
        """What exchange is worth in a community."""
        return self.own.get(community, self.worth)


USUAL = Model()


@dataclass(frozen=True, slots=True)
class Happened:
    """Exchange on a day (days since 1970), with a person or nobody (0), in a community."""

    kind: Exchange
    day: int
    person: int = 0
    times: int = 1
    community: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One kind's part of a score: how often it happened, how much of that counted, the points.

    `person` is with how many different people.
    """

    kind: Exchange
    times: int
    counted: int
    points: float
    people: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """A score with its lines; `people` are those exchanged with, `people_points` what they add."""

    points: float
    lines: tuple[Line, ...]
    people: int
    people_points: float
    kinds: int
    kinds_points: float


def fade(day: int, today: int, model: Model = USUAL) -> float:
    """What part of its points something keeps, 0-1; a day to come keeps all."""
    return float(0.5 ** (max(0, today - day) / model.half_life_days))


def score(happened: Iterable[Happened], today: int, model: Model = USUAL) -> Score:
    """The score of what happened as of a day, with its lines in order of `Exchange`.

    The plain way, one thing after the other: what `bases` must equal.
    """
    times: dict[Exchange, dict[tuple[int, int], int]] = {kind: defaultdict(int) for kind in COUNTED}
    people: dict[Exchange, set[int]] = {kind: set() for kind in COUNTED}
    met: dict[int, int] = {}
    done: dict[Exchange, int] = {}
    for one in happened:
        if one.kind not in times:
            continue
        times[one.kind][one.day, one.community] += one.times
        done[one.kind] = max(one.day, done.get(one.kind, one.day))
        if one.person:
            people[one.kind].add(one.person)
            met[one.person] = max(one.day, met.get(one.person, one.day))
    lines = tuple(_line(kind, times[kind], len(people[kind]), today, model) for kind in COUNTED)
    people_points = model.person_points * math.fsum(fade(d, today, model) for d in met.values())
    kinds_points = model.kind_points * math.fsum(fade(d, today, model) for d in done.values())
    return Score(
        points=math.fsum([*(line.points for line in lines), people_points, kinds_points]),
        lines=lines,
        people=len(met),
        people_points=people_points,
        kinds=len(done),
        kinds_points=kinds_points,
    )


def _line(
    kind: Exchange, by_day: Mapping[tuple[int, int], int], people: int, today: int, model: Model
) -> Line:
    counted = {key: min(n, model.of(key[1])[kind].cap) for key, n in by_day.items()}
    points = math.fsum(
        model.of(community)[kind].points * n * fade(day, today, model)
        for (day, community), n in counted.items()
    )
    # What is carried is worth next to nothing, and has no days to count by.
    lately = sum(n for (day, _community), n in counted.items() if day != CARRIED)
    return Line(kind, sum(by_day.values()), lately, points, people)


@dataclass(frozen=True, slots=True)
class Bases:
    """Scores of many: `base` and the number of different people, for members 0 to size - 1."""

    base: Floats
    people: Ints


def bases(rows: Rows, size: int, model: Model, communities: Mapping[int, int]) -> Bases:
    """The same scores for many members at once, as bases.

    `rows` hold places of members (ascending, below `size`) in `who`, members in `partner`;
    `communities` are those of groups. Rows of the same order give the same floats.
    """
    edges = np.searchsorted(rows["who"], np.arange(size + 1))
    parts, first = [], 0
    while first < size:
        # As many members as have rows that stay at hand of the processor; at least one.
        last = int(np.searchsorted(edges, edges[first] + _ROWS_AT_ONCE, side="right")) - 1
        last = min(max(last, first + 1), first + _MEMBERS_AT_ONCE, size)
        part = rows[edges[first] : edges[last]]
        parts.append(_bases(part, (first, last), model, communities))
        first = last
    return Bases(
        np.concatenate([one.base for one in parts]) if parts else np.zeros(0),
        np.concatenate([one.people for one in parts]) if parts else np.zeros(0, dtype=np.int64),
    )


def _bases(
    rows: Rows, span: tuple[int, int], model: Model, communities: Mapping[int, int]
) -> Bases:
    """Scores of the members of a span, which alone have rows here."""
    size = span[1] - span[0]
    counted = _COUNTS[rows["kind"]]
    if not counted.all():
        rows = rows[counted]
    who, kind = rows["who"].astype(np.int64) - span[0], rows["kind"].astype(np.int64)
    day = rows["day"].astype(np.int64)
    place, known = _communities(rows["group"], communities)
    key = ((who << 8 | kind) << 16 | day) << 16 | place
    times = rows["times"].astype(np.int64)
    if (key[1:] < key[:-1]).any():
        order = np.argsort(key, kind="stable")
        key, times = key[order], times[order]
    starts = _starts(key)
    key, times = key[starts], np.add.reduceat(times, starts) if len(starts) else times
    points, caps = _worths(model, known)
    at = (key & 0xFFFF) << 8 | (key >> 32 & 0xFF)
    grow = _growth(model.half_life_days)
    worth = points[at] * np.minimum(times, caps[at]) * grow[key >> 16 & 0xFFFF]
    talked = np.bincount(key >> 40, weights=worth, minlength=size)
    met = who << 48 | rows["partner"].astype(np.int64) << 16 | day
    people, bonus = _latest(met[rows["partner"] != 0], size, grow)
    ended = np.ones(len(key), dtype=np.bool_)
    ended[:-1] = key[1:] >> 32 != key[:-1] >> 32
    newest = key[ended]
    lately = grow[newest >> 16 & 0xFFFF]
    variety = np.bincount(newest >> 40, weights=lately, minlength=size)
    return Bases(talked + model.person_points * bonus + model.kind_points * variety, people)


@lru_cache(maxsize=8)
def _growth(half_life_days: float) -> Floats:
    """What a point of each day is worth as of EPOCH_DAY."""
    # A clock that is a century ahead must not end in infinity.
    lives = (np.arange(1 << 16) - EPOCH_DAY) / half_life_days
    # Nor what is very old in nothing at all: whoever has only that is still somebody.
    return np.exp2(np.clip(lives, -MOST_LIVES, MOST_LIVES))


def _communities(
    groups: npt.NDArray[np.uint32], communities: Mapping[int, int]
) -> tuple[Ints, list[int]]:
    """A small number for the community of each row, and which communities these are."""
    known = [0, *sorted(set(communities.values()))]
    number = {community: k for k, community in enumerate(known)}
    if len(known) == 1 or not len(groups):
        return np.zeros(len(groups), dtype=np.int64), known
    top = int(groups.max())
    if top <= _MOST_IN_TABLE:
        table = np.zeros(top + 1, dtype=np.int64)
        for group, community in communities.items():
            if group <= top:
                table[group] = number[community]
        return table[groups], known
    ids, slot = np.unique(groups, return_inverse=True)
    places = np.array([number[communities.get(int(g), 0)] for g in ids], dtype=np.int64)
    return places[slot], known


def _worths(model: Model, known: list[int]) -> tuple[Floats, Ints]:
    """Points and caps by community and kind, 256 kinds a community."""
    points = np.zeros(len(known) << 8)
    caps = np.zeros(len(known) << 8, dtype=np.int64)
    for k, community in enumerate(known):
        for kind, worth in model.of(community).items():
            points[k << 8 | kind], caps[k << 8 | kind] = worth.points, worth.cap
    return points, caps


def _starts(key: Ints) -> Ints:
    """Where each run of the same number begins."""
    new = np.ones(len(key), dtype=np.bool_)
    new[1:] = key[1:] != key[:-1]
    return np.flatnonzero(new)


def _latest(key: Ints, size: int, grow: Floats) -> tuple[Ints, Floats]:
    """How many different partners each member has, and what the last days with them are worth.

    `key` is member, partner of 32 bits, day of 16 bits.
    """
    if not len(key):
        return np.zeros(size, dtype=np.int64), np.zeros(size)
    key = np.sort(key)
    last = np.ones(len(key), dtype=np.bool_)
    last[:-1] = key[1:] >> 16 != key[:-1] >> 16
    key = key[last]
    who = key >> 48
    worth = np.bincount(who, weights=grow[key & 0xFFFF], minlength=size).astype(np.float64)
    return np.bincount(who, minlength=size).astype(np.int64), worth


def points_of(base: float, today: int, model: Model = USUAL) -> float:
    """The score of a day, from a base."""
    return float(base * 2.0 ** ((EPOCH_DAY - today) / model.half_life_days))


def moved_on(base: float, day: int, today: int, model: Model = USUAL) -> float:
    """The base that gives today the score that a base gives on an earlier day."""
    # What `_growth` clips cannot move further, so nothing ends in infinity.
    most = MOST_LIVES * model.half_life_days
    first, last = max(day, EPOCH_DAY - most), min(today, EPOCH_DAY + most)
    # In two steps: as one factor it may be too large for a float, though what comes of it is not.
    half = 2.0 ** (max(0.0, last - first) / model.half_life_days / 2)
    return float(base * half * half)


def base_of(points: float, today: int, model: Model = USUAL) -> float:
    """The base that is a score on a day."""
    return float(points * 2.0 ** ((today - EPOCH_DAY) / model.half_life_days))

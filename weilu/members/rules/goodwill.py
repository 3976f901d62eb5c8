"""Goodwill (C-4): how much a member gives and gets in real exchange, fading with time.

The model, all of it:

- Four kinds of exchange count, each with a weight, and a cap on how many of one day (or month,
  where only months are known) count: so a flood of small talk is worth no more than a good day.
- Every different person they exchanged with adds a little, once: to know many is worth more than
  to talk with one at length.
- What lies `half_life_days` back counts half, twice as long a quarter, and so on.
- Nothing else counts: no prize, no gift, no coupon builds goodwill.

The score is the sum of its lines, does not depend on the order of what happened, never falls
because something more was given, and is recomputed from what happened whenever it is asked for.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Exchange(StrEnum):
    """What counts."""

    ANSWERED = "answered"  # was the first to answer somebody's question
    REPLIED = "replied"  # answered somebody in talk
    WAS_REPLIED = "was_replied"  # was answered by somebody
    PRESENT = "present"  # spoke on a day


@dataclass(frozen=True, slots=True)
class Worth:
    """What one exchange is worth, in points, and how many of one period count."""

    points: float
    cap: int


@dataclass(frozen=True, slots=True)
class Model:
    """The numbers of the model; the usual ones by default."""

    worth: Mapping[Exchange, Worth] = field(
        default_factory=lambda: {
            Exchange.ANSWERED: Worth(5.0, 5),
            Exchange.REPLIED: Worth(1.0, 30),
            Exchange.WAS_REPLIED: Worth(0.5, 30),
            Exchange.PRESENT: Worth(0.5, 1),
        }
    )
    person_points: float = 2.0
    half_life_days: float = 90.0


USUAL = Model()


@dataclass(frozen=True, slots=True)
class Happened:
    """Exchange on a day (days since 1970), or in the period that ends on it; 0: with nobody."""

    kind: Exchange
    day: int
    person: int = 0
    times: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One kind's part of a score: how often it happened, how much of that counted, the points."""

    kind: Exchange
    times: int
    counted: int
    points: float


@dataclass(frozen=True, slots=True)
class Score:
    """A score with its lines; `people` are those exchanged with, `people_points` what they add."""

    points: float
    lines: tuple[Line, ...]
    people: int
    people_points: float


def fade(day: int, today: int, model: Model = USUAL) -> float:
    """What part of its points something keeps, 0-1; a day to come keeps all."""
    return float(0.5 ** (max(0, today - day) / model.half_life_days))


def score(happened: Iterable[Happened], today: int, model: Model = USUAL) -> Score:
    """The score of what happened as of a day, with its lines in order of `Exchange`."""
    times: dict[tuple[Exchange, int], int] = defaultdict(int)
    latest: dict[int, int] = {}
    for one in happened:
        times[one.kind, one.day] += one.times
        if one.person and one.times:
            latest[one.person] = max(one.day, latest.get(one.person, one.day))
    lines = tuple(
        _line(kind, {day: n for (k, day), n in times.items() if k is kind}, today, model)
        for kind in Exchange
    )
    people_points = model.person_points * math.fsum(
        fade(day, today, model) for day in latest.values()
    )
    return Score(
        points=math.fsum([*(line.points for line in lines), people_points]),
        lines=lines,
        people=len(latest),
        people_points=people_points,
    )


def _line(kind: Exchange, by_day: Mapping[int, int], today: int, model: Model) -> Line:
    worth = model.worth[kind]
    counted = {day: min(n, worth.cap) for day, n in by_day.items()}
    points = worth.points * math.fsum(n * fade(day, today, model) for day, n in counted.items())
    return Line(kind, sum(by_day.values()), sum(counted.values()), points)

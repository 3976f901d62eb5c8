"""Levels of members by goodwill: how one comes in, how one stays, how one falls (C-4).

As in the Orbit model, from the outside in: looking on, joining in, contributing, carrying. A
level is entered with enough goodwill from enough different people, kept with less, and lost one
step at a time, when goodwill stayed below what keeps it for a time of grace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """Levels, outermost first; the numbers are stored."""

    LOOKING_ON = 0
    JOINING_IN = 1
    CONTRIBUTING = 2
    CARRYING = 3


@dataclass(frozen=True, slots=True)
class Step:
    """What a level takes: points and different people to enter, points to keep."""

    enter: float
    keep: float
    people: int


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps of the levels above the first, and how many days below `keep` are let pass."""

    steps: tuple[Step, ...] = (Step(10, 5, 1), Step(60, 35, 5), Step(300, 180, 15))
    grace_days: int = 30


USUAL_LADDER = Ladder()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands: level, and since which day goodwill is too low for it, 0 for never."""

    level: Level = Level.LOOKING_ON
    below_since: int = 0


def stand(
    before: Standing, points: float, people: int, today: int, ladder: Ladder = USUAL_LADDER
) -> Standing:
    """Where somebody stands on a day, from where they stood and what they have."""
    reached = _reached(points, people, ladder.steps)
    if reached > before.level:
        return Standing(Level(reached))
    if before.level == Level.LOOKING_ON or points >= ladder.steps[before.level - 1].keep:
        return Standing(before.level)
    since = before.below_since or today
    if today - since < ladder.grace_days:
        return Standing(before.level, since)
    return Standing(Level(before.level - 1))


def _reached(points: float, people: int, steps: Sequence[Step]) -> int:
    """The highest level whose entry is met."""
    met = [k for k, one in enumerate(steps, 1) if points >= one.enter and people >= one.people]
    return max(met, default=0)

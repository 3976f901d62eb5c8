"""Who looks like one who only comes for prizes, with reasons a person can read (C-7).

A look, not a judgement: it adds up what was seen, says each part of it, and takes back for
whatever speaks against it. Where a whole community mostly talks around prizes nobody is looked at
in this way: there it tells nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# From here on somebody is held out of prizes, unless a person says otherwise.
HELD_OUT = 0.7
# Below it there is nothing to show.
WORTH_A_LOOK = 0.4
FEWEST_MESSAGES = 3
FEWEST_OCCASIONS = 2
# More of all talk than this around prizes: then being there for them is what everybody does.
MOST_USUAL = 0.5
LEFT_WITHIN_DAYS = 2


class Reason(StrEnum):
    """A part of a look; those against it take away."""

    ONLY_PRIZES = "only_prizes"
    MOSTLY_PRIZES = "mostly_prizes"
    FIXED_PHRASES = "fixed_phrases"
    SOME_PHRASES = "some_phrases"
    LEFT_AFTER = "left_after"
    NOBODY_MET = "nobody_met"
    MANY_OCCASIONS = "many_occasions"
    HELPED = "helped"
    TALKS_WITH_MANY = "talks_with_many"


WEIGHTS: dict[Reason, float] = {
    Reason.ONLY_PRIZES: 0.4,
    Reason.MOSTLY_PRIZES: 0.2,
    Reason.FIXED_PHRASES: 0.15,
    Reason.SOME_PHRASES: 0.05,
    Reason.LEFT_AFTER: 0.25,
    Reason.NOBODY_MET: 0.1,
    Reason.MANY_OCCASIONS: 0.15,
    Reason.HELPED: -0.4,
    Reason.TALKS_WITH_MANY: -0.3,
}
AGAINST = frozenset({Reason.HELPED, Reason.TALKS_WITH_MANY})


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a member in a year.

    `near` of all `messages` were written around prizes, `fixed` of those were set phrases, on
    `occasions` different days; `people` were exchanged with; `helped` counts answers and thanks;
    `left_after`: they left within two days of a prize. `usual` is the share of everybody's
    messages around prizes.
    """

    messages: int
    near: int
    fixed: int
    occasions: int
    people: int
    helped: int
    left_after: bool
    usual: float


@dataclass(frozen=True, slots=True)
class Look:
    """How much it looks like it, 0-1, and why; reasons in order of weight."""

    score: float
    reasons: tuple[Reason, ...]


def look(seen: Seen) -> Look:
    """The look of what was seen; nothing at all where too little was."""
    enough = seen.occasions >= FEWEST_OCCASIONS or seen.left_after
    if seen.messages < FEWEST_MESSAGES or not seen.near or not enough or seen.usual > MOST_USUAL:
        return Look(0.0, ())
    share, fixed = seen.near / seen.messages, seen.fixed / seen.near
    found = [
        Reason.ONLY_PRIZES if share >= 0.85 else None,
        Reason.MOSTLY_PRIZES if 0.6 <= share < 0.85 else None,
        Reason.FIXED_PHRASES if fixed >= 0.7 else None,
        Reason.SOME_PHRASES if 0.4 <= fixed < 0.7 else None,
        Reason.LEFT_AFTER if seen.left_after else None,
        Reason.NOBODY_MET if seen.people <= 1 else None,
        Reason.MANY_OCCASIONS if seen.occasions >= 5 else None,
        Reason.HELPED if seen.helped else None,
        Reason.TALKS_WITH_MANY if seen.people >= 5 else None,
    ]
    reasons = sorted((one for one in found if one), key=lambda one: (-WEIGHTS[one], one))
    score = min(1.0, max(0.0, sum(WEIGHTS[one] for one in reasons)))
    return Look(round(score, 4), tuple(reasons))

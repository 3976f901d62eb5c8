"""In which layer of a community a member is, from evidence, and how sure that is (A-3).

Upper sets the taste and can afford it, middle knows and is listened to, base follows the other
two. Talk shows who is listened to; what they can afford shows only in what they spend. So without
a number for that nobody is placed in the upper tier with more than half a certainty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

# How a field is called that tells what members spend.
_SPENDING = ("消费", "金额", "成交", "购买", "spend", "spent", "amount")


class Why(StrEnum):
    """What a place rests on."""

    LISTENED_TO = "listened_to"
    KNOWS = "knows"
    SPENDS_MUCH = "spends_much"
    SPENDS_SOME = "spends_some"
    LITTLE_SEEN = "little_seen"
    NO_SPENDING = "no_spending"
    FOLLOWS = "follows"


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a member: places among all, 0-1, higher is more; None: not known.

    `influence` by what they cause, `spending` by what they spend; `answers` whose questions they
    answered, `level` of goodwill (0-3).
    """

    influence: float
    answers: int
    level: int
    spending: float | None


@dataclass(frozen=True, slots=True)
class Place:
    """A tier, how sure it is (0-1), and why."""

    tier: str
    confidence: float
    reasons: tuple[Why, ...]


def place(signs: Signs) -> Place:
    """The tier of a member.

    Upper: among the tenth that spends most and heard at all, or, where spending is not known,
    among the hundredth that moves most. Middle: heard (the tenth that moves most), or helps, or
    contributes. Base: everybody else.
    """
    heard = signs.influence >= 0.9
    knows = signs.answers >= 3 or signs.level >= 2
    reasons = [Why.LISTENED_TO] * heard + [Why.KNOWS] * knows
    if signs.spending is None:
        reasons.append(Why.NO_SPENDING)
        if signs.influence >= 0.99:
            return Place("upper", 0.5, tuple(reasons))
        if heard or knows:
            return Place("middle", 0.7 if heard and knows else 0.55, tuple(reasons))
        return _base(signs, reasons, 0.5)
    if signs.spending >= 0.9:
        sure = 0.9 if heard or knows else 0.65
        return Place("upper", sure, (Why.SPENDS_MUCH, *reasons))
    if heard or knows or signs.spending >= 0.6:
        some = (Why.SPENDS_SOME,) if signs.spending >= 0.6 else ()
        return Place("middle", 0.85 if (heard or knows) and some else 0.7, (*reasons, *some))
    return _base(signs, reasons, 0.75)


def _base(signs: Signs, reasons: list[Why], sure: float) -> Place:
    if signs.level == 0 and signs.influence == 0:
        return Place("base", min(sure, 0.4), (Why.LITTLE_SEEN, *reasons))
    return Place("base", sure, (Why.FOLLOWS, *reasons))


def tells_of_spending(name: str) -> bool:
    """Whether a field called so probably tells what members spend."""
    folded = name.casefold()
    return any(word in folded for word in _SPENDING)


def shares(values: Mapping[int, float]) -> dict[int, float]:
    """The share of others who have less, 0-1; who has nothing is at 0."""
    order = sorted(values.values())
    size = max(1, len(order) - 1)
    first: dict[float, int] = {}
    for k, value in enumerate(order):
        first.setdefault(value, k)
    return {pk: first[value] / size if value > 0 else 0.0 for pk, value in values.items()}

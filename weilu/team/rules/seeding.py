"""Who would be a good seed member, from what they did (A-8). Pure.

Each kind of evidence gives points up to a cap, so that no single one decides: a person who
answers others on many days goes before one who talks a lot on one. Points are only for the order;
what is shown are the reasons. Twelve weeks are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

WEEKS = 12
LEAST_DAYS = 3


class Evidence(StrEnum):
    """What may speak for somebody."""

    DAYS = "days"
    ANSWERS = "answers"
    PARTNERS = "partners"
    REPLIES = "replies"
    THANKS = "thanks"
    GROUPS = "groups"
    BOUGHT = "bought"


@dataclass(frozen=True, slots=True)
class Weight:
    """Points for each, and at most so many."""

    each: float
    most: float


WEIGHTS: dict[Evidence, Weight] = {
    Evidence.DAYS: Weight(1.0, 30),  # days on which they spoke: reliable
    Evidence.ANSWERS: Weight(2.0, 30),  # questions of others they were first to answer: helpful
    Evidence.PARTNERS: Weight(1.0, 20),  # different people they answered: connecting
    Evidence.REPLIES: Weight(0.5, 10),  # answers they got: heard by others
    Evidence.THANKS: Weight(2.0, 20),  # different people who thanked them: good to others
    Evidence.GROUPS: Weight(3.0, 9),  # groups they are in: at home here
    Evidence.BOUGHT: Weight(0.2, 20),  # of 100 other customers, who bought less: knows the product
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody with what speaks for them; evidence that is not there is left out."""

    member_id: int
    evidence: dict[Evidence, int]

    @property
    def points(self) -> float:
        """Points of all evidence, each capped."""
        return sum(
            min(WEIGHTS[kind].each * n, WEIGHTS[kind].most) for kind, n in self.evidence.items()
        )

    @property
    def reasons(self) -> tuple[tuple[Evidence, int], ...]:
        """What speaks most for them first; nothing that is 0."""
        worth = [
            (min(WEIGHTS[kind].each * n, WEIGHTS[kind].most), kind, n)
            for kind, n in self.evidence.items()
            if n
        ]
        worth.sort(key=lambda one: (-one[0], one[1]))
        return tuple((kind, n) for _points, kind, n in worth)


def best(candidates: Iterable[Candidate], most: int) -> list[Candidate]:
    """The best, who spoke on three days at least or bought something, best first; ties by id."""
    fit = [
        one
        for one in candidates
        if one.evidence.get(Evidence.DAYS, 0) >= LEAST_DAYS or one.evidence.get(Evidence.BOUGHT)
    ]
    return sorted(fit, key=lambda one: (-one.points, one.member_id))[:most]

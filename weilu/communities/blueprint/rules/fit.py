"""Does a community suit the product? Three standards, three questions each (A-4).

Every answer gives 0 to 3 points; a standard is met from five of its nine. The verdict:

- `fits`: two standards are met, and 14 of the 27 points are there;
- `unfit`: no standard is met, or fewer than 9 points: people would have nothing to gather for;
- `narrow`: what lies between: it works if the community stands on the standard that carries it.

The thresholds are our own rule of thumb, one third and one half of all points; the questions and
the three standards are the handbook's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MOST_POINTS = 3
MET_FROM = 5
FITS_FROM = 14
FITS_STANDARDS = 2
UNFIT_BELOW = 9


class Standard(StrEnum):
    """The three standards of A-4."""

    GROUP = "group"
    USE = "use"
    CONTENT = "content"


class Question(StrEnum):
    """A question about the product; the answer is its points."""

    MEET = "meet"
    SHOW = "show"
    OFTEN = "often"
    LEARN = "learn"
    WAYS = "ways"
    NEWS = "news"
    CARRIES = "carries"
    USEFUL = "useful"
    MAKE = "make"


class Verdict(StrEnum):
    """What came of it."""

    FITS = "fits"
    NARROW = "narrow"
    UNFIT = "unfit"


class Instead(StrEnum):
    """What to do where a community does not fit, or beside one that fits narrowly."""

    PRIVATE_SERVICE = "private_service"
    CUSTOMER_LIST = "customer_list"
    SERVICE_DESK = "service_desk"
    AROUND_LIFE = "around_life"
    SHORT_GROUP = "short_group"
    PARTNER = "partner"


QUESTIONS: Mapping[Standard, tuple[Question, ...]] = {
    Standard.GROUP: (Question.MEET, Question.SHOW, Question.OFTEN),
    Standard.USE: (Question.LEARN, Question.WAYS, Question.NEWS),
    Standard.CONTENT: (Question.CARRIES, Question.USEFUL, Question.MAKE),
}
ALL_QUESTIONS: tuple[Question, ...] = tuple(q for of in QUESTIONS.values() for q in of)


@dataclass(frozen=True, slots=True)
class Part:
    """One standard: points of its questions in order, their sum, and whether it is met."""

    standard: Standard
    lines: tuple[tuple[Question, int], ...]
    points: int
    most: int
    is_met: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """The verdict with its working; `instead` the most fitting first, none when it fits."""

    verdict: Verdict
    points: int
    most: int
    parts: tuple[Part, ...]
    strongest: Standard
    instead: tuple[Instead, ...]


def is_complete(answers: Mapping[str, int]) -> bool:
    """Whether every question has an answer of 0 to 3 points."""
    return all(answers.get(q, -1) in range(MOST_POINTS + 1) for q in ALL_QUESTIONS)


def judge(answers: Mapping[str, int]) -> Fit:
    """The fit of a product; raises ValueError when an answer is missing or out of range."""
    if not is_complete(answers):
        message = "every question needs an answer of 0 to 3"
        raise ValueError(message)
    parts = tuple(_part(standard, answers) for standard in Standard)
    points = sum(part.points for part in parts)
    verdict = _verdict(points, sum(part.is_met for part in parts))
    return Fit(
        verdict=verdict,
        points=points,
        most=sum(part.most for part in parts),
        parts=parts,
        strongest=max(parts, key=lambda part: part.points).standard,
        instead=() if verdict is Verdict.FITS else _instead(answers, verdict),
    )


def _part(standard: Standard, answers: Mapping[str, int]) -> Part:
    lines = tuple((question, answers[question]) for question in QUESTIONS[standard])
    points = sum(n for _, n in lines)
    return Part(standard, lines, points, len(lines) * MOST_POINTS, points >= MET_FROM)


def _verdict(points: int, met: int) -> Verdict:
    if points < UNFIT_BELOW or not met:
        return Verdict.UNFIT
    if met >= FITS_STANDARDS and points >= FITS_FROM:
        return Verdict.FITS
    return Verdict.NARROW


def _instead(answers: Mapping[str, int], verdict: Verdict) -> tuple[Instead, ...]:
    """What fits the answers better, at most three, the most telling answer first.

    What nobody wants to be seen with is sold in private; what is bought rarely needs a list and a
    good moment; what is learnt once needs a short group; what people do in their lives with it may
    gather them where the product does not. Others' communities are open to everything else.
    """
    found: list[Instead] = []
    if answers[Question.SHOW] == 0:
        found.append(Instead.PRIVATE_SERVICE)
    if answers[Question.OFTEN] <= 1:
        found.append(Instead.CUSTOMER_LIST)
    if answers[Question.LEARN] >= 2 and answers[Question.NEWS] <= 1:
        found.append(Instead.SHORT_GROUP)
    if answers[Question.SHOW] and max(answers[Question.MEET], answers[Question.USEFUL]) >= 1:
        found.append(Instead.AROUND_LIFE)
    if answers[Question.LEARN] <= 1:
        found.append(Instead.SERVICE_DESK)
    if verdict is Verdict.UNFIT or not found:
        found.append(Instead.PARTNER)
    return tuple(found[:3])

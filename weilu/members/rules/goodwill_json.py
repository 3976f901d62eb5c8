"""The numbers of the goodwill model and its ladder as JSON values, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from weilu.members.rules.exchange import Exchange
from weilu.members.rules.goodwill import (
    COUNTED,
    HALF_LIFE_DAYS,
    MOST_POINTS,
    MOST_TIMES,
    Model,
    Worth,
    Worths,
)
from weilu.members.rules.levels import Ladder, Step

MOST_GRACE_DAYS = 365
MOST_STEP_POINTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Numbers:
    """Everything that can be set: the model and the ladder."""

    model: Model = field(default_factory=Model)
    ladder: Ladder = field(default_factory=Ladder)


def plain(numbers: Numbers) -> dict[str, object]:
    """The numbers as JSON values."""
    model, ladder = numbers.model, numbers.ladder
    return {
        "worth": _plain_worths(model.worth),
        "own": {str(pk): _plain_worths(worths) for pk, worths in model.own.items()},
        "person_points": model.person_points,
        "kind_points": model.kind_points,
        "half_life_days": model.half_life_days,
        "steps": [[s.enter, s.keep, s.people] for s in ladder.steps],
        "grace_days": ladder.grace_days,
    }


def _plain_worths(worths: Worths) -> dict[str, list[float]]:
    return {kind.name.lower(): [worths[kind].points, worths[kind].cap] for kind in COUNTED}


def read(body: Mapping[str, object]) -> Numbers:
    """The numbers of JSON values made by `plain`; what is missing is as usual."""
    usual = Numbers()
    own, steps = body.get("own", {}), body.get("steps")
    model = Model(
        worth=_worths(body.get("worth", {}), usual.model.worth),
        person_points=_number(body, "person_points", usual.model.person_points),
        kind_points=_number(body, "kind_points", usual.model.kind_points),
        half_life_days=_number(body, "half_life_days", usual.model.half_life_days),
        own={int(k): _worths(v, usual.model.worth) for k, v in own.items()}
        if isinstance(own, dict)
        else {},
    )
    ladder = Ladder(
        steps=tuple(Step(float(a), float(b), int(c)) for a, b, c in steps)
        if isinstance(steps, list)
        else usual.ladder.steps,
        grace_days=int(_number(body, "grace_days", usual.ladder.grace_days)),
    )
    return Numbers(model, ladder)


def _number(body: Mapping[str, object], name: str, usual: float) -> float:
    value = body.get(name, usual)
    return float(value) if isinstance(value, int | float) else usual


def _worths(value: object, usual: Worths) -> Worths:
    held = value if isinstance(value, dict) else {}
    return {kind: _worth(held.get(kind.name.lower()), usual[kind]) for kind in COUNTED}


def _worth(value: object, usual: Worth) -> Worth:
    if not isinstance(value, list) or len(value) != 2:
        return usual
    return Worth(float(value[0]), int(value[1]))


def problem(numbers: Numbers) -> tuple[str, str] | None:
    """What is wrong with the numbers: a code and the field; None when they can be used."""
    model, ladder = numbers.model, numbers.ladder
    low, high = HALF_LIFE_DAYS
    if not low <= model.half_life_days <= high:
        return ("half_life_range", "half_life_days")
    for worths in (model.worth, *model.own.values()):
        for kind, worth in worths.items():
            if not _fits(worth.points, MOST_POINTS) or not 0 <= worth.cap <= MOST_TIMES:
                return ("worth_range", Exchange(kind).name.lower())
    for name in ("person_points", "kind_points"):
        if not _fits(getattr(model, name), MOST_POINTS):
            return ("worth_range", name)
    if not 0 <= ladder.grace_days <= MOST_GRACE_DAYS:
        return ("grace_range", "grace_days")
    return _steps_problem(ladder)


def _steps_problem(ladder: Ladder) -> tuple[str, str] | None:
    last = 0.0
    for k, step in enumerate(ladder.steps):
        if not _fits(step.enter, MOST_STEP_POINTS) or step.keep < 0 or step.people < 0:
            return ("step_range", f"enter_{k}")
        if step.keep > step.enter:
            return ("keep_above_enter", f"keep_{k}")
        if step.enter < last:
            return ("steps_fall", f"enter_{k}")
        last = step.enter
    return None


def _fits(value: float, most: float) -> bool:
    return math.isfinite(value) and 0 <= value <= most

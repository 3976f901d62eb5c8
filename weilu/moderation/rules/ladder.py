"""The ladder of consequences: which step a violation leads to (handbook B-6, A-6).

Pure: history and clock are arguments. A ladder is a list of rungs, mildest first. Violations of
the same person within the window add up; whoever is settled in the group is never put out by
Weilu alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Step(StrEnum):
    """What follows a violation; a packet: a fixed red packet for all, or they leave."""

    REMIND = "remind"
    WARN = "warn"
    PACKET = "packet"
    MUTE = "mute"
    REMOVE = "remove"
    BAN = "ban"


FINAL = {Step.REMOVE, Step.BAN}


@dataclass(frozen=True, slots=True)
class Rung:
    """A step; `minutes` is how long a mute or a ban lasts, a ban of 0 minutes for good."""

    step: Step
    minutes: int = 0


# As long as what `disturbing` calls a burst.
BURST = timedelta(seconds=10)
# Whoever says the very same again so soon after they were told has not read it yet.
READS = timedelta(seconds=2)
USUAL = (Rung(Step.REMIND), Rung(Step.WARN), Rung(Step.MUTE, 60), Rung(Step.REMOVE))


@dataclass(frozen=True, slots=True)
class Case:
    """One person's violations in order of time: when each was, and whether they were settled."""

    at: datetime
    is_settled: bool


def next_rung(
    ladder: Sequence[Rung], earlier: Sequence[datetime], case: Case, window: timedelta
) -> Rung:
    """The rung for a violation, given those before that still stand.

    Raises ValueError for an empty ladder.
    """
    if not ladder:
        message = "a ladder has at least one rung"
        raise ValueError(message)
    counting = sum(case.at - window < one <= case.at for one in earlier)
    usable = ladder
    if case.is_settled:
        usable = [rung for rung in ladder if rung.step not in FINAL] or [Rung(Step.REMIND)]
    return usable[min(counting, len(usable) - 1)]


def goes_on(
    earlier: Sequence[datetime], at: datetime, told: datetime | None = None, *, again: bool = False
) -> bool:
    """Whether a message comes so soon after a step that nobody can have read of it.

    It counts with what led to that step. `told` is when the words about it had left, None while
    they have not; `again` whether the message says the same as the one before.
    """
    if not any(timedelta(0) <= at - one <= BURST for one in earlier):
        return False
    return told is None or at < told + (READS if again else timedelta(0))


def climb(
    ladders: Sequence[Sequence[Rung]], cases: Sequence[Case], window: timedelta
) -> list[Rung]:
    """The rungs that one person's violations lead to, one after the other, each on its ladder."""
    rungs: list[Rung] = []
    for number, (ladder, case) in enumerate(zip(ladders, cases, strict=True)):
        earlier = [one.at for one in cases[:number]]
        rungs.append(next_rung(ladder, earlier, case, window))
    return rungs


def parse(steps: Sequence[Sequence[object]]) -> tuple[Rung, ...]:
    """A ladder as it is stored, pairs [step, minutes]; raises ValueError when it is none."""
    rungs = tuple(Rung(Step(str(step)), int(str(minutes))) for step, minutes in steps)
    if not rungs or any(not _is_sound(rung) for rung in rungs):
        message = "a ladder has rungs, and a mute says for how long"
        raise ValueError(message)
    return rungs


def _is_sound(rung: Rung) -> bool:
    if rung.step == Step.MUTE:
        return rung.minutes > 0
    return rung.minutes == 0 or (rung.step == Step.BAN and rung.minutes > 0)


def stored(ladder: Sequence[Rung]) -> list[list[object]]:
    """A ladder as it is stored."""
    return [[rung.step.value, rung.minutes] for rung in ladder]

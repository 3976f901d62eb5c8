"""Drifting hours: the group is awake at another time than before (E-8).

Evidence: `drift_hours` (later is positive), `centre_hour`, `centre_hour_before` (0–24, local),
`chance` (two-sided p). NOTICE from one hour, WARNING from three, when it is beyond chance.
"""

from collections.abc import Sequence

from weilu.insight.checks.base import (
    Confidence,
    Evidence,
    Finding,
    GroupFacts,
    Need,
    NextStep,
    NotEnough,
    Outcome,
    Severity,
    Threshold,
    Unit,
    graded,
    lacking,
)
from weilu.insight.rules.rhythm import HourMap, centre_of_day, drift

CHECK = "drifting_hours"
LEAST_DAYS = 7
NOTICE_HOURS = 1.0
WARNING_HOURS = 3.0
CHANCE = 0.01


def drifting_hours(facts: GroupFacts, sisters: Sequence[GroupFacts]) -> Outcome:
    """Judge whether the hours have moved; sisters play no part in it."""
    del sisters
    before = facts.before
    if before is None or before.hours is None or facts.now.hours is None:
        return NotEnough(CHECK, (Need("days_with_hours", None, LEAST_DAYS),))
    missing = lacking(
        CHECK,
        ("days_with_data", facts.now.days_with_data, LEAST_DAYS),
        ("days_with_data_before", before.days_with_data, LEAST_DAYS),
    )
    return missing or _judged(before.hours, facts.now.hours)


def _judged(before: HourMap, now: HourMap) -> Outcome:
    """Judge two sets of days."""
    moved, was, is_now = drift(before, now), centre_of_day(before), centre_of_day(now)
    if moved is None or was is None or is_now is None:
        return NotEnough(CHECK, (Need("centre_of_day", None, 1),))
    severity = Severity.NONE
    if moved.p_value <= CHANCE:
        severity = graded(abs(moved.hours), NOTICE_HOURS, WARNING_HOURS)
    return Finding(
        check=CHECK,
        severity=severity,
        evidence=(
            Evidence("drift_hours", moved.hours, Unit.HOURS),
            Evidence("centre_hour", is_now.hour, Unit.HOUR_OF_DAY),
            Evidence("centre_hour_before", was.hour, Unit.HOUR_OF_DAY),
            Evidence("chance", moved.p_value, Unit.SHARE),
        ),
        thresholds=(
            Threshold("notice", NOTICE_HOURS, Unit.HOURS),
            Threshold("warning", WARNING_HOURS, Unit.HOURS),
            Threshold("chance_at_most", CHANCE, Unit.SHARE),
        ),
        next_step=NextStep.MOVE_THE_SLOT if severity else NextStep.KEEP_ON,
        confidence=Confidence.HIGH if moved.p_value < 0.001 else Confidence.MEDIUM,
    )

"""Zombie group: people are there, nobody talks (J-2, B-4).

Evidence: `silent_days` (days since the last message), `messages_per_week`, `active_share`
(when the members are known), `members`, `speakers`. URGENT when silent for four weeks, WARNING
for two, or when fewer than 2 % of at least 20 members speak, less than once a day together. A
group that has been silent for half a year is over: that is worth a NOTICE, and no haste.
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
    sister_range,
)

CHECK = "zombie"
LEAST_AGE_DAYS = 28
LEAST_MEMBERS = 20
SILENT_DAYS = 14
LONG_SILENT_DAYS = 28
OVER_DAYS = 180
LEAST_ACTIVE_SHARE = 0.02
LEAST_PER_WEEK = 7.0


def _per_week(facts: GroupFacts) -> float | None:
    """Messages a week; None for a period without days."""
    return facts.now.messages * 7 / facts.now.days if facts.now.days else None


def zombie(facts: GroupFacts, sisters: Sequence[GroupFacts]) -> Outcome:
    """Judge whether anybody is still there."""
    missing = lacking(CHECK, ("age_days", facts.age_days, LEAST_AGE_DAYS))
    per_week = _per_week(facts)
    if missing or per_week is None:
        return missing or NotEnough(CHECK, (Need("days", 0, 7),))
    now, active = facts.now, facts.now.active_share
    severity = Severity.NONE
    if facts.silent_days >= OVER_DAYS:
        severity = Severity.NOTICE
    elif facts.silent_days >= SILENT_DAYS:
        severity = Severity(1 + graded(facts.silent_days, SILENT_DAYS, LONG_SILENT_DAYS))
    elif _hardly_awake(facts, per_week):
        severity = Severity.WARNING
    evidence = [
        Evidence("silent_days", facts.silent_days, Unit.DAYS),
        Evidence("messages_per_week", per_week, Unit.PER_WEEK),
        Evidence("speakers", now.speakers, Unit.PEOPLE),
    ]
    if now.members is not None and active is not None:
        evidence.append(Evidence("members", now.members, Unit.PEOPLE))
        evidence.append(Evidence("active_share", active, Unit.SHARE))
    return Finding(
        check=CHECK,
        severity=severity,
        evidence=tuple(evidence),
        thresholds=(
            Threshold("silent_days", SILENT_DAYS, Unit.DAYS),
            Threshold("long_silent_days", LONG_SILENT_DAYS, Unit.DAYS),
            Threshold("active_share", LEAST_ACTIVE_SHARE, Unit.SHARE),
            Threshold("messages_per_week", LEAST_PER_WEEK, Unit.PER_WEEK),
        ),
        next_step=NextStep.REVIVE_OR_CLOSE if severity else NextStep.KEEP_ON,
        confidence=Confidence.HIGH,
        sisters=sister_range("messages_per_week", sisters, _per_week),
    )


def _hardly_awake(facts: GroupFacts, per_week: float) -> bool:
    """Many members, hardly a voice."""
    active = facts.now.active_share
    return (
        active is not None
        and (facts.now.members or 0) >= LEAST_MEMBERS
        and active < LEAST_ACTIVE_SHARE
        and per_week < LEAST_PER_WEEK
    )

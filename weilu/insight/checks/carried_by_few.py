"""Carried by too few: the talk would stop if one or two people left (J-1, B-4).

Evidence: `bus_factor` (people who together write half), `top_one_share`, `speakers`,
`messages`. WARNING when one person writes half, NOTICE when two do, or three among thirty.
"""

from collections.abc import Sequence

from weilu.insight.checks.base import (
    Evidence,
    Finding,
    GroupFacts,
    NextStep,
    Outcome,
    Severity,
    Threshold,
    Unit,
    lacking,
    sister_range,
    sureness,
)

CHECK = "carried_by_few"
LEAST_SPEAKERS = 5
LEAST_MESSAGES = 50
WARNING_PEOPLE = 1
NOTICE_PEOPLE = 2
NOTICE_PEOPLE_SHARE = 0.1


def _bus_factor(facts: GroupFacts) -> float | None:
    """People who write half; None when nobody wrote."""
    return facts.now.bus_factor or None


def carried_by_few(facts: GroupFacts, sisters: Sequence[GroupFacts]) -> Outcome:
    """Judge on how many shoulders the talk rests."""
    now = facts.now
    missing = lacking(
        CHECK,
        ("speakers", now.speakers, LEAST_SPEAKERS),
        ("messages", now.messages, LEAST_MESSAGES),
    )
    if missing:
        return missing
    few = now.bus_factor <= max(NOTICE_PEOPLE, min(3, NOTICE_PEOPLE_SHARE * now.speakers))
    severity = Severity.NOTICE if few else Severity.NONE
    if now.bus_factor <= WARNING_PEOPLE:
        severity = Severity.WARNING
    return Finding(
        check=CHECK,
        severity=severity,
        evidence=(
            Evidence("bus_factor", now.bus_factor, Unit.PEOPLE),
            Evidence("top_one_share", now.top_one_share, Unit.SHARE),
            Evidence("speakers", now.speakers, Unit.PEOPLE),
            Evidence("messages", now.messages, Unit.MESSAGES),
        ),
        thresholds=(
            Threshold("notice", NOTICE_PEOPLE, Unit.PEOPLE),
            Threshold("warning", WARNING_PEOPLE, Unit.PEOPLE),
        ),
        next_step=NextStep.SHARE_THE_LOAD if severity else NextStep.KEEP_ON,
        confidence=sureness(now.messages, medium=100, high=500),
        sisters=sister_range("bus_factor", sisters, _bus_factor),
    )

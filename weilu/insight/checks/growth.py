"""Growth: are more people coming than leaving (J-1, J-2: slow growth, look at promotion).

Evidence: `joins`, `leaves`, `net` (people) of `move_days`, `members` (people, when known),
`joins_before`. Where the source tells no joins, first words stand in: `newcomers`,
`newcomers_before`. `own_past` compares the joins (or newcomers) with the period before. WARNING
when clearly more leave than come, NOTICE when clearly fewer come than before. Where the talk is off
the themes of the plan besides, the positioning is to be looked at first (J-2).
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
    PeriodFacts,
    Severity,
    Threshold,
    Unit,
    lacking,
    share,
    sister_range,
)
from weilu.insight.checks.off_theme import severity_of
from weilu.insight.rules.change import ALPHA, Change, Word, binomial_p, compare

CHECK = "growth"
LEAST_MOVES = 10
LEAST_DAYS = 7


def _net_share(facts: GroupFacts) -> float | None:
    """Net joins by members; None when either is unknown."""
    now = facts.now
    if now.joins is None or now.leaves is None or not now.members:
        return None
    return share(now.joins - now.leaves, now.members)


def growth(facts: GroupFacts, sisters: Sequence[GroupFacts]) -> Outcome:
    """Judge whether the group grows."""
    before = facts.before
    if before is None:
        return NotEnough(CHECK, (Need("days_before", 0, LEAST_DAYS),))
    now = facts.now
    short = lacking(CHECK, ("days", now.days, LEAST_DAYS), ("days_before", before.days, LEAST_DAYS))
    if short:
        return short
    if now.joins is None or now.leaves is None or before.joins is None:
        return _by_first_words(facts, now, before)
    moves = now.joins + now.leaves + before.joins
    missing = lacking(CHECK, ("moves", moves, LEAST_MOVES), ("days", now.days_of_moves, LEAST_DAYS))
    if missing:
        return missing
    past = compare(
        now.joins, before.joins, now_days=now.days_of_moves, before_days=before.days_of_moves
    )
    severity = _severity(now.joins, now.leaves, past)
    leaving = severity is Severity.WARNING
    evidence = [
        Evidence("move_days", now.days_of_moves, Unit.DAYS),
        Evidence("joins", now.joins, Unit.PEOPLE),
        Evidence("leaves", now.leaves, Unit.PEOPLE),
        Evidence("net", now.joins - now.leaves, Unit.PEOPLE),
        Evidence("joins_before", before.joins, Unit.PEOPLE),
    ]
    if now.members is not None:
        evidence.append(Evidence("members", now.members, Unit.PEOPLE))
    return Finding(
        check=CHECK,
        severity=severity,
        evidence=tuple(evidence),
        thresholds=(Threshold("chance_at_most", ALPHA, Unit.SHARE),),
        next_step=_step(severity, facts, leaving=leaving),
        confidence=Confidence.HIGH if moves >= 50 else Confidence.MEDIUM,
        own_past=past,
        sisters=sister_range("net_share", sisters, _net_share),
    )


def _severity(joins: int, leaves: int, past: Change) -> Severity:
    """More leave than come beyond chance, or fewer come than before."""
    if leaves > joins and binomial_p(joins, joins + leaves, 0.5) <= ALPHA:
        return Severity.WARNING
    return Severity.NOTICE if past.word is Word.DOWN else Severity.NONE


def _step(severity: Severity, facts: GroupFacts, *, leaving: bool) -> NextStep:
    """Look at what the place is for when the talk is off it; else ask leavers, or find people."""
    if severity is Severity.NONE:
        return NextStep.KEEP_ON
    if severity_of(facts):
        return NextStep.REVIEW_POSITIONING
    return NextStep.ASK_LEAVERS if leaving else NextStep.FIND_NEW_MEMBERS


def _by_first_words(facts: GroupFacts, now: PeriodFacts, before: PeriodFacts) -> Outcome:
    """Judge by people who spoke for the first time, with less confidence."""
    missing = lacking(CHECK, ("newcomers", now.newcomers + before.newcomers, LEAST_MOVES))
    if missing:
        return missing
    past = compare(now.newcomers, before.newcomers, now_days=now.days, before_days=before.days)
    severity = Severity.NOTICE if past.word is Word.DOWN else Severity.NONE
    return Finding(
        check=CHECK,
        severity=severity,
        evidence=(
            Evidence("newcomers", now.newcomers, Unit.PEOPLE),
            Evidence("newcomers_before", before.newcomers, Unit.PEOPLE),
        ),
        thresholds=(Threshold("chance_at_most", ALPHA, Unit.SHARE),),
        next_step=_step(severity, facts, leaving=False),
        confidence=Confidence.LOW,
        own_past=past,
    )

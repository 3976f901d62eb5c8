"""Mistake: more is better (J-3, B-4): the group grows while fewer of it speak.

Evidence: `members`, `members_before`, `member_growth` (share), `active_share`,
`active_share_before`. `own_past` compares the active share. NOTICE when members grew by 5 % and
the active share clearly fell, WARNING when it fell by a third, URGENT when fewer people speak
than before in spite of the growth and it fell by a half.
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
    graded,
    lacking,
    sister_range,
)
from weilu.insight.rules.change import Change, Word, compare_shares

CHECK = "more_is_better"
LEAST_MEMBERS = 20
GROWTH = 0.05
NOTICE_FALL = 0.05
WARNING_FALL = 1 / 3
URGENT_FALL = 0.5


def _active_share(facts: GroupFacts) -> float | None:
    """Speakers by members."""
    return facts.now.active_share


def _speaking(period: PeriodFacts) -> tuple[int, int]:
    """Speakers and members; people who spoke and left count as members of the time."""
    members = max(period.members or 0, period.speakers)
    return period.speakers, members


def more_is_better(facts: GroupFacts, sisters: Sequence[GroupFacts]) -> Outcome:
    """Judge whether size is bought with silence."""
    now, before = facts.now, facts.before
    missing = lacking(
        CHECK,
        ("members", now.members, LEAST_MEMBERS),
        ("members_before", before.members if before else None, LEAST_MEMBERS),
    )
    if missing or before is None or not before.members or now.members is None:
        return missing or NotEnough(CHECK, (Need("members_before", None, LEAST_MEMBERS),))
    growth = now.members / before.members - 1
    past = compare_shares(*_speaking(now), *_speaking(before))
    severity = _severity(growth, past, fewer=now.speakers < before.speakers)
    return Finding(
        check=CHECK,
        severity=severity,
        evidence=(
            Evidence("members", now.members, Unit.PEOPLE),
            Evidence("members_before", before.members, Unit.PEOPLE),
            Evidence("member_growth", growth, Unit.SHARE),
            Evidence("active_share", past.now, Unit.SHARE),
            Evidence("active_share_before", past.before, Unit.SHARE),
        ),
        thresholds=(
            Threshold("growth", GROWTH, Unit.SHARE),
            Threshold("warning", WARNING_FALL, Unit.SHARE),
            Threshold("urgent", URGENT_FALL, Unit.SHARE),
        ),
        next_step=NextStep.SLOW_DOWN_GROWTH if severity else NextStep.KEEP_ON,
        confidence=Confidence.HIGH if past.p_value < 0.01 else Confidence.MEDIUM,
        own_past=past,
        sisters=sister_range("active_share", sisters, _active_share),
    )


def _severity(growth: float, past: Change, *, fewer: bool) -> Severity:
    """How far the active share fell while the group grew."""
    if growth < GROWTH or past.word is not Word.DOWN:
        return Severity.NONE
    severity = graded(-(past.relative or 0.0), NOTICE_FALL, WARNING_FALL, URGENT_FALL)
    return severity if fewer else min(severity, Severity.WARNING)

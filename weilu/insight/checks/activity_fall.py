"""Activity fall: less talk than before, beyond noise (J-2: look at content or activities).

Evidence: `messages`, `messages_before` (scaled to the same number of days), `fall` (share),
`speakers`, `speakers_before`. `own_past` compares the messages, bursts taken into account.
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
from weilu.insight.rules.change import Word, compare_days

CHECK = "activity_fall"
LEAST_MESSAGES = 50
LEAST_DAYS = 7
NOTICE_FALL = 0.2
WARNING_FALL = 0.4
URGENT_FALL = 0.7


def _relative(facts: GroupFacts) -> float | None:
    """Relative change of messages a day; None without a past."""
    if facts.before is None or not facts.before.messages or not facts.now.days:
        return None
    scaled = facts.before.messages * facts.now.days / facts.before.days
    return facts.now.messages / scaled - 1


def activity_fall(facts: GroupFacts, sisters: Sequence[GroupFacts]) -> Outcome:
    """Judge whether the talk has fallen off."""
    before = facts.before
    if before is None:
        return NotEnough(CHECK, (Need("days_before", 0, LEAST_DAYS),))
    missing = lacking(
        CHECK,
        ("days", facts.now.days, LEAST_DAYS),
        ("days_before", before.days, LEAST_DAYS),
        ("messages_before", before.messages, LEAST_MESSAGES),
    )
    if missing:
        return missing
    past = compare_days(facts.now.daily_messages, before.daily_messages)
    fall = max(-(past.relative or 0.0), 0.0)
    severity = Severity.NONE
    if past.word is Word.DOWN:
        severity = graded(fall, NOTICE_FALL, WARNING_FALL, URGENT_FALL)
    return Finding(
        check=CHECK,
        severity=severity,
        evidence=(
            Evidence("messages", facts.now.messages, Unit.MESSAGES),
            Evidence("messages_before", past.before, Unit.MESSAGES),
            Evidence("fall", fall, Unit.SHARE),
            Evidence("speakers", facts.now.speakers, Unit.PEOPLE),
            Evidence("speakers_before", before.speakers, Unit.PEOPLE),
        ),
        thresholds=(
            Threshold("notice", NOTICE_FALL, Unit.SHARE),
            Threshold("warning", WARNING_FALL, Unit.SHARE),
            Threshold("urgent", URGENT_FALL, Unit.SHARE),
        ),
        next_step=NextStep.START_DISCUSSION if severity else NextStep.KEEP_ON,
        confidence=Confidence.HIGH if past.p_value < 0.01 else Confidence.MEDIUM,
        own_past=past,
        sisters=sister_range("change_of_messages", sisters, _relative),
    )

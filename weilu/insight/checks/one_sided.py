"""One-sided: staff and bots post, members are silent (D-9: not a notice board).

Evidence: `official_share` (staff and bots by all messages), `staff_messages`, `bot_messages`,
`member_messages`. Needs marked staff.
"""

from collections.abc import Sequence

from weilu.insight.checks.base import (
    Evidence,
    Finding,
    GroupFacts,
    NextStep,
    Outcome,
    Threshold,
    Unit,
    graded,
    lacking,
    share,
    sister_range,
    sureness,
)

CHECK = "one_sided"
LEAST_MESSAGES = 20
NOTICE_SHARE = 0.5
WARNING_SHARE = 0.7
URGENT_SHARE = 0.9


def official_share(facts: GroupFacts) -> float | None:
    """Share of all messages by staff and bots; None when nobody wrote."""
    now = facts.now
    return share(now.staff_messages + now.bot_messages, now.messages + now.bot_messages)


def one_sided(facts: GroupFacts, sisters: Sequence[GroupFacts]) -> Outcome:
    """Judge whether members have a voice."""
    now = facts.now
    total = now.messages + now.bot_messages
    missing = lacking(CHECK, ("staff", facts.staff, 1), ("messages", total, LEAST_MESSAGES))
    if missing:
        return missing
    official = official_share(facts) or 0.0
    severity = graded(official, NOTICE_SHARE, WARNING_SHARE, URGENT_SHARE)
    return Finding(
        check=CHECK,
        severity=severity,
        evidence=(
            Evidence("official_share", official, Unit.SHARE),
            Evidence("staff_messages", now.staff_messages, Unit.MESSAGES),
            Evidence("bot_messages", now.bot_messages, Unit.MESSAGES),
            Evidence("member_messages", now.member_messages, Unit.MESSAGES),
        ),
        thresholds=(
            Threshold("notice", NOTICE_SHARE, Unit.SHARE),
            Threshold("warning", WARNING_SHARE, Unit.SHARE),
            Threshold("urgent", URGENT_SHARE, Unit.SHARE),
        ),
        next_step=NextStep.LET_MEMBERS_TALK if severity else NextStep.KEEP_ON,
        confidence=sureness(total, medium=50, high=200),
        sisters=sister_range("official_share", sisters, official_share),
    )

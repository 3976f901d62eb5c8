"""Mistake: a group is taken for a community (J-3): members hardly answer one another.

Evidence: `member_answers` (messages of a member that answer a member), `member_messages`,
`answer_share`, `speakers`. NOTICE under 10 % of members' messages, WARNING under 3 %.
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

CHECK = "not_a_community"
LEAST_MESSAGES = 50
LEAST_SPEAKERS = 5
NOTICE_SHARE = 0.1
WARNING_SHARE = 0.03


def _answer_share(facts: GroupFacts) -> float | None:
    """Share of members' messages that answer a member; None when not known."""
    if facts.now.member_answers is None:
        return None
    return share(facts.now.member_answers, facts.now.member_messages)


def not_a_community(facts: GroupFacts, sisters: Sequence[GroupFacts]) -> Outcome:
    """Judge whether members talk with each other."""
    now = facts.now
    missing = lacking(
        CHECK,
        ("member_answers", now.member_answers, 0),
        ("member_messages", now.member_messages, LEAST_MESSAGES),
        ("speakers", now.speakers, LEAST_SPEAKERS),
    )
    if missing:
        return missing
    answered = _answer_share(facts) or 0.0
    severity = graded(1 - answered, 1 - NOTICE_SHARE, 1 - WARNING_SHARE)
    return Finding(
        check=CHECK,
        severity=severity,
        evidence=(
            Evidence("member_answers", now.member_answers or 0, Unit.MESSAGES),
            Evidence("member_messages", now.member_messages, Unit.MESSAGES),
            Evidence("answer_share", answered, Unit.SHARE),
            Evidence("speakers", now.speakers, Unit.PEOPLE),
        ),
        thresholds=(
            Threshold("notice", NOTICE_SHARE, Unit.SHARE),
            Threshold("warning", WARNING_SHARE, Unit.SHARE),
        ),
        next_step=NextStep.INTRODUCE_MEMBERS if severity else NextStep.KEEP_ON,
        confidence=sureness(now.member_messages, medium=200, high=1000),
        sisters=sister_range("answer_share", sisters, _answer_share),
    )

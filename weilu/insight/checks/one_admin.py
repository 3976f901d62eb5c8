"""Mistake: one admin does everything (J-3, I-4).

Evidence: `top_staff_share` (of staff messages), `staff`, `staff_messages`,
`top_answerer_share` (of answered questions, first answers by the one busiest answerer; when
known). NOTICE when one of the staff writes 80 %, or one person gives 60 % of the first
answers; WARNING when both.
"""

from collections.abc import Sequence

from weilu.insight.checks.base import (
    Evidence,
    Finding,
    GroupFacts,
    NextStep,
    Outcome,
    PeriodFacts,
    Severity,
    Threshold,
    Unit,
    lacking,
    share,
    sister_range,
    sureness,
)

CHECK = "one_admin"
LEAST_STAFF_MESSAGES = 20
LEAST_ANSWERED = 10
STAFF_SHARE = 0.8
ANSWER_SHARE = 0.6


def _staff_share(facts: GroupFacts) -> float | None:
    """Share of staff messages by the busiest of them; None without staff messages."""
    return share(facts.now.top_staff_messages, facts.now.staff_messages)


def _answer_share(now: PeriodFacts) -> float | None:
    """Share of first answers by the busiest answerer; None below ten answered questions."""
    if now.first_answers_by_top is None or now.answered < LEAST_ANSWERED:
        return None
    return now.first_answers_by_top / now.answered


def one_admin(facts: GroupFacts, sisters: Sequence[GroupFacts]) -> Outcome:
    """Judge whether one person does all the work of the house."""
    now = facts.now
    missing = lacking(
        CHECK,
        ("staff", facts.staff, 1),
        ("staff_messages", now.staff_messages, LEAST_STAFF_MESSAGES),
    )
    if missing:
        return missing
    staff_share, answers = _staff_share(facts) or 0.0, _answer_share(now)
    severity = Severity((staff_share >= STAFF_SHARE) + ((answers or 0.0) >= ANSWER_SHARE))
    evidence = [
        Evidence("top_staff_share", staff_share, Unit.SHARE),
        Evidence("staff", facts.staff or 0, Unit.PEOPLE),
        Evidence("staff_messages", now.staff_messages, Unit.MESSAGES),
    ]
    if answers is not None:
        evidence.append(Evidence("top_answerer_share", answers, Unit.SHARE))
    return Finding(
        check=CHECK,
        severity=severity,
        evidence=tuple(evidence),
        thresholds=(
            Threshold("staff_share", STAFF_SHARE, Unit.SHARE),
            Threshold("answer_share", ANSWER_SHARE, Unit.SHARE),
        ),
        next_step=NextStep.SHARE_THE_LOAD if severity else NextStep.KEEP_ON,
        confidence=sureness(now.staff_messages, medium=50, high=200),
        sisters=sister_range("top_staff_share", sisters, _staff_share),
    )

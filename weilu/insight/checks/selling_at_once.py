"""Mistake: selling at once (J-3, G-1): offers before the group has talked.

Evidence: `early_offers` (staff messages with a price or a shop link in the first two weeks),
`early_staff_messages`, `offer_share`, `age_days`. Limits of the promotion guard: NOTICE over
5 %, WARNING over 10 %, URGENT over 30 %.
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

CHECK = "selling_at_once"
LEAST_MESSAGES = 10
BEST_SHARE = 0.05
MOST_SHARE = 0.1
URGENT_SHARE = 0.3


def _offer_share(facts: GroupFacts) -> float | None:
    """Share of early staff messages that sell; None when not known."""
    if facts.early_offers is None or facts.early_staff_messages is None:
        return None
    return share(facts.early_offers, facts.early_staff_messages)


def selling_at_once(facts: GroupFacts, sisters: Sequence[GroupFacts]) -> Outcome:
    """Judge whether the group began with selling."""
    missing = lacking(
        CHECK,
        ("early_offers", facts.early_offers, 0),
        ("early_staff_messages", facts.early_staff_messages, LEAST_MESSAGES),
    )
    if missing:
        return missing
    offers, posts = facts.early_offers or 0, facts.early_staff_messages or 0
    part = _offer_share(facts) or 0.0
    severity = graded(part, BEST_SHARE, MOST_SHARE, URGENT_SHARE)
    return Finding(
        check=CHECK,
        severity=severity,
        evidence=(
            Evidence("early_offers", offers, Unit.MESSAGES),
            Evidence("early_staff_messages", posts, Unit.MESSAGES),
            Evidence("offer_share", part, Unit.SHARE),
            Evidence("age_days", facts.age_days, Unit.DAYS),
        ),
        thresholds=(
            Threshold("best", BEST_SHARE, Unit.SHARE, "D-2"),
            Threshold("most", MOST_SHARE, Unit.SHARE, "D-2"),
            Threshold("urgent", URGENT_SHARE, Unit.SHARE),
        ),
        next_step=NextStep.HOLD_SELLING if severity else NextStep.KEEP_ON,
        confidence=sureness(posts, medium=20, high=60),
        sisters=sister_range("offer_share", sisters, _offer_share),
    )

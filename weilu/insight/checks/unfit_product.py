"""Mistake: a product nobody wants to talk about (J-3, A-4).

Evidence: `product_messages` (members' messages that speak of the product), `member_messages`,
`product_share`. NOTICE under 2 %, WARNING under 0.5 %, of at least 200 messages. Needs the
product's words from the operator. Talk alone shows only silence about it, so confidence is low.

In a community that an interest holds together (A-2) people come for something else than the
product: there 0.5 % is the NOTICE, and nothing is graver.

Where the product's fit was checked (A-4), its points stand beside: `fit_points` of `fit_most`. A
product found unfit is a WARNING whatever the talk, and with more confidence.
"""

from collections.abc import Sequence

from weilu.communities.blueprint.rules.fit import UNFIT_BELOW
from weilu.insight.checks.base import (
    Confidence,
    Evidence,
    Finding,
    GroupFacts,
    NextStep,
    Outcome,
    Severity,
    Threshold,
    Unit,
    graded,
    lacking,
    share,
    sister_range,
)

CHECK = "unfit_product"
UNFIT = "unfit"
LEAST_MESSAGES = 200
NOTICE_SHARE = 0.02
WARNING_SHARE = 0.005
PRODUCT_LIMITS = (("notice", NOTICE_SHARE), ("warning", WARNING_SHARE))
INTEREST_LIMITS = (("notice", WARNING_SHARE),)
INTEREST = "interest"


def _product_share(facts: GroupFacts) -> float | None:
    """Share of members' messages about the product; None when not known."""
    if facts.product_messages is None:
        return None
    return share(facts.product_messages, facts.now.member_messages)


def unfit_product(facts: GroupFacts, sisters: Sequence[GroupFacts]) -> Outcome:
    """Judge whether the product gives anything to talk about."""
    unfit = facts.fit is not None and facts.fit[2] == UNFIT
    missing = lacking(
        CHECK,
        ("product_messages", facts.product_messages, 0),
        ("member_messages", facts.now.member_messages, LEAST_MESSAGES),
    )
    if missing:
        return _by_answers(facts, unfit=unfit) or missing
    part = _product_share(facts) or 0.0
    limits = INTEREST_LIMITS if facts.kind == INTEREST else PRODUCT_LIMITS
    severity = graded(1 - part, *(1 - limit for _name, limit in limits))
    if unfit:
        severity = max(severity, Severity.WARNING)
    return Finding(
        check=CHECK,
        severity=severity,
        evidence=(
            Evidence("product_messages", facts.product_messages or 0, Unit.MESSAGES),
            Evidence("member_messages", facts.now.member_messages, Unit.MESSAGES),
            Evidence("product_share", part, Unit.SHARE),
            *_points(facts),
        ),
        thresholds=tuple(Threshold(name, limit, Unit.SHARE) for name, limit in limits),
        next_step=NextStep.REVIEW_PRODUCT_FIT if severity else NextStep.KEEP_ON,
        confidence=Confidence.MEDIUM if unfit else Confidence.LOW,
        sisters=sister_range("product_share", sisters, _product_share),
    )


def _points(facts: GroupFacts) -> tuple[Evidence, ...]:
    """What the product scored, when its fit was checked."""
    if facts.fit is None:
        return ()
    points, most, _verdict = facts.fit
    return (
        Evidence("fit_points", points, Unit.POINTS),
        Evidence("fit_most", most, Unit.POINTS),
    )


def _by_answers(facts: GroupFacts, *, unfit: bool) -> Finding | None:
    """Judge by the answers about the product alone; None when nobody gave them."""
    if facts.fit is None:
        return None
    return Finding(
        check=CHECK,
        severity=Severity.WARNING if unfit else Severity.NONE,
        evidence=_points(facts),
        thresholds=(Threshold("fit", UNFIT_BELOW, Unit.POINTS, "A-4"),),
        next_step=NextStep.REVIEW_PRODUCT_FIT if unfit else NextStep.KEEP_ON,
        confidence=Confidence.MEDIUM,
    )

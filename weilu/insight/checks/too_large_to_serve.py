"""Group too large to serve (B-1, B-4: growth that service cannot carry is flagged).

Evidence: `members`, `staff`, `members_per_staff`, `service_fell` (1 when clearly more questions
stay unanswered, or the median answer takes half as long again; else 0), and `cap`,
`filled_share` where the platform has a cap. NOTICE from 200 members for one staff member or 95 %
of the cap, WARNING when service fell besides, URGENT from 500 for one and service fell.
`own_past` compares the unanswered share.
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
    graded,
    lacking,
    share,
    sister_range,
    sureness,
)
from weilu.insight.rules.change import Change, Word, compare_shares

CHECK = "too_large_to_serve"
MEMBERS_PER_STAFF = 200.0
MANY_PER_STAFF = 500.0
FULL_SHARE = 0.95
SLOWER_RATIO = 1.5
LEAST_ANSWERED = 10


def _per_staff(facts: GroupFacts) -> float | None:
    """Members for each staff member; None when either is not known."""
    return share(facts.now.members, facts.staff or 0) if facts.now.members else None


def too_large_to_serve(facts: GroupFacts, sisters: Sequence[GroupFacts]) -> Outcome:
    """Judge whether the staff can carry the group's size."""
    missing = lacking(CHECK, ("members", facts.now.members, 1), ("staff", facts.staff, 1))
    if missing:
        return missing
    per_staff = _per_staff(facts) or 0.0
    filled = share(facts.now.members or 0, facts.cap or 0)
    past = unanswered_change(facts)
    fell = service_fell(facts, past)
    return Finding(
        check=CHECK,
        severity=(severity := _severity(per_staff, filled or 0.0, fell=fell)),
        evidence=_evidence(facts, per_staff, filled, fell=fell),
        thresholds=(
            Threshold("members_per_staff", MEMBERS_PER_STAFF, Unit.RATIO),
            Threshold("many_per_staff", MANY_PER_STAFF, Unit.RATIO),
            Threshold("filled_share", FULL_SHARE, Unit.SHARE),
            Threshold("slower_ratio", SLOWER_RATIO, Unit.RATIO),
        ),
        next_step=NextStep.ADD_STAFF_OR_SPLIT if severity else NextStep.KEEP_ON,
        confidence=sureness(facts.now.questions, medium=20, high=60),
        own_past=past,
        sisters=sister_range("members_per_staff", sisters, _per_staff),
    )


def unanswered_change(facts: GroupFacts) -> Change | None:
    """Unanswered share against the period before; None without a past."""
    now, before = facts.now, facts.before
    if before is None:
        return None
    return compare_shares(
        now.questions - now.answered,
        now.questions,
        before.questions - before.answered,
        before.questions,
    )


def service_fell(facts: GroupFacts, past: Change | None) -> bool:
    """Whether fewer get an answer, or it takes half as long again."""
    now, before = facts.now, facts.before
    if past is not None and past.word is Word.UP:
        return True
    if before is None or now.median_answer_s is None or before.median_answer_s is None:
        return False
    enough = min(now.answered, before.answered) >= LEAST_ANSWERED
    return enough and now.median_answer_s > SLOWER_RATIO * before.median_answer_s


def _severity(per_staff: float, filled: float, *, fell: bool) -> Severity:
    """Size alone is worth a notice; size with falling service a warning and more."""
    size = graded(per_staff, MEMBERS_PER_STAFF, MANY_PER_STAFF)
    if not size and filled < FULL_SHARE:
        return Severity.NONE
    return Severity(max(size, 1) + 1) if fell else Severity.NOTICE


def _evidence(
    facts: GroupFacts, per_staff: float, filled: float | None, *, fell: bool
) -> tuple[Evidence, ...]:
    """Size, staff, service, and the cap where there is one."""
    base = (
        Evidence("members", facts.now.members or 0, Unit.PEOPLE),
        Evidence("staff", facts.staff or 0, Unit.PEOPLE),
        Evidence("members_per_staff", per_staff, Unit.RATIO),
        Evidence("service_fell", float(fell), Unit.RATIO),
    )
    if filled is None or facts.cap is None:
        return base
    return (
        *base,
        Evidence("cap", facts.cap, Unit.PEOPLE),
        Evidence("filled_share", filled, Unit.SHARE),
    )

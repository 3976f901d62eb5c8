"""Growth that service cannot carry (B-1, B-4): the group grows faster than its staff can follow.

Evidence: `net_per_week` (people), `members`, `staff`, `per_staff_soon` (members for each of staff
in eight weeks at this pace), `answered_share`, `service_fell` (1 as in `too_large_to_serve`).
Looked at where the group grew by at least 5 % in four weeks. NOTICE when there will be 200 for
each, or service fell; WARNING when both; URGENT when besides fewer than half are answered.
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
    lacking,
    share,
    sureness,
)
from weilu.insight.checks.too_large_to_serve import (
    MEMBERS_PER_STAFF,
    service_fell,
    unanswered_change,
)

CHECK = "outgrowing_service"
GROWTH = 0.05
SOON_WEEKS = 8
HALF = 0.5
LEAST_MEMBERS = 20
LEAST_QUESTIONS = 10


def outgrowing_service(facts: GroupFacts, sisters: Sequence[GroupFacts]) -> Outcome:
    """Judge whether the staff can follow the group's growth."""
    now, before = facts.now, facts.before
    missing = lacking(
        CHECK,
        ("members", now.members, LEAST_MEMBERS),
        ("members_before", before.members if before else None, 1),
        ("staff", facts.staff, 1),
        ("questions", now.questions, LEAST_QUESTIONS),
    )
    if missing:
        return missing
    members, staff = now.members or 0, facts.staff or 1
    earlier = before.members if before and before.members else members
    net = (members - earlier) * 7 / max(now.days, 1)
    soon = (members + max(net, 0.0) * SOON_WEEKS) / staff
    answered = share(now.answered, now.questions) or 0.0
    past = unanswered_change(facts)
    fell = service_fell(facts, past)
    severity = _severity(members / earlier - 1, soon, answered, fell=fell)
    return Finding(
        check=CHECK,
        severity=severity,
        evidence=(
            Evidence("net_per_week", net, Unit.PER_WEEK),
            Evidence("members", members, Unit.PEOPLE),
            Evidence("staff", staff, Unit.PEOPLE),
            Evidence("per_staff_soon", soon, Unit.RATIO),
            Evidence("answered_share", answered, Unit.SHARE),
            Evidence("service_fell", float(fell), Unit.RATIO),
        ),
        thresholds=(
            Threshold("growth", GROWTH, Unit.SHARE),
            Threshold("members_per_staff", MEMBERS_PER_STAFF, Unit.RATIO),
            Threshold("weeks", SOON_WEEKS, Unit.WEEKS),
            Threshold("answered", HALF, Unit.SHARE),
        ),
        next_step=NextStep.SLOW_DOWN_GROWTH if severity else NextStep.KEEP_ON,
        confidence=sureness(now.questions, medium=20, high=60),
        own_past=past,
    )


def _severity(growth: float, soon: float, answered: float, *, fell: bool) -> Severity:
    """How far growth runs ahead of service."""
    if growth < GROWTH:
        return Severity.NONE
    found = int(soon >= MEMBERS_PER_STAFF) + int(fell)
    if found == 2 and answered < HALF:
        return Severity.URGENT
    return Severity(found)

"""Loss of a key member: someone who carried the group has fallen silent (C-6, B-4).

Evidence for the biggest loss: `person` (name), `messages_before`, `messages`, `share_before`
(of all messages before), `silent_days`; and `people_lost`, how many in all. NOTICE from 5 % of
the talk, WARNING from 15 %, URGENT from 30 %.
"""

from collections.abc import Sequence

from weilu.insight.checks.base import (
    Evidence,
    Finding,
    GroupFacts,
    KeyPerson,
    Need,
    NextStep,
    NotEnough,
    Outcome,
    Severity,
    Threshold,
    Unit,
    graded,
    lacking,
    sureness,
)

CHECK = "key_member_lost"
LEAST_MESSAGES_BEFORE = 50
LEAST_DAYS = 7
LEAST_OWN_MESSAGES = 10
LEFT_OVER_SHARE = 0.1
LEAST_SILENT_DAYS = 7
NOTICE_SHARE = 0.05
WARNING_SHARE = 0.15
URGENT_SHARE = 0.3


def _is_lost(person: KeyPerson, scale: float) -> bool:
    """Whether hardly anything is left of what the person used to write."""
    return (
        person.messages_before >= LEAST_OWN_MESSAGES
        and person.silent_days >= LEAST_SILENT_DAYS
        and person.messages_now <= LEFT_OVER_SHARE * person.messages_before * scale
    )


def key_member_lost(facts: GroupFacts, sisters: Sequence[GroupFacts]) -> Outcome:
    """Judge whether someone who mattered is gone; sisters play no part in it."""
    del sisters
    before = facts.before
    if before is None:
        return NotEnough(CHECK, (Need("days_before", 0, LEAST_DAYS),))
    missing = lacking(
        CHECK,
        ("days", facts.now.days, LEAST_DAYS),
        ("messages_before", before.messages, LEAST_MESSAGES_BEFORE),
        ("key_people", len(facts.key_people), 1),
    )
    if missing:
        return missing
    scale = facts.now.days / before.days
    lost = [person for person in facts.key_people if _is_lost(person, scale)]
    biggest = max(lost, key=lambda person: person.messages_before, default=None)
    part = biggest.messages_before / before.messages if biggest else 0.0
    severity = graded(part, NOTICE_SHARE, WARNING_SHARE, URGENT_SHARE)
    return Finding(
        check=CHECK,
        severity=severity,
        evidence=_evidence(len(lost), biggest, part),
        thresholds=(
            Threshold("left_over", LEFT_OVER_SHARE, Unit.SHARE),
            Threshold("silent_days", LEAST_SILENT_DAYS, Unit.DAYS),
            Threshold("notice", NOTICE_SHARE, Unit.SHARE),
            Threshold("warning", WARNING_SHARE, Unit.SHARE),
            Threshold("urgent", URGENT_SHARE, Unit.SHARE),
        ),
        next_step=NextStep.WRITE_TO_MEMBER if severity > Severity.NONE else NextStep.KEEP_ON,
        confidence=sureness(biggest.silent_days if biggest else 28, medium=14, high=28),
    )


def _evidence(lost: int, biggest: KeyPerson | None, part: float) -> tuple[Evidence, ...]:
    """Numbers of the biggest loss, after how many there are."""
    count = Evidence("people_lost", lost, Unit.PEOPLE)
    if biggest is None:
        return (count,)
    return (
        count,
        Evidence("person", biggest.name, Unit.PERSON),
        Evidence("messages_before", biggest.messages_before, Unit.MESSAGES),
        Evidence("messages", biggest.messages_now, Unit.MESSAGES),
        Evidence("share_before", part, Unit.SHARE),
        Evidence("silent_days", biggest.silent_days, Unit.DAYS),
    )

"""All checks by code, and how they are run together (J-2, J-3)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from weilu.insight.checks import (
    activity_fall,
    carried_by_few,
    drifting_hours,
    growth,
    key_member_lost,
    more_is_better,
    newcomers_lost,
    not_a_community,
    off_theme,
    one_admin,
    one_sided,
    outgrowing_service,
    questions_unanswered,
    selling_at_once,
    too_large_to_serve,
    unfit_product,
    useful_daily,
    zombie,
)
from weilu.insight.checks.base import Check, Confidence, Finding, GroupFacts, Outcome

CHECKS: Mapping[str, Check] = {
    growth.CHECK: growth.growth,
    off_theme.CHECK: off_theme.off_theme,
    activity_fall.CHECK: activity_fall.activity_fall,
    zombie.CHECK: zombie.zombie,
    one_sided.CHECK: one_sided.one_sided,
    carried_by_few.CHECK: carried_by_few.carried_by_few,
    newcomers_lost.CHECK: newcomers_lost.newcomers_lost,
    questions_unanswered.CHECK: questions_unanswered.questions_unanswered,
    drifting_hours.CHECK: drifting_hours.drifting_hours,
    key_member_lost.CHECK: key_member_lost.key_member_lost,
    too_large_to_serve.CHECK: too_large_to_serve.too_large_to_serve,
    outgrowing_service.CHECK: outgrowing_service.outgrowing_service,
    one_admin.CHECK: one_admin.one_admin,
    more_is_better.CHECK: more_is_better.more_is_better,
    not_a_community.CHECK: not_a_community.not_a_community,
    useful_daily.CHECK: useful_daily.useful_daily,
    selling_at_once.CHECK: selling_at_once.selling_at_once,
    unfit_product.CHECK: unfit_product.unfit_product,
}
"""Checks in the order of the handbook: what moves first, then the six mistakes."""

_SURENESS = {Confidence.LOW: 0, Confidence.MEDIUM: 1, Confidence.HIGH: 2}


# What comings and goings alone tell, where the platform lets nobody read what is said.
WITHOUT_TALK = frozenset({growth.CHECK})


def examine(
    facts: GroupFacts, sisters: Sequence[GroupFacts] = (), *, is_heard: bool = True
) -> tuple[Outcome, ...]:
    """Outcomes of all checks, one each: gravest findings first, surest first among equals.

    What cannot be judged comes last. The group itself is left out of its sisters. Of a group that
    nobody can listen to only `WITHOUT_TALK` is looked at: its silence says nothing.
    """
    others = [other for other in sisters if other.group != facts.group]
    asked = [one for code, one in CHECKS.items() if is_heard or code in WITHOUT_TALK]
    return tuple(sorted((check(facts, others) for check in asked), key=_rank))


def _rank(outcome: Outcome) -> tuple[int, int, int]:
    """Sort key: findings before the undecided, then severity, then confidence."""
    if not isinstance(outcome, Finding):
        return (1, 0, 0)
    return (0, -outcome.severity, -_SURENESS[outcome.confidence])


def to_plain(outcome: Outcome) -> dict[str, Any]:
    """Outcome as values that JSON can hold, with `enough` telling the two kinds apart."""
    return {"enough": isinstance(outcome, Finding), **asdict(outcome)}

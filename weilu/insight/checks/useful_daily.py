"""Mistake: something "useful" every single day, and nobody answers (J-3, D-3, D-9).

Evidence: `staff_post_days`, `days`, `post_day_share`, `staff_messages`, `posts_answered`,
`answered_share`. NOTICE when staff post on 80 % of the days and under 20 % of the posts are
answered, WARNING under 5 %.
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

CHECK = "useful_daily"
LEAST_DAYS = 7
LEAST_POSTS = 10
DAY_SHARE = 0.8
NOTICE_SHARE = 0.2
WARNING_SHARE = 0.05


def _answered_share(facts: GroupFacts) -> float | None:
    """Share of staff posts that got an answer; None when not known."""
    if facts.now.staff_posts_answered is None:
        return None
    return share(facts.now.staff_posts_answered, facts.now.staff_messages)


def useful_daily(facts: GroupFacts, sisters: Sequence[GroupFacts]) -> Outcome:
    """Judge whether the staff talk to the wall."""
    now = facts.now
    missing = lacking(
        CHECK,
        ("days", now.days, LEAST_DAYS),
        ("staff_messages", now.staff_messages, LEAST_POSTS),
        ("posts_answered", now.staff_posts_answered, 0),
    )
    if missing:
        return missing
    daily = now.staff_post_days / now.days
    answered = _answered_share(facts) or 0.0
    severity = Severity.NONE
    if daily >= DAY_SHARE:
        severity = graded(1 - answered, 1 - NOTICE_SHARE, 1 - WARNING_SHARE)
    return Finding(
        check=CHECK,
        severity=severity,
        evidence=(
            Evidence("staff_post_days", now.staff_post_days, Unit.DAYS),
            Evidence("days", now.days, Unit.DAYS),
            Evidence("post_day_share", daily, Unit.SHARE),
            Evidence("staff_messages", now.staff_messages, Unit.MESSAGES),
            Evidence("posts_answered", now.staff_posts_answered or 0, Unit.MESSAGES),
            Evidence("answered_share", answered, Unit.SHARE),
        ),
        thresholds=(
            Threshold("day_share", DAY_SHARE, Unit.SHARE),
            Threshold("notice", NOTICE_SHARE, Unit.SHARE),
            Threshold("warning", WARNING_SHARE, Unit.SHARE),
        ),
        next_step=NextStep.POST_LESS if severity else NextStep.KEEP_ON,
        confidence=sureness(now.staff_messages, medium=20, high=60),
        sisters=sister_range("answered_share", sisters, _answered_share),
    )

"""Newcomers lost: people speak once and are not heard again (H-1).

Evidence: `newcomers`, `returned`, `returned_share`, `returned_share_at_most` (upper end of the
95 % range). `own_past` compares the share with the period before. NOTICE when even the upper
end is under 30 %, WARNING when it is under 15 %, NOTICE too when clearly fewer return.
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
from weilu.insight.rules.change import Word, compare_shares, share_range

CHECK = "newcomers_lost"
LEAST_NEWCOMERS = 10
NOTICE_SHARE = 0.3
WARNING_SHARE = 0.15


def _returned_share(facts: GroupFacts) -> float | None:
    """Share of newcomers who returned; None without newcomers."""
    return share(facts.now.newcomers_returned, facts.now.newcomers)


def newcomers_lost(facts: GroupFacts, sisters: Sequence[GroupFacts]) -> Outcome:
    """Judge whether newcomers come back."""
    now, before = facts.now, facts.before
    missing = lacking(CHECK, ("newcomers", now.newcomers, LEAST_NEWCOMERS))
    if missing:
        return missing
    _, most = share_range(now.newcomers_returned, now.newcomers)
    past = None
    if before is not None:
        past = compare_shares(
            now.newcomers_returned, now.newcomers, before.newcomers_returned, before.newcomers
        )
    severity = graded(1 - most, 1 - NOTICE_SHARE, 1 - WARNING_SHARE)
    if past is not None and past.word is Word.DOWN:
        severity = max(severity, Severity.NOTICE)
    return Finding(
        check=CHECK,
        severity=severity,
        evidence=(
            Evidence("newcomers", now.newcomers, Unit.PEOPLE),
            Evidence("returned", now.newcomers_returned, Unit.PEOPLE),
            Evidence("returned_share", _returned_share(facts) or 0.0, Unit.SHARE),
            Evidence("returned_share_at_most", most, Unit.SHARE),
        ),
        thresholds=(
            Threshold("notice", NOTICE_SHARE, Unit.SHARE),
            Threshold("warning", WARNING_SHARE, Unit.SHARE),
        ),
        next_step=NextStep.WELCOME_NEWCOMERS if severity else NextStep.KEEP_ON,
        confidence=sureness(now.newcomers, medium=20, high=60),
        own_past=past,
        sisters=sister_range("returned_share", sisters, _returned_share),
    )

"""Positioning: people talk about something else than the plan promises (A-1, J-2).

Evidence: `themes` (promised), `silent_themes` (of them nobody's), `silent_names`, `promised_share`
(of the mentions of the commonest words), `other_words` (common words no theme has). NOTICE when
half of the themes are silent, WARNING when all are, or half of them and under 5 % of the talk is
promised. Needs at least three themes in the plan and 200 messages by members.
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
    sister_range,
    sureness,
)

CHECK = "off_theme"
LEAST_THEMES = 3
LEAST_MESSAGES = 200
SILENT_SHARE = 0.5
LEAST_PROMISED = 0.05
OTHERS_TOLD = 5


def _promised_share(facts: GroupFacts) -> float | None:
    """Share of the talk that is promised; None when not known."""
    return facts.drift.share if facts.drift else None


def severity_of(facts: GroupFacts) -> Severity:
    """How far a group is off; NONE also where it cannot be known."""
    if facts.drift is None or len(facts.drift.themes) < LEAST_THEMES:
        return Severity.NONE
    silent = len(facts.drift.silent) / len(facts.drift.themes)
    if silent < SILENT_SHARE:
        return Severity.NONE
    grave = silent >= 1 or (facts.drift.share or 0.0) < LEAST_PROMISED
    return Severity.WARNING if grave else Severity.NOTICE


def off_theme(facts: GroupFacts, sisters: Sequence[GroupFacts]) -> Outcome:
    """Judge whether a group talks about what it was opened for."""
    drift, messages = facts.drift, facts.now.member_messages
    themes = len(drift.themes) if drift else 0
    missing = lacking(
        CHECK, ("themes", themes, LEAST_THEMES), ("member_messages", messages, LEAST_MESSAGES)
    )
    if missing:
        return missing
    if drift is None:  # It has themes, or something would be missing.
        raise AssertionError
    severity = severity_of(facts)
    others = "\n".join(one.word for one in drift.others[:OTHERS_TOLD])
    return Finding(
        check=CHECK,
        severity=severity,
        evidence=(
            Evidence("themes", themes, Unit.THEMES),
            Evidence("silent_themes", len(drift.silent), Unit.THEMES),
            Evidence("promised_share", drift.share or 0.0, Unit.SHARE),
            Evidence("silent_names", "\n".join(drift.silent), Unit.WORDS),
            Evidence("other_words", others, Unit.WORDS),
        ),
        thresholds=(
            Threshold("silent", SILENT_SHARE, Unit.SHARE),
            Threshold("promised", LEAST_PROMISED, Unit.SHARE),
        ),
        next_step=NextStep.REVIEW_POSITIONING if severity else NextStep.KEEP_ON,
        confidence=sureness(messages, medium=500, high=2000),
        sisters=sister_range("promised_share", sisters, _promised_share),
    )

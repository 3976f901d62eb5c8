"""Questions unanswered, or answered late (H-2).

Evidence: `questions`, `unanswered`, `unanswered_share`, `median_answer_s` (when known).
`own_past` compares the unanswered share with the period before. Graded at 30, 50 and 70 %
unanswered; NOTICE when the median answer takes over two hours or clearly more stay unanswered.
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
    graded,
    lacking,
    share,
    sister_range,
    sureness,
)
from weilu.insight.rules.change import Change, Word, compare_shares

CHECK = "questions_unanswered"
LEAST_QUESTIONS = 10
NOTICE_SHARE = 0.3
WARNING_SHARE = 0.5
URGENT_SHARE = 0.7
SLOW_S = 7200.0


def _unanswered_share(facts: GroupFacts) -> float | None:
    """Share of questions nobody answered; None without questions."""
    return share(facts.now.questions - facts.now.answered, facts.now.questions)


def questions_unanswered(facts: GroupFacts, sisters: Sequence[GroupFacts]) -> Outcome:
    """Judge whether who asks gets an answer."""
    now = facts.now
    missing = lacking(CHECK, ("questions", now.questions, LEAST_QUESTIONS))
    if missing:
        return missing
    open_share = _unanswered_share(facts) or 0.0
    past = _past(now, facts.before)
    evidence = [
        Evidence("questions", now.questions, Unit.QUESTIONS),
        Evidence("unanswered", now.questions - now.answered, Unit.QUESTIONS),
        Evidence("unanswered_share", open_share, Unit.SHARE),
    ]
    if now.median_answer_s is not None:
        evidence.append(Evidence("median_answer_s", now.median_answer_s, Unit.SECONDS))
    severity = max(
        graded(open_share, NOTICE_SHARE, WARNING_SHARE, URGENT_SHARE), _slower(now, past)
    )
    return Finding(
        check=CHECK,
        severity=severity,
        evidence=tuple(evidence),
        thresholds=(
            Threshold("notice", NOTICE_SHARE, Unit.SHARE),
            Threshold("warning", WARNING_SHARE, Unit.SHARE),
            Threshold("urgent", URGENT_SHARE, Unit.SHARE),
            Threshold("slow", SLOW_S, Unit.SECONDS),
        ),
        next_step=NextStep.ANSWER_QUESTIONS if severity else NextStep.KEEP_ON,
        confidence=sureness(now.questions, medium=20, high=60),
        own_past=past,
        sisters=sister_range("unanswered_share", sisters, _unanswered_share),
    )


def _past(now: PeriodFacts, before: PeriodFacts | None) -> Change | None:
    """Unanswered share against the period before."""
    if before is None:
        return None
    return compare_shares(
        now.questions - now.answered,
        now.questions,
        before.questions - before.answered,
        before.questions,
    )


def _slower(now: PeriodFacts, past: Change | None) -> Severity:
    """NOTICE when answers are late or clearly more questions stay open."""
    late = now.median_answer_s is not None and now.median_answer_s >= SLOW_S
    more = past is not None and past.word is Word.UP
    return Severity.NOTICE if late or more else Severity.NONE

"""Every check and every step has its words, in both languages."""

import pytest
from django.utils import translation

from weilu.console.communities.registry import PARTS
from weilu.console.findings.evidence import TROUBLE
from weilu.console.findings.words import ADVICE, MEANING, SECTIONS, TITLES, TOPICS, tell
from weilu.insight.checks.base import NextStep
from weilu.insight.checks.registry import CHECKS

EVIDENCE: list[dict[str, object]] = [
    {"key": "questions", "value": 41, "unit": "questions"},
    {"key": "unanswered", "value": 17, "unit": "questions"},
    {"key": "unanswered_share", "value": 17 / 41, "unit": "share"},
]
BODY: dict[str, object] = {
    "enough": True,
    "next_step": "answer_questions",
    "evidence": EVIDENCE,
    "own_past": {"word": "up"},
    "sisters": {"low": 0.1, "median": 0.2, "high": 0.3, "groups": 4},
    "thresholds": [{"source": "operator policy, editable"}, {"source": "H-2"}],
}


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_every_check_has_its_words(check: str) -> None:
    assert check in TITLES
    assert check in TOPICS
    assert check in TROUBLE
    assert check in MEANING


@pytest.mark.parametrize("step", list(NextStep))
def test_every_step_has_advice(step: NextStep) -> None:
    assert step in ADVICE


def test_evidence_judgement_advice() -> None:
    with translation.override("en"):
        told = tell("questions_unanswered", 2, BODY)
    assert told.evidence == (
        "41 questions in the last 28 days, 17 without an answer (41\N{NO-BREAK SPACE}%)."
    )
    assert str(told.level.word) == "Needs care"
    assert told.section == "questions"
    assert (
        told.sisters
        == "Your other 4 groups: mostly 10\N{NO-BREAK SPACE}% to 30\N{NO-BREAK SPACE}%, median "
        "20\N{NO-BREAK SPACE}%."
    )


def test_missing_evidence_is_listed_not_lost() -> None:
    body = {**BODY, "evidence": EVIDENCE[:1]}
    with translation.override("en"):
        assert tell("questions_unanswered", 1, body).evidence == "questions: 41"


def test_not_enough_data_says_what_is_needed() -> None:
    body = {"enough": False, "needs": [{"key": "staff", "have": 0, "want": 1}]}
    with translation.override("en"):
        told = tell("one_admin", -1, body)
    assert told.evidence == ("Still needed: to know who is staff: mark them in the member list.")


def test_every_section_exists_on_the_community_page() -> None:
    assert set(SECTIONS.values()) <= set(PARTS)


def test_days_are_not_said_twice() -> None:
    body = {
        "enough": True,
        "next_step": "keep_on",
        "evidence": [
            {"key": "staff_post_days", "value": 16, "unit": "days"},
            {"key": "days", "value": 28, "unit": "days"},
            {"key": "answered_share", "value": 0.9, "unit": "share"},
        ],
    }
    with translation.override("en"):
        said = tell("useful_daily", 0, body).evidence.replace("\N{NO-BREAK SPACE}", " ")
    assert said == "Staff posted on 16 days of 28 days; 90 % of the posts got an answer."


def test_one_of_the_staff_is_not_a_share() -> None:
    body = {
        "enough": True,
        "next_step": "share_the_load",
        "evidence": [
            {"key": "top_staff_share", "value": 1.0, "unit": "share"},
            {"key": "staff", "value": 1, "unit": "people"},
            {"key": "staff_messages", "value": 24, "unit": "messages"},
        ],
    }
    with translation.override("en"):
        assert tell("one_admin", 1, body).evidence == (
            "One person alone does the work: all 24 staff messages."
        )

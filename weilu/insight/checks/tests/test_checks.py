"""Each check: when it speaks, how loudly, and when it says that it cannot know."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.insight.checks.base import (
    Finding,
    GroupFacts,
    KeyPerson,
    Need,
    NextStep,
    NotEnough,
    PeriodFacts,
    Severity,
    sister_range,
)
from weilu.insight.checks.registry import CHECKS, examine, to_plain
from weilu.insight.rules.change import Word
from weilu.insight.rules.drift import Drift, ThemeTalk, Used
from weilu.insight.rules.rhythm import HourMap


def hours_at(hour: int, days: int = 28) -> HourMap:
    rows = np.zeros((days, 24), dtype=np.int64)
    for day in range(days):
        rows[day, (hour + day % 3) % 24] = 10
    return rows


USUAL = PeriodFacts(
    daily_messages=(20,) * 28,
    speakers=40,
    members=100,
    staff_messages=100,
    joins=20,
    leaves=8,
    newcomers=20,
    newcomers_returned=12,
    questions=40,
    answered=36,
    median_answer_s=600.0,
    first_answers_by_top=10,
    answers=200,
    member_answers=160,
    top_one_share=0.1,
    bus_factor=6,
    top_staff_messages=40,
    staff_post_days=20,
    staff_posts_answered=60,
    hours=hours_at(20),
)
FACTS = GroupFacts(
    group=1,
    name="Tea table",
    now=USUAL,
    before=USUAL,
    weekly_messages=(140,) * 12,
    age_days=84,
    staff=2,
    cap=500,
    key_people=(KeyPerson(7, "Old Kettle", 84, 80, 0),),
    early_staff_messages=40,
    early_offers=1,
    product_messages=80,
    drift=Drift(
        themes=(
            ThemeTalk("green tea", 90, (Used("longjing", 90, 20),)),
            ThemeTalk("tea ware", 40, (Used("teapot", 40, 12),)),
            ThemeTalk("water", 0, ()),
        ),
        others=(Used("football", 20, 6),),
        share=0.4,
    ),
)


def talking(*mentions: int, share: float | None = 0.2) -> GroupFacts:
    """A group whose promised themes have so many mentions."""
    themes = tuple(ThemeTalk(f"theme {n}", count, ()) for n, count in enumerate(mentions))
    return replace(FACTS, drift=Drift(themes, (Used("football", 20, 6),), share))


def changed(**now: object) -> GroupFacts:
    return replace(FACTS, now=replace(USUAL, **now))  # type: ignore[arg-type]  # test shorthand


def found(check: str, facts: GroupFacts) -> Finding:
    outcome = CHECKS[check](facts, [])
    assert isinstance(outcome, Finding)
    assert outcome.check == check
    return outcome


@pytest.mark.parametrize("check", CHECKS)
def test_a_healthy_group_has_no_concern(check: str) -> None:
    outcome = found(check, FACTS)
    assert outcome.severity is Severity.NONE
    assert outcome.next_step is NextStep.KEEP_ON
    assert outcome.evidence
    assert outcome.thresholds


@pytest.mark.parametrize(
    ("check", "facts", "severity", "step"),
    [
        ("growth", changed(joins=5, leaves=30), 2, NextStep.ASK_LEAVERS),
        ("growth", changed(joins=6, leaves=5), 1, NextStep.FIND_NEW_MEMBERS),
        ("growth", changed(joins=None, newcomers=4), 1, NextStep.FIND_NEW_MEMBERS),
        ("activity_fall", changed(daily_messages=(15,) * 28), 1, NextStep.START_DISCUSSION),
        ("activity_fall", changed(daily_messages=(12,) * 28), 2, NextStep.START_DISCUSSION),
        ("activity_fall", changed(daily_messages=(3,) * 28), 3, NextStep.START_DISCUSSION),
        ("zombie", replace(FACTS, silent_days=14), 2, NextStep.REVIVE_OR_CLOSE),
        ("zombie", replace(FACTS, silent_days=28), 3, NextStep.REVIVE_OR_CLOSE),
        ("zombie", replace(FACTS, silent_days=180), 1, NextStep.REVIVE_OR_CLOSE),
        (
            "zombie",
            changed(daily_messages=(0,) * 20 + (1,) * 8, speakers=1),
            2,
            NextStep.REVIVE_OR_CLOSE,
        ),
        ("one_sided", changed(staff_messages=300), 1, NextStep.LET_MEMBERS_TALK),
        ("one_sided", changed(staff_messages=450), 2, NextStep.LET_MEMBERS_TALK),
        ("one_sided", changed(staff_messages=450, bot_messages=900), 3, NextStep.LET_MEMBERS_TALK),
        ("carried_by_few", changed(bus_factor=1), 2, NextStep.SHARE_THE_LOAD),
        ("carried_by_few", changed(bus_factor=3), 1, NextStep.SHARE_THE_LOAD),
        (
            "newcomers_lost",
            changed(newcomers=50, newcomers_returned=8),
            1,
            NextStep.WELCOME_NEWCOMERS,
        ),
        (
            "newcomers_lost",
            changed(newcomers=60, newcomers_returned=2),
            2,
            NextStep.WELCOME_NEWCOMERS,
        ),
        ("questions_unanswered", changed(questions=41, answered=24), 1, NextStep.ANSWER_QUESTIONS),
        ("questions_unanswered", changed(answered=16), 2, NextStep.ANSWER_QUESTIONS),
        ("questions_unanswered", changed(answered=2), 3, NextStep.ANSWER_QUESTIONS),
        ("questions_unanswered", changed(median_answer_s=7200.0), 1, NextStep.ANSWER_QUESTIONS),
        ("drifting_hours", changed(hours=hours_at(22)), 1, NextStep.MOVE_THE_SLOT),
        ("drifting_hours", changed(hours=hours_at(15)), 2, NextStep.MOVE_THE_SLOT),
        ("too_large_to_serve", changed(members=480), 1, NextStep.ADD_STAFF_OR_SPLIT),
        ("too_large_to_serve", changed(members=480, answered=20), 2, NextStep.ADD_STAFF_OR_SPLIT),
        (
            "too_large_to_serve",
            changed(members=1200, median_answer_s=1000.0),
            3,
            NextStep.ADD_STAFF_OR_SPLIT,
        ),
        ("one_admin", changed(top_staff_messages=80), 1, NextStep.SHARE_THE_LOAD),
        (
            "one_admin",
            changed(top_staff_messages=99, first_answers_by_top=30),
            2,
            NextStep.SHARE_THE_LOAD,
        ),
        ("more_is_better", changed(members=170), 2, NextStep.SLOW_DOWN_GROWTH),
        ("more_is_better", changed(members=400, speakers=30), 3, NextStep.SLOW_DOWN_GROWTH),
        ("not_a_community", changed(member_answers=20), 1, NextStep.INTRODUCE_MEMBERS),
        ("not_a_community", changed(member_answers=5), 2, NextStep.INTRODUCE_MEMBERS),
        (
            "useful_daily",
            changed(staff_post_days=26, staff_posts_answered=10),
            1,
            NextStep.POST_LESS,
        ),
        (
            "useful_daily",
            changed(staff_post_days=26, staff_posts_answered=3),
            2,
            NextStep.POST_LESS,
        ),
        ("selling_at_once", replace(FACTS, early_offers=3), 1, NextStep.HOLD_SELLING),
        ("selling_at_once", replace(FACTS, early_offers=5), 2, NextStep.HOLD_SELLING),
        ("selling_at_once", replace(FACTS, early_offers=20), 3, NextStep.HOLD_SELLING),
        ("unfit_product", replace(FACTS, product_messages=5), 1, NextStep.REVIEW_PRODUCT_FIT),
        ("unfit_product", replace(FACTS, product_messages=0), 2, NextStep.REVIEW_PRODUCT_FIT),
        ("unfit_product", replace(FACTS, fit=(7, 27, "unfit")), 2, NextStep.REVIEW_PRODUCT_FIT),
        (
            "unfit_product",
            replace(FACTS, product_messages=None, fit=(7, 27, "unfit")),
            2,
            NextStep.REVIEW_PRODUCT_FIT,
        ),
        (
            "unfit_product",
            replace(FACTS, product_messages=0, kind="interest"),
            1,
            NextStep.REVIEW_PRODUCT_FIT,
        ),
        ("off_theme", talking(5, 0, 0, 3), 1, NextStep.REVIEW_POSITIONING),
        ("off_theme", talking(5, 0, 0, 3, share=0.04), 2, NextStep.REVIEW_POSITIONING),
        ("off_theme", talking(0, 0, 0), 2, NextStep.REVIEW_POSITIONING),
        (
            "growth",
            replace(talking(0, 0, 0), now=replace(USUAL, joins=6, leaves=5)),
            1,
            NextStep.REVIEW_POSITIONING,
        ),
    ],
)
def test_what_is_wrong_is_found(
    check: str, facts: GroupFacts, severity: int, step: NextStep
) -> None:
    outcome = found(check, facts)
    assert (outcome.severity, outcome.next_step) == (severity, step)


@pytest.mark.parametrize("days", [7, 28])
def test_the_worst_loss_is_named(days: int) -> None:
    people = (
        KeyPerson(7, "Old Kettle", 112, 0, 20),
        KeyPerson(8, "Red Leaf", 60, 1, 9),
        KeyPerson(9, "Long Spout", 200, 150, 0),
    )
    now = replace(USUAL, daily_messages=(15,) * days)
    outcome = found("key_member_lost", replace(FACTS, now=now, key_people=people))
    assert outcome.severity is Severity.WARNING
    assert outcome.next_step is NextStep.WRITE_TO_MEMBER
    assert outcome.value("people_lost") == 2
    assert outcome.value("person") == "Old Kettle"
    assert outcome.value("share_before") == 0.2
    assert outcome.value("nothing of the kind") is None


EMPTY = GroupFacts(group=2, name="Empty", now=PeriodFacts(daily_messages=(), speakers=0))


@pytest.mark.parametrize("check", CHECKS)
def test_an_empty_group_cannot_be_judged(check: str) -> None:
    outcome = CHECKS[check](EMPTY, [])
    assert isinstance(outcome, NotEnough)
    assert outcome.needs


def test_what_is_needed_is_said() -> None:
    assert CHECKS["one_sided"](replace(FACTS, staff=None), []) == NotEnough(
        "one_sided", (Need("staff", None, 1),)
    )
    assert CHECKS["questions_unanswered"](changed(questions=9), []) == NotEnough(
        "questions_unanswered", (Need("questions", 9, 10),)
    )


def test_a_product_that_fits_is_no_trouble_without_its_words() -> None:
    for fit in ((21, 27, "fits"), (12, 27, "narrow")):
        outcome = found("unfit_product", replace(FACTS, product_messages=None, fit=fit))
        assert (outcome.severity, outcome.value("fit_points")) == (Severity.NONE, fit[0])


def test_an_interest_community_need_not_speak_of_the_product() -> None:
    some = replace(FACTS, product_messages=5)
    assert found("unfit_product", some).severity is Severity.NOTICE
    assert found("unfit_product", replace(some, kind="interest")).severity is Severity.NONE


def test_two_themes_are_too_few_to_drift_from() -> None:
    assert CHECKS["off_theme"](talking(0, 0), []) == NotEnough("off_theme", (Need("themes", 2, 3),))
    assert CHECKS["off_theme"](replace(FACTS, drift=None), []) == NotEnough(
        "off_theme", (Need("themes", 0, 3),)
    )
    outcome = found("off_theme", talking(5, 0, 0))
    assert outcome.value("silent_names") == "theme 1\ntheme 2"
    assert outcome.value("other_words") == "football"


def test_evidence_has_the_numbers() -> None:
    outcome = found("questions_unanswered", changed(questions=41, answered=24))
    assert outcome.value("unanswered") == 17
    assert outcome.value("unanswered_share") == pytest.approx(17 / 41)
    assert outcome.own_past is not None
    assert outcome.own_past.word is Word.UP
    fall = found("activity_fall", changed(daily_messages=(12,) * 28))
    assert fall.value("fall") == pytest.approx(0.4)
    assert fall.value("messages_before") == 560


def test_sisters_are_quartiles_and_never_the_group_itself() -> None:
    others = [
        replace(FACTS, group=number, now=replace(USUAL, bus_factor=number))
        for number in range(1, 6)
    ]
    outcome = next(item for item in examine(FACTS, others) if item.check == "carried_by_few")
    assert isinstance(outcome, Finding)
    assert outcome.sisters is not None
    assert (outcome.sisters.groups, outcome.sisters.median) == (4, 3.5)
    assert sister_range("members", others[:2], lambda facts: facts.now.members) is None


def test_gravest_first_and_fit_for_json() -> None:
    facts = replace(changed(questions=3, answered=3, bus_factor=1), early_offers=20)
    outcomes = examine(facts)
    assert len(outcomes) == len(CHECKS) == 18
    first, second, last = outcomes[0], outcomes[1], outcomes[-2]
    assert (first.check, second.check, last.check) == (
        "selling_at_once",
        "carried_by_few",
        "questions_unanswered",
    )
    plain = json.loads(json.dumps([to_plain(outcome) for outcome in outcomes]))
    assert plain[0]["enough"] is True
    assert plain[0]["evidence"][0] == {"key": "early_offers", "value": 20, "unit": "messages"}
    assert plain[-2] == {
        "enough": False,
        "check": "questions_unanswered",
        "needs": [{"key": "questions", "have": 3, "want": 10}],
    }


def grown(members: int, staff: int = 1, **service: object) -> GroupFacts:
    now = replace(USUAL, members=members, **service)  # type: ignore[arg-type]  # fields of it
    return replace(FACTS, now=now, staff=staff)


SLIPPING = {"questions": 100, "answered": 60}
HARDLY = {"questions": 100, "answered": 40}


@pytest.mark.parametrize(
    ("facts", "severity"),
    [
        (grown(104), Severity.NONE),
        (grown(104, **SLIPPING), Severity.NONE),
        # 40 more in four weeks make 220 in eight more.
        (grown(140), Severity.NOTICE),
        (grown(140, staff=2), Severity.NONE),
        (grown(140, staff=2, **SLIPPING), Severity.NOTICE),
        (grown(140, **SLIPPING), Severity.WARNING),
        (grown(140, **HARDLY), Severity.URGENT),
    ],
)
def test_growth_that_service_cannot_carry(facts: GroupFacts, severity: Severity) -> None:
    outcome = CHECKS["outgrowing_service"](facts, ())
    assert isinstance(outcome, Finding)
    assert outcome.severity is severity
    if severity is Severity.URGENT:
        assert outcome.value("per_staff_soon") == 220.0


PERIODS = st.builds(
    PeriodFacts,
    daily_messages=st.lists(st.integers(0, 90), max_size=30).map(tuple),
    speakers=st.integers(0, 90),
    members=st.none() | st.integers(0, 900),
    joins=st.none() | st.integers(0, 90),
    leaves=st.none() | st.integers(0, 90),
    newcomers=st.integers(30, 60),
    newcomers_returned=st.integers(0, 30),
    questions=st.integers(20, 40),
    answered=st.integers(0, 20),
    median_answer_s=st.none() | st.floats(0, 90000),
    bus_factor=st.integers(0, 9),
)


@given(
    st.builds(
        GroupFacts,
        group=st.just(1),
        name=st.just("Tea table"),
        now=PERIODS,
        before=st.none() | PERIODS,
        age_days=st.integers(0, 99),
        silent_days=st.integers(0, 99),
        staff=st.none() | st.integers(0, 5),
        cap=st.none() | st.just(500),
    )
)
def test_every_check_answers_with_numbers_or_needs(facts: GroupFacts) -> None:
    for outcome in examine(facts, [FACTS] * 4):
        if isinstance(outcome, Finding):
            assert outcome.evidence
            assert outcome.thresholds
            assert (outcome.severity is Severity.NONE) == (outcome.next_step is NextStep.KEEP_ON)
        else:
            assert outcome.needs

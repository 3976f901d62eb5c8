"""The product's fit: points, standards, verdict, what to do instead (A-4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.communities.blueprint.actions import choose_platform, judge_fit, save_platform_answers
from weilu.communities.blueprint.models import FitCheck, PlatformPlan
from weilu.communities.blueprint.queries import fit_points, state_of
from weilu.communities.blueprint.rules.fit import (
    ALL_QUESTIONS,
    Instead,
    Standard,
    Verdict,
    is_complete,
    judge,
)
from weilu.communities.models import Community
from weilu.core.errors import Invalid, NotAllowed, NotFound
from weilu.core.models import LogRow, Workspace
from weilu.core.tests.cast import Person

ANSWERS = st.fixed_dictionaries({q.value: st.integers(0, 3) for q in ALL_QUESTIONS})


def answers(group: str, use: str, content: str) -> dict[str, int]:
    """Points in the order of the questions."""
    points = [int(c) for c in group + use + content]
    return {q.value: n for q, n in zip(ALL_QUESTIONS, points, strict=True)}


@pytest.mark.parametrize(
    ("given_", "verdict", "points", "instead"),
    [
        # Skin care: people compare, it takes knowing, there is something to tell every week.
        (answers("322", "222", "122"), Verdict.FITS, 18, ()),
        # A course: it is content itself, used with others.
        (answers("223", "321", "332"), Verdict.FITS, 21, ()),
        # Tissues: nobody gathers for them, and one buys them at the supermarket.
        (
            answers("013", "000", "010"),
            Verdict.UNFIT,
            5,
            (Instead.AROUND_LIFE, Instead.SERVICE_DESK, Instead.PARTNER),
        ),
        # A medicine one does not talk about.
        (
            answers("101", "111", "111"),
            Verdict.UNFIT,
            8,
            (Instead.PRIVATE_SERVICE, Instead.CUSTOMER_LIST, Instead.SERVICE_DESK),
        ),
        # A tool of one trade, with news: known by its use, and by nothing else.
        (answers("012", "203", "001"), Verdict.NARROW, 9, (Instead.PARTNER,)),
        # Furniture: learnt once, bought once.
        (
            answers("220", "221", "111"),
            Verdict.NARROW,
            12,
            (Instead.CUSTOMER_LIST, Instead.SHORT_GROUP, Instead.AROUND_LIFE),
        ),
    ],
)
def test_products_one_knows(
    given_: dict[str, int], verdict: Verdict, points: int, instead: tuple[Instead, ...]
) -> None:
    fit = judge(given_)
    assert (fit.verdict, fit.points, fit.instead) == (verdict, points, instead)


def test_the_working_adds_up() -> None:
    fit = judge(answers("122", "113", "000"))
    assert [(p.standard, p.points, p.is_met) for p in fit.parts] == [
        (Standard.GROUP, 5, True),
        (Standard.USE, 5, True),
        (Standard.CONTENT, 0, False),
    ]
    # Two standards are met, but of so few points no community lives.
    assert (fit.points, fit.verdict) == (10, Verdict.NARROW)


@given(ANSWERS)
def test_better_answers_never_make_it_worse(given_: dict[str, int]) -> None:
    order = [Verdict.UNFIT, Verdict.NARROW, Verdict.FITS]
    fit = judge(given_)
    assert fit.points == sum(given_.values()) == sum(part.points for part in fit.parts)
    assert bool(fit.instead) == (fit.verdict is not Verdict.FITS)
    assert len(set(fit.instead)) == len(fit.instead) <= 3
    for question, points in given_.items():
        if points < 3:
            better = judge(given_ | {question: points + 1})
            assert order.index(better.verdict) >= order.index(fit.verdict)


def test_a_half_answered_sheet_is_not_judged() -> None:
    half = answers("111", "111", "111")
    assert is_complete(half)
    for bad in ({"meet": -1}, {"meet": 4}):
        assert not is_complete(half | bad)
        with pytest.raises(ValueError, match="every question"):
            judge(half | bad)
    assert not is_complete({})


@pytest.mark.django_db
def test_answers_are_kept_and_announced(
    workspace: Workspace, manager: Person, operator: Person, stranger: Person
) -> None:
    community = Community.objects.create(workspace=workspace, name="Tea", time_zone="UTC")
    assert fit_points(community) is None
    good = answers("322", "222", "122")
    with pytest.raises(NotAllowed):
        judge_fit(operator.actor, community=community, answers=good)
    with pytest.raises(NotFound):
        judge_fit(stranger.actor, community=community, answers=good)
    with pytest.raises(Invalid, match="answer_all"):
        judge_fit(manager.actor, community=community, answers={"meet": 3})
    assert not FitCheck.objects.exists()
    judge_fit(manager.actor, community=community, answers=good)
    judge_fit(manager.actor, community=community, answers=answers("013", "000", "010"))
    assert fit_points(community) == (5, 27, "unfit")
    assert state_of(operator.actor, community).verdict == "unfit"
    told = LogRow.objects.filter(name="FitJudged").order_by("pk")
    assert [row.payload["verdict"] for row in told] == ["fits", "unfit"]


@pytest.mark.django_db
def test_a_platform_is_chosen_and_announced_once(workspace: Workspace, manager: Person) -> None:
    community = Community.objects.create(workspace=workspace, name="Tea", time_zone="UTC")
    save_platform_answers(manager.actor, community=community, answers={"size": 300})
    for name in ("wecom", "wecom", "qq"):
        choose_platform(manager.actor, community=community, platform=name)
    row = PlatformPlan.objects.get()
    assert (row.chosen, row.answers) == ("qq", {"size": 300})
    save_platform_answers(manager.actor, community=community, answers={"size": 900})
    row.refresh_from_db()
    assert (row.chosen, row.answers) == ("qq", {"size": 900})
    told = LogRow.objects.filter(name="PlatformChosen").order_by("pk")
    assert [one.payload["platform"] for one in told] == ["wecom", "qq"]
    with pytest.raises(Invalid):
        choose_platform(manager.actor, community=community, platform="x" * 21)

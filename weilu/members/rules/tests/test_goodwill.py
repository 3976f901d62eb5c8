"""Goodwill: monotone in exchange, fading, free of order, the sum of its lines (C-4)."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.members.rules.goodwill import USUAL, Exchange, Happened, Model, Worth, fade, score

TODAY = 20_000
things = st.builds(
    Happened,
    kind=st.sampled_from(Exchange),
    day=st.integers(TODAY - 800, TODAY),
    person=st.integers(0, 6),
    times=st.integers(1, 40),
)
histories = st.lists(things, max_size=30)


def test_a_score_by_hand() -> None:
    found = score(
        [
            Happened(Exchange.ANSWERED, TODAY, person=1),
            Happened(Exchange.ANSWERED, TODAY - 90, person=1, times=7),
            Happened(Exchange.REPLIED, TODAY - 180, person=2, times=4),
            Happened(Exchange.PRESENT, TODAY),
            Happened(Exchange.PRESENT, TODAY),
        ],
        TODAY,
    )
    # 5 today, five of seven at half; four at a quarter; one day, however often; two people.
    assert [(line.times, line.counted, line.points) for line in found.lines] == [
        (8, 6, 5 + 12.5), (4, 4, 1.0), (0, 0, 0.0), (2, 1, 0.5),
    ]  # fmt: skip
    assert (found.people, found.people_points) == (2, 2 + 0.5)
    assert found.points == 17.5 + 1.0 + 0.5 + 2.5


def test_nothing_is_nothing() -> None:
    assert score([], TODAY).points == 0


@given(histories)
def test_it_is_the_sum_of_its_lines(happened: list[Happened]) -> None:
    found = score(happened, TODAY)
    assert found.points == pytest.approx(
        sum(line.points for line in found.lines) + found.people_points
    )


@given(histories, things)
def test_more_exchange_is_never_less(happened: list[Happened], more: Happened) -> None:
    assert score([*happened, more], TODAY).points >= score(happened, TODAY).points


@given(histories, st.randoms())
def test_the_order_does_not_matter(happened: list[Happened], chance: random.Random) -> None:
    turned = list(happened)
    chance.shuffle(turned)
    assert score(turned, TODAY) == score(happened, TODAY)


@given(histories)
def test_once_with_many_is_many_with_one(happened: list[Happened]) -> None:
    """Counting in another grain gives the same number."""
    split = [Happened(one.kind, one.day, one.person) for one in happened for _ in range(one.times)]
    assert score(split, TODAY) == score(happened, TODAY)


@given(histories)
def test_half_is_left_after_a_half_life(happened: list[Happened]) -> None:
    later = score(happened, TODAY + int(USUAL.half_life_days))
    assert later.points == pytest.approx(score(happened, TODAY).points / 2)


def test_many_people_are_worth_more_than_one() -> None:
    one = [Happened(Exchange.REPLIED, TODAY, person=1, times=6)]
    six = [Happened(Exchange.REPLIED, TODAY, person=n) for n in range(1, 7)]
    assert score(six, TODAY).points == score(one, TODAY).points + 5 * USUAL.person_points


def test_other_numbers_give_other_scores() -> None:
    worth = {kind: Worth(0.0, 1) for kind in Exchange}
    mute = Model(worth=worth, person_points=0.0, half_life_days=1.0)
    assert score([Happened(Exchange.ANSWERED, TODAY, 1)], TODAY, mute).points == 0
    assert math.isclose(fade(TODAY - 1, TODAY, mute), 0.5)
    assert fade(TODAY + 9, TODAY, mute) == 1

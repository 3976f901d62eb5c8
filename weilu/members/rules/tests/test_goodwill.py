"""Goodwill: monotone in exchange, fading, free of order, the sum of its lines (C-4)."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.members.rules.exchange import ROW, Exchange
from weilu.members.rules.goodwill import (
    COUNTED,
    USUAL,
    USUAL_WORTHS,
    Happened,
    Model,
    Worth,
    base_of,
    bases,
    fade,
    points_of,
    score,
)

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
            Happened(Exchange.NEAR_PRIZE, TODAY, times=30),
            Happened(Exchange.FIXED, TODAY, times=30),
        ],
        TODAY,
    )
    # 5 today, five of seven at half; four at a quarter; one day, however often.
    told = {one.kind: (one.times, one.counted, one.points, one.people) for one in found.lines}
    assert told == {
        **dict.fromkeys(COUNTED, (0, 0, 0.0, 0)),
        Exchange.ANSWERED: (8, 6, 5 + 12.5, 1),
        Exchange.REPLIED: (4, 4, 1.0, 1),
        Exchange.PRESENT: (2, 1, 0.5, 0),
    }
    # Two people, one of them lately; three kinds, one of them half a year back.
    assert (found.people, found.people_points) == (2, 2 + 0.5)
    assert (found.kinds, found.kinds_points) == (3, 3 + 0.75 + 3)
    assert found.points == 17.5 + 1.0 + 0.5 + 2.5 + 6.75


def test_nothing_is_nothing() -> None:
    assert score([], TODAY).points == 0


@given(histories)
def test_it_is_the_sum_of_its_lines(happened: list[Happened]) -> None:
    found = score(happened, TODAY)
    assert found.points == pytest.approx(
        sum(line.points for line in found.lines) + found.people_points + found.kinds_points
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
    mute = Model(worth=worth, person_points=0.0, kind_points=0.0, half_life_days=1.0)
    assert score([Happened(Exchange.ANSWERED, TODAY, 1)], TODAY, mute).points == 0
    assert math.isclose(fade(TODAY - 1, TODAY, mute), 0.5)
    assert fade(TODAY + 9, TODAY, mute) == 1


def test_prizes_alone_are_worth_nothing() -> None:
    prizes = [Happened(kind, TODAY, times=9) for kind in set(Exchange) - set(COUNTED)]
    assert score(prizes, TODAY).points == 0


def test_a_community_may_count_in_its_own_way() -> None:
    model = Model(own={7: {**USUAL_WORTHS, Exchange.REPLIED: Worth(4.0, 2)}})
    here = Happened(Exchange.REPLIED, TODAY, person=1, times=5, community=7)
    there = Happened(Exchange.REPLIED, TODAY, person=1, times=5, community=8)
    usual = score([there], TODAY).points
    assert score([there], TODAY, model).points == usual
    assert score([here], TODAY, model).points == usual - 5 + 8
    # Each community has its own cap.
    assert score([here, there], TODAY, model).points == usual + 8


stored = st.tuples(
    st.integers(0, 3), st.sampled_from(Exchange), st.integers(TODAY - 800, TODAY),
    st.integers(1, 4), st.integers(0, 6), st.integers(1, 40),
)  # fmt: skip
COMMUNITIES = {1: 7, 2: 8, 3: 7}
models = st.builds(
    Model,
    person_points=st.floats(0, 5),
    kind_points=st.floats(0, 5),
    half_life_days=st.integers(14, 400).map(float),
    own=st.just({8: {**USUAL_WORTHS, Exchange.REPLIED: Worth(4.0, 2)}}),
)


@given(st.lists(stored, max_size=40), models)
def test_many_at_once_are_each_one_alone(
    rows: list[tuple[int, Exchange, int, int, int, int]], model: Model
) -> None:
    """The columnar scores equal the plain way, and bases tell the score of any later day."""
    columns = np.array([(w, int(k), d, g, p, n) for w, k, d, g, p, n in rows], dtype=ROW)
    found = bases(columns, 4, model, COMMUNITIES)
    for who in range(4):
        mine = [
            Happened(k, d, p, n, COMMUNITIES.get(g, 0)) for w, k, d, g, p, n in rows if w == who
        ]
        for later in (0, 45):
            plain = score(mine, TODAY + later, model)
            assert points_of(found.base[who], TODAY + later, model) == pytest.approx(plain.points)
            assert found.people[who] == plain.people


@given(st.floats(0, 1e6), st.integers(TODAY, TODAY + 4000))
def test_a_base_and_its_points_are_the_same_thing(points: float, day: int) -> None:
    assert points_of(base_of(points, day), day) == pytest.approx(points)

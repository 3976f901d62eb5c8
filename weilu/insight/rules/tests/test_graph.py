"""The picture of who answers whom."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weilu.insight.rules.graph import (
    EDGES_SHOWN,
    Exchange,
    add_up,
    density,
    exchanges,
    picture,
    reciprocity,
)

TWO_CIRCLES = [
    (1, 2, 9), (2, 1, 4), (2, 3, 5), (3, 1, 6),
    (11, 12, 7), (12, 13, 8), (13, 11, 5), (11, 13, 1),
    (3, 11, 1),
]  # fmt: skip

PAIRS = st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25), st.integers(0, 9)), max_size=80)


def test_exchange_by_hand() -> None:
    weights = add_up([(1, 2, 3), (2, 1, 1), (1, 3, 2), (1, 1, 50), (4, 4, 1), (1, 2, 1)])
    assert weights == {(1, 2): 4, (1, 3): 2, (2, 1): 1}
    assert exchanges(weights) == {1: Exchange(6, 1, 2), 2: Exchange(1, 4, 1), 3: Exchange(0, 2, 1)}
    assert reciprocity(weights) == pytest.approx(2 / 7)
    assert density(weights, 4) == pytest.approx(2 / 6)
    assert reciprocity({}) is None
    assert density({}, 1) is None
    with pytest.raises(ValueError, match="negative"):
        add_up([(1, 2, -1)])


def test_two_circles_are_found() -> None:
    found = picture(TWO_CIRCLES)
    circle = {node.person: node.circle for node in found.nodes}
    assert circle[1] == circle[2] == circle[3] != circle[11]
    assert circle[11] == circle[12] == circle[13]
    assert (found.people, found.answers, len(found.edges)) == (6, 46, 7)
    first = found.edges[0]
    assert (first.answerer, first.asker, first.count, first.returned) == (1, 2, 9, 4)


def test_circles_stand_apart() -> None:
    places = {node.person: (node.x, node.y) for node in picture(TWO_CIRCLES).nodes}

    def apart(one: int, other: int) -> float:
        return math.dist(places[one], places[other])

    within = max(apart(1, 2), apart(2, 3), apart(11, 12), apart(12, 13))
    assert apart(1, 12) > within


def test_only_the_busiest_are_drawn() -> None:
    everybody = [(a, b, 1 + (a * b) % 7) for a in range(120) for b in range(120) if (a + b) % 3]
    found = picture(everybody, people=500)
    assert len(found.nodes) == 60
    assert len(found.edges) == EDGES_SHOWN
    assert found.people == 500
    drawn = {edge.answerer for edge in found.edges} | {edge.asker for edge in found.edges}
    assert drawn <= {node.person for node in found.nodes}


def test_nothing_and_one_pair() -> None:
    assert picture([]).nodes == ()
    assert picture([]).density is None
    one = picture([(5, 6, 1)])
    assert [node.person for node in one.nodes] == [5, 6]
    assert one.density == 1.0
    with pytest.raises(ValueError, match="at least one"):
        picture([], shown=0)


@settings(max_examples=25, deadline=None)
@given(PAIRS)
def test_picture_is_the_same_whatever_the_order(
    pairs: list[tuple[int, int, int]],
) -> None:
    shuffled = list(reversed(pairs))
    found = picture(pairs)
    assert found == picture(shuffled)
    assert all(0 <= node.x <= 1 and 0 <= node.y <= 1 for node in found.nodes)
    places = {(node.x, node.y) for node in found.nodes}
    assert len(places) == len(found.nodes)
    assert found.density is None or 0 < found.density <= 1
    assert found.reciprocity is None or 0 <= found.reciprocity <= 1

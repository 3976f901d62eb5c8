"""Circles found in ties: sound, deterministic, and people alike (C-5)."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from weilu.insight.rules.circles import alike, circles, graph_of, inside_share


def clique(*people: int) -> dict[tuple[int, int], float]:
    return {(a, b): 1.0 for a in people for b in people if a < b}


def test_two_cliques_with_a_bridge_are_two_circles() -> None:
    ties = {**clique(1, 2, 3, 4), **clique(5, 6, 7, 8, 9), (4, 5): 1.0}
    graph = graph_of(ties)
    assert circles(graph) == [frozenset({5, 6, 7, 8, 9}), frozenset({1, 2, 3, 4})]
    assert inside_share(graph, frozenset({1, 2, 3, 4})) == 12 / 13


def test_planted_circles_are_found_again() -> None:
    chance = random.Random(3)
    ties = {}
    for a in range(120):
        for b in range(a + 1, 120):
            if chance.random() < (0.4 if a % 4 == b % 4 else 0.02):
                ties[a, b] = 1.0
    found = circles(graph_of(ties))
    assert [len(one) for one in found] == [30, 30, 30, 30]
    assert all(len({person % 4 for person in one}) == 1 for one in found)


ties = st.dictionaries(
    st.tuples(st.integers(0, 14), st.integers(0, 14)), st.integers(1, 9).map(float), max_size=40
)


@given(ties, st.randoms())
def test_the_order_does_not_matter_and_nobody_is_twice(
    held: dict[tuple[int, int], float], chance: random.Random
) -> None:
    found = circles(graph_of(held), smallest=1)
    turned = list(held.items())
    chance.shuffle(turned)
    assert circles(graph_of(dict(turned)), smallest=1) == found
    everybody = [person for one in found for person in one]
    assert len(everybody) == len(set(everybody)) == len(graph_of(held))


def test_people_alike_talk_with_the_same() -> None:
    held = {(1, 7): 3.0, (1, 8): 2.0, (2, 7): 3.0, (2, 8): 2.0, (3, 8): 1.0, (4, 9): 5.0}
    found = alike(graph_of(held), frozenset({1}))
    assert [(who, common) for who, _share, common in found] == [(2, (7, 8)), (3, (8,))]
    assert found[0][1] > 0.99 > found[1][1]
    assert alike(graph_of(held), frozenset({99})) == []

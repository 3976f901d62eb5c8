"""Carried rows: the sum stays a sum, nothing falls below zero, scores stay what they are (C-4)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.members.rules.exchange import ROW, Exchange, Rows, taken_away, together
from weilu.members.rules.folding import (
    LEAST_DAYS,
    LIVES,
    STEP_DAYS,
    Edges,
    carried,
    edge_of,
)
from weilu.members.rules.goodwill import (
    CARRIED,
    HALF_LIFE_DAYS,
    USUAL_WORTHS,
    Happened,
    Model,
    Score,
    Worth,
    bases,
    points_of,
    score,
)

TODAY = 20_000
COMMUNITIES = {1: 7, 2: 8, 3: 7}
# More than ten of the longest half-lives.
days = st.integers(TODAY - 9000, TODAY)
stored = st.tuples(
    st.integers(0, 2), st.sampled_from(Exchange), days,
    st.integers(1, 3), st.integers(0, 4), st.integers(1, 40),
)  # fmt: skip
histories = st.lists(stored, max_size=40).map(lambda rows: together([np.array(rows, dtype=ROW)]))
edges_of_groups = st.builds(Edges.made, days, st.dictionaries(st.integers(1, 3), days, max_size=3))
models = st.builds(
    Model,
    person_points=st.floats(0, 100),
    kind_points=st.floats(0, 100),
    half_life_days=st.floats(*HALF_LIFE_DAYS),
    own=st.just({8: {**USUAL_WORTHS, Exchange.REPLIED: Worth(100.0, 1000)}}),
)


def same(one: Rows, other: Rows) -> bool:
    return one.tobytes() == other.tobytes()


@given(histories, histories, edges_of_groups)
def test_carrying_a_sum_is_the_sum_of_what_is_carried(one: Rows, other: Rows, by: Edges) -> None:
    apart = together([carried(one, by), carried(other, by)])
    assert same(carried(together([one, other]), by), apart)
    assert same(carried(taken_away(one), by), taken_away(carried(one, by)))


@given(histories, edges_of_groups, edges_of_groups)
def test_carrying_on_is_carrying_to_the_later_edge(rows: Rows, one: Edges, other: Edges) -> None:
    later = one.latest_with(other)
    assert same(carried(carried(rows, one), other), carried(rows, later))
    assert later == other.latest_with(one) == later.latest_with(one)
    assert not one.later_than(later, (1, 2, 3))


@given(histories, edges_of_groups)
def test_once_more_changes_nothing(rows: Rows, by: Edges) -> None:
    once = carried(rows, by)
    assert same(carried(once, by), once)
    for row in once:
        assert row["day"] == CARRIED or row["day"] >= by.of(int(row["group"]))
    kept = [row.tobytes() for row in rows if row["day"] >= by.of(int(row["group"]))]
    assert kept == [row.tobytes() for row in once if row["day"] != CARRIED]
    assert once["times"].sum() == rows["times"].sum()


@given(
    st.lists(st.tuples(histories, st.booleans()), max_size=5),
    st.lists(edges_of_groups, max_size=6),
)
def test_taking_away_what_was_carried_never_goes_below_zero(
    parts: list[tuple[Rows, bool]], edges: list[Edges]
) -> None:
    """Booked, carried further and further, and partly taken away again, in whatever order."""
    last = Edges()
    for one in edges:
        last = last.latest_with(one)
    edges = [Edges(), *edges]
    held = together([])
    for k, (rows, _goes) in enumerate(parts):
        held = carried(together([held, carried(rows, edges[k % len(edges)])]), last)
        assert (held["times"] > 0).all()
    for rows, goes in parts:
        if goes:
            held = carried(np.concatenate([held, taken_away(rows)]), last)
            assert (held["times"] > 0).all()
    kept = [rows for rows, goes in parts if not goes]
    assert same(held, carried(together(kept), last))


def test_groups_by_how_far_their_edge_lies_beyond_another() -> None:
    held, wanted = Edges.made(900, {1: 900, 2: 400, 3: 800}), Edges.made(900, {3: 700, 4: 700})
    assert held == Edges(900, {2: 400, 3: 800})
    assert held.later_than(wanted, range(1, 6)) == {(800, 700): [3], (900, 700): [4]}
    assert held.later_than(Edges(800), range(1, 6)) == {(900, 800): [1, 4, 5]}
    assert Edges(9).later_than(Edges(8), ()) == {(9, 8): []}


@given(models, st.integers(0, 65_000), st.integers(0, 3000))
def test_the_edge_lies_ten_half_lives_back_or_more(model: Model, today: int, later: int) -> None:
    assert 0.5**LIVES < 0.001
    edge = edge_of(today, model)
    assert edge == 0 or today - edge >= max(LIVES * model.half_life_days, LEAST_DAYS)
    assert edge > today - max(LIVES * model.half_life_days, LEAST_DAYS) - STEP_DAYS - 1
    assert edge % STEP_DAYS == 0
    assert edge <= edge_of(today + later, model)
    slower = Model(half_life_days=min(HALF_LIFE_DAYS[1], model.half_life_days * 2))
    assert edge_of(today, slower) <= edge


def scored(rows: Rows, today: int, model: Model) -> Score:
    happened = [
        Happened(Exchange(kind), day, partner, times, COMMUNITIES.get(group, 0))
        for _who, kind, day, group, partner, times in rows.tolist()
    ]
    return score(happened, today, model)


@given(histories, models, st.integers(0, 4000))
def test_the_score_stays_within_a_thousandth_of_what_was_given(
    rows: Rows, model: Model, later: int
) -> None:
    """For any model within its limits, on the day the edge moved and on any later one."""
    one = rows[rows["who"] == 1]
    one_carried = carried(one, Edges(edge_of(TODAY, model)))
    # What all of it was worth on the days it happened.
    given_once = scored(one, 0, model)
    for today in (TODAY, TODAY + later):
        whole, kept = scored(one, today, model), scored(one_carried, today, model)
        left = 0.5 ** (later / model.half_life_days) if today > TODAY else 1.0
        assert abs(whole.points - kept.points) <= given_once.points * left / 1000 + 1e-4
        assert (whole.people, whole.kinds) == (kept.people, kept.kinds)
        for before, after in zip(whole.lines, kept.lines, strict=True):
            told = (before.kind, before.times, before.people)
            assert told == (after.kind, after.times, after.people)
        lines = sum(line.points for line in kept.lines) + kept.people_points + kept.kinds_points
        assert kept.points == pytest.approx(lines)


@given(histories, models)
def test_many_at_once_are_each_one_alone(rows: Rows, model: Model) -> None:
    rows = carried(rows, Edges(edge_of(TODAY, model)))
    found = bases(rows, 3, model, COMMUNITIES)
    for who in range(3):
        told = scored(rows[rows["who"] == who], TODAY, model)
        points = points_of(float(found.base[who]), TODAY, model)
        assert points == pytest.approx(told.points, rel=1e-9, abs=1e-9)
        assert found.people[who] == told.people


def test_whoever_has_only_what_is_carried_is_still_somebody() -> None:
    """With the shortest half-life, too, what they have is more than nothing."""
    rows = together([np.array([(0, Exchange.REPLIED, 9000, 1, 2, 3)], dtype=ROW)])
    shortest = Model(half_life_days=float(HALF_LIFE_DAYS[0]))
    found = bases(carried(rows, Edges(10_000)), 1, shortest, COMMUNITIES)
    assert found.base[0] > 0
    assert found.people[0] == 1


def test_a_line_by_hand() -> None:
    """Two days of the same with the same person become one; what is later keeps its day."""
    rows = [
        (1, Exchange.REPLIED, 100, 1, 5, 2),
        (1, Exchange.REPLIED, 130, 2, 5, 3),
        (1, Exchange.REPLIED, 130, 2, 6, 1),
        (1, Exchange.REPLIED, 200, 2, 5, 4),
    ]
    found = carried(together([np.array(rows, dtype=ROW)]), Edges(200))
    assert found.tolist() == [
        (1, Exchange.REPLIED, CARRIED, 0, 5, 5),
        (1, Exchange.REPLIED, CARRIED, 0, 6, 1),
        (1, Exchange.REPLIED, 200, 2, 5, 4),
    ]
    told = scored(found, 200, Model())
    assert (told.lines[2].times, told.lines[2].counted, told.lines[2].people) == (10, 4, 2)

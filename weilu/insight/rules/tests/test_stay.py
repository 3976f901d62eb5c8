"""Stays: reconnects are no growth."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.insight.rules.stay import Spell, present_at, real_moves, stays

DAY = 86_400_000
GAP = timedelta(days=7)


def day_of(moment_ms: int) -> int:
    return moment_ms // DAY


def at(day: float) -> int:
    return int(day * DAY)


def test_a_return_within_the_gap_is_a_reconnect() -> None:
    spells = [Spell(at(9), None), Spell(at(1), at(2)), Spell(at(2.5), at(3))]
    assert stays(spells, GAP) == (Spell(at(1), None),)


def test_a_return_after_the_gap_is_a_second_stay() -> None:
    assert stays([Spell(at(1), at(2)), Spell(at(9.5), at(10))], GAP) == (
        Spell(at(1), at(2)),
        Spell(at(9.5), at(10)),
    )


def test_overlaps_and_backward_spells() -> None:
    assert stays([Spell(at(1), at(5)), Spell(at(2), at(3))], GAP) == (Spell(at(1), at(5)),)
    assert stays([Spell(at(4), at(2))], GAP) == (Spell(at(4), at(4)),)
    assert stays([Spell(at(1), None), Spell(at(30), at(31))], GAP) == (Spell(at(1), None),)
    assert stays([], GAP) == ()
    with pytest.raises(ValueError, match="negative"):
        stays([], timedelta(days=-1))


def test_moves_by_day() -> None:
    people = {
        1: [Spell(at(1), at(2)), Spell(at(2.1), at(3)), Spell(at(20), None)],
        2: [Spell(None, at(4))],
        3: [Spell(at(5), at(28))],
    }
    moves = real_moves(people, day_of=day_of, until_ms=at(30), gap=GAP)
    assert dict(moves.joins) == {1: 1, 5: 1}
    assert dict(moves.returns) == {20: 1}
    assert dict(moves.leaves) == {3: 1, 4: 1, 28: 1}
    assert moves.open_leaves == 1
    assert moves.reconnects == 1


SPELL = st.builds(
    Spell,
    st.none() | st.integers(0, 60 * DAY),
    st.none() | st.integers(0, 60 * DAY),
)


@given(st.dictionaries(st.integers(0, 9), st.lists(SPELL, min_size=1, max_size=6), max_size=6))
def test_moves_are_the_change_of_presence(people: dict[int, list[Spell]]) -> None:
    until = 61 * DAY
    moves = real_moves(people, day_of=day_of, until_ms=until, gap=GAP)
    gained = sum(moves.joins.values()) + sum(moves.returns.values()) - sum(moves.leaves.values())
    assert gained == present_at(people, until, GAP) - present_at(people, -1, GAP)
    assert sum(moves.joins.values()) <= len(people)
    assert moves.open_leaves <= sum(moves.leaves.values())

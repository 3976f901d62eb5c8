"""Levels: entered high, kept lower, lost one at a time after a time of grace (C-4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.members.rules.goodwill_json import Numbers, plain, problem, read
from weilu.members.rules.levels import USUAL_LADDER, Ladder, Level, Standing, Step, stand

TODAY = 20_000
LADDER = Ladder((Step(10, 5, 1), Step(60, 35, 5), Step(300, 180, 15)), grace_days=30)
OUT, IN, GIVES, CARRIES = Level


@pytest.mark.parametrize(
    ("before", "points", "people", "after"),
    [
        # Entry: points and people; straight up if it is enough for more.
        (Standing(OUT), 9.9, 3, Standing(OUT)),
        (Standing(OUT), 10, 0, Standing(OUT)),
        (Standing(OUT), 10, 1, Standing(IN)),
        (Standing(OUT), 300, 14, Standing(GIVES)),
        (Standing(OUT), 300, 15, Standing(CARRIES)),
        # Kept with less than entry takes; people are asked for at entry only.
        (Standing(GIVES), 35, 0, Standing(GIVES)),
        # Below: grace begins, goes on, ends when it is enough again, or with a fall of one.
        (Standing(GIVES), 34, 9, Standing(GIVES, TODAY)),
        (Standing(GIVES, TODAY - 29), 34, 9, Standing(GIVES, TODAY - 29)),
        (Standing(GIVES, TODAY - 29), 36, 9, Standing(GIVES)),
        (Standing(GIVES, TODAY - 30), 34, 9, Standing(IN)),
        (Standing(CARRIES, TODAY - 300), 0, 0, Standing(GIVES)),
    ],
)
def test_how_one_stands(before: Standing, points: float, people: int, after: Standing) -> None:
    assert stand(before, points, people, TODAY, LADDER) == after


@given(st.sampled_from(Level), st.floats(0, 1000), st.floats(0, 500), st.integers(0, 50))
def test_more_is_never_lower(level: Level, points: float, more: float, people: int) -> None:
    before = Standing(level, TODAY - 40 if level else 0)
    low = stand(before, points, people, TODAY, LADDER)
    assert stand(before, points + more, people, TODAY, LADDER).level >= low.level


@given(st.sampled_from(Level), st.floats(0, 1000), st.integers(0, 50))
def test_twice_on_a_day_is_once(level: Level, points: float, people: int) -> None:
    once = stand(Standing(level), points, people, TODAY, LADDER)
    assert stand(once, points, people, TODAY, LADDER) == once


def test_numbers_survive_being_stored() -> None:
    numbers = Numbers()
    assert read(plain(numbers)) == numbers
    assert problem(numbers) is None
    assert numbers.ladder == USUAL_LADDER
    assert read({}) == numbers


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([[10, 11, 1], [20, 5, 1], [30, 5, 1]], ("keep_above_enter", "keep_0")),
        ([[10, 5, 1], [9, 5, 1], [30, 5, 1]], ("steps_fall", "enter_1")),
        ([[10, 5, 1], [20, 5, 1], [float("nan"), 5, 1]], ("step_range", "enter_2")),
    ],
)
def test_ladders_that_cannot_be_climbed(steps: list[list[float]], code: tuple[str, str]) -> None:
    assert problem(read({"steps": steps})) == code

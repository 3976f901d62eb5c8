"""The ladder: steps add up, are forgotten after a while, and spare those who belong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.moderation.rules.ladder import (
    USUAL,
    Case,
    Rung,
    Step,
    climb,
    goes_on,
    next_rung,
    parse,
    stored,
)

DAY = timedelta(days=1)
START = datetime(2026, 11, 1, tzinfo=UTC)
MONTH = 30 * DAY


def steps(days: list[float], *, settled: bool = False) -> list[str]:
    cases = [Case(START + day * DAY, settled) for day in days]
    return [rung.step.value for rung in climb([USUAL] * len(cases), cases, MONTH)]


def test_violations_of_a_month_add_up() -> None:
    assert steps([0, 1, 2, 3, 4]) == ["remind", "warn", "mute", "remove", "remove"]


def test_what_is_long_past_no_longer_counts() -> None:
    assert steps([0, 1, 31.5]) == ["remind", "warn", "remind"]
    assert steps([0, 29, 58]) == ["remind", "warn", "warn"]


def test_who_is_settled_is_never_put_out_by_weilu_alone() -> None:
    assert steps([0, 1, 2, 3, 4], settled=True) == ["remind", "warn", "mute", "mute", "mute"]
    only_out = [Rung(Step.REMOVE)]
    assert next_rung(only_out, [], Case(START, is_settled=True), MONTH) == Rung(Step.REMIND)


def test_what_comes_later_does_not_count_for_what_was_before() -> None:
    later = [START + DAY, START + 2 * DAY]
    assert next_rung(USUAL, later, Case(START, is_settled=False), MONTH).step == Step.REMIND


@pytest.mark.parametrize(
    "bad", [[], [["mute", 0]], [["warn", 5]], [["shout", 0]], [["mute", -5]], [["mute", "x"]]]
)
def test_what_is_no_ladder(bad: list[list[object]]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong
        parse(bad)


def test_a_ladder_is_stored_and_read() -> None:
    assert parse(stored(USUAL)) == USUAL


@given(st.lists(st.floats(0, 200), max_size=12).map(sorted))
def test_the_ladder_is_climbed_a_rung_at_a_time(days: list[float]) -> None:
    order = [rung.step.value for rung in USUAL]
    seen = [order.index(step) for step in steps(days)]
    assert all(after <= before + 1 for before, after in pairwise(seen))
    assert seen[:1] in ([], [0])


@pytest.mark.parametrize(
    ("seconds", "expected"), [(-1, False), (0, True), (10, True), (10.1, False), (3600, False)]
)
def test_a_burst_goes_on_for_ten_seconds(seconds: float, *, expected: bool) -> None:
    before = START - DAY
    assert goes_on([before, START], START + timedelta(seconds=seconds)) is expected
    assert not goes_on([], START)


@pytest.mark.parametrize(
    ("told_s", "again", "expected"),
    [(2.9, False, False), (3.1, False, True), (2.9, True, True), (1, True, False)],
)
def test_a_burst_is_over_for_who_was_told(told_s: float, *, again: bool, expected: bool) -> None:
    told, at = START + timedelta(seconds=told_s), START + timedelta(seconds=3)
    assert goes_on([START], at, told, again=again) is expected


def test_a_month_is_over_to_the_moment() -> None:
    assert next_rung(USUAL, [START - MONTH], Case(START, is_settled=False), MONTH) == USUAL[0]
    a_moment_less = START - MONTH + timedelta(microseconds=1)
    assert next_rung(USUAL, [a_moment_less], Case(START, is_settled=False), MONTH) == USUAL[1]
    assert [rung.minutes for rung in USUAL] == [0, 0, 60, 0]


def test_a_ban_may_end_and_a_mute_of_a_minute_is_one() -> None:
    assert parse([["mute", 1], ["ban", 0]]) == (Rung(Step.MUTE, 1), Rung(Step.BAN))
    assert parse([["ban", 1]]) == (Rung(Step.BAN, 1),)
    with pytest.raises(ValueError, match="a ladder has rungs"):
        parse([["ban", -1]])


def test_each_violation_has_a_ladder() -> None:
    with pytest.raises(ValueError, match="longer"):
        climb([USUAL], [Case(START, False), Case(START, False)], MONTH)

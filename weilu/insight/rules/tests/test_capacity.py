"""When groups are full, and whether service carries it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.insight.rules.capacity import (
    FARTHEST_DAYS,
    LEAD_DAYS,
    Forecast,
    Pace,
    Strain,
    forecast,
    pace_of,
    strains,
)


def test_the_pace_is_the_middle_of_the_last_eight_weeks() -> None:
    assert pace_of([1, 2]) is None
    assert pace_of([10, 20, 30]) == Pace(15.0, 20.0, 25.0, 3)
    assert pace_of([999, *[10] * 8]) == Pace(10.0, 10.0, 10.0, 8)


@pytest.mark.parametrize(
    ("room", "pace", "expected"),
    [
        (140, Pace(10, 20, 40, 8), (49, 24, 98, 17)),
        (0, Pace(1, 2, 3, 8), (0, 0, 0, 0)),
        (-5, Pace(0, 0, 0, 8), (0, 0, 0, 0)),
        (140, Pace(-3, 0, 20, 8), (None, 49, None, 42)),
        (140, Pace(-3, -2, -1, 8), (None, None, None, None)),
        (20, Pace(10, 20, 40, 8), (7, 3, 14, 0)),
        (100_000, Pace(1, 2, 3, 8), (None, None, None, None)),
    ],
)
def test_when_it_is_full(
    room: int, pace: Pace, expected: tuple[int | None, int | None, int | None, int | None]
) -> None:
    days, soonest, latest, opens = expected
    assert forecast(room, pace) == Forecast(room, pace, days, soonest, latest, opens)


@given(st.integers(0, 5000), st.lists(st.integers(-50, 300), min_size=3, max_size=20))
def test_sooner_is_never_later(room: int, weeks: list[int]) -> None:
    pace = pace_of(weeks)
    assert pace is not None
    assert pace.low <= pace.middle <= pace.high
    found = forecast(room, pace)
    far = FARTHEST_DAYS + 1
    order = [far if v is None else v for v in (found.soonest_days, found.days, found.latest_days)]
    assert order == sorted(order)
    if found.soonest_days is not None:
        assert found.open_in_days == max(found.soonest_days - LEAD_DAYS, 0)


@pytest.mark.parametrize(
    ("each", "asked", "share", "median", "found"),
    [
        (200, 50, 0.7, 4 * 3600, ()),
        (201, 50, 0.69, 4 * 3600 + 1, (Strain.MANY_EACH, Strain.UNANSWERED, Strain.SLOW)),
        (None, 9, 0.0, 90_000, ()),
        (None, 10, None, None, ()),
    ],
)
def test_what_shows_that_service_does_not_carry_it(
    each: float | None,
    asked: int,
    share: float | None,
    median: float | None,
    found: tuple[Strain, ...],
) -> None:
    assert strains(each, asked, share, median) == found

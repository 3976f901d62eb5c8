"""Rhythm of the week: hours, windows, drift."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.insight.rules.rhythm import (
    AwakeWindow,
    HourMap,
    Slot,
    awake_window,
    best_slots,
    by_hour,
    centre_of_day,
    drift,
    hour_map,
    peak_hours,
    quiet_hours,
    weekday_of,
)
from weilu.insight.rules.tests import real_data

EMPTY: HourMap = np.zeros((7, 24), dtype=np.int64)


def days_around(hour: int, days: int = 14) -> HourMap:
    """Days with a bell of messages around an hour, a little different each day."""
    rows = np.zeros((days, 24), dtype=np.int64)
    for day in range(days):
        rows[day, (hour - 1 + day % 3) % 24] += 4
        rows[day, hour % 24] += 10
    return rows


def test_map_by_weekday() -> None:
    evening = [0] * 24
    evening[21] = 5
    found = hour_map({0: evening, 7: evening, 4: [1] * 24})
    assert weekday_of(0) == 3
    assert found[3, 21] == 10
    assert found[0].tolist() == [1] * 24
    assert int(found.sum()) == 34
    with pytest.raises(ValueError, match="24 hours"):
        hour_map({0: [1, 2]})


def test_peak_and_quiet() -> None:
    counts = EMPTY.copy()
    counts[0] = 8
    counts[2, 21] = 40
    counts[3, 9] = 20
    counts[0, 3] = 0
    assert peak_hours(counts) == (21, 9, 0)
    assert quiet_hours(counts) == (3,)
    assert peak_hours(EMPTY) == ()
    assert len(quiet_hours(EMPTY)) == 24


def test_awake_over_midnight() -> None:
    counts = EMPTY.copy()
    counts[0, [22, 23, 0]] = [30, 40, 20]
    counts[0, 12] = 10
    assert awake_window(counts) == AwakeWindow(22, 3, 0.9)
    window = awake_window(counts)
    assert window is not None
    assert window.end_hour == 1
    assert awake_window(EMPTY) is None


def test_centre_over_midnight() -> None:
    counts = EMPTY.copy()
    counts[0, [23, 0]] = 10
    centre = centre_of_day(counts)
    assert centre is not None
    assert centre.hour == pytest.approx(0.0, abs=1e-9) or centre.hour == pytest.approx(24.0)
    assert centre.concentration > 0.98
    assert centre_of_day(EMPTY) is None
    assert centre_of_day(EMPTY + 3) is None


def test_drift_is_signed_and_wraps() -> None:
    later = drift(days_around(22), days_around(25))
    assert later is not None
    assert later.hours == pytest.approx(3.0, abs=0.1)
    assert later.p_value < 0.001
    earlier = drift(days_around(1), days_around(22))
    assert earlier is not None
    assert earlier.hours == pytest.approx(-3.0, abs=0.1)


def test_no_drift_within_noise() -> None:
    wild = np.zeros((10, 24), dtype=np.int64)
    for day in range(10):
        wild[day, (day * 5) % 24] = 50
        wild[day, 12] = 30
    moved = np.roll(wild, 1, axis=1)
    found = drift(wild, moved)
    assert found is not None
    assert found.hours == pytest.approx(1.0)
    assert found.p_value > 0.3
    assert drift(days_around(9, 4), days_around(9)) is None
    assert drift(EMPTY, days_around(9)) is None


def test_best_slots_want_company() -> None:
    counts = EMPTY.copy()
    counts[1, 3] = 50
    counts[4, 20:23] = 40
    counts[6, 10] = 5
    assert [(slot.weekday, slot.hour) for slot in best_slots(counts)] == [(4, 21), (1, 3), (6, 10)]
    assert best_slots(counts, top=1) == (Slot(4, 21, 80 / 350),)
    assert best_slots(EMPTY) == ()
    with pytest.raises(ValueError, match="7 weekdays"):
        best_slots(counts[:3])


@given(st.integers(0, 23), st.integers(0, 23))
def test_turning_the_clock_turns_the_centre(hour: int, turn: int) -> None:
    first, second = days_around(hour), np.roll(days_around(hour), turn, axis=1)
    one, other = centre_of_day(first), centre_of_day(second)
    assert one is not None
    assert other is not None
    assert (other.hour - one.hour - turn + 12) % 24 - 12 == pytest.approx(0, abs=1e-6)


@pytest.mark.data
def test_hours_of_a_real_group() -> None:
    talk = real_data.irc_ubuntu("irc_ubuntu_cn_2013", "ubuntu-cn_2013-01-01_to_15.zip")
    expected = real_data.counts("irc_ubuntu_cn_2013")["messages_per_hour_of_day"]
    found = hour_map(talk.hours_by_day())
    assert {str(hour): int(count) for hour, count in enumerate(by_hour(found))} == expected
    assert peak_hours(found) == (5, 7, 6)

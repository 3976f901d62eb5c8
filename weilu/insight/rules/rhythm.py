"""When a group is awake: hour × weekday map, peaks, quiet, centre of the day, drift (J-1, E-8).

Hours are 0–23 in the community's zone, weekdays 0 = Monday to 6 = Sunday. A day's vector holds
its messages by hour.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

HOURS = 24
WEEKDAYS = 7
EPOCH_WEEKDAY = 3
AWAKE_SHARE = 0.8
QUIET_SHARE_OF_MEAN = 0.25
UNIFORM_BELOW = 0.05
NEIGHBOUR_WEIGHT = 0.5
LEAST_UNITS = 5

HourMap = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class AwakeWindow:
    """Shortest stretch of the clock with most messages; may run over midnight."""

    start_hour: int
    hours: int
    share: float

    @property
    def end_hour(self) -> int:
        """Hour at which the window ends, exclusive, 0–23."""
        return (self.start_hour + self.hours) % HOURS


@dataclass(frozen=True, slots=True)
class Centre:
    """Circular mean of the day: `hour` 0 ≤ h < 24; `concentration` 0 (all day) to 1 (one hour)."""

    hour: float
    concentration: float


@dataclass(frozen=True, slots=True)
class Drift:
    """How far the centre of the day moved, −12 < h ≤ 12, later is positive; two-sided p."""

    hours: float
    error_hours: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Slot:
    """A weekday and hour with its share of the week's (smoothed) activity, 0–1."""

    weekday: int
    hour: int
    share: float


def weekday_of(day: int) -> int:
    """Weekday of a day, 0 = Monday."""
    return (day + EPOCH_WEEKDAY) % WEEKDAYS


def hour_map(hours_by_day: Mapping[int, Sequence[int] | npt.NDArray[np.int64]]) -> HourMap:
    """Messages by weekday and hour, shape (7, 24). Raises ValueError for a vector not of 24."""
    result = np.zeros((WEEKDAYS, HOURS), dtype=np.int64)
    for day, hours in hours_by_day.items():
        vector = np.asarray(hours, dtype=np.int64)
        if vector.shape != (HOURS,):
            raise ValueError("a day has 24 hours")
        result[weekday_of(day)] += vector
    return result


def by_hour(counts: HourMap) -> HourMap:
    """Messages by hour of the day over all rows, shape (24,)."""
    hours: HourMap = np.asarray(counts, dtype=np.int64).reshape(-1, HOURS).sum(axis=0)
    return hours


def peak_hours(counts: HourMap, top: int = 3) -> tuple[int, ...]:
    """Busiest hours, busiest first, the earlier one first on a tie; none without a message."""
    hours = by_hour(counts)
    order = sorted(range(HOURS), key=lambda hour: (-int(hours[hour]), hour))
    return tuple(hour for hour in order[:top] if hours[hour] > 0)


def quiet_hours(counts: HourMap) -> tuple[int, ...]:
    """Hours with less than a quarter of the mean hour, ascending; all 24 without a message."""
    hours = by_hour(counts)
    limit = float(hours.mean()) * QUIET_SHARE_OF_MEAN
    return tuple(hour for hour in range(HOURS) if hours[hour] <= limit)


def awake_window(counts: HourMap, share: float = AWAKE_SHARE) -> AwakeWindow | None:
    """Shortest run of hours that holds at least `share` of all messages; None without any.

    Of equally short runs the one with most messages, then the earliest, is taken.
    """
    hours = by_hour(counts)
    total = int(hours.sum())
    if total == 0:
        return None
    sums = np.concatenate(([0], np.cumsum(np.concatenate((hours, hours)))))
    for length in range(1, HOURS):
        held = sums[length : length + HOURS] - sums[:HOURS]
        best = int(np.argmax(held))
        if held[best] >= share * total:
            return AwakeWindow(best, length, float(held[best] / total))
    return AwakeWindow(0, HOURS, 1.0)


def _directions(counts: HourMap) -> npt.NDArray[np.complex128]:
    """One vector sum per row, messages taken at the middle of their hour."""
    angles = (np.arange(HOURS) + 0.5) * (2 * math.pi / HOURS)
    rows = np.asarray(counts, dtype=np.float64).reshape(-1, HOURS)
    return np.asarray(rows @ np.exp(1j * angles), dtype=np.complex128)


def centre_of_day(counts: HourMap) -> Centre | None:
    """Circular mean of the clock times; None when there is none (no messages, or all day alike).

    Source: circular mean direction, Mardia and Jupp, Directional Statistics, 2000, section 2.2.
    """
    total = float(by_hour(counts).sum())
    if total == 0:
        return None
    direction = complex(_directions(counts).sum())
    concentration = abs(direction) / total
    if concentration < UNIFORM_BELOW:
        return None
    hour = math.atan2(direction.imag, direction.real) * HOURS / (2 * math.pi)
    return Centre(hour % HOURS, concentration)


def _direction_variance(counts: HourMap) -> float | None:
    """Variance of the mean direction in hours², rows as independent units; None below five.

    Messages come in bursts, so a row (a day, or a weekday of the map) is the unit and not the
    message: the sandwich estimate of a ratio, with the small-sample factor n / (n − 1).
    """
    sums = _directions(counts)
    used = sums[np.asarray(counts).reshape(-1, HOURS).sum(axis=1) > 0]
    if used.size < LEAST_UNITS:
        return None
    total = complex(used.sum())
    length = abs(total)
    if length == 0:
        return None
    across = (used * np.conj(total / length)).imag
    radians = float((across**2).sum()) * used.size / (used.size - 1) / length**2
    return float(radians * (HOURS / (2 * math.pi)) ** 2)


def drift(before: HourMap, now: HourMap) -> Drift | None:
    """How far the centre of the day moved from `before` to `now`.

    Both are maps (7, 24) or one row per day (n, 24); days make the surer test. None when either
    has no centre or fewer than five rows with messages.
    """
    first, second = centre_of_day(before), centre_of_day(now)
    one, other = _direction_variance(before), _direction_variance(now)
    if first is None or second is None or one is None or other is None:
        return None
    hours = -((first.hour - second.hour + HOURS / 2) % HOURS - HOURS / 2)
    error = math.sqrt(one + other)
    return Drift(hours, error, _two_sided(hours, error))


def _two_sided(hours: float, error: float) -> float:
    """Two-sided p of a normal deviate; without any error every difference is certain."""
    if error == 0:
        return 1.0 if hours == 0 else 0.0
    return math.erfc(abs(hours) / error / math.sqrt(2))


def best_slots(counts: HourMap, top: int = 3) -> tuple[Slot, ...]:
    """Weekday hours in which most people are around, best first, at most one per weekday.

    The hour before and after count half, so that one burst does not make a slot; Sunday 23:00
    is beside Monday 0:00. Raises ValueError unless the map is (7, 24).
    """
    week = np.asarray(counts, dtype=np.float64)
    if week.shape != (WEEKDAYS, HOURS):
        raise ValueError("a map has 7 weekdays and 24 hours")
    flat = week.reshape(-1)
    smooth = flat + NEIGHBOUR_WEIGHT * (np.roll(flat, 1) + np.roll(flat, -1))
    total = float(smooth.sum())
    if total == 0:
        return ()
    table = smooth.reshape(WEEKDAYS, HOURS)
    slots = [
        Slot(weekday, int(table[weekday].argmax()), float(table[weekday].max() / total))
        for weekday in range(WEEKDAYS)
    ]
    ranked = sorted(slots, key=lambda slot: (-slot.share, slot.weekday))
    return tuple(slot for slot in ranked[:top] if slot.share > 0)

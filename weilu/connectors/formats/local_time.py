"""Local times of exports as UTC milliseconds, without building a datetime for every line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

DAY_MS = 86_400_000
# 2100-01-01 UTC; what lies between tomorrow and here is for the caller, who has a clock.
LATEST_MS = 4_102_444_800_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def is_sane(sent_ms: int) -> bool:
    """Whether a moment lies between 1970 and 2100."""
    return 0 <= sent_ms < LATEST_MS


class LocalDays:
    """Starts of the hours of local days in UTC milliseconds, remembered per day.

    Times that a clock change skips or repeats are read as before the change.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._days: dict[tuple[int, int, int], tuple[int, ...]] = {}

    def hours(self, year: int, month: int, day: int) -> tuple[int, ...]:
        """UTC milliseconds at which each of the 24 hours begins; ValueError for no such day."""
        key = (year, month, day)
        found = self._days.get(key)
        if found is None:
            if len(self._days) > 10_000:
                self._days.clear()
            found = self._days[key] = self._compute(year, month, day)
        return found

    def _compute(self, year: int, month: int, day: int) -> tuple[int, ...]:
        midnight = datetime(year, month, day, tzinfo=self._zone)
        return tuple(
            round((midnight.replace(hour=hour) - _EPOCH) / timedelta(milliseconds=1))
            for hour in range(24)
        )

    def moment(self, day: tuple[int, int, int], hour: int, minute: int, second: int = 0) -> int:
        """UTC milliseconds of a local time; ValueError for a time that does not exist."""
        if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second <= 60):
            message = "no such time of day"
            raise ValueError(message)
        return self.hours(*day)[hour] + minute * 60_000 + second * 1000


def twelve_hour(hour: int, *, afternoon: bool) -> int:
    """Hour of the day from a twelve-hour clock; hours above 12 are taken as they stand."""
    if hour > 12:
        return hour
    return hour % 12 + (12 if afternoon else 0)

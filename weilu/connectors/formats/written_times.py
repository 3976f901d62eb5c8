"""Times as tables write them: with or without zone, in seconds or milliseconds, in many orders."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from weilu.chat.ports import DayOrder
from weilu.connectors.formats.day_order import Fields, arrange
from weilu.connectors.formats.local_time import LocalDays, twelve_hour

_TIME = re.compile(
    r"(\d{1,4})[-/.年] ?(\d{1,2})[-/.月] ?(\d{1,4})日?\.?"
    r"(?:[T ,]\s*(?:(上午|下午|凌晨|晚上|中午|早上) ?)?"
    r"(\d{1,2})[:时](\d\d)(?:[:分](\d\d)秒?(?:[.,](\d{1,9}))?)?"
    r"\s?([AaPp])?\.?[Mm]?\.?)?\s?(Z|[+-]\d\d:?\d\d)?$"
)
_CLOCK = re.compile(
    r"(?:(?:上午|下午|凌晨|晚上|中午|早上) ?)?\d{1,2}[:时]\d\d(?:[:分]\d\d秒?(?:[.,]\d{1,9})?)?"
    r"(?:\s?[AaPp]\.?[Mm]\.?)?$"
)
_AFTERNOON = frozenset({"下午", "晚上", "中午", "p", "P"})
_UTC = ZoneInfo("UTC")


def date_fields(text: str) -> Fields | None:
    """Three numbers of a written date, in written order, or None."""
    found = _TIME.match(text.strip())
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def tells_clock(text: str) -> bool:
    """Whether a written date has a time of day; midnight sharp is what a date alone becomes."""
    found = _TIME.match(text.strip())
    return found is not None and any(int(found[k] or 0) for k in (5, 6, 7))


def is_clock(text: str) -> bool:
    """Whether this is a time of day without a date."""
    return _CLOCK.match(text.strip()) is not None


def joined(date: str, clock: str) -> str:
    """A date from one cell and a time of day from another as one written time."""
    found = _TIME.match(date.strip())
    return f"{date.strip()[: found.end(3)]} {clock.strip()}" if found and clock.strip() else date


class WrittenTimes:
    """Reads written times of one table; times without zone are local to `zone`."""

    def __init__(self, zone: ZoneInfo, order: DayOrder = DayOrder.YMD) -> None:
        self._local = LocalDays(zone)
        self._utc = LocalDays(_UTC)
        self._order = order

    def moment(self, text: str) -> int:
        """UTC milliseconds; ValueError when this is no time."""
        text = text.strip()
        if text.isdecimal() and len(text) >= 9:
            return _epoch(text)
        found = _TIME.match(text)
        if found is None:
            message = f"not a time: {text[:40]}"
            raise ValueError(message)
        first, second, third, before, hour, minute, seconds, part, half, offset = found.groups()
        day = arrange((int(first), int(second), int(third)), self._order)
        of_day = int(hour or 0)
        if before or half:
            of_day = twelve_hour(of_day, afternoon=(before or half) in _AFTERNOON)
        days = self._utc if offset else self._local
        moment = days.moment(day, of_day, int(minute or 0), int(seconds or 0))
        return moment + (int(part.ljust(3, "0")[:3]) if part else 0) - offset_ms(offset)


def _epoch(digits: str) -> int:
    """Milliseconds from seconds, milliseconds, microseconds or nanoseconds, by their length."""
    number = int(digits)
    if len(digits) <= 11:
        return number * 1000
    return number // int(10 ** (3 * ((len(digits) - 12) // 3)))


def offset_ms(offset: str | None) -> int:
    """Milliseconds by which a written offset like +08:00, +0800 or Z is ahead of UTC."""
    if not offset or offset == "Z":
        return 0
    minutes = int(offset[1:3]) * 60 + int(offset[-2:])
    return (-minutes if offset[0] == "-" else minutes) * 60_000

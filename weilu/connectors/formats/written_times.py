"""Times as tables write them: with or without zone, in seconds or milliseconds, in many orders."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from weilu.chat.ports import DayOrder
from weilu.connectors.formats.day_order import Fields, arrange
from weilu.connectors.formats.local_time import LocalDays, twelve_hour

_TIME = re.compile(
    r"(\d{1,4})[-/.年] ?(\d{1,2})[-/.月] ?(\d{1,4})日?\.?"
    r"(?:[T ,]\s*(?:(上午|下午|凌晨|晚上|中午|早上) ?)?"
    r"(\d{1,2})[:时](\d\d)(?:[:分](\d\d)秒?(?:[.,](\d{1,9}))?)?"
    r"\s?([AaPp])?\.?[Mm]?\.?)?\s?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$"
)
_CLOCK = re.compile(
    r"(?:(?:上午|下午|凌晨|晚上|中午|早上) ?)?\d{1,2}[:时]\d\d(?:[:分]\d\d秒?(?:[.,]\d{1,9})?)?"
    r"(?:\s?[AaPp]\.?[Mm]\.?)?$"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = rf"(?P<month>(?i:{'|'.join(_MONTHS)})[a-z]{{0,6}})"
_WEEKDAY = r"(?:[A-Z][a-z]{2,8},? )?"
_WORDED = (
    re.compile(
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ -]{_NAMED}[.,]?[ -]"
        r"(?P<year>\d{4}|\d\d)(?!\d)(?: at)?(?P<rest>.*)"
    ),
    re.compile(
        rf"{_WEEKDAY}{_NAMED}\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})"
        r"(?: at)?(?P<rest>.*)"
    ),
    # As C's ctime, e-mail archives and the old interface of X write it.
    re.compile(
        rf"{_WEEKDAY}{_NAMED} +(?P<day>\d{{1,2}})(?P<rest> \d\d:\d\d:\d\d"
        r"(?: (?:UTC|GMT|[+-]\d{4}))?) (?P<year>\d{4})"
    ),
)
_COMPACT = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:(\d\d)(\d\d)(\d\d))?")
# What a spreadsheet makes of a number it does not know to be a moment.
_DECIMAL = re.compile(r"\d{9,13}\.\d{1,9}|\d\.\d{3,18}[eE]\+?(?:9|1[0-2])")
# Days since 1899-12-30, which a spreadsheet keeps for a moment: 1954 to 2119.
_SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d{1,16})?")
_SERIAL_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
_AFTERNOON = frozenset({"下午", "晚上", "中午", "p", "P"})
_UTC = ZoneInfo("UTC")
# Smaller numbers are seconds: as milliseconds they would lie before March 1973.
LEAST_MS = 100_000_000_000


def date_fields(text: str) -> Fields | None:
    """Three numbers of a written date, in written order, or None."""
    found = _TIME.match(numeric(text.strip()))
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def numeric(text: str) -> str:
    """A written time with its month and its date as numbers with marks between: 2024-1-31 14:05.

    Reads "Jan 31, 2024 2:05 PM", "31-Jan-24", "Wed Jan 31 14:05:01 +0000 2024", "20240131140501";
    anything else as it stands.
    """
    if text[:2].isdecimal() and (compact := _COMPACT.fullmatch(text)):
        year, month, day, *clock = compact.groups()
        return f"{year}-{month}-{day}" + (" {}:{}:{}".format(*clock) if clock[0] else "")
    if text.isascii() and any(map(str.isalpha, text)):
        for pattern in _WORDED:
            if found := pattern.fullmatch(text):
                year = found["year"] if len(found["year"]) == 4 else f"20{found['year']}"
                month = _MONTHS.index(found["month"][:3].lower()) + 1
                return f"{year}-{month}-{found['day']}{found['rest']}"
    return text


def tells_clock(text: str) -> bool:
    """Whether a written date has a time of day; midnight sharp is what a date alone becomes."""
    found = _TIME.match(numeric(text.strip()))
    return found is not None and any(int(found[k] or 0) for k in (5, 6, 7))


def leaves_zone_open(text: str) -> bool:
    """Whether this is a written date without a zone; numbers since 1970 and offsets have one."""
    found = _TIME.match(numeric(text.strip()))
    return found is not None and not found[10]


def is_clock(text: str) -> bool:
    """Whether this is a time of day without a date."""
    return _CLOCK.match(text.strip()) is not None


def joined(date: str, clock: str) -> str:
    """A date from one cell and a time of day from another as one written time."""
    day = numeric(date.strip())
    found = _TIME.match(day)
    return f"{day[: found.end(3)]} {clock.strip()}" if found and clock.strip() else date


class WrittenTimes:
    """Reads written times of one table; times without zone are local to `zone`."""

    def __init__(self, zone: ZoneInfo, order: DayOrder = DayOrder.YMD) -> None:
        self._local = LocalDays(zone)
        self._utc = LocalDays(_UTC)
        self._order = order

    def moment(self, text: str) -> int:
        """UTC milliseconds; ValueError when this is no time."""
        text = text.strip()
        found = _TIME.match(text) or _TIME.match(numeric(text))
        if found is None:
            return self._number(text)
        first, second, third, before, hour, minute, seconds, part, half, offset = found.groups()
        day = arrange((int(first), int(second), int(third)), self._order)
        of_day = int(hour or 0)
        if before or half:
            of_day = twelve_hour(of_day, afternoon=(before or half) in _AFTERNOON)
        days = self._utc if offset else self._local
        moment = days.moment(day, of_day, int(minute or 0), int(seconds or 0))
        return moment + (int(part.ljust(3, "0")[:3]) if part else 0) - offset_ms(offset)

    def _number(self, text: str) -> int:
        """UTC milliseconds of a time written as a number alone."""
        if text.isdecimal() and len(text) >= 9:
            return _epoch(text)
        if _DECIMAL.fullmatch(text):
            value = float(text)
            return round(value if value >= LEAST_MS else value * 1000)
        if _SERIAL.fullmatch(text):
            day = _SERIAL_ZERO + timedelta(seconds=round(float(text) * 86_400))
            of_day = (day.hour, day.minute, day.second)
            return self._local.moment((day.year, day.month, day.day), *of_day)
        message = f"not a time: {text[:40]}"
        raise ValueError(message)


def _epoch(digits: str) -> int:
    """Milliseconds from seconds, milliseconds, microseconds or nanoseconds, by their length."""
    number = int(digits)
    if len(digits) <= 11:
        return number * 1000
    return number // int(10 ** (3 * ((len(digits) - 12) // 3)))


def offset_ms(offset: str | None) -> int:
    """Milliseconds by which a written offset like +08:00, +0800 or Z is ahead of UTC."""
    if not offset or offset in {"Z", "UTC", "GMT"}:
        return 0
    minutes = int(offset[1:3]) * 60 + (int(offset[-2:]) if len(offset) > 3 else 0)
    return (-minutes if offset[0] == "-" else minutes) * 60_000

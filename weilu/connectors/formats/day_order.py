"""Which of day, month and year stands where in written dates, found over a whole file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from weilu.chat.ports import DayOrder

# No chat program that writes such dates is older.
EARLIEST_YEAR = 2009
# Years of the Buddhist calendar, as phones in Thailand write them.
_BUDDHIST = range(2540, 2700)
# Years of the calendar of Iran, and a New Year of theirs to count from.
_PERSIAN = range(1380, 1480)
_NOWRUZ_1400 = date(2021, 3, 21).toordinal()
_COMMON = (DayOrder.DMY, DayOrder.MDY, DayOrder.YMD)

Fields = tuple[int, int, int]


def arrange(fields: Fields, order: DayOrder) -> tuple[int, int, int]:
    """Year, month and day out of the three written numbers; two-digit years are 2000 and later.

    A first number above 31 is the year whatever `order` says. Thai and Persian dates become ours.
    """
    first, second, third = fields
    if first > 31 or order is DayOrder.YMD:
        year, month, day = first, second, third
    elif order is DayOrder.DMY:
        year, month, day = third, second, first
    else:
        year, month, day = third, first, second
    if year < 100:
        year += 2000
    elif year in _BUDDHIST:
        year -= 543
    elif year in _PERSIAN and 1 <= month <= 12 and 1 <= day <= 31:
        return _from_persian(year, month, day)
    return year, month, day


def _from_persian(year: int, month: int, day: int) -> tuple[int, int, int]:
    """A date of Iran's calendar as one of ours: six months of 31 days, then months of 30.

    Leap years by the cycle of 33 years, which agrees with the sun's from 1178 to 1633.
    """
    past = year - 1400
    leaps = sum(
        (one % 33) in {1, 5, 9, 13, 17, 22, 26, 30}
        for one in range(min(year, 1400), max(year, 1400))
    )
    days = 365 * past + (leaps if past > 0 else -leaps)
    days += 31 * (month - 1) if month <= 7 else 186 + 30 * (month - 7)
    found = date.fromordinal(_NOWRUZ_1400 + days + day - 1)
    return found.year, found.month, found.day


@dataclass
class _Tally:
    """How well one order explains the dates seen."""

    earliest_year: int
    impossible: int = 0
    descents: int = 0
    distance: int = 0
    previous: int = 0

    def see(self, year: int, month: int, day: int) -> None:
        if not (1 <= month <= 12 and 1 <= day <= 31 and year >= self.earliest_year):
            self.impossible += 1
            return
        number = year * 372 + month * 31 + day
        if self.previous:
            self.descents += number < self.previous
            self.distance += abs(number - self.previous)
        self.previous = number


@dataclass
class DayOrderVote:
    """Weighs the orders: impossible dates first, then going back in time, then large jumps."""

    earliest_year: int = EARLIEST_YEAR
    _tallies: dict[DayOrder, _Tally] = field(init=False)
    _last: Fields | None = None

    def __post_init__(self) -> None:
        self._tallies = {order: _Tally(self.earliest_year) for order in _COMMON}

    def see(self, fields: Fields) -> None:
        """Take the next date of the file into account; repeated dates cost nothing."""
        if fields == self._last:
            return
        self._last = fields
        for order, tally in self._tallies.items():
            tally.see(*arrange(fields, order))

    @property
    def guess(self) -> DayOrder:
        """Likeliest order; day first when nothing speaks for another."""
        return min(_COMMON, key=self._badness)

    @property
    def is_decided(self) -> bool:
        """Whether impossible dates or the course of time rule out all other orders.

        Orders that read every date alike leave nothing to ask.
        """
        best = self.guess
        mine = self._badness(best)
        if self._last is None:
            return True
        others = [self._badness(order) for order in _COMMON if order is not best]
        same = all(arrange(self._last, o) == arrange(self._last, best) for o in _COMMON)
        return same or all(other[:2] > mine[:2] for other in others)

    def _badness(self, order: DayOrder) -> tuple[int, int, int]:
        tally = self._tallies[order]
        return tally.impossible, tally.descents, tally.distance

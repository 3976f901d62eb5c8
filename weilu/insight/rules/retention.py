"""Who came back: cohorts, exact-day retention, newcomers who returned (J-1).

Everything is worked out of one roaring bitmap of people per day, so distinct people over any
period are unions and returning people are intersections.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pyroaring import BitMap

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
EPOCH_WEEKDAY = 3
MONDAY = 0


class Period(StrEnum):
    """How wide a cohort and its cells are."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Cohort:
    """People first active in one period; `counts[k]` of them were active k periods later.

    `start` is the first day of the period (not the first day with data); `counts[0] == size`.
    """

    start: int
    size: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CohortTable:
    """Cohorts oldest first, only those with people; `last_is_partial` tells of the last period."""

    period: Period
    cohorts: tuple[Cohort, ...]
    last_is_partial: bool


@dataclass(frozen=True, slots=True)
class Returned:
    """Of `eligible` people, `returned` came back."""

    eligible: int
    returned: int

    @property
    def share(self) -> float | None:
        """Share that returned, 0–1; None when nobody could."""
        return self.returned / self.eligible if self.eligible else None


def period_number(day: int, period: Period, first_weekday: int = MONDAY) -> int:
    """Return the number of the day's period; neighbouring periods differ by one."""
    if period is Period.DAY:
        return day
    if period is Period.WEEK:
        return (day + EPOCH_WEEKDAY - first_weekday) // 7
    moment = date.fromordinal(EPOCH_ORDINAL + day)
    return moment.year * 12 + moment.month - 1


def period_start(number: int, period: Period, first_weekday: int = MONDAY) -> int:
    """First day of the period with that running number."""
    if period is Period.DAY:
        return number
    if period is Period.WEEK:
        return number * 7 - EPOCH_WEEKDAY + first_weekday
    return date(number // 12, number % 12 + 1, 1).toordinal() - EPOCH_ORDINAL


def first_days(
    people_by_day: Mapping[int, BitMap], seen_before: BitMap | None = None
) -> dict[int, BitMap]:
    """People by the day they were first active, days ascending, days without any left out.

    People in `seen_before` are older than the days given and are nobody's newcomers.
    """
    known = BitMap(seen_before) if seen_before is not None else BitMap()
    result: dict[int, BitMap] = {}
    for day in sorted(people_by_day):
        fresh = people_by_day[day] - known
        if fresh:
            result[day] = fresh
            known |= fresh
    return result


def cohort_table(
    people_by_day: Mapping[int, BitMap],
    *,
    period: Period,
    seen_before: BitMap | None = None,
    last_day: int | None = None,
    first_weekday: int = MONDAY,
) -> CohortTable:
    """Cohorts by period of first activity, cells as distinct people active k periods later.

    Rows end with the period of `last_day` (default: the last day with people). Days after
    `last_day` are not looked at. `first_weekday` (0 = Monday) matters for weeks only.
    """
    days = {day: who for day, who in people_by_day.items() if last_day is None or day <= last_day}
    if not days:
        return CohortTable(period, (), last_is_partial=False)
    end_day = max(days) if last_day is None else last_day
    end = period_number(end_day, period, first_weekday)
    active = _by_period(days, period, first_weekday)
    fresh = _by_period(first_days(days, seen_before), period, first_weekday)
    cohorts = tuple(
        Cohort(
            start=period_start(number, period, first_weekday),
            size=len(people),
            counts=tuple(
                people.intersection_cardinality(active[later]) if later in active else 0
                for later in range(number, end + 1)
            ),
        )
        for number, people in sorted(fresh.items())
    )
    partial = end_day + 1 < period_start(end + 1, period, first_weekday)
    return CohortTable(period, cohorts, last_is_partial=partial)


def _by_period(
    people_by_day: Mapping[int, BitMap], period: Period, first_weekday: int
) -> dict[int, BitMap]:
    """Distinct people by running number of the period."""
    days: dict[int, list[BitMap]] = {}
    for day, people in people_by_day.items():
        days.setdefault(period_number(day, period, first_weekday), []).append(people)
    return {number: BitMap.union(*many) for number, many in days.items()}


def retention_curve(table: CohortTable) -> tuple[Returned, ...]:
    """Retention after k periods over all cohorts together, each weighted by its size.

    Index is k. Cells of an unfinished last period are left out (except k = 0), because they
    would show a fall that is only the calendar.
    """
    hidden = 1 if table.last_is_partial else 0
    points: dict[int, Returned] = {}
    for cohort in table.cohorts:
        shown = max(len(cohort.counts) - hidden, 1)
        for offset, count in enumerate(cohort.counts[:shown]):
            old = points.get(offset, Returned(0, 0))
            points[offset] = Returned(old.eligible + cohort.size, old.returned + count)
    return tuple(points[offset] for offset in sorted(points))


def returned_on_day(
    people_by_day: Mapping[int, BitMap],
    offset: int,
    *,
    last_day: int | None = None,
    seen_before: BitMap | None = None,
) -> Returned:
    """People active exactly `offset` days after their first day.

    Eligible is whoever could have been: first day + offset is not after `last_day` (default:
    the last day with people). Raises ValueError when `offset` < 1.
    """
    if offset < 1:
        raise ValueError("offset must be at least one day")
    if not people_by_day:
        return Returned(0, 0)
    end = max(people_by_day) if last_day is None else last_day
    eligible = returned = 0
    for day, people in first_days(people_by_day, seen_before).items():
        if day + offset > end:
            break
        eligible += len(people)
        returned += people.intersection_cardinality(people_by_day.get(day + offset, BitMap()))
    return Returned(eligible, returned)


def came_back(
    people_by_day: Mapping[int, BitMap],
    within_days: int,
    *,
    last_day: int | None = None,
    seen_before: BitMap | None = None,
) -> Returned:
    """People active again on any of the `within_days` days after their first day.

    Eligible is whoever had all of these days before `last_day` ended. Raises ValueError when
    `within_days` < 1.
    """
    if within_days < 1:
        raise ValueError("within_days must be at least one day")
    if not people_by_day:
        return Returned(0, 0)
    end = max(people_by_day) if last_day is None else last_day
    eligible = returned = 0
    for day, people in first_days(people_by_day, seen_before).items():
        if day + within_days > end:
            break
        later = (people_by_day.get(day + step) for step in range(1, within_days + 1))
        again = BitMap.union(BitMap(), *(who for who in later if who is not None))
        eligible += len(people)
        returned += people.intersection_cardinality(again)
    return Returned(eligible, returned)


def table_from_rows(
    pairs: Iterable[tuple[str, int]],
    *,
    period: Period = Period.DAY,
    last_day: int | None = None,
    first_weekday: int = MONDAY,
) -> CohortTable:
    """Cohort table of any (member, day) rows, in any order, doubles allowed."""
    numbers: dict[str, int] = {}
    people_by_day: dict[int, BitMap] = {}
    for member, day in pairs:
        people = people_by_day.setdefault(day, BitMap())
        people.add(numbers.setdefault(member, len(numbers)))
    return cohort_table(
        people_by_day, period=period, last_day=last_day, first_weekday=first_weekday
    )

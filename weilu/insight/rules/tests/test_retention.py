"""Retention: by hand, by property, and against published tables."""

import csv
import gzip
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from weilu.insight.rules.retention import (
    EPOCH_ORDINAL,
    Cohort,
    Period,
    Returned,
    came_back,
    cohort_table,
    first_days,
    period_number,
    period_start,
    retention_curve,
    returned_on_day,
    table_from_rows,
)
from weilu.insight.rules.tests import real_data

HAND = {
    10: BitMap([1, 2, 3]),
    11: BitMap([1, 4]),
    12: BitMap([2, 4, 5]),
    14: BitMap([1, 5]),
}


def day(year: int, month: int, number: int) -> int:
    return date(year, month, number).toordinal() - EPOCH_ORDINAL


def test_daily_table_by_hand() -> None:
    table = cohort_table(HAND, period=Period.DAY)
    assert table.cohorts == (
        Cohort(10, 3, (3, 1, 1, 0, 1)),
        Cohort(11, 1, (1, 1, 0, 0)),
        Cohort(12, 1, (1, 0, 1)),
    )
    assert not table.last_is_partial


def test_curve_weighs_by_size() -> None:
    curve = retention_curve(cohort_table(HAND, period=Period.DAY))
    assert curve[0] == Returned(5, 5)
    assert curve[1] == Returned(5, 2)
    assert curve[2] == Returned(5, 2)
    assert curve[3] == Returned(4, 0)
    assert curve[4] == Returned(3, 1)
    assert curve[4].share == pytest.approx(1 / 3)


def test_people_seen_before_are_no_newcomers() -> None:
    table = cohort_table(HAND, period=Period.DAY, seen_before=BitMap([1, 2]))
    assert [(cohort.start, cohort.size) for cohort in table.cohorts] == [(10, 1), (11, 1), (12, 1)]
    assert table.cohorts[0].counts == (1, 0, 0, 0, 0)


def test_last_day_cuts_and_extends() -> None:
    assert cohort_table(HAND, period=Period.DAY, last_day=11).cohorts == (
        Cohort(10, 3, (3, 1)),
        Cohort(11, 1, (1,)),
    )
    assert cohort_table(HAND, period=Period.DAY, last_day=15).cohorts[2].counts == (1, 0, 1, 0)
    assert cohort_table({}, period=Period.WEEK).cohorts == ()


def test_weeks_begin_on_monday_and_an_unfinished_week_is_not_in_the_curve() -> None:
    monday = day(2024, 1, 1)
    people = {
        monday: BitMap([1, 2]),
        monday + 6: BitMap([3]),
        monday + 7: BitMap([1, 3]),
        monday + 14: BitMap([1]),
    }
    table = cohort_table(people, period=Period.WEEK)
    assert table.cohorts == (Cohort(monday, 3, (3, 2, 1)),)
    assert table.last_is_partial
    assert retention_curve(table) == (Returned(3, 3), Returned(3, 2))
    whole = cohort_table(people, period=Period.WEEK, last_day=monday + 20)
    assert retention_curve(whole)[2] == Returned(3, 1)


def test_months_across_a_year_end() -> None:
    people = {day(2023, 12, 31): BitMap([1]), day(2024, 1, 1): BitMap([1, 2])}
    table = cohort_table(people, period=Period.MONTH, last_day=day(2024, 1, 31))
    assert table.cohorts == (
        Cohort(day(2023, 12, 1), 1, (1, 1)),
        Cohort(day(2024, 1, 1), 1, (1,)),
    )
    assert not table.last_is_partial


def test_exact_day_counts_only_who_could_return() -> None:
    assert returned_on_day(HAND, 1) == Returned(5, 2)
    assert returned_on_day(HAND, 4) == Returned(3, 1)
    assert returned_on_day(HAND, 5) == Returned(0, 0)
    assert returned_on_day(HAND, 5).share is None
    assert returned_on_day({}, 1) == Returned(0, 0)
    with pytest.raises(ValueError, match="at least one day"):
        returned_on_day(HAND, 0)


def test_came_back_within() -> None:
    assert came_back(HAND, 2) == Returned(5, 4)
    assert came_back(HAND, 3) == Returned(4, 3)
    assert came_back(HAND, 2, seen_before=BitMap([1, 2, 3])) == Returned(2, 2)
    with pytest.raises(ValueError, match="at least one day"):
        came_back(HAND, 0)


def test_rows_in_any_order_and_twice() -> None:
    rows = [("b", 2), ("a", 1), ("a", 2), ("a", 1), ("b", 3)]
    assert table_from_rows(rows).cohorts == (Cohort(1, 1, (1, 1, 0)), Cohort(2, 1, (1, 1)))


DAYS = st.dictionaries(
    st.integers(-400, 20000), st.frozensets(st.integers(0, 30), max_size=8), max_size=25
)


@given(DAYS, st.sampled_from(Period))
def test_cells_never_exceed_the_cohort(days: dict[int, frozenset[int]], period: Period) -> None:
    people = {number: BitMap(who) for number, who in days.items()}
    table = cohort_table(people, period=period)
    everybody = frozenset().union(*days.values())
    assert sum(cohort.size for cohort in table.cohorts) == len(everybody)
    for cohort in table.cohorts:
        assert cohort.counts[0] == cohort.size > 0
        assert all(0 <= count <= cohort.size for count in cohort.counts)
    assert sum(map(len, first_days(people).values())) == len(everybody)


@given(st.integers(-800000, 800000), st.sampled_from(Period), st.integers(0, 6))
def test_periods_tile_the_calendar(number: int, period: Period, weekday: int) -> None:
    if not -700000 < number < 2900000:
        return
    index = period_number(number, period, weekday)
    start = period_start(index, period, weekday)
    assert start <= number < period_start(index + 1, period, weekday)


@pytest.mark.data
def test_published_cohort_table() -> None:
    source = real_data.folder("cohort_published")
    published = json.loads((source / "published_answers.json").read_text("utf-8"))
    with gzip.open(source / "gamelaunch.csv.gz", "rt", encoding="utf-8", newline="") as opened:
        rows = [
            (row["userid"], date.fromisoformat(row["eventDate"]).toordinal() - EPOCH_ORDINAL)
            for row in csv.DictReader(opened)
        ]
    table = table_from_rows(rows)
    key = next(name for name in published if name.startswith("cohort rows 1..10"))
    assert [list(cohort.counts[:11]) for cohort in table.cohorts[:10]] == published[key]
    assert sum(cohort.size for cohort in table.cohorts) == published["users"]
    first = table.cohorts[0]
    assert [round(100 * count / first.size, 1) for count in first.counts[:11]] == published[
        "percent_row_1"
    ]
    assert (len(table.cohorts), len(first.counts)) == (31, 31)


@pytest.mark.data
def test_published_weeks_begin_on_friday() -> None:
    """Week = floor((day of year − 1) / 7) + 1 begins on Fridays in 2016."""
    source = real_data.folder("cohort_published")
    published = json.loads((source / "published_answers.json").read_text("utf-8"))
    weekly = published["weekly (week = floor((day of year - 1)/7)+1)"]
    with gzip.open(source / "gamelaunch.csv.gz", "rt", encoding="utf-8", newline="") as opened:
        rows = [
            (row["userid"], date.fromisoformat(row["eventDate"]).toordinal() - EPOCH_ORDINAL)
            for row in csv.DictReader(opened)
        ]
    table = table_from_rows(rows, period=Period.WEEK, first_weekday=4)
    assert [cohort.size for cohort in table.cohorts[:2]] == [
        weekly["week17_size"],
        weekly["week18_size"],
    ]


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "archive"),
    [
        ("irc_ubuntu_cn_2013", "ubuntu-cn_2013-01-01_to_15.zip"),
        ("irc_ubuntu_en_2013", "ubuntu_2013-01.zip"),
    ],
)
def test_exact_day_retention_of_real_groups(name: str, archive: str) -> None:
    people = real_data.irc_ubuntu(name, archive).people_by_day()
    expected = real_data.counts(name)
    for label, figures in expected["retention_by_first_speaking_day"].items():
        assert returned_on_day(people, int(label[1:])) == Returned(
            figures["eligible"], figures["returned_on_exactly_that_day"]
        )
    fresh = {
        date.fromordinal(EPOCH_ORDINAL + number).isoformat(): len(who)
        for number, who in first_days(people).items()
    }
    assert fresh == {
        label: count for label, count in expected["first_time_speakers_per_day"].items() if count
    }

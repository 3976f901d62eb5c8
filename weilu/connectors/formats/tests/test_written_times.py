"""Times as people, spreadsheets and programs write them into tables."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from weilu.chat.ports import DayOrder
from weilu.connectors.formats.written_times import WrittenTimes, date_fields, joined

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2024-01-31 14:05", "2024-01-31 06:05:00"),
        ("2024-01-31T14:05:01+08", "2024-01-31 06:05:01"),
        ("2024-01-31 14:05:01 UTC", "2024-01-31 14:05:01"),
        ("Jan 31, 2024 2:05 PM", "2024-01-31 06:05:00"),
        ("Jan 31, 2024, 2:05:01 PM", "2024-01-31 06:05:01"),
        ("January 31, 2024 at 2:05 PM", "2024-01-31 06:05:00"),
        ("31 Jan 2024 14:05", "2024-01-31 06:05:00"),
        ("31-Jan-24 02:05 PM", "2024-01-31 06:05:00"),
        ("Wed, 31 Jan 2024 14:05:01 +0000", "2024-01-31 14:05:01"),
        ("Wed Jan 31 14:05:01 +0000 2024", "2024-01-31 14:05:01"),
        ("Wed Jan 31 14:05:01 2024", "2024-01-31 06:05:01"),
        ("1706681101", "2024-01-31 06:05:01"),
        ("1706681101123", "2024-01-31 06:05:01"),
        ("1706681101.5", "2024-01-31 06:05:01"),
        ("1706681101.0", "2024-01-31 06:05:01"),
        ("1.706681101E+9", "2024-01-31 06:05:01"),
        ("1.706681101123E12", "2024-01-31 06:05:01"),
        ("45322.5868171296", "2024-01-31 06:05:01"),
        ("20240131140501", "2024-01-31 06:05:01"),
        ("20240131", "2024-01-30 16:00:00"),
    ],
)
def test_moment(written: str, utc: str) -> None:
    moment = WrittenTimes(SHANGHAI, DayOrder.YMD).moment(written) // 1000
    assert datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S") == utc


@pytest.mark.parametrize(
    "written",
    ["", "soon", "12", "May be 12, 2024", "Jan 32, 2024", "123456", "1.5", "20241340", "99999.5"],
)
def test_not_a_time(written: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        WrittenTimes(SHANGHAI).moment(written)


def test_date_of_one_cell_and_clock_of_another() -> None:
    assert joined("Jan 31, 2024", "14:05") == "2024-1-31 14:05"
    assert date_fields("31 January 2024") == (2024, 1, 31)

"""Numbers, spans and moments in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from weilu.console import formats
from weilu.console.cells import DRAW, Kind
from weilu.console.parts import Tile
from weilu.console.templatetags.weilu import tile

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def _ago(**age: int) -> Callable[[], str]:
    return lambda: formats.relative(NOW - timedelta(**age), now=NOW, zone=SHANGHAI)


@pytest.mark.parametrize(
    ("write", "chinese", "english"),
    [
        (lambda: formats.number(1234567), "1,234,567", "1,234,567"),
        (lambda: formats.number(-5), "−5", "−5"),
        (lambda: formats.number(None), "–", "–"),
        (lambda: formats.short(9876), "9,876", "9,876"),
        (lambda: formats.short(12345), "1.2 万", "12.3 k"),
        (lambda: formats.short(1_200_000), "120 万", "1.2 M"),
        (lambda: formats.short(20_000), "2 万", "20 k"),
        (lambda: formats.short(3.25), "3.2", "3.2"),
        (lambda: formats.percent(0.18), "18 %", "18 %"),
        (lambda: formats.percent(0.001), "< 1 %", "< 1 %"),
        (lambda: formats.percent(0), "0 %", "0 %"),
        (lambda: formats.change_words(82, 100), "少了 18 %", "18 % fewer"),
        (lambda: formats.change_words(118, 100), "多了 18 %", "18 % more"),
        (lambda: formats.change_words(5, 5), "没变", "unchanged"),
        (lambda: formats.change_words(25, 10), "是之前的 2.5 倍", "2.5 times as many"),
        (lambda: formats.change_words(5, 0), "之前没有", "none before"),
        (lambda: formats.change_words(5, None), "没有可比的", "nothing to compare with"),
        (lambda: formats.duration(0), "不到 1 分钟", "<1 min"),
        (lambda: formats.duration(40), "40 秒", "40 s"),
        (lambda: formats.duration(180), "3 分钟", "3 min"),
        (lambda: formats.duration(4800), "1 小时 20 分钟", "1 h 20 min"),
        (lambda: formats.duration(43200), "12 小时", "12 h"),
        (lambda: formats.duration(86400), "1 天", "1 day"),
        (lambda: formats.duration(183600), "2 天 3 小时", "2 days 3 h"),
        (lambda: formats.day(date(2026, 11, 23)), "11 月 23 日 周一", "Mon 23 Nov"),
        (lambda: formats.day(date(2026, 1, 4), year=True), "2026 年 1 月 4 日", "4 Jan 2026"),
        (lambda: formats.moment(NOW, zone=SHANGHAI), "11 月 23 日 周一 21:00", "Mon 23 Nov 21:00"),
        (_ago(seconds=30), "刚刚", "just now"),
        (_ago(minutes=1), "1 分钟前", "1 minute ago"),
        (_ago(hours=3), "3 小时前", "3 hours ago"),
        (_ago(days=2), "11 月 21 日 周六 21:00", "Sat 21 Nov 21:00"),
        (_ago(days=365), "2025 年 11 月 23 日 21:00", "23 Nov 2025 21:00"),
    ],
)
def test_words(write: Callable[[], str], chinese: str, english: str) -> None:
    with translation.override("zh-hans"):
        assert write().replace(formats.SPACE, " ") == chinese
    with translation.override("en"):
        assert write().replace(formats.SPACE, " ") == english


def test_a_number_and_its_unit_never_part() -> None:
    assert formats.percent(0.18) == "18\u00a0%"
    assert formats.duration(180) == "3\u00a0min"


def test_narrow_columns_drop_the_year_that_goes_without_saying() -> None:
    at = datetime(2026, 11, 5, 20, 4, tzinfo=UTC)
    with translation.override("en"):
        assert formats.moment_of_late(at, now=at, zone=UTC) == "5 Nov 20:04"
        assert formats.moment_of_late(at, now=at.replace(year=2027), zone=UTC) == "5 Nov 2026 20:04"
        assert formats.day_of_late(at.date(), today=at.date()) == "5 Nov"
        assert formats.day_of_late(None, today=at.date()) == formats.NOTHING
        assert formats.moment_of_late(None, now=at) == formats.NOTHING


def test_sentences_stand_together_as_each_language_has_it() -> None:
    with translation.override("en"):
        assert formats.told("One.", "", "Two.") == "One. Two."
    with translation.override("zh-hans"):
        assert formats.told("一。", "", "二。") == "一。二。"


def test_a_moment_is_told_by_the_day_of_whoever_reads() -> None:
    late = datetime(2026, 11, 26, 22, 56, tzinfo=UTC)  # the 27th at seven in the morning there
    with translation.override("en"):
        assert formats.day(late, year=True, zone=SHANGHAI) == "27 Nov 2026"
        assert formats.day(late.date(), year=True, zone=SHANGHAI) == "26 Nov 2026"
        with timezone.override(SHANGHAI):
            assert formats.day(late, year=True) == "27 Nov 2026"


def test_a_change_in_a_table_tells_more_from_less() -> None:
    assert DRAW[Kind.CHANGE](5.0) == "+500\u00a0%"
    assert DRAW[Kind.CHANGE](-0.33) == "\u221233\u00a0%"
    assert DRAW[Kind.CHANGE](None) == formats.NOTHING


def test_a_tile_without_a_period_before_says_nothing_of_a_change() -> None:
    with translation.override("en"):
        assert tile(Tile("Messages", "12", now=12, before=10))["words"] == "20\u00a0% more"
        assert tile(Tile("Messages", "12", now=12, before=None))["words"] == ""


def test_a_share_tells_what_it_was_before() -> None:
    with translation.override("en"):
        one = Tile("Answered", "62 %", now=0.62, before=0.73, is_share=True)
        assert tile(one)["words"] == "73\u00a0% before"

"""Rows of members and times out of any table: CSV of any kind, gzipped, zipped, or xlsx (H-2)."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, cast
from zoneinfo import ZoneInfo

from weilu.chat.ports import DayOrder, Entry, Problem, Unreadable
from weilu.config.speech import gettext as _
from weilu.connectors.formats.day_order import DayOrderVote, arrange
from weilu.connectors.formats.lines import TextStream
from weilu.connectors.formats.opening import HEAD_BYTES, entries
from weilu.connectors.formats.table.sheets import table_rows
from weilu.connectors.formats.written_times import WrittenTimes, date_fields
from weilu.insight.rules.retention import EPOCH_ORDINAL

_GZIP = b"\x1f\x8b"
_UTC_TIMES = WrittenTimes(ZoneInfo("UTC"))
_DAY_MS = 86_400_000
_MEMBER = (
    *("member", "user", "customer", "client", "player", "account", "sender", "uid", "name", "id"),
    *("会员", "成员", "用户", "客户", "顾客", "买家", "账号", "昵称"),
)
_TIME = (
    *("time", "date", "timestamp", "when", "ts", "day", "moment", "sent", "created"),
    *("时间", "日期", "時間"),
)
_TIME_ENDS = ("_at", " at", "_on", " on", "_ts", "at")
# Tables of other times than chats' may be older than chats.
_EARLIEST_YEAR = 1900
_SAMPLE_ROWS = 50
_SHARE_OF_TIMES = 0.8

Row = tuple[int, list[str]]


@dataclass
class MemberTimes:
    """One reading of a file: pairs of member and day, and what of it could not be read."""

    file: Path
    member: str = ""
    time: str = ""
    read: int = 0
    unreadable: int = 0
    first_unreadable: int = 0
    _order: DayOrder | None = None
    _days: dict[str, int] = field(default_factory=dict)

    def pairs(self) -> Iterator[tuple[str, int]]:
        """Member and day (since 1970-01-01) of every row that has both; a day is as written.

        Columns are found by heading and by what they hold. Raises ValueError when there is no
        such column or no row could be read, Unreadable and OSError where the file cannot be.
        """
        entry = _entry(self.file)
        who, when, rows = self._laid_out(entry)
        for number, row in rows:
            try:
                member, day = row[who], self._day(row[when], entry, when)
            except (ValueError, IndexError):
                member, day = "", 0
            if member:
                self.read += 1
                yield member, day
                continue
            self.unreadable += 1
            self.first_unreadable = self.first_unreadable or number
        if self.unreadable and not self.read:
            raise ValueError(
                _("line %(number)s has no member and time") % {"number": self.first_unreadable}
            )

    def _laid_out(self, entry: Entry) -> tuple[int, int, Iterator[Row]]:
        """Places of the two columns, and the rows below the headings."""
        rows = _rows(entry)
        sample = list(islice(rows, _SAMPLE_ROWS))
        if not sample:
            raise ValueError(_("the file is empty"))
        heading = [cell.strip().casefold() for cell in sample[0][1]]
        below = [row for _number, row in sample[1:]]
        who, when = _columns(heading, below or [heading], self.member, self.time)
        has_heading = not _tells_day(heading, when)
        return who, when, chain(sample[1:] if has_heading else sample, rows)

    def _day(self, text: str, entry: Entry, column: int) -> int:
        """Day number of a written time; seconds since 1970 count in UTC."""
        if text.isdecimal() and len(text) in {9, 10, 12, 13}:
            return int(text[:-3] if len(text) > 10 else text) // 86_400
        start = text[:10]
        day = self._days.get(start)
        if day is None or (len(text) > 10 and text[10] not in "T "):
            day = self._new_day(text.strip(), entry, column)
            if text[4:5] == "-" and text[7:8] == "-" and (len(text) == 10 or text[10] in "T "):
                # Most files have few days and many moments.
                self._days[start] = day
        return day

    def _new_day(self, text: str, entry: Entry, column: int) -> int:
        fields = date_fields(text)
        if fields is None:
            return _UTC_TIMES.moment(text) // _DAY_MS
        if self._order is None:
            is_year_first = fields[0] > 31
            self._order = DayOrder.YMD if is_year_first else _order(entry, column)
        return date(*arrange(fields, self._order)).toordinal() - EPOCH_ORDINAL


def _entry(file: Path) -> Entry:
    """The file, or the only one in it."""
    with file.open("rb") as stream:
        is_packed = stream.read(2) == _GZIP
    if is_packed:
        with gzip.open(file) as opened:
            head = opened.read(HEAD_BYTES)
        # How much comes out is not known before it has come out.
        size = len(head) if len(head) < HEAD_BYTES else HEAD_BYTES + 1
        return Entry(file.name, size, head, lambda: cast("BinaryIO", gzip.open(file)))
    opened_file = entries([file])
    if not opened_file.entries:
        raise Unreadable(next(iter(opened_file.problems), Problem("empty", file.name, "byte", 1)))
    return opened_file.entries[0]


def _rows(entry: Entry) -> Iterator[Row]:
    """Rows of two cells and more; where nothing else parts the cells, blanks do."""
    rows = table_rows(entry, TextStream(entry)) if entry.size else iter(())
    first = next(rows, None)
    if first is None:
        return iter(())
    rows = chain([first], rows)
    if len(first[1]) == 1 and len(first[1][0].split()) > 1:
        return ((number, row[0].split()) for number, row in rows)
    return rows


def _order(entry: Entry, column: int) -> DayOrder:
    """Which of day and month stands first, by all dates of the column."""
    vote = DayOrderVote(earliest_year=_EARLIEST_YEAR)
    for _number, row in _rows(entry):
        if len(row) > column and (fields := date_fields(row[column])):
            vote.see(fields)
    return vote.guess


def _columns(
    heading: Sequence[str], rows: Sequence[Sequence[str]], member: str, time: str
) -> tuple[int, int]:
    """Places of the member and the time column."""
    if len(heading) < 2:
        raise ValueError(_("the file has fewer than two columns"))
    when = _named(heading, time) if time else _time_column(heading, rows)
    if member:
        return _named(heading, member), when
    likely = _by_words(heading, _MEMBER)
    who = next((place for place in likely if place != when), None)
    return (0 if when else 1) if who is None else who, when


def _named(heading: Sequence[str], wanted: str) -> int:
    if wanted.casefold() not in heading:
        raise ValueError(_("there is no column %(name)s") % {"name": wanted})
    return heading.index(wanted.casefold())


def _time_column(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """The column that is called a time and holds times, else the first that holds them."""
    named = _by_words(heading, _TIME)
    ended = [k for k, word in enumerate(heading) if word.endswith(_TIME_ENDS)]
    places: list[int] = [*named, *ended, *range(len(heading))]
    for place in places:
        if sum(_tells_day(row, place) for row in rows) >= _SHARE_OF_TIMES * len(rows):
            return place
    return named[0] if named else 1


def _by_words(heading: Sequence[str], words: Sequence[str]) -> list[int]:
    """Places of the headings that are one of the words, then of those that have one in them."""
    whole = [heading.index(word) for word in words if word in heading]
    return whole + [k for word in words for k, one in enumerate(heading) if word in one]


def _tells_day(row: Sequence[str], place: int) -> bool:
    if place >= len(row):
        return False
    text = row[place].strip()
    if date_fields(text):
        return True
    try:
        return _UTC_TIMES.moment(text) > 0
    except ValueError:
        return False

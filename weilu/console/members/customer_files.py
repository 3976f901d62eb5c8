"""The rows of an uploaded list of customers, from a spreadsheet or from text (A-8).

Lists come from shops' systems and from people: under titles, with empty lines between, saved by
old programs.
"""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import datetime, time

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from weilu.core.decoding import text_of
from weilu.core.errors import Invalid
from weilu.core.workbooks import TooLarge, check_workbook
from weilu.members.rules.customers import MOST_COLUMNS, MOST_ROWS, heading_at

# What files begin with: xlsx and its like, xls, and the text Excel calls Unicode.
_ZIPPED, _OLD = b"PK", b"\xd0\xcf\x11\xe0"
Line = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """The headings of a list, "" where there is none, and its lines as numbered in the file."""

    headings: list[str]
    lines: list[Line]


def table_of(data: bytes) -> Table:
    """The table in a file; raises Invalid `no_table` or `too_large`."""
    found = _sheet(data) if data[:2] == _ZIPPED or data[:4] == _OLD else _text(data)
    kept = [(n, row[:MOST_COLUMNS]) for n, row in found if any(cell.strip() for cell in row)]
    at = heading_at([row for _n, row in kept[:10]])
    lines = kept if at is None else kept[at + 1 :]
    if len(lines) > MOST_ROWS:
        raise Invalid("too_large", field="file")
    if not lines:
        raise Invalid("no_table", field="file")
    headings = [] if at is None else kept[at][1]
    width = max(len(headings), *(len(row) for _n, row in lines[:100]))
    return Table([*headings, *[""] * (width - len(headings))], lines)


def _sheet(data: bytes) -> list[Line]:
    """The rows of the first sheet that holds more than one."""
    try:
        if data[:2] == _ZIPPED:
            check_workbook(io.BytesIO(data))
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for place in range(len(book.sheet_names)):
            rows = _rows(book.get_sheet_by_index(place))
            if len(rows) > 1:
                return rows
    except TooLarge as error:
        raise Invalid("too_large", field="file") from error
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise Invalid("no_table", field="file") from error
    return []


def _rows(sheet: CalamineSheet) -> list[Line]:
    first = sheet.start[0] + 1 if sheet.start else 1
    return [(n, [_cell(cell) for cell in row]) for n, row in enumerate(sheet.to_python(), first)]


def _cell(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return str(cell.date() if cell.time() == time() else cell)
    return str(cell)


def _text(data: bytes) -> list[Line]:
    try:
        text = text_of(data, is_strict=True)
        if "\0" in text:
            raise Invalid("no_table", field="file")
        # A title above the table has no signs in it.
        first = text[:20_000].splitlines()[:10]
        sign = max((",", "\t", ";"), key=lambda one: sum(line.count(one) for line in first))
        return list(enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=sign), 1))
    except (ValueError, csv.Error) as error:
        raise Invalid("no_table", field="file") from error

"""Rows of a spreadsheet as text cells, sheet by sheet."""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from weilu.chat.ports import Entry, Problem, Unreadable
from weilu.connectors.formats.lines import TextStream
from weilu.core.workbooks import TooLarge, check_workbook

# A workbook is unpacked in memory, so it must be modest; chats beyond this come as CSV.
PACKED_BYTES = 64 * 1024 * 1024

Row = tuple[int, list[str]]


def is_workbook(entry: Entry) -> bool:
    """Whether the entry is an office workbook (xlsx), by its first bytes."""
    head = entry.head
    return head.startswith(b"PK\x03\x04") and (b"xl/" in head or b"[Content_Types].xml" in head)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook that is safe to open."""

    path: str
    inner: CalamineWorkbook

    @property
    def names(self) -> list[str]:
        """Names of the sheets, in order."""
        return self.inner.sheet_names

    def rows(self, at: int) -> Iterator[Row]:
        """Rows of the sheet at a place with their numbers; empty rows are left out.

        What stands in cells made one is in each of their rows. A chart's sheet has none.
        """
        try:
            sheet = self.inner.get_sheet_by_index(at)
            yield from _filled(sheet)
        except (CalamineError, OSError, ValueError) as error:
            if "not a worksheet" in str(error).lower():
                return
            raise Unreadable(Problem("archive_broken", self.path, "byte", 1)) from error


def open_workbook(entry: Entry) -> Workbook:
    """The workbook of an entry; raises Unreadable for what is damaged or unpacks to too much."""
    if entry.size > PACKED_BYTES:
        raise Unreadable(Problem("archive_bomb", entry.path, "byte", 1))
    with entry.open() as opened:
        data = opened.read(PACKED_BYTES + 1)
    try:
        check_workbook(io.BytesIO(data))
        return Workbook(entry.path, CalamineWorkbook.from_filelike(io.BytesIO(data)))
    except TooLarge as error:
        raise Unreadable(Problem("archive_bomb", entry.path, "byte", 1)) from error
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise Unreadable(Problem("archive_broken", entry.path, "byte", 1)) from error


def table_rows(entry: Entry, stream: TextStream) -> Iterator[Row]:
    """Numbered rows of a CSV, or of the first sheet that has any; empty rows are left out."""
    if not is_workbook(entry):
        yield from stream.rows()
        return
    book = open_workbook(entry)
    stream.consumed = entry.size
    for at in range(len(book.names)):
        rows = book.rows(at)
        if first := next(rows, None):
            yield from chain([first], rows)
            return


def _filled(sheet: CalamineSheet) -> Iterator[Row]:
    begins = _columns_made_one(sheet)
    # Per column what a cell over several rows holds, and the last of them.
    held: dict[int, tuple[str, int]] = {}
    # Rows come from the first of the sheet on, columns from the first that is written in.
    for number, row in enumerate(sheet.iter_rows()):
        cells = [as_text(value) for value in row]
        for column, (text, last) in held.items():
            if number <= last:
                cells[column] = cells[column] or text
        for column, last in begins.get(number, ()):
            held[column] = (cells[column], last)
        if any(cells):
            yield number + 1, cells


def _columns_made_one(sheet: CalamineSheet) -> dict[int, list[tuple[int, int]]]:
    """Where cells over several rows begin: by first row, the column among ours and the last row."""
    _, left = sheet.start or (0, 0)
    begins: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (first, column), (last, _right) in sheet.merged_cell_ranges or ():
        if last > first and left <= column < left + sheet.width:
            begins[first].append((column - left, last))
    return begins


def as_text(value: object) -> str:
    """Cell as the text a CSV would hold: ISO times, whole numbers without a point."""
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time | timedelta):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\r\n", "\n")

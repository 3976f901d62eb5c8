"""Rows of a spreadsheet or a CSV file as text cells."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook

from weilu.chat.ports import Entry, Problem, Unreadable
from weilu.connectors.formats.lines import TextStream
from weilu.core.workbooks import TooLarge, check_workbook

# A workbook is unpacked in memory, so it must be modest; chats beyond this come as CSV.
PACKED_BYTES = 64 * 1024 * 1024


def is_workbook(entry: Entry) -> bool:
    """Whether the entry is an office workbook (xlsx), by its first bytes."""
    head = entry.head
    return head.startswith(b"PK\x03\x04") and (b"xl/" in head or b"[Content_Types].xml" in head)


def table_rows(entry: Entry, stream: TextStream) -> Iterator[tuple[int, list[str]]]:
    """Numbered rows, the headings first; empty rows are left out. See TextStream.rows."""
    return _sheet_rows(entry, stream) if is_workbook(entry) else stream.rows()


def _sheet_rows(entry: Entry, stream: TextStream) -> Iterator[tuple[int, list[str]]]:
    if entry.size > PACKED_BYTES:
        raise Unreadable(Problem("archive_bomb", entry.path, "byte", 1))
    with entry.open() as opened:
        data = opened.read(PACKED_BYTES + 1)
    try:
        check_workbook(io.BytesIO(data))
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        rows = sheet.iter_rows()
    except TooLarge as error:
        raise Unreadable(Problem("archive_bomb", entry.path, "byte", 1)) from error
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise Unreadable(Problem("archive_broken", entry.path, "byte", 1)) from error
    stream.consumed = entry.size
    for number, row in enumerate(rows, sheet.start[0] + 1 if sheet.start else 1):
        cells = [as_text(value) for value in row]
        if any(cells):
            yield number, cells


def as_text(value: object) -> str:
    """Cell as the text a CSV would hold: ISO times, whole numbers without a point."""
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time | timedelta):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\r\n", "\n")

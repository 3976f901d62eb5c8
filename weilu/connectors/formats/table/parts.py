"""The tables in a file: a CSV is one, a workbook may have one on each of its sheets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from weilu.chat.ports import Entry, Problem
from weilu.connectors.formats.lines import TextStream
from weilu.connectors.formats.table.layout import Row, is_of_talk, laid_out
from weilu.connectors.formats.table.sheets import Workbook, is_workbook, open_workbook

_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Part:
    """A table with its headings; `group` is what its sheet is called where sheets are groups."""

    path: str
    columns: tuple[str, ...]
    rows: Iterator[Row]
    group: str = ""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet that has something on it."""

    at: int
    name: str
    columns: tuple[str, ...]
    is_talk: bool


def parts_of(entry: Entry, stream: TextStream) -> Iterator[Part]:
    """Tables of one layout, in the order of the sheets; none where there is nothing.

    The first sheet that looks like talk decides the layout. A sheet of talk in another layout
    becomes a problem of `stream`: its columns would have to be told apart from these.
    """
    if not is_workbook(entry):
        columns, rows = laid_out(stream.rows())
        if columns:
            yield Part(entry.path, columns, rows)
        return
    book = open_workbook(entry)
    stream.consumed = entry.size
    sheets = list(_sheets(book))
    chosen = next((one for one in sheets if one.is_talk), sheets[0] if sheets else None)
    if chosen is None:
        return
    alike = [one for one in sheets if one.columns == chosen.columns]
    for one in sheets:
        if one.is_talk and one not in alike:
            path = _path(book, one)
            stream.problems.append(Problem("other_columns", path, "byte", 1))
    groups = _groups(alike)
    for one in alike:
        columns, rows = laid_out(book.rows(one.at))
        yield Part(_path(book, one), columns, rows, groups.get(one.at, ""))


def _sheets(book: Workbook) -> Iterator[_Sheet]:
    for at, name in enumerate(book.names):
        columns, rows = laid_out(book.rows(at))
        if columns:
            yield _Sheet(at, name, columns, is_of_talk(columns, rows))


def _groups(alike: list[_Sheet]) -> dict[int, str]:
    """Sheets that are groups: several, and not counted through or of a month each."""
    bare = Counter(_DIGITS.sub("", one.name) for one in alike)
    if len(alike) < 2 or max(bare.values()) > 1:
        return {}
    return {one.at: one.name for one in alike}


def _path(book: Workbook, one: _Sheet) -> str:
    return f"{book.path} › {one.name}" if len(book.names) > 1 else book.path

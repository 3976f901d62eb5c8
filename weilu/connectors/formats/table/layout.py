"""Where the headings of a table stand, and what its columns are called when it has none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from weilu.connectors.formats.table.headings import field_of
from weilu.connectors.formats.written_times import date_fields

# People write a title and a remark above a table, seldom more.
ROWS_LOOKED_AT = 10
# A row of headings names at least so many things that a chat has.
LEAST_KNOWN = 2
# Nobody chooses among more; a line of thousands of commas is no table of talk.
MOST_COLUMNS = 500

Row = tuple[int, list[str]]


def laid_out(rows: Iterator[Row]) -> tuple[tuple[str, ...], Iterator[Row]]:
    """Headings, and the numbered rows below them; letters where the first row is a message.

    Of the headings at most `MOST_COLUMNS`.
    """
    first = list(islice(rows, ROWS_LOOKED_AT))
    at = _headings_at([row for _, row in first])
    if at is None:
        widest = max((len(row) for _, row in first), default=0)
        return tuple(map(letter, range(min(widest, MOST_COLUMNS)))), chain(first, rows)
    headings = tuple(name.strip() for name in first[at][1][:MOST_COLUMNS])
    return headings, chain(first[at + 1 :], rows)


def _headings_at(rows: Sequence[Sequence[str]]) -> int | None:
    """Number of the row of headings; None when the table begins with a message."""
    for at, row in enumerate(rows):
        if len({field_of(cell) for cell in row} - {None}) >= LEAST_KNOWN:
            return at
    if not rows or any(date_fields(cell) for cell in rows[0]):
        return None
    return 0


def letter(column: int) -> str:
    """Name of a column as spreadsheets have it: A to Z, then AA."""
    name = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name

"""Where the headings of a table stand, and what its columns are called when it has none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice, takewhile

from weilu.connectors.formats.table.headings import are_epochs, field_of
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
    below = first[at + 1 :]
    return _named(first[at][1][:MOST_COLUMNS], [row for _, row in below]), chain(below, rows)


def _named(cells: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Headings, each once: what has the name of another, or none, is told by its letter.

    A column with neither a name nor anything in it stays without.
    """
    names: list[str] = []
    for at, cell in enumerate(cells):
        name = cell.strip()
        if name in names:
            name = f"{name} ({letter(at)})" if name else ""
        is_used = any(at < len(row) and row[at] for row in rows)
        names.append(name or (letter(at) if is_used else ""))
    return tuple(names)


def _headings_at(rows: Sequence[Sequence[str]]) -> int | None:
    """Number of the row of headings; None when the table begins with a message."""
    for at, row in enumerate(rows):
        if has_headings(row):
            # Cells over two rows, with more below one of them: the lower row says more.
            return at + sum(1 for _ in takewhile(has_headings, rows[at + 1 :]))
    if not rows or any(date_fields(cell) or are_epochs([cell]) for cell in rows[0]):
        return None
    return 0


def has_headings(row: Sequence[str]) -> bool:
    """Whether a row names enough of what a chat has, and holds nothing said."""
    known = {field_of(cell) for cell in row} - {None}
    return len(known) >= LEAST_KNOWN and not any(map(date_fields, row))


def is_of_talk(columns: Sequence[str], rows: Iterator[Row]) -> bool:
    """Whether a table may be talk: by its headings, else by times in its first rows."""
    if has_headings(columns):
        return True
    return any(date_fields(cell) for _, row in islice(rows, ROWS_LOOKED_AT) for cell in row)


def letter(column: int) -> str:
    """Name of a column as spreadsheets have it: A to Z, then AA."""
    name = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name

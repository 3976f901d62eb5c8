"""What the readers of tables share: headings, cells, and reading row by row."""

from __future__ import annotations

import csv
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from weilu.chat.ports import Answers, Bundle, ChatRef, Entry, Platform, Portion, Question, Survey
from weilu.connectors.formats.gathering import Gatherer
from weilu.connectors.formats.lines import delimiter, head_text

# Rows between two looks at whether a portion is complete.
ROWS_PER_LOOK = 1000


def header_of(entry: Entry) -> tuple[str, ...]:
    """Headings of a CSV entry, stripped; () for what has none."""
    text = head_text(entry)
    try:
        row = next(csv.reader([text.split("\n", 1)[0]], delimiter=delimiter(text)), [])
    except csv.Error:
        return ()
    return tuple(cell.strip() for cell in row)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each heading stands."""

    header: tuple[str, ...]

    def at(self, heading: str) -> int:
        """Index of a heading, or a number beyond every row when it is missing."""
        return self.header.index(heading) if heading in self.header else 1_000_000


def cell(row: Sequence[str], index: int) -> str:
    """Cell of a row, "" where the row is too short."""
    return row[index] if index < len(row) else ""


class RowReader(ABC):
    """Turns the rows of one entry into records; made anew for every entry."""

    @abstractmethod
    def take(self, number: int, row: list[str]) -> None:
        """Add what one row tells to the gatherer; `number` is the line it begins on."""


class RowFormat(ABC):
    """A CSV layout known by its headings."""

    name = ""
    label = ""
    platform = Platform.OTHER
    asks: frozenset[Question] = frozenset()
    # Alternatives: every heading of one of these must be there.
    headings: tuple[frozenset[str], ...] = ()

    def recognise(self, entry: Entry) -> int:
        """Sure when all headings of one alternative are there."""
        found = frozenset(header_of(entry))
        return 95 if any(known <= found for known in self.headings) else 0

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """Every file is an export of its own."""
        return [Bundle(self.name, self.label, (entry,)) for entry in entries]

    def survey(self, bundle: Bundle) -> Survey:
        """Ask what this layout leaves open, the same for every file."""
        return Survey(self.asks)

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the records of all tables of the bundle."""
        gather = Gatherer(bundle, ChatRef(self.platform, "", ""))
        for entry in self.tables(bundle):
            stream = gather.start(entry)
            rows = stream.rows()
            header = next(rows, None)
            if header is None:
                continue
            columns = Columns(tuple(name.strip() for name in header[1]))
            reader = self.reader(bundle, columns, answers, gather)
            for count, (number, row) in enumerate(rows, 1):
                reader.take(number, row)
                if count % ROWS_PER_LOOK == 0:
                    yield from gather.full()
        yield from gather.rest()

    def tables(self, bundle: Bundle) -> Sequence[Entry]:
        """Entries that hold rows."""
        return bundle.entries

    @abstractmethod
    def reader(
        self, bundle: Bundle, columns: Columns, answers: Answers, gather: Gatherer
    ) -> RowReader:
        """Make the reader of one table."""

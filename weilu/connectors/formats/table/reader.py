"""Reads any CSV or xlsx whose columns the operator maps to ours; guesses are offered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice

from weilu.chat.ports import (
    Answers,
    Bundle,
    ChatRef,
    DayOrder,
    Entry,
    Form,
    Inbound,
    Kind,
    Platform,
    Portion,
    Problem,
    Question,
    Survey,
    Unreadable,
)
from weilu.connectors.formats.day_order import DayOrderVote
from weilu.connectors.formats.gathering import Gatherer
from weilu.connectors.formats.lines import TextStream, head_text
from weilu.connectors.formats.placeholders import form_of
from weilu.connectors.formats.table.headings import FIELDS, guess_columns
from weilu.connectors.formats.table.kinds import kind_of, told_by_system
from weilu.connectors.formats.table.layout import ROWS_LOOKED_AT, has_headings
from weilu.connectors.formats.table.parts import parts_of
from weilu.connectors.formats.table.sheets import is_workbook
from weilu.connectors.formats.tables import ROWS_PER_LOOK, cell
from weilu.connectors.formats.written_times import (
    WrittenTimes,
    date_fields,
    joined,
    leaves_zone_open,
)

SHOWN_ROWS = 20
# Prose has commas too; a table under such a name has at least a time in it.
_PROSE_NAME = re.compile(r"\.(?:txt|md|log|text)$", re.IGNORECASE)
# Seconds since 1970 have as many from 1973 on.
LEAST_DIGITS = 9


class TableFormat:
    """Any table; the last resort, so its scores are low."""

    name = "table"
    label = "Table (CSV or xlsx)"

    def recognise(self, entry: Entry) -> int:
        """Low for every workbook and for text whose first lines have as many columns each."""
        if is_workbook(entry):
            return 20
        if head_text(entry)[:1] in {"", "{", "[", "<"}:
            return 0
        try:
            rows = [row for _, row in islice(TextStream(entry).rows(), SHOWN_ROWS)]
        except Unreadable:
            return 0
        if _PROSE_NAME.search(entry.path) and not any(map(_tells_time, chain.from_iterable(rows))):
            return 0
        if len(rows) == 1 and has_headings(rows[0]):
            return 10
        # A title above the headings is no row of the table.
        widths = Counter(map(len, rows[_titles(rows) :]))
        width, same = max(widths.items(), key=lambda pair: pair[1], default=(0, 0))
        return 10 if width > 1 and widths.total() > 1 and same * 10 >= widths.total() * 8 else 0

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """Every file is a table of its own."""
        return [Bundle(self.name, self.label, (entry,)) for entry in entries]

    def survey(self, bundle: Bundle) -> Survey:
        """Headings, first rows and guesses; asks for the mapping, the zone and the group."""
        entry = bundle.entries[0]
        part = next(parts_of(entry, TextStream(entry)), None)
        if part is None:
            raise Unreadable(Problem("empty", entry.path, "byte", 1))
        columns = part.columns
        rows = [tuple(row) for _, row in islice(part.rows, SHOWN_ROWS)]
        if not rows:
            raise Unreadable(Problem("no_rows", entry.path, "byte", 1))
        guesses = guess_columns(columns, rows)
        asks = {Question.COLUMNS}
        if not _says_zone(rows, columns, dict(guesses).get("time", "")):
            asks.add(Question.ZONE)
        if "group" not in dict(guesses):
            asks.add(Question.GROUP)
        vote = _vote(entry, dict(guesses).get("time", ""))
        if not vote.is_decided:
            asks.add(Question.DAY_ORDER)
        return Survey(frozenset(asks), vote.guess, columns, tuple(rows), guesses)

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the rows by the mapping answered, or by the guesses when none was.

        Raises Unreadable when no time and no sender is mapped.
        """
        entry = bundle.entries[0]
        mapping = dict(answers.columns) or dict(self.survey(bundle).guesses)
        if "time" not in mapping or not mapping.keys() & {"name", "account"}:
            raise Unreadable(Problem("bad_record", entry.path, "line", 1))
        order = answers.day_order or _vote(entry, mapping["time"]).guess
        return _read(bundle, answers, mapping, order)


def _says_zone(rows: Sequence[Sequence[str]], columns: Sequence[str], heading: str) -> bool:
    """Whether every time is told with its zone, whichever column may be chosen for it."""
    if any(leaves_zone_open(one) for row in rows for one in row):
        return False
    times = [cell(row, columns.index(heading)) for row in rows] if heading in columns else []
    return bool(times) and all(map(_tells_time, times))


def _tells_time(cell: str) -> bool:
    return date_fields(cell) is not None or (cell.isdecimal() and len(cell) >= LEAST_DIGITS)


def _titles(rows: Sequence[Sequence[str]]) -> int:
    """Number of rows of one cell, or a spreadsheet's "sep=," line, before the table begins."""
    is_title = (len(row) < 2 or row[0].startswith("sep=") for row in rows[:ROWS_LOOKED_AT])
    return next((at for at, title in enumerate(is_title) if not title), len(rows))


def _vote(entry: Entry, heading: str) -> DayOrderVote:
    vote = DayOrderVote()
    for part in parts_of(entry, TextStream(entry)):
        if heading in part.columns:
            index = part.columns.index(heading)
            for _, row in part.rows:
                if fields := date_fields(cell(row, index)):
                    vote.see(fields)
    return vote


def _read(
    bundle: Bundle, answers: Answers, mapping: Mapping[str, str], order: DayOrder
) -> Iterator[Portion]:
    gather = Gatherer(bundle, ChatRef(Platform.OTHER, "", ""))
    for part in parts_of(bundle.entries[0], gather.start(bundle.entries[0])):
        gather.at(part.path)
        gather.switch(ChatRef(Platform.OTHER, "", part.group))
        rows = _Rows(gather, WrittenTimes(answers.zone, order), part.columns, mapping)
        for count, (number, row) in enumerate(part.rows, 1):
            rows.take(number, row)
            if count % ROWS_PER_LOOK == 0:
                yield from gather.full()
    yield from gather.rest()


class _Rows:
    """Turns the rows of one table into records."""

    def __init__(
        self,
        gather: Gatherer,
        times: WrittenTimes,
        columns: Sequence[str],
        mapping: Mapping[str, str],
    ) -> None:
        self._gather = gather
        self._times = times
        self._mapping = mapping
        self._places = [
            columns.index(mapping[f]) if mapping.get(f) in columns else -1 for f in FIELDS
        ]
        self._date = ""

    def take(self, number: int, row: Sequence[str]) -> None:
        """Add what a row tells."""
        cells = [cell(row, p) if p >= 0 else "" for p in self._places]
        date, clock, name, account, text, group, external, reply_to, word = cells
        kind = kind_of(word)
        if not (name or account or kind == Kind.NOTICE):
            self._gather.note("no_writer", number, self._shown("name", text or date))
            return
        sent = self._moment(number, date, clock)
        if sent is None:
            return
        if group:
            self._gather.switch(ChatRef(Platform.OTHER, "", group))
        if kind == Kind.NOTICE:
            for told in told_by_system(sent, text):
                self._gather.add(told, number)
            return
        form = form_of(text) or (form_of(f"[{word}]") if word else Form.TEXT)
        item = Inbound(
            kind,
            sent,
            account,
            name or account,
            text,
            external_id=external,
            reply_to=reply_to,
            form=form,
        )
        self._gather.add(item, number)

    def _moment(self, number: int, date: str, clock: str) -> int | None:
        """When a row was said; None when it cannot be read, which is noted.

        A date in a column of its own is often written only where a day begins.
        """
        self._date = date.strip() or (self._date if clock.strip() else "")
        written = joined(self._date, clock)
        try:
            return self._times.moment(written)
        except ValueError:
            self._gather.note("bad_time", number, self._shown("time", written))
            return None

    def _shown(self, field: str, found: str) -> str:
        """What stands in a place, with the heading of the column that does not do."""
        heading = self._mapping.get(field) or self._mapping.get("account", "")
        return f"{heading}: {found}"


FORMAT = TableFormat()

"""The list-page machine: columns + a source of rows + what the address asks = a table.

Sorting and filters live in the address; paging is by key (`after`, `before`), so page one
thousand costs what page one costs and rows that arrive meanwhile neither repeat nor vanish.
An HTMX request gets the table only; `?format=xlsx` gets all of it as a spreadsheet.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

from django.http import HttpRequest, QueryDict

from weilu.console.cells import RIGHT_ALIGNED, Kind
from weilu.console.parts import Empty, Text

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
Key = int | str
Value = int | float | str | None
Cursor = tuple[Value, Key]


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column; `name` is its word in the address and the attribute of the row it shows.

    `value` takes another value from the row; `link` makes the cell a link; `sort` False: cannot
    be sorted; `fact`: one of the three facts on a phone's card; `help` defines the number;
    `under`: a few more words below the value; `spare`: left out of a page on which no row has any;
    `on_page` False: for the spreadsheet alone.
    """

    name: str
    label: Text
    kind: Kind = Kind.TEXT
    value: Callable[[R], object] | None = None
    link: Callable[[R], str] | None = None
    sort: bool = True
    fact: bool = False
    help: Text = ""
    under: Callable[[R], str] | None = None
    spare: bool = False
    on_page: bool = True

    def of(self, row: R) -> object:
        """The column's value of a row."""
        return self.value(row) if self.value else getattr(row, self.name)

    @property
    def right(self) -> bool:
        """Whether numbers stand under each other."""
        return self.kind in RIGHT_ALIGNED


@dataclass(frozen=True, slots=True)
class Bulk:
    """An action for the rows picked: posts `pick` (one for each row key) to `url`.

    `confirm` asks first, for what cannot be undone; the button says what it does.
    """

    label: Text
    url: str
    icon: str = "checks"
    confirm: Text = ""
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """What the machine wants of a source: `limit` rows in order, beyond the cursor.

    Order: by the column `sort`, then by the row's key, both in the same direction; `after` is
    (value of `sort`, key) of the last row known, or None for the start.
    """

    sort: str
    descending: bool
    after: Cursor | None
    limit: int


class Source(Protocol[R_co]):
    """Where rows come from: a query of a package, bound to its viewer and filters."""

    def __call__(self, ask: Ask) -> Sequence[R_co]:
        """At most `ask.limit` rows in the order asked."""
        ...


@dataclass(frozen=True)
class Spec(Generic[R]):
    """A kind of table: its id on the page, columns, key of a row, and first order ("-messages")."""

    name: str
    columns: Sequence[Column[R]]
    key: Callable[[R], Key]
    sort: str
    empty: Empty
    page_size: int = 50
    bulk: Sequence[Bulk] = ()
    search: Text = ""
    xlsx: bool = True

    def column(self, name: str) -> Column[R] | None:
        """The sortable column of that name."""
        return next((one for one in self.columns if one.name == name and one.sort), None)


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head as drawn."""

    label: str
    help: str
    url: str
    order: str
    right: bool
    fact: bool


@dataclass(frozen=True)
class Line(Generic[R]):
    """A row as drawn."""

    key: Key
    row: R


@dataclass(frozen=True)
class Table(Generic[R]):
    """A table ready to draw with `{% table table %}`."""

    spec: Spec[R]
    columns: Sequence[Column[R]]
    headings: Sequence[Heading]
    lines: Sequence[Line[R]]
    path: str
    kept: Sequence[tuple[str, str]]
    search_text: str
    first_url: str
    previous_url: str
    next_url: str
    xlsx_url: str
    total: int | None


def build(
    spec: Spec[R], source: Source[R], request: HttpRequest, *, total: int | None = None
) -> Table[R]:
    """The table the address asks for; unknown sorts and broken cursors fall back to the start."""
    asked = request.GET
    sort, descending = sorting(spec, asked.get("sort", ""))
    before, after = _cursor(asked.get("before", "")), _cursor(asked.get("after", ""))
    backwards = before is not None
    cursor = before if backwards else after
    ask = Ask(sort, descending != backwards, cursor, spec.page_size + 1)
    found = list(source(ask))
    more = len(found) > spec.page_size
    rows = found[: spec.page_size]
    if backwards:
        rows.reverse()
    columns = [one for one in spec.columns if _is_drawn(one, rows, sort)]
    has_next = backwards or more
    has_previous = (backwards and more) or after is not None
    return Table(
        spec=spec,
        columns=columns,
        headings=[_heading(one, sort, asked, descending=descending) for one in columns],
        lines=[Line(spec.key(row), row) for row in rows],
        path=request.path,
        kept=_kept(asked),
        search_text=asked.get("q", ""),
        first_url=_query(asked, after=None, before=None) if has_previous else "",
        previous_url=_beyond(spec, sort, rows[:1], asked, "before") if has_previous else "",
        next_url=_beyond(spec, sort, rows[-1:], asked, "after") if has_next else "",
        xlsx_url=_query(asked, after=None, before=None, format="xlsx") if spec.xlsx else "",
        total=total,
    )


def in_memory(spec: Spec[R], rows: Sequence[R]) -> Source[R]:
    """A source over rows at hand; for short lists such as groups. Missing values come first."""

    def fetch(ask: Ask) -> Sequence[R]:
        column = spec.column(ask.sort)
        if column is None:
            return rows[: ask.limit]

        def place(row: R) -> tuple[bool, Value, Key]:
            return _place(_plain(column.of(row)), spec.key(row))

        ordered = sorted(rows, key=place, reverse=ask.descending)
        if ask.after is not None:
            edge = _place(*ask.after)
            ordered = [row for row in ordered if (place(row) < edge) == ask.descending]
            ordered = [row for row in ordered if place(row) != edge]
        return ordered[: ask.limit]

    return fetch


def _place(value: Value, key: Key) -> tuple[bool, Value, Key]:
    return (value is not None, 0 if value is None else value, key)


def _plain(value: object) -> Value:
    if value is None or isinstance(value, int | float | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    order: int | None = getattr(value, "order", None)
    return order if order is not None else str(getattr(value, "word", value))


def edge_of(spec: Spec[R], row: R, sort: str) -> Cursor:
    """The cursor of a row in that order."""
    column = spec.column(sort)
    return (_plain(column.of(row)) if column else None, spec.key(row))


def sorting(spec: Spec[R], asked: str) -> tuple[str, bool]:
    """The order asked for, as (column, descending); the table's own when it is unknown."""
    for candidate in (asked, spec.sort):
        name = candidate.removeprefix("-")
        if spec.column(name) is not None:
            return name, candidate.startswith("-")
    return spec.sort.removeprefix("-"), spec.sort.startswith("-")


def _is_drawn(column: Column[R], rows: Sequence[R], sort: str) -> bool:
    """Whether a column is on the page; what rows are sorted by always is."""
    if not column.on_page:
        return False
    return not column.spare or column.name == sort or any(column.of(row) for row in rows)


def _heading(column: Column[R], sort: str, asked: QueryDict, *, descending: bool) -> Heading:
    here = column.name == sort
    # Numbers are wanted largest first, words from A; a second click turns the order.
    turned = not descending if here else column.kind not in {Kind.TEXT, Kind.ADDRESS, Kind.BADGE}
    wanted = f"{'-' if turned else ''}{column.name}"
    url = _query(asked, sort=wanted, after=None, before=None) if column.sort else ""
    order = ("descending" if descending else "ascending") if here else ""
    return Heading(str(column.label), str(column.help), url, order, column.right, column.fact)


def _beyond(spec: Spec[R], sort: str, edge: Sequence[R], asked: QueryDict, way: str) -> str:
    if not edge:
        return ""
    cursor = _encode(edge_of(spec, edge[0], sort))
    return _query(asked, **{"after": None, "before": None, way: cursor})


def _kept(asked: QueryDict) -> list[tuple[str, str]]:
    """What a search keeps of the address: filters and order, not the place in the list."""
    lost = {"q", "after", "before", "format"}
    return [(name, str(value)) for name, value in asked.dict().items() if name not in lost]


def _query(asked: QueryDict, **changes: str | None) -> str:
    """The present query with changes, as "?…"; None removes."""
    query = asked.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


def _encode(cursor: Cursor) -> str:
    text = json.dumps(cursor, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _cursor(text: str) -> Cursor | None:
    if not text:
        return None
    try:
        value, key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError, binascii.Error):
        return None
    known = isinstance(value, int | float | str | None) and isinstance(key, int | str)
    return (value, key) if known else None

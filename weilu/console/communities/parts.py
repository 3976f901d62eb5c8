"""Sheets and parts: what sections of the page, the workbook and the report are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from weilu.console.cells import DRAW, RIGHT_ALIGNED, Kind, classes
from weilu.console.charts import Chart
from weilu.console.parts import Empty, Text


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a sheet; three of them are `fact`s on a phone."""

    label: Text
    kind: Kind = Kind.TEXT
    fact: bool = False


@dataclass(frozen=True, slots=True)
class Door:
    """A link to rows, with its words."""

    label: Text
    href: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A small table: rows of raw values, one for each field.

    `links`: (row, column) → address. `shown` False: only in the workbook. `more` leads to all
    the rows. `is_cut`: a phone shows the first five.
    """

    name: str
    title: Text
    fields: Sequence[Field]
    rows: Sequence[Sequence[object]]
    links: dict[tuple[int, int], str] | None = None
    more: Door | None = None
    shown: bool = True
    is_cut: bool = True

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """Labels, and whether the column is of numbers."""
        return [(str(f.label), f.kind in RIGHT_ALIGNED) for f in self.fields]

    @property
    def lines(self) -> list[list[SafeString]]:
        """Rows of drawn cells."""
        return [[self._cell(y, x) for x in range(len(self.fields))] for y in range(len(self.rows))]

    def _cell(self, y: int, x: int) -> SafeString:
        field = self.fields[x]
        value = self.rows[y][x]
        inner = DRAW[field.kind](value)
        if self.links and (href := self.links.get((y, x))):
            inner = format_html('<a href="{}">{}</a>', href, inner)
        right = field.kind in RIGHT_ALIGNED
        words = classes(value, first=x == 0, right=right, fact=field.fact)
        tag = "th" if x == 0 else "td"
        pattern = '<{0} class="{1}" data-label="{2}">{3}</{0}>'
        return format_html(pattern, tag, words, field.label, inner)


@dataclass(frozen=True, slots=True)
class Switch:
    """Another way to see the same part."""

    label: Text
    href: str
    here: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One section of the page. `empty` stands in for everything when little is known."""

    name: str
    title: Text
    sentence: Text = ""
    charts: Sequence[Chart] = ()
    sheets: Sequence[Sheet] = ()
    doors: Sequence[Door] = ()
    switches: Sequence[Switch] = ()
    empty: Empty | None = None

    @property
    def finding(self) -> Text:
        """What the section says in a line, for whoever has not opened it."""
        if self.sentence:
            return self.sentence
        if self.empty:
            return self.empty.title
        return self.charts[0].title if self.charts else ""

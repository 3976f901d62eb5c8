"""Charts as plain values: the finding, the definition, the numbers; charts.js draws them.

Every chart carries its numbers as a table too, so it can be read without JavaScript, by a screen
reader, and on paper. Series take their colour from their role: the same thing is the same colour
on every page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from weilu.console.formats import NOTHING, number, percent, weekday
from weilu.console.parts import Empty, Text

Number = float | None
Json = dict[str, object]


class Role(StrEnum):
    """What a series is about; decides its colour."""

    PEOPLE = "people"
    MESSAGES = "messages"
    STAFF = "staff"
    JOINS = "joins"
    LEAVES = "leaves"
    QUESTIONS = "questions"
    ANSWERS = "answers"
    OTHER = "other"
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Series:
    """A named row of values, one for each label; None where there is no value."""

    name: Text
    values: Sequence[Number]
    role: Role = Role.PEOPLE


@dataclass(frozen=True, slots=True)
class Chart:
    """What a chart card shows; made by the functions below."""

    kind: str
    name: str
    title: Text
    definition: Text
    data: Json
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    href: str = ""
    empty: Empty | None = None
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a chart: `name` is its id on the page, `title` is the finding."""

    name: str
    title: Text
    definition: Text
    unit: Text = ""
    href: str = ""
    wide: bool = False


def line(
    words: Words,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    links: Sequence[str] = (),
    zoom: bool = False,
) -> Chart:
    """Values over time, at most five series; `links` open the rows behind a label."""
    return _axes("line", words, labels, series, {"links": list(links), "zoom": zoom})


def bars(
    words: Words,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    links: Sequence[str] = (),
    stacked: bool = False,
    across: bool = False,
) -> Chart:
    """Bars side by side or stacked; `across` lays them down, for long names."""
    extra: Json = {"links": list(links), "stacked": stacked, "across": across}
    return _axes("bars", words, labels, series, extra)


def heat(words: Words, values: Sequence[Sequence[Number]]) -> Chart:
    """Hour × weekday: seven rows, Monday first, of 24 values."""
    days = [weekday(index) for index in range(7)]
    hours = [f"{hour:02d}" for hour in range(24)]
    head = [_("Day"), *hours]
    rows = [[name, *(number(v) for v in row)] for name, row in zip(days, values, strict=True)]
    data: Json = {"x": hours, "y": days, "values": [list(row) for row in values]}
    return _chart("heat", words, data, head, rows)


def cohort(
    words: Words, names: Sequence[str], sizes: Sequence[int], shares: Sequence[Sequence[Number]]
) -> Chart:
    """Retention: a row for each cohort with its size, shares 0–1 by period since its start."""
    width = max((len(row) for row in shares), default=0)
    head = [_("Started"), _("People"), *(str(index) for index in range(width))]
    rows = [
        [name, number(size), *(percent(v) for v in row), *([""] * (width - len(row)))]
        for name, size, row in zip(names, sizes, shares, strict=True)
    ]
    data: Json = {
        "y": list(names),
        "sizes": list(sizes),
        "x": [str(index) for index in range(width)],
        "values": [list(row) for row in shares],
    }
    return _chart("cohort", words, data, head, rows)


def lorenz(words: Words, people: Sequence[float], volume: Sequence[float]) -> Chart:
    """Who carries it: share of people, most active first, against their share of messages."""
    head = [_("The most active"), _("wrote of all messages")]
    rows = [[percent(p), percent(v)] for p, v in zip(people, volume, strict=True)]
    data: Json = {"x": list(people), "y": list(volume)}
    return _chart("lorenz", words, data, head, rows)


@dataclass(frozen=True, slots=True)
class Node:
    """A person in a graph; `size` is any weight, `circle` an index for the colour."""

    key: str
    name: str
    size: float
    circle: int = 0
    href: str = ""
    note: str = ""


def graph(words: Words, nodes: Sequence[Node], edges: Sequence[tuple[str, str, float]]) -> Chart:
    """Who answers whom: edges are (from key, to key, how often), most frequent first."""
    names = {node.key: node.name for node in nodes}
    head = [_("From"), _("To"), _("How often")]
    rows = [[names[a], names[b], number(w)] for a, b, w in edges[:100]]
    data: Json = {
        "nodes": [
            {
                "id": node.key,
                "name": node.name,
                "value": node.size,
                "circle": node.circle,
                "href": node.href,
                "note": node.note,
            }
            for node in nodes
        ],
        "edges": [{"source": a, "target": b, "value": w} for a, b, w in edges],
    }
    return _chart("graph", words, data, head, rows)


def _axes(
    kind: str, words: Words, labels: Sequence[str], series: Sequence[Series], extra: Json
) -> Chart:
    head = [_("When") if kind == "line" else _("What"), *(str(one.name) for one in series)]
    rows = [
        [label, *(NOTHING if one.values[index] is None else _cell(one, index) for one in series)]
        for index, label in enumerate(labels)
    ]
    drawn = [
        {"name": str(one.name), "role": one.role.value, "values": list(one.values)}
        for one in series
    ]
    data: Json = {"labels": list(labels), "series": drawn, **extra}
    return _chart(kind, words, data, head, rows)


def _cell(series: Series, index: int) -> str:
    value = series.values[index]
    whole = value is None or value == int(value)
    return number(value, digits=0 if whole else 1)


def _chart(
    kind: str, words: Words, data: Json, head: Sequence[str], rows: Sequence[Sequence[str]]
) -> Chart:
    data = {**data, "unit": str(words.unit), "title": str(words.title)}
    return Chart(
        kind=kind,
        name=words.name,
        title=words.title,
        definition=words.definition,
        data=data,
        head=head,
        rows=rows,
        href=words.href,
        wide=words.wide,
    )

"""Charts as inline SVG for paper: the same data that charts.js draws on screen, by kind."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import cast

from django.utils.html import format_html
from django.utils.safestring import SafeString

from weilu.console.charts import Chart
from weilu.console.formats import percent, short

WIDTH = 720
HEIGHT = 220
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 22, 24
INK, SOFT, LINE, CARD = "#2b2520", "#6a5f55", "#e9e1d8", "#ffffff"
# The colours of chart_theme.js in light, for paper.
ROLES = {
    "people": "#c4521a",
    "messages": "#1f6f8b",
    "staff": "#7a6a9b",
    "joins": "#1f8a66",
    "leaves": "#b3261e",
    "questions": "#b98300",
    "answers": "#2f8f83",
    "other": "#857a6f",
    "before": "#c9bdb0",
}
CIRCLES = (
    "#c4521a",
    "#1f6f8b",
    "#1f8a66",
    "#b98300",
    "#7a6a9b",
    "#a8577e",
    "#4d7a1f",
    "#857a6f",
)
RAMP = ("#f8f1ea", "#f6d3b8", "#ee9f68", "#d8692a", "#a03f0c", "#5c2407")
LABELS_AT_MOST = 12
CELL = 18
NAMED = 18
Data = dict[str, object]
Series = list[dict[str, object]]


def draw(chart: Chart) -> SafeString:
    """The chart as an SVG element; nothing for kinds that are tables only."""
    kind = _KINDS.get(chart.kind)
    return kind(chart.data) if kind else SafeString("")


def _text(x: float, y: float, words: str, anchor: str = "start", colour: str = SOFT) -> SafeString:
    return format_html(
        '<text x="{}" y="{}" text-anchor="{}" fill="{}" font-size="10">{}</text>',
        f"{x:.1f}",
        f"{y:.1f}",
        anchor,
        colour,
        words,
    )


def _rect(x: float, y: float, size: tuple[float, float], colour: str) -> SafeString:
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" rx="1.5"/>',
        f"{x:.1f}",
        f"{y:.1f}",
        f"{max(size[0], 0):.1f}",
        f"{max(size[1], 0):.1f}",
        colour,
    )


def _line(a: tuple[float, float], b: tuple[float, float], colour: str, width: float) -> SafeString:
    return format_html(
        '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="{}"/>',
        f"{a[0]:.1f}",
        f"{a[1]:.1f}",
        f"{b[0]:.1f}",
        f"{b[1]:.1f}",
        colour,
        f"{width:.2f}",
    )


def _path(points: Sequence[tuple[float, float]], colour: str, dash: str = "") -> SafeString:
    return format_html(
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="1.6"'
        ' stroke-dasharray="{}" stroke-linejoin="round"/>',
        " ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        colour,
        dash or "none",
    )


def _frame(inner: Sequence[SafeString], width: float = WIDTH, height: float = HEIGHT) -> SafeString:
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="paper" viewBox="0 0 {} {}" width="{}"'
        ' height="{}" font-family="Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei,'
        ' sans-serif">{}</svg>',
        width,
        height,
        width,
        height,
        SafeString("".join(inner)),
    )


def _top_of(values: Sequence[float]) -> float:
    """A round number at or above all values."""
    most = math.ceil(max(values, default=0)) or 1
    # Four steps up the axis, each a whole number that is easy to read.
    least = -(-most // 4)
    ten = 10.0 ** (len(str(least)) - 1)
    steps = [ten * size for size in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)]
    return 4 * next(step for step in steps if step >= least and step.is_integer())


def _grid(top: float, labels: Sequence[str], slot: float) -> list[SafeString]:
    """Value lines and as many labels as there is room for."""
    bottom = HEIGHT - BOTTOM
    parts = []
    for at in range(5):
        y = bottom - (bottom - TOP) * at / 4
        parts += [_line((LEFT, y), (WIDTH - RIGHT, y), LINE, 0.7)]
        parts += [_text(LEFT - 6, y + 3, short(top * at / 4), "end")]
    every = -(-len(labels) // LABELS_AT_MOST) or 1
    for at in range(0, len(labels), every):
        parts.append(_text(LEFT + slot * (at + 0.5), HEIGHT - 8, labels[at], "middle"))
    return parts


def _legend(series: Series) -> list[SafeString]:
    if len(series) < 2:
        return []
    parts, x = [], float(LEFT)
    for one in series:
        parts += [_rect(x, 4, (10, 6), ROLES[str(one["role"])])]
        parts += [_text(x + 14, 11, str(one["name"]))]
        x += 34 + 11 * len(str(one["name"]))
    return parts


def _values(one: dict[str, object]) -> list[float]:
    return [float(v or 0) for v in cast("list[float | None]", one["values"])]


def _lines(data: Data) -> SafeString:
    labels, series = cast("list[str]", data["labels"]), cast("Series", data["series"])
    slot = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    top = _top_of([v for one in series for v in _values(one)])
    scale = (HEIGHT - TOP - BOTTOM) / top
    parts = _grid(top, labels, slot) + _legend(series)
    for one in series:
        points = [
            (LEFT + slot * (at + 0.5), HEIGHT - BOTTOM - v * scale)
            for at, v in enumerate(_values(one))
        ]
        parts.append(_path(points, ROLES[str(one["role"])]))
    return _frame(parts)


def _bars(data: Data) -> SafeString:
    labels, series = cast("list[str]", data["labels"]), cast("Series", data["series"])
    if data.get("across"):
        return _across(labels, series)
    stacked = bool(data.get("stacked"))
    slot = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    columns = [_values(one) for one in series]
    sums = [sum(c) if stacked else max(c) for c in zip(*columns, strict=True)]
    top = _top_of(sums)
    scale = (HEIGHT - TOP - BOTTOM) / top
    parts = _grid(top, labels, slot) + _legend(series)
    width = min(slot * 0.7, 40) / (1 if stacked else len(series))
    for at in range(len(labels)):
        height = 0.0
        x = LEFT + slot * (at + 0.5) - width * (1 if stacked else len(series)) / 2
        for index, one in enumerate(series):
            size = columns[index][at] * scale
            y = HEIGHT - BOTTOM - size - (height if stacked else 0)
            left = x if stacked else x + index * width
            parts.append(_rect(left, y, (width * 0.94, size), ROLES[str(one["role"])]))
            height += size
    return _frame(parts)


def _across(labels: Sequence[str], series: Series) -> SafeString:
    columns = [_values(one) for one in series]
    top = _top_of([v for column in columns for v in column])
    row = 12 * len(series) + 8
    parts = _legend(series)
    for at, label in enumerate(labels):
        y = TOP + at * row
        parts.append(_text(118, y + row / 2, label[:18], "end", INK))
        for index, one in enumerate(series):
            size = columns[index][at] / top * (WIDTH - 190)
            parts.append(_rect(126, y + index * 12, (size, 10), ROLES[str(one["role"])]))
            parts.append(_text(130 + size, y + index * 12 + 9, short(columns[index][at])))
    return _frame(parts, height=TOP + row * len(labels) + 4)


def _shade(share: float) -> str:
    return RAMP[min(int(share * len(RAMP)), len(RAMP) - 1)]


def _heat(data: Data) -> SafeString:
    rows = cast("list[list[float | None]]", data["values"])
    most = max((v or 0 for row in rows for v in row), default=0) or 1
    width = (WIDTH - LEFT - RIGHT) / 24
    parts = []
    for y, (name, row) in enumerate(zip(cast("list[str]", data["y"]), rows, strict=True)):
        parts.append(_text(LEFT - 6, y * CELL + 13, name, "end"))
        for x, value in enumerate(row):
            share = (value or 0) / most
            parts.append(_rect(LEFT + x * width, y * CELL, (width - 2, CELL - 2), _shade(share)))
    for x, hour in enumerate(cast("list[str]", data["x"])):
        parts.append(_text(LEFT + (x + 0.5) * width, 7 * CELL + 12, hour, "middle"))
    return _frame(parts, height=7 * CELL + 18)


def _cohort(data: Data) -> SafeString:
    rows = cast("list[list[float | None]]", data["values"])
    sizes = cast("list[int]", data["sizes"])
    most = max((v or 0 for row in rows for v in row[1:]), default=0) or 0.1
    left = 120
    width = (WIDTH - left - RIGHT) / max(len(cast("list[str]", data["x"])), 1)
    parts = []
    for y, (name, row) in enumerate(zip(cast("list[str]", data["y"]), rows, strict=True)):
        parts.append(_text(left - 6, y * CELL + 13, f"{name} ({sizes[y]})", "end"))
        for x, value in enumerate(row):
            share = min((value or 0) / most, 1.0)
            box = (width - 2, CELL - 2.0)
            parts.append(_rect(left + x * width, y * CELL, box, _shade(share * 0.8)))
            colour = CARD if share > 0.55 else INK
            middle = left + (x + 0.5) * width
            parts.append(_text(middle, y * CELL + 12, percent(value), "middle", colour))
    height = len(rows) * CELL
    for x, label in enumerate(cast("list[str]", data["x"])):
        parts.append(_text(left + (x + 0.5) * width, height + 12, label, "middle"))
    return _frame(parts, height=height + 18)


def _lorenz(data: Data) -> SafeString:
    side = HEIGHT - TOP - BOTTOM
    wide = side * 2
    pairs = zip(cast("list[float]", data["x"]), cast("list[float]", data["y"]), strict=True)
    points = [(LEFT + x * wide, TOP + side * (1 - y)) for x, y in pairs]
    parts = [
        _path([(LEFT, TOP + side), (LEFT + wide, TOP)], ROLES["before"], "4 3"),
        _path(points, ROLES["people"]),
    ]
    for at in range(5):
        y = TOP + side * (1 - at / 4)
        parts.append(_text(LEFT - 6, y + 3, percent(at / 4), "end"))
        parts.append(_text(LEFT + wide * at / 4, HEIGHT - 8, percent(at / 4), "middle"))
    return _frame(parts)


def _graph(data: Data) -> SafeString:
    nodes = cast("list[dict[str, object]]", data["nodes"])
    edges = cast("list[dict[str, object]]", data["edges"])
    height = 380
    spot = {
        str(n["id"]): (
            20 + cast("float", n.get("x", 0.5)) / PLACE_WIDE * (WIDTH - 110),
            16 + cast("float", n.get("y", 0.5)) * (height - 32),
        )
        for n in nodes
    }
    most = max((cast("float", e["value"]) for e in edges), default=1)
    top = max((cast("float", n["value"]) for n in nodes), default=1) or 1
    parts = [
        _line(
            spot[str(e["source"])],
            spot[str(e["target"])],
            "#c9bdb0",
            0.5 + 2 * cast("float", e["value"]) / most,
        )
        for e in edges
    ]
    parts += [_dot(n, spot[str(n["id"])], top) for n in nodes]
    for n in nodes[:NAMED]:
        x, y = spot[str(n["id"])]
        parts.append(_text(x + _radius(n, top) + 3, y + 3, str(n["name"])[:16], "start", INK))
    return _frame(parts, height=height)


def _radius(node: dict[str, object], top: float) -> float:
    return 3 + 12 * math.sqrt(cast("float", node["value"]) / top)


def _dot(node: dict[str, object], at: tuple[float, float], top: float) -> SafeString:
    return format_html(
        '<circle cx="{}" cy="{}" r="{}" fill="{}" stroke="#ffffff"/>',
        f"{at[0]:.1f}",
        f"{at[1]:.1f}",
        f"{_radius(node, top):.1f}",
        CIRCLES[cast("int", node["circle"]) % len(CIRCLES)],
    )


# People's places are drawn this much wider than high.
PLACE_WIDE = 2.0

_KINDS: dict[str, Callable[[Data], SafeString]] = {
    "line": _lines,
    "bars": _bars,
    "heat": _heat,
    "cohort": _cohort,
    "lorenz": _lorenz,
    "graph": _graph,
}

"""Small pictures as inline SVG: icons from the sprite, sparklines, shares as bars."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 96, 28


@cache
def _sprite() -> str:
    return static("vendor/icons.svg")


def icon(name: str, *, label: str = "") -> SafeString:
    """A Tabler icon; silent beside a word, else with its label."""
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>',
            label,
            _sprite(),
            name,
        )
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', _sprite(), name
    )


def sparkline(values: Sequence[float]) -> SafeString:
    """The shape of a row of values, oldest first, with a dot on the newest; empty under two."""
    if len(values) < 2:
        return SafeString("")
    top, low = max(values), min(0.0, *values)
    span = (top - low) or 1
    step = (WIDTH - 6) / (len(values) - 1)
    points = [
        (3 + index * step, HEIGHT - 4 - (value - low) / span * (HEIGHT - 8))
        for index, value in enumerate(values)
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    area = f"3,{HEIGHT - 2} {path} {points[-1][0]:.1f},{HEIGHT - 2}"
    last_x, last_y = points[-1]
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" aria-hidden="true"><polygon points="{}"/>'
        '<polyline points="{}"/><circle cx="{}" cy="{}" r="2.5"/></svg>',
        WIDTH,
        HEIGHT,
        area,
        path,
        f"{last_x:.1f}",
        f"{last_y:.1f}",
    )

"""Words of a greeting: who is named, and what is filled in (H-1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial

from weilu.core.marks import fill

NAMED = 10
"""At most so many newcomers are named in one greeting; the rest are counted."""
NAME_CHARS = 30
COMPANION = "{companion}"
"""Becomes the member who keeps the newcomers company."""
DROPPED_MS = 30 * 86_400_000
"""Who came back within this long after leaving has only dropped out."""
_MARK = re.compile(r"\{(?:names|group|community|rules|inviter|companion)\}")


def is_newcomer(first_ms: int, left_ms: int | None, came_ms: int) -> bool:
    """Whether who came at `came_ms` is new, first seen and last left when these say (ms)."""
    return first_ms >= came_ms or (left_ms is not None and came_ms - left_ms >= DROPPED_MS)


def greeting(
    text: str, label: str, names: Sequence[str], others: str, filled: Mapping[str, str]
) -> str:
    """The greeting for newcomers, in the order they came.

    `others` is said after the names when there are more than ten, with `{count}` for how many.
    `filled` are the values of the other marks; a mark without a value disappears, and so does a
    line whose marks are all empty: "Our rules:" without the rules says nothing.
    """
    called = [" ".join(name.split())[:NAME_CHARS] for name in names]
    named = "、".join(one for one in called[:NAMED] if one)
    if len(called) > NAMED:
        named += others.replace("{count}", str(len(called) - NAMED))
    values = {**filled, "{names}": named}
    lines = [_filled(line, values) for line in text.splitlines()]
    said = "\n".join(line for line in lines if line is not None).strip()
    gap = " " if label.isascii() else ""
    return f"{label}{gap}{said}" if label else said


def _filled(line: str, values: Mapping[str, str]) -> str | None:
    """A line with its marks filled in; None when it has marks and they are all empty."""
    marks = _MARK.findall(line)
    if marks and not any(values.get(mark) for mark in marks):
        return None
    return fill(line, {mark: partial(str, values.get(mark, "")) for mark in marks})

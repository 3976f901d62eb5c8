"""Spells: when an identity was heard, and whether two were heard at once (handbook C-1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Spells = NDArray[np.int64]

SILENCE_MS = 5 * 60_000
NO_SPELLS: Spells = np.empty((0, 2), dtype=np.int64)


def speaking_spells(
    sent_ms: NDArray[np.int64], breaks_ms: NDArray[np.int64], *, silence_ms: int = SILENCE_MS
) -> Spells:
    """Cut talk into runs, as rows (first, last) in UTC ms, ascending, apart from each other.

    `sent_ms` must be ascending. A run ends after `silence_ms` without a message, and at every
    moment in `breaks_ms` (a rename from or to this identity): what follows may be somebody else.
    """
    if sent_ms.size == 0:
        return NO_SPELLS
    breaks = np.sort(breaks_ms)
    part = np.searchsorted(breaks, sent_ms, side="right")
    cut = (np.diff(sent_ms) > silence_ms) | (np.diff(part) != 0)
    starts = np.flatnonzero(np.concatenate(([True], cut)))
    ends = np.concatenate((starts[1:] - 1, [sent_ms.size - 1]))
    return np.column_stack((sent_ms[starts], sent_ms[ends]))


def count_overlaps(left: Spells, right: Spells) -> int:
    """How many pairs of spells truly overlap; touching at one moment is not overlapping.

    A spell of one message inside the other's run counts, two single messages never do.
    """
    if not len(left) or not len(right):
        return 0
    if left[0, 0] >= right[-1, 1] or right[0, 0] >= left[-1, 1]:
        return 0
    begun = np.searchsorted(right[:, 0], left[:, 1], side="left")
    over = np.searchsorted(np.sort(right[:, 1]), left[:, 0], side="right")
    return int(np.maximum(begun - over, 0).sum())


def expected_overlaps(left: Spells, right: Spells) -> float:
    """Overlaps to expect if both talked at random within the time that both were around."""
    if not len(left) or not len(right):
        return 0.0
    start = max(int(left[0, 0]), int(right[0, 0]))
    end = min(int(left[-1, 1]), int(right[-1, 1]))
    if end <= start:
        return 0.0
    first = left[(left[:, 0] >= start) & (left[:, 1] <= end)]
    second = right[(right[:, 0] >= start) & (right[:, 1] <= end)]
    if not len(first) or not len(second):
        return 0.0
    length = float(np.diff(first).mean() + np.diff(second).mean())
    return len(first) * len(second) * length / (end - start)


def join_spells(left: Spells, right: Spells) -> Spells:
    """Both sets in order of start; an overlapping pair stays two rows."""
    if not len(left) or not len(right):
        return right if not len(left) else left
    rows = np.concatenate((left, right))
    return rows[np.argsort(rows[:, 0], kind="stable")]

"""How evenly the talk is carried: Gini, top shares, bus factor, Lorenz curve (J-1, B-4).

All functions take messages per person, in any order; people without a message may be in it and
then count as people who carry nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LORENZ_POINTS = 50
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Spread:
    """The whole picture of one group and period; shares are 0–1."""

    people: int
    messages: int
    gini: float
    top_one_share: float
    top_ten_share: float
    top_tenth_share: float
    bus_factor: int


def _sorted_counts(counts: Sequence[int] | npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Sort the counts, smallest first. Raises ValueError when one is negative."""
    values = np.sort(np.asarray(counts, dtype=np.int64))
    if values.size and values[0] < 0:
        raise ValueError("counts must not be negative")
    return values


def gini(counts: Sequence[int] | npt.NDArray[np.int64]) -> float:
    """Gini coefficient of messages per person: 0 when all write alike, towards 1 when one does.

    Mean-difference form without small-sample correction; 0 when there is nothing to share.
    """
    values = _sorted_counts(counts)
    total = int(values.sum())
    if total == 0:
        return 0.0
    people = values.size
    ranks = np.arange(1, people + 1, dtype=np.float64)
    raw = 2.0 * float(ranks @ values) / (people * total) - (people + 1) / people
    return max(raw, 0.0)


def top_share(counts: Sequence[int] | npt.NDArray[np.int64], top: int) -> float:
    """Share of all messages by the `top` busiest people, 0–1; 0 when nobody wrote.

    Raises ValueError when `top` < 1.
    """
    if top < 1:
        raise ValueError("top must be at least one person")
    values = _sorted_counts(counts)
    total = int(values.sum())
    return float(values[-top:].sum() / total) if total else 0.0


def top_tenth_share(counts: Sequence[int] | npt.NDArray[np.int64]) -> float:
    """Share of all messages by the busiest tenth of people, rounded up to whole people."""
    return top_share(counts, max(-(-len(counts) // 10), 1))


def bus_factor(counts: Sequence[int] | npt.NDArray[np.int64], share: float = HALF) -> int:
    """Fewest people who together write at least `share` of all messages; 0 when nobody wrote."""
    values = _sorted_counts(counts)[::-1]
    total = int(values.sum())
    if total == 0:
        return 0
    return int(np.searchsorted(np.cumsum(values), share * total, side="left")) + 1


def lorenz_points(
    counts: Sequence[int] | npt.NDArray[np.int64], limit: int = LORENZ_POINTS
) -> tuple[tuple[float, float], ...]:
    """Lorenz curve as (share of people, share of messages), quietest people first.

    Begins at (0, 0), ends at (1, 1), at most `limit` points; empty when nobody wrote. Raises
    ValueError when `limit` < 2.
    """
    if limit < 2:
        raise ValueError("a curve has at least two points")
    values = _sorted_counts(counts)
    total = int(values.sum())
    if total == 0:
        return ()
    people = values.size
    sums = np.concatenate(([0], np.cumsum(values)))
    steps = np.unique(np.linspace(0, people, min(limit, people + 1)).round().astype(np.int64))
    return tuple((int(step) / people, int(sums[step]) / total) for step in steps)


def spread(counts: Sequence[int] | npt.NDArray[np.int64]) -> Spread:
    """All measures of this module at once."""
    return Spread(
        people=len(counts),
        messages=int(np.sum(np.asarray(counts, dtype=np.int64))),
        gini=gini(counts),
        top_one_share=top_share(counts, 1),
        top_ten_share=top_share(counts, 10),
        top_tenth_share=top_tenth_share(counts),
        bus_factor=bus_factor(counts),
    )

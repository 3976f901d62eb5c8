"""Numbers out of the database and out of sets as arrays: no object for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def table_of(rows: Iterable[Sequence[int]], width: int) -> Ints:
    """Rows of `width` whole numbers (none of them null) as an array of that shape; may be empty."""
    return np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, width)


def parted(table: Ints, keys: Iterable[int]) -> dict[int, Ints]:
    """The other columns of the rows whose first column is each of the keys, in their order."""
    ordered = table[np.argsort(table[:, 0], kind="stable")]
    listed = list(keys)
    low, high = (
        np.searchsorted(ordered[:, 0], listed, side).tolist() for side in ("left", "right")
    )
    return {key: ordered[begin:end, 1:] for key, begin, end in zip(listed, low, high, strict=True)}


def among(some: NDArray[np.integer[Any]], these: BitMap) -> Bools:
    """Which of some numbers are among these."""
    return np.isin(some, np.asarray(these.to_array(), np.int64))

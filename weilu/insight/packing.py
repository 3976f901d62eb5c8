"""How a day's people, counts and hours are packed into three small blobs, and back.

`people`: a roaring bitmap of identity ids. `counts`: what each said, in the bitmap's ascending
order: one byte of width (1, 2 or 4), then as many little-endian numbers. `hours`: the same
layout over 24 numbers. About 0.9 and 1.2 bytes a message in a lively group.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

Ints = npt.NDArray[np.int64]

HOURS = 24
_WIDTHS = ((1, "<u1"), (2, "<u2"), (4, "<u4"))
_BY_WIDTH = dict(_WIDTHS)


def pack_numbers(numbers: Ints) -> bytes:
    """Non-negative numbers in the narrowest width that holds the largest."""
    top = int(numbers.max()) if len(numbers) else 0
    width, kind = next((w, k) for w, k in _WIDTHS if top < 1 << (8 * w))
    return bytes([width]) + numbers.astype(kind).tobytes()


def unpack_numbers(blob: bytes | memoryview) -> Ints:
    """The numbers of `pack_numbers`; an empty blob holds none."""
    data = bytes(blob)
    if len(data) < 2:
        return np.zeros(0, dtype=np.int64)
    return np.frombuffer(data, dtype=_BY_WIDTH[data[0]], offset=1).astype(np.int64)


def unpack_hours(blob: bytes | memoryview) -> Ints:
    """24 numbers; zeros for an empty blob."""
    numbers = unpack_numbers(blob)
    return numbers if len(numbers) == HOURS else np.zeros(HOURS, dtype=np.int64)


def pack_people(ids: Ints) -> bytes:
    """Ascending identity ids as a roaring bitmap."""
    return bytes(BitMap(ids.astype(np.uint32)).serialize())


def unpack_people(blob: bytes | memoryview) -> BitMap:
    """The bitmap of `pack_people`; empty for an empty blob."""
    data = bytes(blob)
    return BitMap.deserialize(data) if data else BitMap()


def people_array(people: BitMap) -> Ints:
    """A bitmap's ids, ascending."""
    return np.frombuffer(people.to_array(), dtype=np.uint32).astype(np.int64)


def add_counts(ids: Ints, counts: Ints, more_ids: Ints, more_counts: Ints) -> tuple[Ints, Ints]:
    """Two (ids, counts) pairs as one, ids ascending and unique."""
    both, inverse = np.unique(np.concatenate([ids, more_ids]), return_inverse=True)
    total = np.bincount(inverse, weights=np.concatenate([counts, more_counts]), minlength=len(both))
    return both, total.astype(np.int64)

"""How a day's people, counts and hours are packed into three small blobs, and back.

`people`: a roaring bitmap of identity ids. `counts`: what each said, in the bitmap's ascending
order: one byte of width (1, 2 or 4), then as many little-endian numbers. `hours`: the same
layout over 24 numbers. About 0.9 and 1.2 bytes a message in a lively group.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

Ints = npt.NDArray[np.int64]

HOURS = 24
_WIDTHS = ((1, "<u1"), (2, "<u2"), (4, "<u4"))
_BY_WIDTH = dict(_WIDTHS)
# Sets up to this size are packed without the library; larger ones gain from its run containers.
BY_HAND = 256
_ROARING = struct.Struct("<IIHHI")


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
    """Ascending identity ids as a roaring bitmap; the same ids give the same bytes."""
    return pack_many_people(ids, (0, len(ids)))[0]


def _library(ids: Ints) -> bytes:
    return bytes(BitMap(ids.astype(np.uint32)).serialize())


def unpack_people(blob: bytes | memoryview) -> BitMap:
    """The bitmap of `pack_people`; empty for an empty blob."""
    return BitMap.deserialize(bytes(blob)) if blob else BitMap()


def pack_many_people(ids: Ints, bounds: Sequence[int]) -> list[bytes]:
    """`pack_people` of each run `ids[bounds[k]:bounds[k + 1]]`, for thousands of small runs.

    Small sets that share their upper 16 bits are laid out by hand, an array container of the
    portable roaring format (RoaringFormatSpec: cookie 12346, one container, its key, its size
    less one, its offset, then the lower halves); a library call for each costs five times that.
    """
    low = (ids & 0xFFFF).astype("<u2").tobytes()
    high = (ids >> 16).tolist()
    out = []
    for start, end in pairwise(bounds):
        size = end - start
        if 0 < size <= BY_HAND and high[start] == high[end - 1]:
            head = _ROARING.pack(12346, 1, high[start], size - 1, 16)
            out.append(head + low[2 * start : 2 * end])
        else:
            out.append(_library(ids[start:end]))
    return out


def pack_many_numbers(numbers: Ints, bounds: Sequence[int]) -> list[bytes]:
    """`pack_numbers` of each run `numbers[bounds[k]:bounds[k + 1]]`."""
    narrow = numbers.astype("<u1").tobytes()
    wide = np.concatenate(([0], np.cumsum(numbers > 0xFF)))[np.asarray(bounds)].tolist()
    return [
        b"\x01" + narrow[start:end] if before == after else pack_numbers(numbers[start:end])
        for (start, end), (before, after) in zip(pairwise(bounds), pairwise(wide), strict=True)
    ]


def unpack_many_people(blobs: Sequence[bytes | memoryview]) -> tuple[Ints, Ints]:
    """The ids of many bitmaps one after the other, and how many each holds."""
    parts = [unpack_people(blob).to_array().tobytes() for blob in blobs]
    sizes = np.array([len(part) // 4 for part in parts], dtype=np.int64)
    return np.frombuffer(b"".join(parts), dtype=np.uint32).astype(np.int64), sizes


def unpack_many_numbers(blobs: Sequence[bytes | memoryview]) -> Ints:
    """The numbers of many `pack_numbers` one after the other."""
    parts = [_as_four(bytes(blob)) for blob in blobs]
    return np.frombuffer(b"".join(parts), dtype="<u4").astype(np.int64)


def _as_four(data: bytes) -> bytes:
    """Packed numbers in four bytes each, without the width."""
    if len(data) < 2:
        return b""
    if data[0] == 4:
        return data[1:]
    return np.frombuffer(data, dtype=_BY_WIDTH[data[0]], offset=1).astype("<u4").tobytes()


def people_array(people: BitMap) -> Ints:
    """A bitmap's ids, ascending."""
    return np.frombuffer(people.to_array(), dtype=np.uint32).astype(np.int64)


def add_counts(ids: Ints, counts: Ints, more_ids: Ints, more_counts: Ints) -> tuple[Ints, Ints]:
    """Two (ids, counts) pairs as one, ids ascending and unique."""
    both, inverse = np.unique(np.concatenate([ids, more_ids]), return_inverse=True)
    total = np.bincount(inverse, weights=np.concatenate([counts, more_counts]), minlength=len(both))
    return both, total.astype(np.int64)

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
# The same by words of two bytes: how many, what is the same in all, where key and size are.
_HEAD, _SMALL, _KEY, _SIZE = 8, {0: 12346, 1: 0, 2: 1, 3: 0}, 4, 5


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
    """The ids of many bitmaps one after the other, and how many each holds.

    Array containers alone (`pack_many_people`), as nearly all are, are read together; a library
    call for each costs twenty times that.
    """
    even = [blob if not len(blob) & 1 else bytes(blob) + b"\0" for blob in blobs]
    words = np.frombuffer(b"".join(even), dtype="<u2")
    sizes, starts = (one >> 1 for one in _sizes(even))
    sizes -= _HEAD
    by_hand = sizes > 0
    for place, word in _SMALL.items():
        by_hand[by_hand] &= words[starts[by_hand] + place] == word
    by_hand[by_hand] &= words[starts[by_hand] + _SIZE] == sizes[by_hand] - 1
    other = [unpack_people(blobs[k]).to_array() for k in np.flatnonzero(~by_hand).tolist()]
    inside = np.repeat(by_hand, sizes + _HEAD)
    heads = starts[by_hand]
    inside[(heads[:, None] + np.arange(_HEAD)).reshape(-1)] = False
    high = np.repeat(words[heads + _KEY].astype(np.int64) << 16, sizes[by_hand])
    sizes[~by_hand] = [len(ids) for ids in other]
    found = np.empty(int(sizes.sum()), dtype=np.int64)
    mine = np.repeat(by_hand, sizes)
    found[mine] = high | words[inside]
    if other:
        found[~mine] = np.concatenate([np.frombuffer(ids, dtype=np.uint32) for ids in other])
    return found, sizes


def _sizes(blobs: Sequence[bytes | memoryview]) -> tuple[Ints, Ints]:
    """How long each is, and where it starts when they are joined."""
    sizes = np.fromiter(map(len, blobs), dtype=np.int64, count=len(blobs))
    return sizes, np.cumsum(sizes) - sizes


def unpack_many_numbers(blobs: Sequence[bytes | memoryview]) -> Ints:
    """The numbers of many `pack_numbers` one after the other; empty blobs hold none."""
    whole = np.frombuffer(b"".join(blobs), dtype=np.uint8)
    sizes, starts = _sizes(blobs)
    starts = starts[sizes > 0]
    narrow = np.ones(len(whole), dtype=bool)
    narrow[starts] = False
    parts, at = [], 0
    # Hardly any has a number that takes more than a byte.
    ends = np.append(starts[1:], len(whole))
    for k in np.flatnonzero(whole[starts] != 1).tolist():
        start, end = int(starts[k]), int(ends[k])
        parts += [whole[at:start][narrow[at:start]], unpack_numbers(whole[start:end].tobytes())]
        at = end
    return np.concatenate([*parts, whole[at:][narrow[at:]]]).astype(np.int64, copy=False)


def unpack_many_hours(blobs: Sequence[bytes | memoryview]) -> Ints:
    """`unpack_hours` of each, a row each."""
    held = np.fromiter(map(len, blobs), dtype=np.int64, count=len(blobs)) > 1
    hours = np.zeros((len(blobs), HOURS), dtype=np.int64)
    hours[held] = unpack_many_numbers(blobs).reshape(-1, HOURS)
    return hours


def people_array(people: BitMap) -> Ints:
    """A bitmap's ids, ascending."""
    return np.frombuffer(people.to_array(), dtype=np.uint32).astype(np.int64)


def add_counts(ids: Ints, counts: Ints, more_ids: Ints, more_counts: Ints) -> tuple[Ints, Ints]:
    """Two (ids, counts) pairs as one, ids ascending and unique."""
    both, inverse = np.unique(np.concatenate([ids, more_ids]), return_inverse=True)
    total = np.bincount(inverse, weights=np.concatenate([counts, more_counts]), minlength=len(both))
    return both, total.astype(np.int64)

"""Many texts as one row of characters: chunks, kinds of characters, numbers for any stretch.

All texts are joined and looked at together by numpy; no text and no word of it becomes an object
of Python. A stretch of characters is told from others by a number of 64 bits, which two different
ones share about as often as a disk errs.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Keys = NDArray[np.uint64]
Codes = NDArray[np.uint32]
Kinds = NDArray[np.uint8]

SPACE, EDGE, START, INNER, CHINESE, DIGIT = 1, 2, 4, 8, 16, 32
"""Kinds of characters: blanks, signs around words, what words of letters begin with and are made
of, Chinese characters, digits."""
EDGES: Final = ":,;.!?()<>\"'，：；。！？、（）《》“”…~\u2005"
BREAK: Final = 10
# A blank inside a name that was called with @: no blank, no letter.
JOINT: Final = "\ue000"
# No character from here on is of any kind.
_KNOWN: Final = 0x20000
_CHINESE_RANGES: Final = ((0x3400, 0xA000), (0xF900, 0xFB00))
_LETTER_RANGES: Final = ((0x30, 0x3A), (0x61, 0x7B), (0xC0, 0x250), (0x400, 0x500))
_INNER_SIGNS: Final = "_+.-"
_BASE: Final = 0x9E3779B97F4A7C15
_MIX: Final = np.uint64(0xD6E8FEB86659FD93)
_HALF: Final = np.uint64(32)
# Zeros behind the characters, so that looking a little ahead needs no care.
_BEHIND: Final = 8
# So many characters are read of a text; so many texts and characters are looked at together.
LONGEST: Final = 2048
_ROWS_AT_ONCE: Final = 8192
_CHARACTERS_AT_ONCE: Final = 1 << 18
# A book has so many places for each word, for nearly all that it does not hold to be told at once.
_PLACES_PER_WORD: Final = 32
_PLACES: Final = 1 << 20
# Powers for a part, and for 128 texts before it.
_AT_HAND: Final = (1 << 19) + (1 << 14)


@lru_cache(maxsize=1)
def _kinds() -> Kinds:
    """The kinds of every character below `_KNOWN`, and none for what stands for all others."""
    table = np.zeros(_KNOWN + 1, np.uint8)
    for code in range(_KNOWN):
        one = chr(code)
        table[code] = SPACE * one.isspace() | DIGIT * one.isdigit()
    for low, high in _LETTER_RANGES:
        table[low:high] |= START | INNER
    for low, high in _CHINESE_RANGES:
        table[low:high] |= CHINESE
    table[[ord(c) for c in _INNER_SIGNS]] |= INNER
    table[[ord(c) for c in EDGES]] |= EDGE
    return table


def _powers(size: int) -> tuple[Keys, Keys]:
    """Powers of an odd number, and of the one that undoes it, modulo 2^64."""
    if size > _AT_HAND:
        return _made_powers(size)
    up, down = _powers_at_hand()
    return up[:size], down[:size]


@lru_cache(maxsize=1)
def _powers_at_hand() -> tuple[Keys, Keys]:
    return _made_powers(_AT_HAND)


def _made_powers(size: int) -> tuple[Keys, Keys]:
    undo = pow(_BASE, -1, 1 << 64)
    both = (np.full(size - 1, base, np.uint64) for base in (_BASE, undo))
    up, down = (np.concatenate([np.ones(1, np.uint64), np.cumprod(one)]) for one in both)
    return up, down


def mixed(keys: Keys) -> Keys:
    """Numbers whose bits all depend on all bits of the given ones."""
    stirred: Keys = (keys ^ (keys >> _HALF)) * _MIX
    return stirred ^ (stirred >> _HALF)


def codes_of(text: str) -> Codes:
    """The characters of a text as numbers."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def numbers_of(characters: str) -> Ints:
    """A few characters as numbers."""
    return np.array([ord(c) for c in characters])


class Stretches:
    """Numbers for stretches of characters: equal ones have the same."""

    def __init__(self, codes: Codes) -> None:
        up, self.down = _powers(len(codes) + 1)
        self.sums = np.zeros(len(codes) + 1, np.uint64)
        np.cumsum(mixed(codes.astype(np.uint64) + np.uint64(1)) * up[:-1], out=self.sums[1:])

    def keys(self, start: Ints, end: Ints) -> Keys:
        """A number for each stretch [start, end)."""
        size = (end - start).astype(np.uint64)
        return mixed((self.sums[end] - self.sums[start]) * self.down[start] + size)


class Book:
    """Words with a number each; looks up many stretches at once."""

    def __init__(self, values: Mapping[str, int]) -> None:
        words = list(values)
        size = np.fromiter(map(len, words), np.int64, len(words))
        end = np.cumsum(size)
        keys = Stretches(codes_of("".join(words))).keys(end - size, end)
        order = np.argsort(keys)
        self.key = keys[order]
        self.value = np.fromiter(values.values(), np.int64, len(words))[order]
        bits = min(_PLACES_PER_WORD * len(words) + 1, _PLACES).bit_length()
        self.shift = np.uint64(64 - bits)
        self.taken = np.zeros(1 << bits, np.bool_)
        self.taken[self.key >> self.shift] = True

    def get(self, keys: Keys, missing: int) -> Ints:
        """The number of each word, or `missing`."""
        found = np.full(len(keys), missing, np.int64)
        # Most are no words: a place that none has says so without a search.
        maybe = np.flatnonzero(self.taken[keys >> self.shift])
        if len(maybe):
            some = keys[maybe]
            at = np.minimum(np.searchsorted(self.key, some), len(self.key) - 1)
            found[maybe] = np.where(self.key[at] == some, self.value[at], missing)
        return found


@dataclass(frozen=True, slots=True)
class Chunks:
    """Runs without blanks in the joined texts, in their order; parallel columns.

    `place` counts from 0 within the text of `row`; the bare chunk is without signs around it, and
    empty when there is nothing else.
    """

    start: Ints
    end: Ints
    bare_start: Ints
    bare_end: Ints
    row: Ints
    place: Ints

    def __len__(self) -> int:
        return len(self.start)


class Joined:
    """Texts as one: `text` and its `codes` (some zeros behind them), `kind` and `row` of each."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.size = len(texts)
        whole = "\n".join(texts)
        if whole.count("\n") >= self.size or max(map(len, texts), default=0) > LONGEST:
            whole = "\n".join([t[:LONGEST].replace("\n", " ") for t in texts])
        self.text = whole.casefold()
        self.codes = np.concatenate([codes_of(self.text), np.zeros(_BEHIND, np.uint32)])
        self.kind = _kinds()[np.minimum(self.codes, _KNOWN)]
        self.kind[-_BEHIND:] = SPACE
        self.row = np.cumsum(self.codes == BREAK, dtype=np.int32)
        self.stretches = Stretches(self.codes)

    def bounds(self) -> tuple[Ints, Ints]:
        """Where each text starts and ends."""
        breaks = np.flatnonzero(self.codes == BREAK)
        end = len(self.codes) - _BEHIND
        return np.append(0, breaks + 1)[: self.size], np.append(breaks, end)[: self.size]

    def chunks(self, most: int) -> Chunks:
        """The first `most` chunks of every text."""
        start, end = runs((self.kind & SPACE) == 0)
        row = self.row[start].astype(np.int64)
        first = np.flatnonzero(np.diff(row, prepend=-1))
        place = np.arange(len(row)) - np.repeat(first, np.diff(first, append=len(row)))
        if len(place) and int(place.max()) >= most:
            kept = place < most
            start, end, row, place = start[kept], end[kept], row[kept], place[kept]
        is_solid = (self.kind & (SPACE | EDGE)) == 0
        solid = np.flatnonzero(is_solid)
        if not len(solid):
            return Chunks(start, end, start, start, row, place)
        before = np.concatenate([[0], np.cumsum(is_solid, dtype=np.int32)])
        first = solid[np.minimum(before[start], len(solid) - 1)]
        last = solid[before[end] - 1] + 1
        empty = (first < start) | (first >= end)
        return Chunks(
            start, end, np.where(empty, start, first), np.where(empty, start, last), row, place
        )

    def has(self, start: Ints, end: Ints, wanted: Bools) -> Bools:
        """Which stretches hold a character that is wanted."""
        upto = np.concatenate([[0], np.cumsum(wanted, dtype=np.int32)])
        return np.asarray(upto[end] > upto[start])

    def within(self, start: Ints, end: Ints) -> Bools:
        """Which characters lie in stretches, which must not overlap."""
        steps = np.zeros(len(self.codes) + 1, np.int8)
        steps[start] += 1
        steps[end] -= 1
        return np.cumsum(steps[:-1], dtype=np.int8) > 0


def parts(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Texts cut into stretches (begin, end) that stay at hand of the processor; at least one."""
    length = np.fromiter(map(len, texts), np.int64, len(texts))
    upto = np.cumsum(np.minimum(length, LONGEST))
    made = [(0, 0)]
    while made[-1][1] < len(texts) or not made[1:]:
        begin = made[-1][1]
        before = int(upto[begin - 1]) if begin else 0
        end = int(np.searchsorted(upto, before + _CHARACTERS_AT_ONCE))
        made.append((begin, min(max(end, begin + 1), begin + _ROWS_AT_ONCE, len(texts))))
    return made[1:]


def holding(texts: Sequence[str], pattern: re.Pattern[str]) -> Bools:
    """Which texts hold a match of a pattern, which must not reach over line breaks.

    Patterns are quickest when each branch begins with one character, no class and no look behind:
    then the engine passes over all others.
    """
    lines = [t.replace("\n", " ") if "\n" in t else t for t in texts]
    found = [match.start() for match in pattern.finditer("\n".join(lines))]
    ends = np.cumsum(np.fromiter(map(len, lines), np.int64, len(lines)) + 1)
    holds = np.zeros(len(texts), bool)
    holds[np.searchsorted(ends, np.array(found, np.int64), side="right")] = True
    return holds


def runs(wanted: Bools) -> tuple[Ints, Ints]:
    """Where runs of wanted characters start and end."""
    edges = np.flatnonzero(np.diff(wanted.view(np.int8), prepend=0, append=0))
    return edges[::2], edges[1::2]

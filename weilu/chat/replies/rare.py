"""Rare words of messages, and which of them messages share with earlier ones."""

from typing import Final

import numpy as np

from weilu.chat.replies.classes import stop_book
from weilu.chat.replies.talk import Bools, Floats, Ints
from weilu.core.texts import CHINESE, INNER, START, Chunks, Joined, Keys, mixed, runs

WORD_WINDOW: Final = 128
"""Shared words and word frequency look back this many messages."""
_MAX_SHARED_LAG: Final = 24
# Words are told apart by so many bits; the row stands below them.
_ROW_BITS: Final = 24
_WORD_BITS: Final = 63 - _ROW_BITS
_CODE_BITS: Final = 16
_GAP_BITS: Final = 8
_GAP_MASK: Final = (1 << _GAP_BITS) - 1
# Weight of a word that fell so often in the window before: frequent words say little.
_RARITY: Final = np.log((WORD_WINDOW + 1) / (1.0 + np.arange(WORD_WINDOW + 1)))
_ENDINGS: Final = ("ing", "ed", "s")


def rare_words(joined: Joined, chunks: Chunks, sure: Ints) -> Ints:
    """Each word of each message once: the word above the row, ascending."""
    named = (sure > 0) | (chunks.bare_start == chunks.bare_end)
    inside = joined.within(chunks.bare_start[~named], chunks.bare_end[~named])
    latin_at, latin = _latin_words(joined, inside)
    chinese_at, chinese = _chinese_words(joined, inside)
    row = joined.row[np.concatenate([latin_at, chinese_at])].astype(np.int64)
    word = np.concatenate([latin, chinese]) >> np.uint64(64 - _WORD_BITS)
    ordered = np.sort((word.astype(np.int64) << _ROW_BITS) | row)
    once: Ints = ordered[np.diff(ordered, prepend=-1) != 0]
    return once


def _latin_words(joined: Joined, inside: Bools) -> tuple[Ints, Keys]:
    """Where words of letters stand, and a number for the stem of each."""
    begin, end = runs(inside & ((joined.kind & INNER) > 0))
    opens = np.flatnonzero(inside & ((joined.kind & START) > 0))
    if not len(opens):
        return opens, opens.astype(np.uint64)
    start = opens[np.minimum(np.searchsorted(opens, begin), len(opens) - 1)]
    good = (start >= begin) & (end - start > 1)
    start, end = start[good], end[good]
    keys = joined.stretches.keys
    good = stop_book().get(keys(start, end), 0) == 0
    start, end = start[good], end[good]
    plain = (end - start > 4) & ~joined.has(start, end, joined.codes > 127)
    cut = np.zeros(len(start), np.int64)
    for ending in _ENDINGS:
        fits = plain & (cut == 0)
        for k, letter in enumerate(reversed(ending), 1):
            fits &= joined.codes[end - k] == ord(letter)
        cut[fits] = len(ending)
    return start, keys(start, end - cut)


def _chinese_words(joined: Joined, inside: Bools) -> tuple[Ints, Keys]:
    """Where pairs of Chinese characters stand (and single ones alone), with a number for each."""
    chinese = inside & ((joined.kind & CHINESE) > 0)
    chinese[-1] = False
    pair = np.flatnonzero(chinese[:-1] & chinese[1:])
    alone = chinese.copy()
    alone[1:] &= ~chinese[:-1]
    alone[:-1] &= ~chinese[1:]
    single = np.flatnonzero(alone)
    codes = joined.codes.astype(np.uint64)
    both = codes[pair] << np.uint64(_CODE_BITS) | codes[pair + 1]
    number = np.concatenate([both, codes[single]]) + np.uint64(1)
    return np.concatenate([pair, single]), mixed(mixed(number))


def shared_with(keys: Ints, size: int, before: int, begin: int) -> tuple[Floats, Ints]:
    """Weight of each message's words, and what it shares with earlier ones: see `Words.shared`.

    The first `before` rows are looked back at only; the row after them is row `begin` of all.
    """
    row = keys & ((1 << _ROW_BITS) - 1)
    near = np.diff(keys) <= WORD_WINDOW
    near &= np.diff(keys >> _ROW_BITS) == 0
    again = np.flatnonzero(np.append(False, near))
    fell = np.zeros(len(keys), np.int64)
    floor = keys[again] - np.minimum(row[again], WORD_WINDOW)
    fell[again] = again - np.searchsorted(keys, floor)
    own = np.bincount(row, _RARITY[fell], size).astype(np.float32)
    again = again[row[again] >= before]
    found: list[Ints] = [again[:0]]
    for lag in range(1, _MAX_SHARED_LAG):
        again = again[fell[again] >= lag]
        gap = row[again] - row[again - lag]
        place = row[again] - before + begin
        found.append((place << 2 * _GAP_BITS) | (gap << _GAP_BITS) | fell[again])
    return own, np.sort(np.concatenate(found))


def shared_words(own: Floats, found: Ints, begin: int, end: int) -> Floats:
    """Weight of rare words that rows begin..end share with the d-th message before, d < window.

    Shape (end - begin, WORD_WINDOW + 1); column 0 is the weight of the message's own words.
    """
    low, high = np.searchsorted(found, np.array([begin, end]) << 2 * _GAP_BITS)
    shared = found[low:high]
    row, gap = shared >> 2 * _GAP_BITS, (shared >> _GAP_BITS) & _GAP_MASK
    place = (row - begin) * (WORD_WINDOW + 1) + gap
    table = np.bincount(place, _RARITY[shared & _GAP_MASK], (end - begin) * (WORD_WINDOW + 1))
    weights = table.astype(np.float32).reshape(end - begin, WORD_WINDOW + 1)
    weights[:, 0] = own[begin:end]
    return weights

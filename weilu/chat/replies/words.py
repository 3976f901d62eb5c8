"""Words of messages as number columns: word classes, mentions, and the rare words they share.

All of it is numpy over the joined texts (`texts`): nothing is done message by message.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from weilu.chat.replies.classes import COMMAND_BIT, class_bits
from weilu.chat.replies.mentions import AT, CALL, COMMON_CALL, people_named, with_joints
from weilu.chat.replies.rare import WORD_WINDOW, rare_words, shared_with
from weilu.chat.replies.talk import Bools, Floats, Ints
from weilu.core.texts import Book, Chunks, Joined, parts

_MAX_CHUNKS: Final = 80


@dataclass(frozen=True, slots=True)
class Words:
    """Columns over messages: class bits of the whole and of the opening, chunks, mentions.

    `called` is the person addressed (opening name or @), `named` another person in the text, -1
    for nobody. `own` is the weight of a message's rare words. `shared` lists the words it shares
    with an earlier one, ascending: the row, how far back, how often the word fell shortly before.
    """

    bits: Ints
    opening: Ints
    count: Ints
    called: Ints
    named: Ints
    own: Floats
    shared: Ints


def read_words(texts: Sequence[str], names: Mapping[str, int]) -> Words:
    """Words, word classes and mentions of every message."""
    book = Book(names)
    texts = with_joints(texts, names)
    # With the texts before each part, whose words may be shared.
    found = [
        _read_part(texts[max(begin - WORD_WINDOW, 0) : end], begin, names, book)
        for begin, end in parts(texts)
    ]
    columns: list[NDArray[Any]] = [
        np.concatenate([getattr(part, name) for part in found]) for name in Words.__slots__
    ]
    return Words(*columns)


def _read_part(texts: Sequence[str], begin: int, names: Mapping[str, int], book: Book) -> Words:
    """Words of the rows from `begin` on; texts before it are looked back at only."""
    joined = Joined(texts)
    chunks = joined.chunks(_MAX_CHUNKS)
    person, sure = people_named(joined, chunks, names, book)
    bits = class_bits(joined, chunks)
    size = len(texts)
    whole = np.zeros(size, np.int64)
    begins = np.flatnonzero(np.diff(chunks.row, prepend=-1))
    if len(begins):
        whole[chunks.row[begins]] = np.bitwise_or.reduceat(bits, begins)
    opening_at = _first(chunks.row, ~((chunks.place < 2) & (sure > 0)), size)
    opening = np.where(opening_at >= 0, bits[opening_at] if len(bits) else 0, 0)
    called, named = _mentions(chunks, person, sure, size)
    swap = (called < 0) & (named >= 0) & ((opening >> COMMAND_BIT) & 1 > 0)
    called, named = np.where(swap, named, called), np.where(swap, -1, named)
    count = np.bincount(chunks.row, minlength=size)
    before = min(begin, WORD_WINDOW)
    own, shared = shared_with(rare_words(joined, chunks, sure), size, before, begin)
    mine = slice(before, None)
    columns = (whole[mine], opening[mine], count[mine], called[mine], named[mine])
    return Words(*columns, own[mine], shared)


def _first(rows: Ints, wanted: Bools, size: int) -> Ints:
    """Place in the flat list of the first wanted entry of every row, -1 for none."""
    at = np.full(size, -1, np.int64)
    hits = np.flatnonzero(wanted)[::-1]
    at[rows[hits]] = hits
    return at


def _mentions(chunks: Chunks, person: Ints, sure: Ints, size: int) -> tuple[Ints, Ints]:
    rows, place = chunks.row, chunks.place
    opens = (place == 0) & (sure > 0) | (place == 1) & (sure == CALL) | (sure == AT)
    first = _first(rows, opens, size)
    called = np.where(first >= 0, person[first] if len(person) else -1, -1)
    other = (sure > 0) & (sure < COMMON_CALL) & (person != called[rows])
    second = _first(rows, other, size)
    named = np.where(second >= 0, person[second] if len(person) else -1, -1)
    return called, named

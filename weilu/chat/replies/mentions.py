"""Whom chunks name: by a name alone, before a colon, behind an @."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from weilu.chat.replies.classes import stop_book
from weilu.chat.replies.talk import Bools, Ints
from weilu.core.texts import EDGES, JOINT, Book, Chunks, Joined, numbers_of

PLAIN, CALL, AT, COMMON_CALL = 1, 2, 3, 4
"""How surely a chunk names somebody; 0 for not at all."""
_CALLS: Final = ":,：，;"
_HEAD_MARKS: Final = "：，:"
_AT: Final = "@＠"
_LONGEST_NAME: Final = 40


def with_joints(texts: Sequence[str], names: Mapping[str, int]) -> Sequence[str]:
    """Texts with blanks inside names called with @ made part of the name, two at most."""
    if not any(" " in name for name in names) or not any("@" in text for text in texts):
        return texts
    return [_join_names(text, names) if "@" in text else text for text in texts]


def _join_names(text: str, names: Mapping[str, int]) -> str:
    chunks = text.split()
    joined, at = list[str](), 0
    while at < len(chunks):
        size = 1
        if chunks[at].startswith("@"):
            for more in (3, 2):
                whole = " ".join(chunks[at : at + more]).casefold()
                if whole[1:].strip(EDGES) in names:
                    size = more
                    break
        joined.append(JOINT.join(chunks[at : at + size]))
        at += size
    return " ".join(joined)


def people_named(
    joined: Joined, chunks: Chunks, names: Mapping[str, int], book: Book
) -> tuple[Ints, Ints]:
    """Whom each chunk names, -1 for nobody, and how surely (0 for not at all)."""
    keys = joined.stretches.keys
    bare_key = keys(chunks.bare_start, chunks.bare_end)
    person = book.get(bare_key, -1)
    # Most chunks are bare: only the others are looked up a second time.
    dressed = np.flatnonzero(
        (person < 0) & (chunks.end - chunks.start > chunks.bare_end - chunks.bare_start)
    )
    person[dressed] = book.get(keys(chunks.start[dressed], chunks.end[dressed]), -1)
    calls = np.isin(joined.codes[chunks.end - 1], numbers_of(_CALLS))
    short = chunks.bare_end - chunks.bare_start < 3
    short &= ~joined.has(chunks.bare_start, chunks.bare_end, joined.codes > 127)
    common = short | (stop_book().get(bare_key, 0) > 0)
    sure = np.where(calls, np.where(common, COMMON_CALL, CALL), np.where(common, 0, PLAIN))
    sure = np.where(person >= 0, sure, 0)
    nobody = person < 0
    person[sure == 0] = -1
    _find_heads(joined, chunks, book, nobody, (person, sure))
    _find_called(joined, chunks, names, (person, sure))
    return person, sure


def _find_heads(
    joined: Joined, chunks: Chunks, book: Book, nobody: Bools, found: tuple[Ints, Ints]
) -> None:
    """Chinese writers leave no blank after the name: "小明：看这里"."""
    person, sure = found
    for mark in _HEAD_MARKS:
        at = np.flatnonzero(joined.codes == ord(mark))
        if not len(at):
            continue
        first = at[np.minimum(np.searchsorted(at, chunks.start), len(at) - 1)]
        rows = np.flatnonzero(
            nobody & (person < 0) & (first >= chunks.start) & (first < chunks.end)
        )
        head = book.get(joined.stretches.keys(chunks.start[rows], first[rows]), -1)
        person[rows] = head
        sure[rows] = np.where(head >= 0, CALL, 0)


def _find_called(
    joined: Joined, chunks: Chunks, names: Mapping[str, int], found: tuple[Ints, Ints]
) -> None:
    """Names behind an @: the longest that the chunk begins with."""
    person, sure = found
    rows = np.flatnonzero(
        np.isin(joined.codes[chunks.start], numbers_of(_AT)) & (chunks.end - chunks.start > 1)
    )
    seen: dict[str, int] = {}
    for row, start, end in zip(
        rows.tolist(), chunks.start[rows].tolist(), chunks.end[rows].tolist(), strict=True
    ):
        rest = joined.text[start + 1 : min(end, start + 1 + _LONGEST_NAME)]
        if rest not in seen:
            seen[rest] = _longest(rest.replace(JOINT, " "), names)
        person[row] = seen[rest]
        sure[row] = AT if seen[rest] >= 0 else 0


def _longest(rest: str, names: Mapping[str, int]) -> int:
    for end in range(len(rest), 0, -1):
        person = names.get(rest[:end], -1)
        if person >= 0:
            return person
    return -1

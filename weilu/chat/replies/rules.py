"""Who answers whom: decides for each message which earlier one it answers (J-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from weilu.chat.replies.context import Context, read_context, take
from weilu.chat.replies.features import message_features, pair_features
from weilu.chat.replies.questions import questions
from weilu.chat.replies.scorer import Weights, prepare, shares, shipped_weights
from weilu.chat.replies.talk import Bools, Floats, Ints, Links, Talk
from weilu.core.helper import NOBODY, Helper

__all__ = ["CONTEXT", "Links", "Talk", "link"]

CONTEXT: Final = 1200
"""So many messages before `start` make the result the same as with all that came before."""
_BLOCK: Final = 512
# Who speaks next says something of a message, too.
_AHEAD: Final = 1


@dataclass(frozen=True, slots=True)
class _Part:
    """Messages that people wrote, as columns: whom each is said to answer, whether it asks.

    `wanted` are the rows to decide, ascending; the others are context.
    """

    sent_ms: Ints
    speaker: NDArray[np.int32]
    text: Sequence[str]
    answered: Ints
    asks: Bools
    wanted: Ints
    names: Mapping[str, int]

    def rows(self, start: int, end: int, wanted: Ints) -> _Part:
        """A stretch of the rows, of which others are wanted, by their numbers in the whole."""
        part = slice(start, end)
        return _Part(
            self.sent_ms[part],
            self.speaker[part],
            self.text[part],
            self.answered[part],
            self.asks[part],
            wanted - start,
            self.names,
        )


@dataclass(frozen=True, slots=True)
class _Decided:
    """Whom rows call and name; of the wanted ones what they answer and how sure that is."""

    called: Ints
    named: Ints
    chosen: Ints
    share: Floats


def link(talk: Talk, start: int = 0, asks: Bools | None = None, helper: Helper = NOBODY) -> Links:
    """Parent and confidence of every row; rows before `start` are context and link to themselves.

    An explicit reply keeps its parent with confidence 1. A notice answers nobody. Times count
    in whole minutes, so coarse clocks do no harm. Parents always stand before their children.
    `asks` is what `questions` says of the texts, where it is known already; `helper` links half
    of them.
    """
    return link_with(shipped_weights(), talk, start, asks, helper)


def link_with(
    weights: Weights,
    talk: Talk,
    start: int = 0,
    asks: Bools | None = None,
    helper: Helper = NOBODY,
) -> Links:
    """The same as `link`, with other weights."""
    size = len(talk.text)
    parent = np.arange(size, dtype=np.int32)
    confidence = np.zeros(size, np.float32)
    confidence[start:] = 1.0
    explicit = _is_explicit(talk.explicit, start)
    kept, first = _spoken(talk.speaker, start)
    # What the platform says needs no deciding.
    wanted = first + np.flatnonzero(~explicit[kept[first:] - start])
    called, named = np.full(size, -1, np.int64), np.full(size, -1, np.int64)
    if len(kept) > first:
        found = _decided(weights, _spoken_part(talk, kept, wanted, asks), helper)
        called[kept], named[kept] = found.called, found.named
        parent[kept[wanted]] = kept[found.chosen]
        confidence[kept[wanted]] = found.share
    pinned = np.arange(start, size)[explicit]
    parent[pinned] = talk.explicit[pinned]
    confidence[pinned] = 1.0
    return Links(parent, confidence, called, named)


def _is_explicit(explicit: NDArray[np.int32], start: int) -> NDArray[np.bool_]:
    rows = np.arange(start, len(explicit))
    return (explicit[start:] >= 0) & (explicit[start:] < rows)


def _spoken(speaker: NDArray[np.int32], start: int) -> tuple[Ints, int]:
    """Rows of messages that are context or to be decided, and how many of them are context."""
    rows = np.flatnonzero(speaker >= 0)
    first = int(np.searchsorted(rows, start))
    skipped = max(first - CONTEXT, 0)
    return rows[skipped:], first - skipped


def spoken_context(talk: Talk, kept: Ints, asks: Bools | None = None) -> Context:
    """Context of the kept rows, which must leave out notices."""
    return _context(_spoken_part(talk, kept, kept[:0], asks))


def _spoken_part(talk: Talk, kept: Ints, wanted: Ints, asks: Bools | None) -> _Part:
    answered = take(talk.speaker.astype(np.int64), talk.explicit.astype(np.int64))[kept]
    text = [talk.text[row] for row in kept.tolist()]
    said = questions(text) if asks is None else asks[kept]
    return _Part(talk.sent_ms[kept], talk.speaker[kept], text, answered, said, wanted, talk.names)


def _context(part: _Part) -> Context:
    nothing = np.zeros(0, np.int32)
    talk = Talk(part.sent_ms, part.speaker, part.text, nothing, part.names)
    return read_context(talk, part.asks, part.answered)


def _decided(weights: Weights, part: _Part, helper: Helper) -> _Decided:
    """What is decided of a part; half of it by the helper where there is enough to do."""
    # Between two blocks, so that all are the same as in one go.
    middle = len(part.wanted) // 2 // _BLOCK * _BLOCK
    if not helper.is_there or not middle:
        return _decide(weights, part, slice(None))
    cut = int(part.wanted[middle])
    begin = max(cut - CONTEXT, 0)
    before = part.rows(0, cut + _AHEAD, part.wanted[:middle])
    after = part.rows(begin, len(part.text), part.wanted[middle:])
    one, other = helper.both(
        _decide, (weights, before, slice(cut)), (weights, after, slice(cut - begin, None))
    )
    return _Decided(
        np.concatenate([one.called, other.called]),
        np.concatenate([one.named, other.named]),
        np.concatenate([one.chosen, other.chosen + begin]),
        np.concatenate([one.share, other.share]),
    )


def _decide(weights: Weights, part: _Part, mine: slice) -> _Decided:
    """The parent of each wanted row, or the row itself, and how sure that is.

    Whom `mine` of the rows name: the others are context.
    """
    context, wanted = _context(part), part.wanted
    prepared = prepare(weights, message_features(context))
    chosen = wanted.copy()
    share = np.zeros(len(wanted), np.float32)
    for begin in range(0, len(wanted), _BLOCK):
        some = slice(begin, begin + _BLOCK)
        pairs = pair_features(context, wanted[some])
        found = shares(weights, prepared, wanted[some], pairs)
        # Rounded, so that the shape of a block cannot turn a tie.
        best = np.round(found, 4).argmax(axis=1)
        rows = np.arange(len(best))
        picked = pairs.parent[rows, np.maximum(best - 1, 0)]
        chosen[some] = np.where(best > 0, picked, wanted[some])
        share[some] = found[rows, best]
    words = context.words
    return _Decided(words.called[mine], words.named[mine], chosen, share)

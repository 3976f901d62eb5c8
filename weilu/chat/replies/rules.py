"""Who answers whom: decides for each message which earlier one it answers (J-1)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from weilu.chat.replies.context import Context, read_context, take
from weilu.chat.replies.features import message_features, pair_features
from weilu.chat.replies.questions import questions
from weilu.chat.replies.scorer import Weights, prepare, shares, shipped_weights
from weilu.chat.replies.talk import Bools, Floats, Ints, Links, Talk

__all__ = ["CONTEXT", "Links", "Talk", "link"]

CONTEXT: Final = 1200
"""So many messages before `start` make the result the same as with all that came before."""
_BLOCK: Final = 512


def link(talk: Talk, start: int = 0, asks: Bools | None = None) -> Links:
    """Parent and confidence of every row; rows before `start` are context and link to themselves.

    An explicit reply keeps its parent with confidence 1. A notice answers nobody. Times count
    in whole minutes, so coarse clocks do no harm. Parents always stand before their children.
    `asks` is what `questions` says of the texts, where it is known already.
    """
    return link_with(shipped_weights(), talk, start, asks)


def link_with(weights: Weights, talk: Talk, start: int = 0, asks: Bools | None = None) -> Links:
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
        context = spoken_context(talk, kept, asks)
        called[kept], named[kept] = context.words.called, context.words.named
        chosen, share = _decide(weights, context, wanted)
        parent[kept[wanted]] = kept[chosen]
        confidence[kept[wanted]] = share
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
    answered = take(talk.speaker.astype(np.int64), talk.explicit.astype(np.int64))[kept]
    text = [talk.text[row] for row in kept.tolist()]
    part = Talk(talk.sent_ms[kept], talk.speaker[kept], text, talk.explicit[kept], talk.names)
    return read_context(part, questions(text) if asks is None else asks[kept], answered)


def _decide(weights: Weights, context: Context, wanted: Ints) -> tuple[Ints, Floats]:
    """The parent of each wanted row, or the row itself, and how sure that is."""
    prepared = prepare(weights, message_features(context))
    chosen = wanted.copy()
    share = np.zeros(len(wanted), np.float32)
    for begin in range(0, len(wanted), _BLOCK):
        part = slice(begin, begin + _BLOCK)
        pairs = pair_features(context, wanted[part])
        found = shares(weights, prepared, wanted[part], pairs)
        # Rounded, so that the shape of a block cannot turn a tie.
        best = np.round(found, 4).argmax(axis=1)
        rows = np.arange(len(best))
        picked = pairs.parent[rows, np.maximum(best - 1, 0)]
        chosen[part] = np.where(best > 0, picked, wanted[part])
        share[part] = found[rows, best]
    return chosen, share

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
    kept, first = _spoken(talk.speaker, start)
    if len(kept) > first:
        context = spoken_context(talk, kept, asks)
        chosen, share = _decide(weights, context, first)
        parent[kept[first:]] = kept[chosen]
        confidence[kept[first:]] = share
    pinned = np.arange(start, size)[_is_explicit(talk.explicit, start)]
    parent[pinned] = talk.explicit[pinned]
    confidence[pinned] = 1.0
    return Links(parent, confidence)


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


def _decide(weights: Weights, context: Context, first: int) -> tuple[Ints, Floats]:
    size = len(context.minute)
    prepared = prepare(weights, message_features(context))
    chosen = np.arange(first, size)
    share = np.zeros(size - first, np.float32)
    for begin in range(first, size, _BLOCK):
        end = min(begin + _BLOCK, size)
        pairs = pair_features(context, begin, end)
        found = shares(
            weights, prepared, slice(begin, end), pairs.parent, pairs.real, pairs.feature
        )
        # Rounded, so that the shape of a block cannot turn a tie.
        best = np.round(found, 4).argmax(axis=1)
        rows = np.arange(end - begin)
        picked = pairs.parent[rows, np.maximum(best - 1, 0)]
        chosen[begin - first : end - first] = np.where(best > 0, picked, rows + begin)
        share[begin - first : end - first] = found[rows, best]
    return chosen, share

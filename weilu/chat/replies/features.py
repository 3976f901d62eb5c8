"""Features of messages and of pairs (message, earlier message) for the link scorer."""

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from weilu.chat.replies.context import LOOKBACK, Context
from weilu.chat.replies.talk import Bools, Floats, Ints
from weilu.chat.replies.words import BITS, WORD_WINDOW, shared_words

Columns: TypeAlias = list[NDArray[Any]]

NEAR: Final = 32
"""The last messages are all candidates; older ones only by a pointer of the context."""
FAR: Final = (
    "own1", "own2", "to_me1", "to_me2", "from_called1", "from_called2", "from_named", "called_me",
)  # fmt: skip
SLOTS: Final = NEAR + len(FAR)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidates of a block of rows: `parent` (rows, SLOTS), `real`, and features (F, pairs)."""

    parent: Ints
    real: Bools
    feature: Floats


def candidates(context: Context, begin: int, end: int) -> tuple[Ints, Bools]:
    """Candidate rows (rows, SLOTS) of each message and which of them are real."""
    rows = np.arange(begin, end)[:, None]
    near = rows - np.arange(1, NEAR + 1)
    far = np.stack([getattr(context, name)[begin:end] for name in FAR], axis=1)
    seen = np.zeros(far.shape, bool)
    for slot in range(1, far.shape[1]):
        seen[:, slot] = (far[:, slot, None] == far[:, :slot]).any(axis=1)
    real_far = (far >= 0) & (rows - far > NEAR) & (rows - far <= LOOKBACK) & ~seen
    parent = np.concatenate([near, far], axis=1)
    return np.maximum(parent, 0), np.concatenate([near >= 0, real_far], axis=1)


def message_features(context: Context) -> Floats:
    """Features of every message alone, shape (rows, M): as answering and as answered message."""
    words = context.words
    shifts = np.arange(BITS)
    rows = np.arange(len(context.minute))
    gap = np.diff(context.minute, prepend=context.minute[:1])
    own_gap = np.where(context.own1 >= 0, rows - context.own1, LOOKBACK)
    own_wait = np.where(context.own1 >= 0, context.minute - context.minute[context.own1], 600)
    me_gap = np.where(context.to_me1 >= 0, rows - context.to_me1, LOOKBACK)
    hour_size = rows - np.searchsorted(context.minute, context.minute - 5)
    columns = [
        context.asks,
        context.called >= 0,
        (context.called >= 0) & (context.from_called1 < 0),
        context.named >= 0,
        np.log1p(context.length),
        context.length <= 2,
        np.log1p(gap),
        np.log1p(own_gap),
        np.log1p(np.minimum(own_wait, 600)),
        context.own1 < 0,
        context.own1 == rows - 1,
        np.log1p(me_gap),
        context.to_me1 < 0,
        context.to_me1 > context.own1,
        np.log1p(np.minimum(hour_size, 64)),
        (context.called >= 0) & (context.called == context.partner1),
        (context.called >= 0) & (context.called == context.caller1),
    ]
    table = [np.asarray(c, np.float32) for c in columns]
    whole = ((words.bits[:, None] >> shifts) & 1).astype(np.float32)
    opening = ((words.opening[:, None] >> shifts) & 1).astype(np.float32)
    return np.concatenate([np.stack(table, axis=1), whole, opening], axis=1)


def pair_features(context: Context, begin: int, end: int) -> Pairs:
    """Candidates of rows begin..end with the features of every pair."""
    parent, real = candidates(context, begin, end)
    rows = np.arange(begin, end)
    kid = rows[:, None]
    gap = np.minimum(kid - parent, LOOKBACK)
    minutes = np.minimum(context.minute[begin:end, None] - context.minute[parent], 600)
    columns = [
        *_distance(context, kid, parent, gap, minutes),
        *_people(context, kid, parent),
        *_order(context, kid, parent),
        *_overlap(context, begin, end, parent, gap),
    ]
    feature = np.empty((len(columns), parent.size), np.float32)
    for place, column in enumerate(columns):
        feature[place] = column.reshape(-1)
    return Pairs(parent, real, feature)


def _distance(context: Context, kid: Ints, parent: Ints, gap: Ints, minutes: Ints) -> Columns:
    turns = context.turns[kid] - context.turns[parent]
    return [
        np.log1p(gap),
        1.0 / gap.clip(1),
        gap == 1,
        gap == 2,
        gap == 3,
        gap <= 6,
        np.log1p(minutes),
        minutes == 0,
        minutes == 1,
        minutes <= 3,
        minutes <= 10,
        np.log1p(turns),
        turns <= 1,
    ]


def _people(context: Context, kid: Ints, parent: Ints) -> Columns:
    me, other = context.speaker[kid], context.speaker[parent]
    called, named = context.called[kid], context.named[kid]
    their_called, their_named = context.called[parent], context.named[parent]
    same = me == other
    return [
        same,
        called == other,
        named == other,
        (called >= 0) & (called != other) & ~same,
        (called >= 0) & same,
        their_called == me,
        their_named == me,
        (their_called >= 0) & (their_called != me) & ~same,
        (called >= 0) & (called == their_called),
        (called >= 0) & (called == their_named),
        same & (called < 0) & (their_called >= 0),
        context.partner1[kid] == other,
        context.partner2[kid] == other,
        context.caller1[kid] == other,
        context.caller2[kid] == other,
        (their_called >= 0) & (their_called == context.partner1[kid]),
        context.partner1[parent] == me,
        context.asks[parent] & ~same,
        context.asks[parent] & (called == other),
        context.asks[kid] & same,
    ]


def _order(context: Context, kid: Ints, parent: Ints) -> Columns:
    own_next, reply_next = context.own_next[parent], context.reply_next[parent]
    newest = own_next >= kid
    last_two = newest | (context.own_next[np.minimum(own_next, len(context.minute) - 1)] >= kid)
    own1, own2 = context.own1[kid], context.own2[kid]
    return [
        newest,
        last_two,
        own_next == parent + 1,
        own_next == parent + 2,
        parent == own1,
        parent == own2,
        parent > own1,
        (parent > own2) & (parent <= own1),
        parent <= context.own3[kid],
        reply_next < kid,
        (reply_next < kid) & (reply_next == own1),
        parent == context.to_me1[kid],
        parent == context.from_called1[kid],
        parent == context.called_me[kid],
        parent > context.called_me[kid],
        (context.own1[parent] == parent - 1),
        context.own1[parent] < 0,
    ]


def _overlap(context: Context, begin: int, end: int, parent: Ints, gap: Ints) -> Columns:
    table = shared_words(context.words, begin, end)
    inside = gap <= WORD_WINDOW
    rows = np.arange(end - begin)[:, None]
    shared = table[rows, np.where(inside, gap, 0)] * inside
    own = table[:, :1]
    return [
        np.sqrt(shared),
        shared / (own + 4.0),
        shared > 6.0,
        shared >= shared.max(axis=1, keepdims=True).clip(0.1),
    ]

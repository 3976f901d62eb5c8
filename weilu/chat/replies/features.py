"""Features of messages and of pairs (message, earlier message) for the link scorer."""

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from weilu.chat.replies.classes import BITS
from weilu.chat.replies.context import LOOKBACK, Context
from weilu.chat.replies.rare import WORD_WINDOW, shared_words
from weilu.chat.replies.talk import Bools, Floats, Ints

Columns: TypeAlias = list[NDArray[Any]]

NEAR: Final = 16
"""The last messages are all candidates; older ones only by a pointer of the context."""
FAR: Final = (
    "own1", "own2", "to_me1", "to_me2", "from_called1", "from_called2", "from_named", "called_me",
)  # fmt: skip
SLOTS: Final = NEAR + len(FAR)
_MINUTES: Final = 600
"""Longer waits say no more."""
# Looked up: all of it are small whole numbers, and the logarithm of many costs more than the rest.
_LOGS: Final = np.log1p(np.arange(max(LOOKBACK, _MINUTES) + 1)).astype(np.float32)
_SHARES: Final = (1.0 / np.arange(LOOKBACK + 1).clip(1)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidates of some rows: `parent` and which are `real`, both (rows, SLOTS).

    `feature` holds the features of the real ones only, in their order: (F, pairs).
    """

    parent: Ints
    real: Bools
    feature: Floats


def candidates(context: Context, wanted: Ints) -> tuple[Ints, Bools]:
    """Candidate rows (rows, SLOTS) of each wanted row and which of them are real."""
    rows = wanted[:, None]
    near = rows - np.arange(1, NEAR + 1)
    far = np.stack([getattr(context, name)[wanted] for name in FAR], axis=1)
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


def pair_features(context: Context, wanted: Ints) -> Pairs:
    """Candidates of the wanted rows, which must ascend, with the features of every real pair."""
    parents, real = candidates(context, wanted)
    kid = np.repeat(wanted, real.sum(axis=1))
    parent = parents[real]
    gap = np.minimum(kid - parent, LOOKBACK)
    minutes = np.minimum(context.minute[kid] - context.minute[parent], _MINUTES)
    columns = [
        *_distance(context, kid, parent, gap, minutes),
        *_people(context, kid, parent),
        *_order(context, kid, parent),
        *_overlap(context, wanted, real, gap),
    ]
    feature = np.empty((len(columns), parent.size), np.float32)
    for place, column in enumerate(columns):
        feature[place] = column
    return Pairs(parents, real, feature)


def _distance(context: Context, kid: Ints, parent: Ints, gap: Ints, minutes: Ints) -> Columns:
    turns = context.turns[kid] - context.turns[parent]
    return [
        _LOGS[gap],
        _SHARES[gap],
        gap == 1,
        gap == 2,
        gap == 3,
        gap <= 6,
        _LOGS[minutes],
        minutes == 0,
        minutes == 1,
        minutes <= 3,
        minutes <= 10,
        _LOGS[turns],
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


def _overlap(context: Context, wanted: Ints, real: Bools, gap: Ints) -> Columns:
    if not len(wanted):
        return [np.zeros(0, np.float32)] * 4
    begin, words = int(wanted[0]), context.words
    table = shared_words(words.own, words.shared, begin, int(wanted[-1]) + 1)[wanted - begin]
    rows = np.nonzero(real)[0]
    inside = gap <= WORD_WINDOW
    shared = table[rows, np.where(inside, gap, 0)] * inside
    most = np.zeros(real.shape, np.float32)
    most[real] = shared
    return [
        np.sqrt(shared),
        shared / (table[:, 0] + 4.0)[rows],
        shared > 6.0,
        shared >= most.max(axis=1).clip(0.1)[rows],
    ]

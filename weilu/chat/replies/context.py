"""What stood before every message: who spoke to whom last, as row numbers, for all rows at once."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from weilu.chat.replies.talk import Bools, Ints, Talk
from weilu.chat.replies.words import Words, read_words

LOOKBACK: Final = 400
"""Rows further back than this are never an answered message, nor context of one."""


class Last:
    """Finds, for a person and a row, the latest earlier row whose `who` is that person."""

    def __init__(self, who: Ints) -> None:
        self.size = len(who)
        rows = np.flatnonzero(who >= 0)
        self.keys = np.sort(who[rows] * self.size + rows)

    def before(self, person: Ints, row: Ints) -> Ints:
        """Latest row under `row` with the person, at most LOOKBACK rows back, else -1."""
        if not len(self.keys):
            return np.full(len(row), -1, np.int64)
        at = np.searchsorted(self.keys, person * self.size + row) - 1
        key = self.keys[np.maximum(at, 0)]
        found = key - person * self.size
        good = (at >= 0) & (found >= 0) & (person >= 0) & (row >= 0) & (row - found <= LOOKBACK)
        return np.where(good, found, -1)

    def after(self, person: Ints, row: Ints) -> Ints:
        """Earliest row above `row` with the person, else the number of rows."""
        if not len(self.keys):
            return np.full(len(row), self.size, np.int64)
        at = np.searchsorted(self.keys, person * self.size + row, side="right")
        key = self.keys[np.minimum(at, len(self.keys) - 1)] - person * self.size
        good = (at < len(self.keys)) & (key < self.size) & (person >= 0)
        return np.where(good, key, self.size)


@dataclass(frozen=True, slots=True)
class Context:
    """Columns over the messages people wrote (notices left out); rows of -1 mean none.

    `own1..own3` the speaker's own messages before; `own_next` his next one; `to_me1`, `to_me2`
    messages that addressed him; `from_called1`, `from_called2` messages of the person he
    addresses; `from_named` of the other person named; `called_me` the last of the addressed
    person to him; `reply_next` the next message that addresses the speaker; `partner1`,
    `partner2` whom he addressed before; `caller1`, `caller2` who addressed him.
    """

    minute: Ints
    speaker: Ints
    words: Words
    called: Ints
    named: Ints
    asks: Bools
    length: Ints
    own1: Ints
    own2: Ints
    own3: Ints
    own_next: Ints
    to_me1: Ints
    to_me2: Ints
    from_called1: Ints
    from_called2: Ints
    from_named: Ints
    called_me: Ints
    reply_next: Ints
    partner1: Ints
    partner2: Ints
    caller1: Ints
    caller2: Ints
    turns: Ints


def take(values: Ints, rows: Ints) -> Ints:
    """Values at the rows, -1 where the row is -1."""
    return np.where(rows >= 0, values[rows], -1) if len(values) else rows


def read_context(talk: Talk, asks: Bools, answered: Ints) -> Context:
    """Context of a talk without notices; `answered` is the person replied to explicitly, or -1."""
    return _Builder(talk, answered).build(asks)


class _Builder:
    def __init__(self, talk: Talk, answered: Ints) -> None:
        self.talk = talk
        self.answered = answered
        self.rows = np.arange(len(talk.text))
        self.speaker = talk.speaker.astype(np.int64)
        self.words = read_words(talk.text, talk.names)
        self.said = Last(self.speaker)
        self.called, self.named = self._mentions()
        self.addressed = Last(self.called)
        self.callers = np.where(self.called >= 0, self.speaker, -1)

    def _mentions(self) -> tuple[Ints, Ints]:
        called = np.where(self.words.called == self.speaker, -1, self.words.called)
        called = np.where(called < 0, self.answered, called)
        called = np.where(called == self.speaker, -1, called)
        named = np.where(self.words.named == self.speaker, -1, self.words.named)
        # A name nobody carried lately is more likely a word of the sentence.
        named = np.where(self.said.before(named, self.rows) >= 0, named, -1)
        return called, named

    def _exchange(self) -> dict[str, Ints]:
        calling = Last(self.callers)
        mine1 = calling.before(self.speaker, self.rows)
        mine2 = calling.before(self.speaker, mine1)
        to_me1 = self.addressed.before(self.speaker, self.rows)
        to_me2 = self.addressed.before(self.speaker, to_me1)
        return {
            "to_me1": to_me1,
            "to_me2": to_me2,
            "reply_next": self.addressed.after(self.speaker, self.rows),
            "partner1": take(self.called, mine1),
            "partner2": take(self.called, mine2),
            "caller1": take(self.speaker, to_me1),
            "caller2": take(self.speaker, to_me2),
        }

    def _addressee(self) -> dict[str, Ints]:
        first = self.said.before(self.called, self.rows)
        both = np.where(
            (self.called >= 0) & (self.speaker >= 0), self.speaker * (1 << 20) + self.called, -1
        )
        return {
            "from_called1": first,
            "from_called2": self.said.before(self.called, first),
            "from_named": self.said.before(self.named, self.rows),
            "called_me": self._last_between(both),
        }

    def _last_between(self, pairs: Ints) -> Ints:
        """Last message the addressed person addressed to this speaker."""
        _, numbers = np.unique(pairs, return_inverse=True)
        back = np.where(
            (self.called >= 0) & (self.speaker >= 0), self.called * (1 << 20) + self.speaker, -1
        )
        ordered = np.unique(pairs)
        at = np.minimum(np.searchsorted(ordered, back), max(len(ordered) - 1, 0))
        asked = np.where((back >= 0) & (ordered[at] == back), at, -1) if len(back) else back
        return Last(np.where(pairs >= 0, numbers, -1)).before(asked, self.rows)

    def build(self, asks: Bools) -> Context:
        own1 = self.said.before(self.speaker, self.rows)
        own2 = self.said.before(self.speaker, own1)
        change = np.diff(self.speaker, prepend=self.speaker[:1]) != 0
        return Context(
            minute=self.talk.sent_ms // 60_000,
            speaker=self.speaker,
            words=self.words,
            called=self.called,
            named=self.named,
            asks=asks,
            length=self.words.count,
            own1=own1,
            own2=own2,
            own3=self.said.before(self.speaker, own2),
            own_next=self.said.after(self.speaker, self.rows),
            turns=np.cumsum(change),
            **self._exchange(),
            **self._addressee(),
        )

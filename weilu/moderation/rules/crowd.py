"""What is known of the accounts of a group and of its talk, message by message (B-5).

`Crowd.hear` takes a batch in order of time and gives columns: how new each writer is, how often
the text was said before by the same and by other accounts, how many of its letter pairs nobody
here ever used, and how fast the writer writes. It keeps only what the next batch needs: bounded
by the number of accounts, by two generations of texts, and by one table of letter pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from weilu.moderation.rules.folding import NEWLINE, Codes, Joined

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

DAY_MS = 86_400_000
PAIRS = 1 << 20
SETTLED_MESSAGES = 10  # from here on an account is no newcomer
SETTLED_DAYS = 2
SPEAKS_FOR_GROUP = 3  # from its third message on an account's words are the group's words
KNOWN_TALK = 2_000  # letter pairs a group must have used before unheard ones mean anything
FLOOD_MS = 10_000
GENERATION = 50_000  # texts remembered: between one and two of these
LEAST_REPEAT = 9 * 4  # bytes of eight folded characters and a break: no accident to say the same
UNKNOWN = 0.2  # the share of unheard pairs where nothing is known of the talk
LETTERS_AT_ONCE = 4096


@dataclass(slots=True)
class Account:
    """What the next message of an account is judged by. Times in ms since 1970, UTC."""

    messages: int = 0
    first_ms: int = 0
    days: int = 0
    last_day: int = -1
    evidence: float = 0.0
    last_text: int = 0
    same: int = 0
    window_ms: int = 0
    in_window: int = 0
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """Columns of a batch, one row a message.

    `before` messages the writer wrote earlier, `days` on how many days, `own` how often the
    writer said the same in a row, `others` how many other accounts said the same, `unheard` the
    share (0 to 1) of letter pairs that nobody here used before, `flood` messages of the writer
    within ten seconds, `trusted` staff and members a person vouched for.
    """

    before: Whole
    days: Whole
    own: Whole
    others: Whole
    unheard: Numbers
    flood: Whole
    trusted: npt.NDArray[np.bool_]

    def new(self) -> npt.NDArray[np.bool_]:
        """Whether the writer is a newcomer."""
        return (self.before < SETTLED_MESSAGES) | (self.days < SETTLED_DAYS) & (self.before < 30)


@dataclass(slots=True)
class Crowd:
    """The accounts and the talk of one group (or of several that belong together)."""

    accounts: dict[int, Account] = field(default_factory=dict)
    pairs: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(PAIRS, dtype=bool))
    names: set[str] = field(default_factory=set)
    used: int = 0
    _waiting: list[tuple[Codes, Whole, npt.NDArray[np.bool_]]] = field(default_factory=list)
    _letters: int = 0
    _young: dict[int, set[int]] = field(default_factory=dict)
    _old: dict[int, set[int]] = field(default_factory=dict)

    def hear(self, batch: Joined, writers: Sequence[int], times: Sequence[int]) -> Heard:
        """Take a batch in order of time; what was known before each message, as columns."""
        bounds = _bounds(batch)
        raw, places = batch.folded.tobytes(), (bounds * 4).tolist()
        rows = [
            self._one(writer, sent, raw[first : end - 4], end - first)
            for writer, sent, first, end in zip(writers, times, places, places[1:], strict=False)
        ]
        columns = zip(*rows, strict=True) if rows else [()] * 6
        before, days, own, others, flood, trusted = (np.array(column) for column in columns)
        heard = Heard(before, days, own, others, np.zeros(len(rows)), flood, trusted.astype(bool))
        new = heard.new()
        if new.any():
            heard.unheard[:] = self._unheard(batch, bounds, new)
        self._keep(batch, bounds, before + 1 >= SPEAKS_FOR_GROUP)
        return heard

    def _one(
        self, writer: int, sent: int, text: bytes, size: int
    ) -> tuple[int, int, int, int, int, bool]:
        """Book one message: before, days, own, others, flood, trusted."""
        account = self.accounts.get(writer)
        if account is None:
            account = self.accounts[writer] = Account(first_ms=sent)
        before, days = account.messages, account.days
        account.messages = before + 1
        day = sent // DAY_MS
        if day != account.last_day:
            account.last_day = day
            account.days = days + 1
        if sent - account.window_ms > FLOOD_MS or sent < account.window_ms:
            account.window_ms, account.in_window = sent, 0
        account.in_window += 1
        others = 0
        own = 0
        if size >= LEAST_REPEAT:
            number = hash(text)
            own = account.same = account.same + 1 if number == account.last_text else 0
            account.last_text = number
            others = self._others(number, writer)
        return before, days, own, others, account.in_window, account.trusted

    def _others(self, text: int, writer: int) -> int:
        """How many other accounts said the text; books that this one did."""
        said = self._young.get(text)
        if said is None:
            if len(self._young) >= GENERATION:
                self._old, self._young = self._young, {}
            said = self._young[text] = self._old.get(text, set())
        others = len(said) - (writer in said)
        if len(said) < 16:
            said.add(writer)
        return others

    def _unheard(self, batch: Joined, bounds: Whole, rows: npt.NDArray[np.bool_]) -> Numbers:
        """The share of letter pairs that nobody used before, of some texts; 0 for the rest."""
        count = len(rows)
        if self.used < KNOWN_TALK:
            return np.where(rows, UNKNOWN, 0.0)
        pairs, owner = _pairs(batch.folded, bounds, rows)
        total = np.bincount(owner, minlength=count)
        fresh = np.bincount(owner, weights=~self.pairs[pairs], minlength=count)
        return np.where(rows, np.where(total > 0, fresh / np.maximum(total, 1), UNKNOWN), 0.0)

    def _keep(self, batch: Joined, bounds: Whole, speaks: npt.NDArray[np.bool_]) -> None:
        """Remember the letter pairs of those who belong here, many texts at a time."""
        self._waiting.append((batch.folded, bounds, speaks))
        self._letters += len(batch.folded)
        if self._letters < LETTERS_AT_ONCE:
            return
        for folded, ends, rows in self._waiting:
            pairs, _ = _pairs(folded, ends, rows)
            self.pairs[pairs] = True
        if self.used < KNOWN_TALK:
            self.used = int(np.count_nonzero(self.pairs))
        self._waiting.clear()
        self._letters = 0


def _bounds(batch: Joined) -> Whole:
    """Where each text begins in `folded`, and one past the end of the last one.

    Between two texts `folded` keeps a line break, so text n ends one before text n + 1 begins.
    """
    bounds = np.empty(len(batch.starts) + 1, dtype=np.int64)
    bounds[:-1] = batch.kept.searchsorted(batch.starts)
    bounds[-1] = len(batch.folded) + 1
    return bounds


def _pairs(folded: Codes, bounds: Whole, rows: npt.NDArray[np.bool_]) -> tuple[Whole, Whole]:
    """Numbers of the letter pairs (0 to 2**20) of some texts, and the text each stands in."""
    owner = np.arange(len(rows)).repeat(np.diff(bounds))[: len(folded)]
    first, second = folded[:-1], folded[1:]
    where = ((first != NEWLINE) & (second != NEWLINE) & rows[owner[:-1]]).nonzero()[0]
    mixed = first[where] * np.uint32(0x9E3779B1) + second[where] * np.uint32(0x85EBCA77)
    return ((mixed >> np.uint32(11)) & np.uint32(PAIRS - 1)).astype(np.int64), owner[where]

"""What is known of the accounts of a group and of its talk, message by message (B-5).

`Crowd.hear` takes a batch in order of time and gives columns: how new each writer is, how often
the text was said before by the same and by other accounts, how many of its letter pairs nobody
here ever used, and how fast the writer writes. It keeps only what the next batch needs: bounded
by the number of accounts, by two generations of texts, and by one table of letter pairs. Groups
that are heard together share a `Ledger`; `hear_all` takes a batch of thousands of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, compress, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from weilu.moderation.rules.folding import NEWLINE, Codes, Joined, codes_of
from weilu.moderation.rules.ledger import FEW_ROWS, Account, Ledger, Rows

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Pairs = npt.NDArray[np.uint32]
Bits = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

PAIRS = 1 << 20
SETTLED_MESSAGES = 10  # from here on an account is no newcomer
SETTLED_DAYS = 2
SPEAKS_FOR_GROUP = 3  # from its third message on an account's words are the group's words
KNOWN_TALK = 2_000  # letter pairs a group must have used before unheard ones mean anything
LEAST_REPEAT = 8  # folded characters: no accident to say the same
UNKNOWN = 0.2  # the share of unheard pairs where nothing is known of the talk
LETTERS_AT_ONCE = 4096
_LEFT, _RIGHT = np.uint32(0x9E3779B1), np.uint32(0x85EBCA77)
_SHIFT, _MASK = np.uint32(11), np.uint32(PAIRS - 1)
_BIT = np.array([1 << n for n in range(8)], dtype=np.uint8)


class Heard(NamedTuple):
    """Columns of a batch, one row a message.

    `before` messages the writer wrote earlier, `days` on how many days, `own` how often the
    writer said the same in a row, `others` how many other accounts said the same, `unheard` the
    share (0 to 1) of letter pairs that nobody here used before, `flood` messages of the writer
    within ten seconds, `trusted` staff and members a person vouched for, `new` newcomers.
    """

    before: Whole
    days: Whole
    own: Whole
    others: Whole
    unheard: Numbers
    flood: Whole
    trusted: Flags
    new: Flags


@dataclass(slots=True)
class Crowd:
    """The accounts and the talk of one group (or of several that belong together)."""

    ledger: Ledger = field(default_factory=Ledger)
    names: set[str] = field(default_factory=set)
    used: int = 0
    # Where this group's accounts stand in the ledger.
    room: int = field(init=False)
    # One bit for each letter pair that was used; made when the first are booked.
    _pairs: Bits | None = None
    # Folded texts that wait to be booked, and how many letters the group wrote meanwhile.
    _waiting: list[str] = field(default_factory=list)
    _letters: int = 0

    def __post_init__(self) -> None:
        self.room = self.ledger.open()

    def hear(
        self, batch: Joined, writers: Whole | Sequence[int], times: Whole | Sequence[int]
    ) -> Heard:
        """Take a batch in order of time; what was known before each message, as columns."""
        return hear_all([(self, len(batch.starts))], batch, writers, times)[0]

    def account(self, writer: int) -> Account:
        """What is known of somebody here; of a stranger, nothing."""
        return self.ledger.account(self.room, writer)

    def trust(self, writers: Iterable[int]) -> None:
        """Give people the benefit of the doubt, from now on."""
        members = np.array(list(writers), dtype=np.int64)
        self.ledger.trust(np.full(len(members), self.room), members)

    def forget(self) -> None:
        """Take the group's accounts out of the ledger; the crowd cannot hear any more."""
        self.ledger.close(self.room)

    def weight(self) -> int:
        """How much is remembered beside sayings, in things of some 200 bytes each."""
        table = 0 if self._pairs is None else len(self._pairs) // 200
        accounts = len(self.ledger.writers[self.room])
        return accounts + len(self.names) + table + self._letters // 50

    def is_new(self, pairs: Pairs) -> Flags:
        """Which letter pairs nobody here used before."""
        if self._pairs is None:
            return np.ones(len(pairs), dtype=np.bool_)
        new: Flags = self._pairs[pairs >> 3] & _BIT[pairs & 7] == 0
        return new

    def keep(self, letters: int, texts: Sequence[str]) -> None:
        """Remember what those said who belong here; the group wrote so many letters with it.

        Letter pairs are booked many texts at a time.
        """
        self._letters += letters
        self._waiting += texts
        if self._letters < LETTERS_AT_ONCE:
            return
        folded = codes_of("\n".join(self._waiting))
        inside = (folded[:-1] != NEWLINE) & (folded[1:] != NEWLINE)
        said = _pairs(folded)[inside]
        if self._pairs is None:
            self._pairs = np.zeros(PAIRS // 8, dtype=np.uint8)
        if self.used < KNOWN_TALK:
            said = np.array(list(set(said.tolist())), dtype=np.uint32)
            self.used += int(np.count_nonzero(self.is_new(said)))
        np.bitwise_or.at(self._pairs, said >> 3, _BIT[said & 7])
        self._waiting.clear()
        self._letters = 0


Rooms = Sequence[tuple[Crowd, int]]


def hear_all(
    rooms: Rooms, batch: Joined, writers: Whole | Sequence[int], times: Whole | Sequence[int]
) -> tuple[Heard, Whole]:
    """Take a batch of groups of one ledger, each group's rows together and in order of time.

    `rooms` are the groups in order of their rows, with how many rows each has. Gives what each
    group knew before each message, as columns, and where in the ledger its writer stands. What
    does not hang on the message before is done for all groups in one go.
    """
    if 0 < len(batch.starts) < FEW_ROWS:
        return _hear_few(rooms, batch, _listed(writers), _listed(times))
    texts = batch.texts()
    sizes = batch.bounds[1:] - batch.bounds[:-1]
    counts = [count for _crowd, count in rooms]
    said = Rows(
        room=np.array([crowd.room for crowd, _count in rooms], dtype=np.int64).repeat(counts),
        writer=np.asarray(writers, dtype=np.int64),
        time=np.asarray(times, dtype=np.int64),
        text=list(map(hash, texts)),
        telling=sizes > LEAST_REPEAT,
    )
    ledger = rooms[0][0].ledger if rooms else Ledger()
    slot, before, days, own, others, flood, trusted = ledger.book(said)
    new = (before < SETTLED_MESSAGES) | (days < SETTLED_DAYS) & (before < 30)
    unheard = np.where(new, UNKNOWN, 0.0)
    _compare(rooms, batch, new, unheard)
    _keep(rooms, batch, texts, before >= SPEAKS_FOR_GROUP - 1)
    return Heard(before, days, own, others, unheard, flood, trusted, new), slot


def _listed(values: Whole | Sequence[int]) -> list[int]:
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


def _hear_few(
    rooms: Rooms, batch: Joined, writers: list[int], times: list[int]
) -> tuple[Heard, Whole]:
    """`hear_all` for few messages: each array operation would cost more than a message does."""
    texts, bounds = batch.texts(), batch.bounds.tolist()
    slot, before, days, own, others, flood, trusted = rooms[0][0].ledger.book_few(
        [crowd.room for crowd, count in rooms for _ in range(count)],
        writers,
        times,
        list(map(hash, texts)),
        [end - begin > LEAST_REPEAT for begin, end in pairwise(bounds)],
    )
    new = [
        number < SETTLED_MESSAGES or (day < SETTLED_DAYS and number < 30)
        for number, day in zip(before, days, strict=True)
    ]
    unheard = [UNKNOWN if one else 0.0 for one in new]
    row, pairs = 0, None
    for crowd, count in rooms:
        last = row + count
        if crowd.used >= KNOWN_TALK and True in new[row:last]:
            pairs = _pairs(batch.folded) if pairs is None else pairs
            first = bounds[row]
            fresh = crowd.is_new(pairs[first : bounds[last] - 2]).tobytes()
            for number in range(row, last):
                size = bounds[number + 1] - bounds[number] - 2
                if new[number] and size > 0:
                    begin = bounds[number] - first
                    unheard[number] = fresh.count(1, begin, begin + size) / size
        said = [texts[n] for n in range(row, last) if before[n] >= SPEAKS_FOR_GROUP - 1]
        crowd.keep(bounds[last] - bounds[row] - 1, said)
        row = last
    many = np.array([*before, *days, *own, *others, *flood, *slot]).reshape(6, -1)
    flags = np.array([*trusted, *new]).reshape(2, -1)
    share = np.array(unheard)
    return Heard(many[0], many[1], many[2], many[3], share, many[4], flags[0], flags[1]), many[5]


def _compare(rooms: Rooms, batch: Joined, new: Flags, unheard: Numbers) -> None:
    """Note how much of what newcomers say is unheard of where the talk of a group is known."""
    known = [crowd.used >= KNOWN_TALK for crowd, _count in rooms]
    if True not in known:
        return
    compared = new & np.array(known).repeat([count for _crowd, count in rooms])
    starts = np.array([0, *accumulate(count for _crowd, count in rooms)])
    marks, bounds = batch.bounds[starts].tolist(), batch.bounds
    pairs = _pairs(batch.folded)
    fresh = np.zeros(len(pairs) + 2, dtype=np.bool_)
    for room in np.unique(starts.searchsorted(np.flatnonzero(compared), side="right") - 1).tolist():
        here = slice(marks[room], max(marks[room + 1] - 2, marks[room]))
        fresh[here] = rooms[room][0].is_new(pairs[here])
    # No pair reaches from one text into the next.
    breaks = bounds[1:-1] - 1
    fresh[breaks] = fresh[breaks - 1] = False
    sizes = bounds[1:] - bounds[:-1] - 2
    compared &= sizes > 0
    many = np.add.reduceat(fresh, bounds[:-1], dtype=np.int64)
    unheard[compared] = many[compared] / sizes[compared]


def _keep(rooms: Rooms, batch: Joined, texts: Sequence[str], speaks: Flags) -> None:
    """Take up what belongs to each group: the words of those who have spoken before."""
    marks = batch.bounds[[0, *accumulate(count for _crowd, count in rooms)]].tolist()
    row, is_heard, said = 0, speaks.any(), speaks.tolist()
    for (crowd, count), (begin, end) in zip(rooms, pairwise(marks), strict=True):
        last = row + count
        theirs = list(compress(texts[row:last], said[row:last])) if is_heard else ()
        crowd.keep(end - begin - 1, theirs)
        row = last


def _pairs(folded: Codes) -> Pairs:
    """Numbers (0 to 2**20) of the letters beside each other."""
    mixed = folded[:-1] * _LEFT
    mixed += folded[1:] * _RIGHT
    mixed >>= _SHIFT
    mixed &= _MASK
    return mixed

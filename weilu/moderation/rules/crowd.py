"""What is known of the accounts of a group and of its talk, message by message (B-5).

`Crowd.hear` takes a batch in order of time and gives columns: how new each writer is, how often
the text was said before by the same and by other accounts, how many of its letter pairs nobody
here ever used, and how fast the writer writes. It keeps only what the next batch needs: bounded
by the number of accounts, by two generations of texts, and by one table of letter pairs. Groups
that are heard together share a `Ledger`; `hear_all` takes a batch of thousands of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

from weilu.moderation.rules.folding import NEWLINE, Joined
from weilu.moderation.rules.ledger import Account, Booked, Ledger, Rows

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Pairs = npt.NDArray[np.uint32]
Bits = npt.NDArray[np.uint8]

PAIRS = 1 << 20
SETTLED_MESSAGES = 10  # from here on an account is no newcomer
SETTLED_DAYS = 2
SPEAKS_FOR_GROUP = 3  # from its third message on an account's words are the group's words
KNOWN_TALK = 2_000  # letter pairs a group must have used before unheard ones mean anything
LEAST_REPEAT = 8  # folded characters: no accident to say the same
UNKNOWN = 0.2  # the share of unheard pairs where nothing is known of the talk
LETTERS_AT_ONCE = 4096


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

    ledger: Ledger = field(default_factory=Ledger)
    names: set[str] = field(default_factory=set)
    used: int = 0
    # Where this group's accounts stand in the ledger.
    room: int = field(init=False)
    # One bit for each letter pair that was used; made when the first are booked.
    _pairs: Bits | None = None
    # Pairs that wait to be booked, four bytes each, and how many letters the group wrote meanwhile.
    _waiting: bytearray = field(default_factory=bytearray)
    _letters: int = 0

    def __post_init__(self) -> None:
        self.room = self.ledger.open()

    def hear(self, batch: Joined, writers: Sequence[int], times: Sequence[int]) -> Heard:
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
        return accounts + len(self.names) + table + len(self._waiting) // 200

    def is_new(self, pairs: Pairs) -> npt.NDArray[np.bool_]:
        """Which letter pairs nobody here used before."""
        if self._pairs is None:
            return np.ones(len(pairs), dtype=np.bool_)
        new: npt.NDArray[np.bool_] = (
            (self._pairs[pairs >> 3] >> (pairs & 7).astype(np.uint8)) & 1
        ) == 0
        return new

    def keep(self, letters: int, pairs: bytes) -> None:
        """Remember the letter pairs of those who belong here, many texts at a time."""
        self._letters += letters
        self._waiting += pairs
        if self._letters < LETTERS_AT_ONCE:
            return
        said = np.frombuffer(bytes(self._waiting), dtype=np.uint32)
        if self._pairs is None:
            self._pairs = np.zeros(PAIRS // 8, dtype=np.uint8)
        if self.used < KNOWN_TALK:
            said = np.array(list(set(said.tolist())), dtype=np.uint32)
            self.used += int(np.count_nonzero(self.is_new(said)))
        np.bitwise_or.at(self._pairs, said >> 3, np.uint8(1) << (said & 7).astype(np.uint8))
        self._waiting.clear()
        self._letters = 0


Rooms = Sequence[tuple[Crowd, int]]


def hear_all(
    rooms: Rooms, batch: Joined, writers: Sequence[int], times: Sequence[int]
) -> tuple[Heard, list[int]]:
    """Take a batch of groups of one ledger, each group's rows together and in order of time.

    `rooms` are the groups in order of their rows, with how many rows each has. Gives what each
    group knew before each message, as columns, and where in the ledger its writer stands. What
    does not hang on the message before is done for all groups in one go.
    """
    booked = _book(rooms, batch, writers, times)
    heard = Heard(
        booked.before,
        booked.days,
        booked.own,
        booked.others,
        np.zeros(len(booked.slot)),
        booked.flood,
        booked.trusted,
    )
    if booked.slot:
        _read_talk(rooms, batch, heard)
    return heard, booked.slot


def _book(rooms: Rooms, batch: Joined, writers: Sequence[int], times: Sequence[int]) -> Booked:
    """Book every message in the ledger of its group."""
    ledger = rooms[0][0].ledger if rooms else Ledger()
    sizes = batch.bounds[1:] - batch.bounds[:-1]
    return ledger.book(
        Rows(
            room=[room for crowd, count in rooms for room in [crowd.room] * count],
            writer=writers,
            time=times,
            text=list(map(hash, batch.texts())),
            telling=(sizes > LEAST_REPEAT).tolist(),
        )
    )


def _read_talk(rooms: Rooms, batch: Joined, heard: Heard) -> None:
    """Compare the talk of newcomers with what each group is used to, then take it up.

    Only what belongs to the group is taken up: the words of those who have spoken before.
    """
    new, speaks = heard.new(), heard.before >= SPEAKS_FOR_GROUP - 1
    heard.unheard[new] = UNKNOWN
    counts = [count for _crowd, count in rooms]
    starts = [0, *accumulate(counts)]
    marks = batch.bounds[starts].tolist()
    letters = [end - begin - 1 for begin, end in pairwise(marks)]
    known = [crowd.used >= KNOWN_TALK for crowd, _count in rooms]
    compared = new & np.array(known).repeat(counts) if True in known else new & False
    wanted = compared | speaks
    if not wanted.any():
        for (crowd, _count), size in zip(rooms, letters, strict=True):
            crowd.keep(size, b"")
        return
    pairs, owner = _pairs(batch, wanted)
    if True in known:
        _compare(rooms, np.array(starts), (pairs, owner), compared, heard)
    spoken = speaks[owner]
    raw = pairs[spoken].tobytes()
    ends = (owner[spoken].searchsorted(starts) * 4).tolist()
    for (crowd, _count), size, low, high in zip(rooms, letters, ends, ends[1:], strict=False):
        crowd.keep(size, raw[low:high])


def _compare(
    rooms: Rooms,
    starts: Whole,
    talk: tuple[Pairs, npt.NDArray[np.int32]],
    compared: npt.NDArray[np.bool_],
    heard: Heard,
) -> None:
    """Note how much of what newcomers say is unheard of where the talk is known."""
    pairs, owner = talk
    for (crowd, _count), low, high in _rows_of(rooms, starts, compared):
        first, last = owner.searchsorted([low, high]).tolist()
        mine, total = owner[first:last] - low, high - low
        fresh = np.bincount(mine, weights=crowd.is_new(pairs[first:last]), minlength=total)
        sizes = np.bincount(mine, minlength=total)
        here = compared[low:high] & (sizes > 0)
        heard.unheard[low:high][here] = fresh[here] / sizes[here]


def _rows_of(
    rooms: Rooms, starts: Whole, chosen: npt.NDArray[np.bool_]
) -> Iterator[tuple[tuple[Crowd, int], int, int]]:
    """The groups that have a chosen row, with the bounds of their rows."""
    for room in np.unique(starts.searchsorted(np.flatnonzero(chosen), side="right") - 1).tolist():
        yield rooms[room], int(starts[room]), int(starts[room + 1])


def _pairs(batch: Joined, rows: npt.NDArray[np.bool_]) -> tuple[Pairs, npt.NDArray[np.int32]]:
    """Numbers of the letter pairs (0 to 2**20) of some texts, and the text each stands in."""
    folded, bounds = batch.folded, batch.bounds
    owner = np.arange(len(rows), dtype=np.int32).repeat(bounds[1:] - bounds[:-1])[: len(folded)]
    letter = folded != NEWLINE
    where = (letter[:-1] & letter[1:] & rows[owner[:-1]]).nonzero()[0]
    mixed = folded[where] * np.uint32(0x9E3779B1) + folded[where + 1] * np.uint32(0x85EBCA77)
    return (mixed >> np.uint32(11)) & np.uint32(PAIRS - 1), owner[where]

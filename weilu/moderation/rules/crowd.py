"""What is known of the accounts of a group and of its talk, message by message (B-5).

`Crowd.hear` takes a batch in order of time and gives columns: how new each writer is, how often
the text was said before by the same and by other accounts, how many of its letter pairs nobody
here ever used, and how fast the writer writes. It keeps only what the next batch needs: bounded
by the number of accounts, by two generations of texts, and by one table of letter pairs.
`hear_all` takes a batch of thousands of groups together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import numpy.typing as npt

from weilu.moderation.rules.folding import NEWLINE, Codes, Joined

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Pairs = npt.NDArray[np.uint32]
Bits = npt.NDArray[np.uint8]

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
MOST_SAID = 16  # accounts remembered for one text


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
    names: set[str] = field(default_factory=set)
    used: int = 0
    # One bit for each letter pair that was used; made when the first are booked.
    _pairs: Bits | None = None
    # Pairs that wait to be booked, four bytes each, and how many letters the group wrote meanwhile.
    _waiting: bytearray = field(default_factory=bytearray)
    _letters: int = 0
    # Who said a text, by its hash: the only one, or all.
    _young: dict[int, int | set[int]] = field(default_factory=dict)
    _old: dict[int, int | set[int]] = field(default_factory=dict)

    def hear(self, batch: Joined, writers: Sequence[int], times: Sequence[int]) -> Heard:
        """Take a batch in order of time; what was known before each message, as columns."""
        return hear_all([(self, len(batch.starts))], batch, writers, times)[0]

    def weight(self) -> int:
        """How much is remembered, in things of some 200 bytes each."""
        table = 0 if self._pairs is None else len(self._pairs) // 200
        texts = len(self._young) + len(self._old)
        return len(self.accounts) + len(self.names) + texts + table + len(self._waiting) // 200

    def others(self, text: int, writer: int) -> int:
        """How many other accounts said the text; books that this one did."""
        said = self._young.get(text)
        if said is None:
            if len(self._young) >= GENERATION:
                self._old, self._young = self._young, {}
            said = self._old.get(text, writer) if self._old else writer
            self._young[text] = said
        if isinstance(said, int):
            if said == writer:
                return 0
            self._young[text] = {said, writer}
            return 1
        others = len(said) - (writer in said)
        if len(said) < MOST_SAID:
            said.add(writer)
        return others

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
) -> tuple[Heard, list[Account]]:
    """Take a batch of several groups, each group's rows together and in order of time.

    `rooms` are the groups in order of their rows, with how many rows each has. Gives what each
    group knew before each message, as columns, and the account that wrote each. What does not
    hang on the message before is done for all groups in one go.
    """
    bounds = _bounds(batch)
    rows, met = _book(rooms, batch.folded.tobytes(), (bounds * 4).tolist(), writers, times)
    columns = zip(*rows, strict=True) if rows else [()] * 6
    before, days, own, others, flood, trusted = (np.array(column) for column in columns)
    heard = Heard(before, days, own, others, np.zeros(len(rows)), flood, trusted.astype(bool))
    if rows:
        _read_talk(rooms, batch, bounds, heard)
    return heard, met


def _book(
    rooms: Rooms, raw: bytes, places: list[int], writers: Sequence[int], times: Sequence[int]
) -> tuple[list[tuple[int, int, int, int, int, bool]], list[Account]]:
    """Book every message: (before, days, own, others, flood, trusted) of each, and its account.

    `raw` are the folded texts, four bytes a letter; `places` where each begins there.
    """
    found, met = [], []
    spans = zip(writers, times, places, places[1:], strict=False)
    for crowd, count in rooms:
        accounts = crowd.accounts
        for writer, sent, first, end in islice(spans, count):
            account = accounts.get(writer)
            if account is None:
                account = accounts[writer] = Account(first_ms=sent)
            before, days = account.messages, account.days
            account.messages = before + 1
            day = sent // DAY_MS
            if day != account.last_day:
                account.last_day = day
                account.days = days + 1
            if not 0 <= sent - account.window_ms <= FLOOD_MS:
                account.window_ms, account.in_window = sent, 0
            account.in_window += 1
            own = others = 0
            if end - first >= LEAST_REPEAT:
                number = hash(raw[first : end - 4])
                own = account.same = account.same + 1 if number == account.last_text else 0
                account.last_text = number
                others = crowd.others(number, writer)
            found.append((before, days, own, others, account.in_window, account.trusted))
            met.append(account)
    return found, met


def _read_talk(rooms: Rooms, batch: Joined, bounds: Whole, heard: Heard) -> None:
    """Compare the talk of newcomers with what each group is used to, then take it up.

    Only what belongs to the group is taken up: the words of those who have spoken before.
    """
    new, speaks = heard.new(), heard.before + 1 >= SPEAKS_FOR_GROUP
    heard.unheard[new] = UNKNOWN
    starts = np.cumsum([0] + [count for _crowd, count in rooms])
    letters = (bounds[starts[1:]] - bounds[starts[:-1]] - 1).tolist()
    known = np.repeat([crowd.used >= KNOWN_TALK for crowd, _ in rooms], np.diff(starts))
    compared = new & known
    wanted = compared | speaks
    if not wanted.any():
        for (crowd, _count), size in zip(rooms, letters, strict=True):
            crowd.keep(size, b"")
        return
    pairs, owner = _pairs(batch.folded, bounds, wanted)
    for (crowd, _count), low, high in _rows_of(rooms, starts, compared):
        first, last = owner.searchsorted([low, high]).tolist()
        mine, total = owner[first:last] - low, high - low
        fresh = np.bincount(mine, weights=crowd.is_new(pairs[first:last]), minlength=total)
        sizes = np.bincount(mine, minlength=total)
        here = new[low:high] & (sizes > 0)
        heard.unheard[low:high][here] = fresh[here] / sizes[here]
    spoken = speaks[owner]
    raw = pairs[spoken].tobytes()
    ends = (owner[spoken].searchsorted(starts) * 4).tolist()
    for (crowd, _count), size, low, high in zip(rooms, letters, ends, ends[1:], strict=False):
        crowd.keep(size, raw[low:high])


def _rows_of(
    rooms: Rooms, starts: Whole, chosen: npt.NDArray[np.bool_]
) -> Iterator[tuple[tuple[Crowd, int], int, int]]:
    """The groups that have a chosen row, with the bounds of their rows."""
    for room in np.unique(starts.searchsorted(np.flatnonzero(chosen), side="right") - 1).tolist():
        yield rooms[room], int(starts[room]), int(starts[room + 1])


def _bounds(batch: Joined) -> Whole:
    """Where each text begins in `folded`, and one past the end of the last one.

    Between two texts `folded` keeps a line break, so text n ends one before text n + 1 begins.
    """
    bounds = np.empty(len(batch.starts) + 1, dtype=np.int64)
    bounds[:-1] = batch.kept.searchsorted(batch.starts)
    bounds[-1] = len(batch.folded) + 1
    return bounds


def _pairs(
    folded: Codes, bounds: Whole, rows: npt.NDArray[np.bool_]
) -> tuple[Pairs, npt.NDArray[np.int32]]:
    """Numbers of the letter pairs (0 to 2**20) of some texts, and the text each stands in."""
    owner = np.arange(len(rows), dtype=np.int32).repeat(np.diff(bounds))[: len(folded)]
    first, second = folded[:-1], folded[1:]
    where = ((first != NEWLINE) & (second != NEWLINE) & rows[owner[:-1]]).nonzero()[0]
    mixed = first[where] * np.uint32(0x9E3779B1) + second[where] * np.uint32(0x85EBCA77)
    return (mixed >> np.uint32(11)) & np.uint32(PAIRS - 1), owner[where]

"""What is known of the accounts of many groups, in one table, booked a batch at a time (B-5).

An account is a row of numbers, found by its room (a group's number here) and its writer. A batch
is booked by arrays: rows of one account are brought together, what each knew before is summed up,
and one row an account is written back. For few messages that costs more than going through them
one by one, so they are; both ways give the same. Sayings are kept by their hash in two
generations, for all rooms together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress, count, repeat
from operator import xor
from struct import Struct
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from weilu.moderation.rules.runs import FLOOD_MS, Run, in_a_row, windows

Whole = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

DAY_MS = 86_400_000
GENERATION = 50_000  # sayings remembered: between one and two of these
MOST_SAID = 16  # accounts remembered for one saying
FEW_ROWS = 48  # below so many messages a loop is faster than arrays
_MESSAGES, _FIRST, _DAYS, _LAST_DAY, _LAST_TEXT, _SAME, _WINDOW, _IN_WINDOW, _TRUSTED = range(9)
_NOBODY = [0, 0, 0, -1, 0, 0, 0, 0, 0]
_ROW = Struct(f"{len(_NOBODY)}q")
_ROOM_BITS = 32  # a writer fits 32 bits, as the identities in bitmaps do
_WRITER = (1 << _ROOM_BITS) - 1


@dataclass(slots=True)
class Account:
    """What the next message of an account is judged by. Times in ms since 1970, UTC."""

    messages: int = 0
    first_ms: int = 0
    days: int = 0
    last_day: int = -1
    last_text: int = 0
    same: int = 0
    window_ms: int = 0
    in_window: int = 0
    trusted: bool = False
    evidence: float = 0.0


class Rows(NamedTuple):
    """Messages to book, each room's in order of time.

    `room`, `writer` and `time` say where, who and when; `text` is the hash of what was said, and
    `telling` whether that is long enough for saying it again to be no accident.
    """

    room: Whole
    writer: Whole
    time: Whole
    text: Sequence[int]
    telling: Flags


class Booked(NamedTuple):
    """What was known before each message, by columns; `slot` is its account's row."""

    slot: Whole
    before: Whole
    days: Whole
    own: Whole
    others: Whole
    flood: Whole
    trusted: Flags


class FewBooked(NamedTuple):
    """The columns of `Booked` as lists."""

    slot: list[int]
    before: list[int]
    days: list[int]
    own: list[int]
    others: list[int]
    flood: list[int]
    trusted: list[bool]


@dataclass(slots=True)
class Ledger:
    """The accounts and sayings of rooms; each room keeps the list of its writers."""

    generation: int = GENERATION
    writers: dict[int, set[int]] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))
    _slots: dict[int, int] = field(default_factory=dict)
    _free: list[int] = field(default_factory=list)
    _table: Whole = field(default_factory=lambda: np.zeros((0, len(_NOBODY)), dtype=np.int64))
    # The same table as bytes, for a row at a time.
    _bytes: memoryview = field(default_factory=lambda: memoryview(b""))
    _evidence: Numbers = field(default_factory=lambda: np.zeros(0))
    # Who said a text, by its hash: the only one, or all.
    _young: dict[int, int | set[int]] = field(default_factory=dict)
    _old: dict[int, int | set[int]] = field(default_factory=dict)

    def open(self) -> int:
        """The number of a new room."""
        number = next(self._numbers)
        self.writers[number] = set()
        return number

    def close(self, room: int) -> None:
        """Forget a room's accounts; its sayings are forgotten with their generation."""
        keys = [(room << _ROOM_BITS) | writer for writer in self.writers.pop(room)]
        self._free += map(self._slots.pop, keys)

    def sayings(self) -> int:
        """How many sayings are remembered."""
        return len(self._young) + len(self._old)

    def account(self, room: int, writer: int) -> Account:
        """What is known of somebody; of a stranger, nothing."""
        slot = self._slots.get((room << _ROOM_BITS) | writer)
        if slot is None:
            return Account()
        messages, first, days, last_day, text, same, window, inside, trusted = self._table[slot]
        return Account(
            messages=int(messages),
            first_ms=int(first),
            days=int(days),
            last_day=int(last_day),
            last_text=int(text),
            same=int(same),
            window_ms=int(window),
            in_window=int(inside),
            trusted=bool(trusted),
            evidence=float(self._evidence[slot]),
        )

    def trust(self, rooms: Whole, writers: Whole) -> None:
        """Give writers the benefit of the doubt, in the rooms beside them."""
        keys = np.unique((rooms << _ROOM_BITS) | writers).tolist()
        slots = self._slots_of(keys, repeat(0, len(keys)))
        self._table[slots, _TRUSTED] = 1

    def book(self, rows: Rows) -> Booked:
        """Book messages; what was known before each of them."""
        if len(rows.text) < FEW_ROWS:
            columns = [one.tolist() for one in (rows.room, rows.writer, rows.time, rows.telling)]
            room, writer, time, telling = columns
            *numbers, trusted = self.book_few(room, writer, time, rows.text, telling)
            slot, before, days, own, others, flood = np.array(numbers, dtype=np.int64)
            vouched = np.array(trusted, dtype=bool)
            return Booked(slot, before, days, own, others, flood, vouched)
        keys = (rows.room << _ROOM_BITS | rows.writer).tolist()
        slots = self._slots_of(keys, rows.time.tolist())
        return self._by_arrays(np.array(slots, dtype=np.int64), rows)

    def book_few(
        self,
        rooms: Sequence[int],
        writers: Sequence[int],
        times: Sequence[int],
        texts: Sequence[int],
        telling: Sequence[bool],
    ) -> FewBooked:
        """`book` without arrays: a row is read, changed and written back for each message."""
        keys = [room << _ROOM_BITS | writer for room, writer in zip(rooms, writers, strict=True)]
        slots = self._slots_of(keys, times)
        found = FewBooked(
            slots, [], [], [], self._others_few(rooms, writers, texts, telling), [], []
        )
        _slot, before, known_days, again, _others, flood, vouched = found
        for slot, sent, text, tells in zip(slots, times, texts, telling, strict=True):
            place = slot * _ROW.size
            messages, first, days, last_day, last_text, same, window, inside, trusted = (
                _ROW.unpack_from(self._bytes, place)
            )
            before.append(messages)
            known_days.append(days)
            day = sent // DAY_MS
            if day != last_day:
                last_day = day
                days += 1
            if not 0 <= sent - window <= FLOOD_MS:
                window, inside = sent, 0
            inside += 1
            own = 0
            if tells:
                own = same = same + 1 if text == last_text else 0
                last_text = text
            again.append(own)
            flood.append(inside)
            vouched.append(trusted > 0)
            row = (messages + 1, first, days, last_day, last_text, same, window, inside, trusted)
            _ROW.pack_into(self._bytes, place, *row)
        return found

    def accuse(self, slots: Whole, steps: Numbers) -> tuple[Numbers, Numbers]:
        """Add steps to the evidence against accounts, in order; before and after each.

        Evidence is never negative.
        """
        if not len(slots):
            return steps, steps
        known, many = self._evidence[slots], slots.tolist()
        held = dict(zip(many, known.tolist(), strict=True))
        if len(held) == len(many):
            after = np.maximum(known + steps, 0.0)
            self._evidence[slots] = after
            return known, after
        earlier, later = [], []
        for one, step in zip(many, steps.tolist(), strict=True):
            evidence = held[one]
            earlier.append(evidence)
            evidence += step
            held[one] = evidence = evidence if evidence > 0 else 0.0
            later.append(evidence)
        self._evidence[list(held)] = list(held.values())
        return np.array(earlier, dtype=float), np.array(later, dtype=float)

    def _slots_of(self, keys: Sequence[int], times: Iterable[int]) -> list[int]:
        """The rows of accounts; those heard for the first time get one."""
        slots = list(map(self._slots.get, keys, repeat(-1)))
        if -1 in slots:
            strangers: dict[int, int] = {}
            for key, slot, sent in zip(keys, slots, times, strict=True):
                if slot < 0:
                    strangers.setdefault(key, sent)
            self._meet(strangers)
            slots = [self._slots[key] for key in keys]
        return slots

    def _meet(self, strangers: Mapping[int, int]) -> None:
        """Give accounts a row, by their key, with the moment each was first heard."""
        if len(self._free) < len(strangers):
            self._grow(len(strangers))
        rows = [self._free.pop() for _ in strangers]
        self._table[rows] = _NOBODY
        self._table[rows, _FIRST] = list(strangers.values())
        self._evidence[rows] = 0.0
        for key, row in zip(strangers, rows, strict=True):
            self._slots[key] = row
            self.writers[key >> _ROOM_BITS].add(key & _WRITER)

    def _grow(self, wanted: int) -> None:
        size = len(self._table)
        more = max(size // 2, wanted, 256)
        empty = np.tile(np.array(_NOBODY, dtype=np.int64), (more, 1))
        self._table = np.concatenate([self._table, empty])
        self._bytes = self._table.data.cast("B")
        self._evidence = np.concatenate([self._evidence, np.zeros(more)])
        self._free += range(size + more - 1, size - 1, -1)

    def _by_arrays(self, slot: Whole, rows: Rows) -> Booked:
        """Book many messages: rows of one account are brought together."""
        order = np.argsort(slot, kind="stable")
        run, sent = Run.of(slot[order]), rows.time[order]
        known = self._table[run.slot]
        before = known[:, _MESSAGES] + run.rank
        day = sent // DAY_MS
        another = day != run.shifted(day, known[:, _LAST_DAY])
        days = known[:, _DAYS] + run.counted_before(another)
        window, flood = windows(run, sent, known[:, _WINDOW], known[:, _IN_WINDOW])
        own = np.zeros(len(slot), dtype=np.int64)
        telling = np.flatnonzero(rows.telling[order])
        text = np.array(rows.text, dtype=np.int64)[order[telling]]
        said = Run.of(run.slot[telling])
        same = text == said.shifted(text, known[telling, _LAST_TEXT])
        own[telling] = in_a_row(said, same, known[telling, _SAME])
        last = run.last()
        final = known[last]
        final[:, _MESSAGES] = before[last] + 1
        final[:, _DAYS] = days[last] + another[last]
        final[:, _LAST_DAY] = day[last]
        final[:, _WINDOW], final[:, _IN_WINDOW] = window[last], flood[last]
        self._table[run.slot[last]] = final
        last = said.last()
        self._table[said.slot[last], _LAST_TEXT] = text[last]
        self._table[said.slot[last], _SAME] = own[telling][last]
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        trusted = known[:, _TRUSTED] > 0
        return Booked(
            slot,
            before[back],
            days[back],
            own[back],
            self._others(rows),
            flood[back],
            trusted[back],
        )

    def _others(self, rows: Rows) -> Whole:
        """How many other accounts said each telling text before; books that these did."""
        found = np.zeros(len(rows.text), dtype=np.int64)
        telling = rows.telling.nonzero()[0].tolist()
        if not telling:
            return found
        self._age()
        # A saying is known by its hash and its room.
        chosen = rows.telling.tolist()
        texts = list(map(xor, compress(rows.text, chosen), rows.room[telling].tolist()))
        writers = rows.writer[telling].tolist()
        for text in filter(self._old.__contains__, texts):
            self._young.setdefault(text, self._old[text])
        known = list(map(self._young.setdefault, texts, writers))
        if known == writers:
            return found
        # Nearly all is said for the first time; the rest is gone through in order.
        shared = {t for t, one, w in zip(texts, known, writers, strict=True) if one != w}
        for place, text, writer in zip(telling, texts, writers, strict=True):
            if text in shared:
                found[place] = self._also(text, writer)
        return found

    def _others_few(
        self,
        rooms: Sequence[int],
        writers: Sequence[int],
        texts: Sequence[int],
        telling: Sequence[bool],
    ) -> list[int]:
        """`_others` without arrays."""
        found = [0] * len(texts)
        if True not in telling:
            return found
        self._age()
        young, old = self._young, self._old
        for place in compress(count(), telling):
            text, writer = texts[place] ^ rooms[place], writers[place]
            if text in old:
                young.setdefault(text, old[text])
            if young.setdefault(text, writer) != writer:
                found[place] = self._also(text, writer)
        return found

    def _age(self) -> None:
        """Begin another generation of sayings when one is full."""
        if len(self._young) >= self.generation:
            self._old, self._young = self._young, {}

    def _also(self, text: int, writer: int) -> int:
        """How many others said a text that is known; books that this one did."""
        said = self._young[text]
        if isinstance(said, int):
            if said == writer:
                return 0
            self._young[text] = {said, writer}
            return 1
        others = len(said) - (writer in said)
        if len(said) < MOST_SAID:
            said.add(writer)
        return others

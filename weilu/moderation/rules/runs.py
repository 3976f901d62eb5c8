"""Messages brought together by account: what each says of the one before it (B-5).

Array operations over rows in order of account, and of time within one: see `ledger`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

FLOOD_MS = 10_000


@dataclass(frozen=True, slots=True)
class Run:
    """Rows brought together by account: `first` begins an account's, `rank` counts them."""

    slot: Whole
    first: Flags
    starts: Whole
    rank: Whole

    @classmethod
    def of(cls, slot: Whole) -> Run:
        """Rows that are in order of their accounts."""
        first = np.ones(len(slot), dtype=bool)
        np.not_equal(slot[1:], slot[:-1], out=first[1:])
        starts = np.flatnonzero(first)
        rank = np.arange(len(slot))
        rank -= np.repeat(starts, np.diff(starts, append=len(slot)))
        return cls(slot, first, starts, rank)

    def last(self) -> Whole:
        """The last row of each account."""
        last: Whole = np.append(self.starts[1:], len(self.slot))[: len(self.starts)] - 1
        return last

    def shifted(self, values: Whole, known: Whole) -> Whole:
        """The value of the row before; what is `known` where an account begins."""
        found = known.copy()
        np.copyto(found[1:], values[:-1], where=~self.first[1:])
        return found

    def counted_before(self, flags: Flags) -> Whole:
        """How many rows of the account before each one are true."""
        total: Whole = np.cumsum(flags) - flags
        counted: Whole = total - total[np.arange(len(total)) - self.rank]
        return counted


def windows(run: Run, sent: Whole, window: Whole, inside: Whole) -> tuple[Whole, Whole]:
    """When the ten seconds of each message began, and its number within them."""
    begun, number = sent.copy(), np.ones(len(sent), dtype=np.int64)
    since = sent - window
    goes_on = run.first & (since >= 0) & (since <= FLOOD_MS)
    begun[goes_on] = window[goes_on]
    number[goes_on] = inside[goes_on] + 1
    # Whoever was silent for longer begins anew; only what follows closely hangs on the row before.
    close = ~run.first
    close[1:] &= np.diff(sent) <= FLOOD_MS
    if not close.any():
        return begun, number
    times, begins, numbers = sent.tolist(), begun.tolist(), number.tolist()
    for row in np.flatnonzero(close).tolist():
        if 0 <= times[row] - begins[row - 1] <= FLOOD_MS:
            begins[row] = begins[row - 1]
            numbers[row] = numbers[row - 1] + 1
    return np.array(begins), np.array(numbers)


def in_a_row(run: Run, same: Flags, before: Whole) -> Whole:
    """How often the same was said in a row before each message."""
    anchor = run.first | ~same
    value = np.where(same, before + 1, 0)
    at = np.maximum.accumulate(np.where(anchor, np.arange(len(same)), 0))
    found: Whole = value[at] + np.arange(len(same)) - at
    return found

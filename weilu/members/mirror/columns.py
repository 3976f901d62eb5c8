"""Columns: one thing that is known of every member, by place.

`Flags` say of whom something holds, a bit a member; `Numbers` hold a number of each, eight bytes a
member. Both are read of rows that name identities (or members) and follow them by id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from weilu.members.mirror.places import Bools, Floats, Ints, Places

Test = Callable[[Floats], Bools]
# Ids and numbers of what a key holds, of everybody or of these.
Read = Callable[[Places, str, Ints | None], tuple[Ints, Floats]]
ALWAYS = np.inf


def between(low: float | None, high: float | None) -> Test:
    """Whether numbers lie between two, both included; without bounds: are numbers."""

    def test(numbers: Floats) -> Bools:
        if low is None:
            return ~np.isnan(numbers) if high is None else numbers <= high
        holds: Bools = numbers >= low
        if high is not None:
            holds &= numbers <= high
        return holds

    return test


@dataclass(frozen=True, slots=True)
class Spots:
    """Some places, and where their bits lie in columns of Flags."""

    at: Ints
    byte: Ints
    bit: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, at: Ints) -> Spots:
        """Places to look at, or to write."""
        return cls(at, at >> 3, np.left_shift(1, (at & 7).astype(np.uint8), dtype=np.uint8))


class Column(Protocol):
    """What the mirror asks of a column."""

    @property
    def nbytes(self) -> int:
        """Memory it takes."""

    def follow(self, key: str, ids: Ints) -> Ints:
        """Read anew what was noted under `key` of `ids`; the places where it may differ."""

    def rehome(self, places: Ints) -> Ints:
        """Read anew whom a merge moved from or to these places; as `follow`."""


class _Rows:
    """A column read of rows of (id, number); `by_member`: ids are members', else identities'."""

    def __init__(self, places: Places, key: str, read: Read, *, by_member: bool = False) -> None:
        self._places, self._key, self._read = places, key, read
        self._by_member = by_member
        self._more_at: Ints = np.zeros(0, dtype=np.int64)
        self._more: Floats = np.zeros(0)

    def follow(self, key: str, ids: Ints) -> Ints:
        """Read these and all who stand at their places."""
        if key not in {"", self._key}:
            return np.zeros(0, dtype=np.int64)
        at = self._places.find(ids) if self._by_member else self._places.homes(ids)
        return self._anew(np.unique(at[at >= 0]))

    def rehome(self, places: Ints) -> Ints:
        """Read whoever stands at these places now."""
        return self._anew(places)

    def _anew(self, at: Ints) -> Ints:
        ids = self._places.ids[at] if self._by_member else self._places.behind(at)
        keep = ~np.isin(self._more_at, at)
        self._more_at, self._more = self._more_at[keep], self._more[keep]
        self._clear(at)
        self._put(*self._rows(ids))
        return at

    def _rows(self, ids: Ints | None) -> tuple[Ints, Floats]:
        """Places and numbers, as they are read."""
        ids, numbers = self._read(self._places, self._key, ids)
        at = self._places.find(ids) if self._by_member else self._places.homes(ids)
        known = at >= 0
        return at[known], numbers[known]

    def _clear(self, at: Ints) -> None:
        raise NotImplementedError

    def _put(self, at: Ints, numbers: Floats) -> None:
        raise NotImplementedError

    def _add_more(self, at: Ints, numbers: Floats) -> None:
        if len(at):
            self._more_at = np.concatenate([self._more_at, at])
            self._more = np.concatenate([self._more, numbers])


class Numbers(_Rows):
    """A number of each member, not a number where there is none; a merged one may have several."""

    def __init__(self, places: Places, key: str, read: Read, *, by_member: bool = False) -> None:
        super().__init__(places, key, read, by_member=by_member)
        self.values: Floats = np.full(places.room, np.nan)
        self._put(*self._rows(None))

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return int(self.values.nbytes + self._more.nbytes + self._more_at.nbytes)

    def of(self, at: Ints | None) -> Floats:
        """The number of each; for columns that hold one of each member."""
        return self.values if at is None else self.values[at]

    def where(self, test: Test, at: Ints | None) -> Bools:
        """Of whom a number passes a comparison, which nothing does that is no number."""
        holds = test(self.of(at))
        if len(self._more_at):
            also = self._more_at[test(self._more)]
            if at is None:
                holds[also] = True
            else:
                holds |= np.isin(at, also)
        return holds

    def _clear(self, at: Ints) -> None:
        self.values[at] = np.nan

    def _put(self, at: Ints, numbers: Floats) -> None:
        first = np.unique(at, return_index=True)[1] if len(at) else at
        self.values[at[first]] = numbers[first]
        rest = np.delete(np.arange(len(at)), first)
        self._add_more(at[rest], numbers[rest])


class Flags(_Rows):
    """Of whom something holds; the numbers read say until when (s), `ALWAYS`: without end."""

    def __init__(self, places: Places, key: str, read: Read, *, by_member: bool = False) -> None:
        super().__init__(places, key, read, by_member=by_member)
        self._bits = np.zeros((places.room + 7) // 8, dtype=np.uint8)
        self._put(*self._rows(None))

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return int(self._bits.nbytes + self._more.nbytes + self._more_at.nbytes)

    def has(self, moment_s: float, spots: Spots | None) -> Bools:
        """Of whom it holds at a moment."""
        holds: Bools
        if spots is None:
            bits = np.unpackbits(self._bits, count=self._places.room, bitorder="little")
            holds = bits.view(np.bool_)
        else:
            holds = self._bits[spots.byte] & spots.bit != 0
        if len(self._more_at):
            also = self._more_at[self._more > moment_s]
            if spots is None:
                holds[also] = True
            else:
                holds |= np.isin(spots.at, also)
        return holds

    def ends_between(self, before_s: float, moment_s: float) -> bool:
        """Whether it ceased to hold of somebody between two moments, by itself."""
        if not len(self._more_at):
            return False
        low, high = min(before_s, moment_s), max(before_s, moment_s)
        return bool(((self._more > low) & (self._more <= high)).any())

    def _clear(self, at: Ints) -> None:
        spots = Spots.of(at)
        np.bitwise_and.at(self._bits, spots.byte, ~spots.bit)

    def _put(self, at: Ints, numbers: Floats) -> None:
        lasts = numbers == ALWAYS
        spots = Spots.of(at[lasts])
        np.bitwise_or.at(self._bits, spots.byte, spots.bit)
        self._add_more(at[~lasts], numbers[~lasts])

"""The mirror of one workspace: its columns, kept in step with what was noted (`core.changes`).

A column is read on first use. What was noted since is read anew before every answer, a statement a
column; where that would be much, the column is dropped and read when it is asked for again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from pyroaring import BitMap

from weilu.core.changes import EVERYTHING, Noted, from_here, noted_since
from weilu.core.clock import now
from weilu.members.mirror.columns import Column, Flags, Numbers, Spots, Test
from weilu.members.mirror.places import Bools, Disorder, Ints, Places
from weilu.members.reading import numbers_of
from weilu.members.scope import Scope

# Who came, was merged or parted, or is something else than before.
PEOPLE = "people"
# What is read anew by id; above that, or a tenth of everybody, a column is read as a whole.
_MOST_ANEW, _FEW_ANEW = 20_000, 1_000
# How many steps back somebody may ask who changed.
_STEPS = 256
_NOBODY: Ints = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Source:
    """Where columns come from: the name changes are noted under, and how a column is made.

    `apart`: each key is a column; else one column holds everything and is told the keys.
    """

    name: str
    make: Callable[[Places, str], Column]
    apart: bool = True


SOURCES: dict[str, Source] = {}


def mirrored(source: Source) -> Source:
    """Enter a source; two of one name are a programming error."""
    if source.name in SOURCES:
        message = f"source {source.name} is mirrored twice"
        raise ValueError(message)
    SOURCES[source.name] = source
    return source


class Mirror:
    """Columns of one workspace; `step` counts how often something was followed."""

    def __init__(self, workspace_id: int) -> None:
        self.workspace_id = workspace_id
        # First the mark, then the rows: what comes in between is read twice, never missed.
        self._since = from_here()
        self.asked_at = now()
        # When it was last looked at against the database.
        self.checked_at = now()
        self.places = Places(workspace_id)
        self.columns: OrderedDict[tuple[str, str], Column] = OrderedDict()
        self.step = 0
        self._changed: list[Ints] = []
        self._first_step = 0
        # For who asks: conditions whose values are right; what segments stand at, by version.
        self.sound: set[str] = set()
        # How often a choice may have gone.
        self.gone = 0
        self.stood: dict[int, tuple[int, object]] = {}

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return self.places.nbytes + sum(one.nbytes for one in self.columns.values())

    def column(self, source: Source, key: str) -> Column:
        """A column, read now if it was not before."""
        at = (source.name, key)
        if at not in self.columns:
            self.columns[at] = source.make(self.places, key)
        self.columns.move_to_end(at)
        return self.columns[at]

    def drop_oldest(self) -> bool:
        """Forget the column that was asked for longest ago; False when there is none."""
        if not self.columns:
            return False
        self._drop(next(iter(self.columns)))
        return True

    def changed_since(self, step: int) -> Ints | None:
        """The places where anything may have changed since a step; None: not known."""
        if step < self._first_step:
            return None
        some = self._changed[step - self._first_step :]
        return some[0] if len(some) == 1 else _each_once(some)

    def refresh(self) -> None:
        """Follow what was noted since the last time; raises Disorder to be made anew."""
        self.asked_at = now()
        notes = noted_since(self.workspace_id, self._since)
        if not notes:
            return
        if any(one.source == EVERYTHING for one in notes):
            raise Disorder
        changed = [places for note in _together(notes) for places in self._follow(note)]
        self.step += 1
        self._changed.append(_each_once(changed))
        if len(self._changed) > _STEPS:
            del self._changed[0]
            self._first_step += 1

    def _follow(self, note: Noted) -> Iterator[Ints]:
        """Let the columns follow a change; gives the places where they may differ."""
        if note.ids is None:
            if note.source == PEOPLE:
                raise Disorder
            # What there is to choose from may be less.
            self.sound.clear()
            self.gone += 1
        ids = None if note.ids is None else numbers_of(note.ids)
        if note.source == PEOPLE and ids is not None:
            yield from self._rehome(ids)
        for (name, key), column in list(self.columns.items()):
            if name != note.source:
                continue
            if ids is not None and len(ids) <= self._most_anew():
                yield column.follow(note.key, ids)
            elif "" in {key, note.key} or key == note.key:
                self._drop((name, key))

    def _most_anew(self) -> int:
        return min(_MOST_ANEW, max(_FEW_ANEW, self.places.size // 10))

    def _rehome(self, ids: Ints) -> Iterator[Ints]:
        fresh, moved = self.places.follow(ids)
        yield fresh
        # Whoever is new is noted with whatever is known of them; nothing else has to be read.
        for column in self.columns.values() if len(moved) else ():
            yield column.rehome(moved)

    def _drop(self, at: tuple[str, str]) -> None:
        """Forget a column, and with it who changed."""
        del self.columns[at]
        self._changed.clear()
        # One on: what is being followed just now is not known either.
        self._first_step = self.step + 1


def _each_once(places: Sequence[Ints]) -> Ints:
    """Places ascending, each once; by sorting, for the hashing of `np.unique` is slow for few."""
    listed = np.sort(np.concatenate([_NOBODY, *places]))
    found: Ints = (
        listed[np.concatenate([[True], listed[1:] != listed[:-1]])] if len(listed) else listed
    )
    return found


def _together(notes: Iterable[Noted]) -> list[Noted]:
    """Notes under one key as one, those of people first: others may name who is new."""
    found: dict[tuple[str, str], BitMap | None] = {}
    for one in notes:
        at = (one.source, one.key)
        held = found.get(at, BitMap())
        found[at] = None if held is None or one.ids is None else held | one.ids
    listed = [Noted(source, key, ids) for (source, key), ids in found.items()]
    return sorted(listed, key=lambda one: one.source != PEOPLE)


@dataclass(frozen=True, slots=True)
class Look:
    """A mirror as it is asked for one answer: of everybody (`spots` is None) or at some places."""

    mirror: Mirror
    scope: Scope
    # The moment that counts as now, as Flags know it.
    moment_s: float
    spots: Spots | None = None

    @property
    def at(self) -> Ints | None:
        """The places; None: all."""
        return None if self.spots is None else self.spots.at

    def nobody(self) -> Bools:
        """False for everybody looked at."""
        return np.zeros(
            self.mirror.places.room if self.at is None else len(self.at), dtype=np.bool_
        )

    def has(self, source: Source, key: str) -> Bools:
        """Of whom a column of Flags holds."""
        return self.flags(source, key).has(self.moment_s, self.spots)

    def where(self, source: Source, key: str, test: Test) -> Bools:
        """Whose number in a column of Numbers passes."""
        return self.numbers(source, key).where(test, self.at)

    def flags(self, source: Source, key: str) -> Flags:
        """A column of Flags."""
        return cast("Flags", self.mirror.column(source, key))

    def numbers(self, source: Source, key: str) -> Numbers:
        """A column of Numbers."""
        return cast("Numbers", self.mirror.column(source, key))

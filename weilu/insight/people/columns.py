"""The columns of what members do: totals, and what was said day by day (C-9)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db.models import QuerySet

from weilu.chat.columns import DAY_MS, local_ms
from weilu.groups.models import Group
from weilu.insight.models import GroupDay
from weilu.insight.packing import unpack_many_numbers, unpack_many_people
from weilu.members.mirror.known import flags, lasting, numbers
from weilu.members.mirror.mirror import Source, mirrored
from weilu.members.mirror.places import Disorder, Floats, Ints, Places
from weilu.members.reading import ask_pairs

Counts = npt.NDArray[np.int32]
Rows = QuerySet[GroupDay, GroupDay]
_MOMENTS = 8
_COLUMNS = frozenset({"messages", "first_ms", "last_ms", "left_ms"})
_GROUPS_AT_ONCE = 500


def _totals(places: Places, key: str, ids: Ints | None) -> tuple[Ints, Floats]:
    if key not in _COLUMNS:
        raise KeyError(key)
    rest = "FROM insight_membertotals WHERE workspace_id = %s"
    return ask_pairs(("member_id", key), rest, [places.workspace_id], ids)


def _movers(places: Places, key: str, ids: Ints | None) -> tuple[Ints, Floats]:
    """Who is KOC ("koc"), or a true fan ("fan")."""
    column = {"koc": "is_koc", "fan": "is_fan"}[key]
    sql = f"SELECT member_id FROM insight_influence WHERE workspace_id = %s AND {column}"  # noqa: S608
    return lasting(sql, [places.workspace_id], "member_id", ids)


TOTALS = numbers("totals", _totals, by_member=True)
MOVERS = flags("movers", _movers, by_member=True)


@dataclass(frozen=True, slots=True)
class Piece:
    """What was said in a group on a day: places of identities, ascending, and how much."""

    at: npt.NDArray[np.int32]
    said: Counts

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return int(self.at.nbytes + self.said.nbytes)


@dataclass(slots=True)
class Window:
    """How much each said in the last days, up to `lasts` (by time zone), of groups."""

    lasts: dict[str, int]
    said: Counts


class Days:
    """What was said day by day, back to the earliest day that was asked for; windows over it.

    A window is summed once a day and follows what is counted meanwhile.
    """

    def __init__(self, places: Places) -> None:
        self._places = places
        self._zones: dict[int, str] = {}
        self._pieces: dict[tuple[int, int], Piece] = {}
        # Bytes of the pieces; there are too many to ask each for every answer.
        self._size = 0
        # Nothing is held yet: the first window says from when on.
        self._first: int | None = None
        self._windows: dict[tuple[int, int], Window] = {}
        self._lasts: dict[int, dict[str, int]] = {}
        self._read_zones()

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return self._size + sum(one.said.nbytes for one in self._windows.values())

    def said_in(self, group_id: int, days: int, today_ms: int) -> Counts:
        """How much each said in so many days up to today, in a group or (0) in all."""
        lasts = self.lasts(today_ms)
        held = self._windows.get((group_id, days))
        if held is None or held.lasts != lasts:
            held = self._windows[group_id, days] = self._summed(group_id, days, lasts)
        return held.said

    def lasts(self, today_ms: int) -> dict[str, int]:
        """The day it is in each time zone."""
        if today_ms not in self._lasts:
            today, zones = np.array([today_ms], dtype=np.int64), set(self._zones.values())
            # Asked for again and again: of now, and of when was last counted.
            kept = {} if len(self._lasts) > _MOMENTS else self._lasts
            found = {zone: int(local_ms(today, zone)[0] // DAY_MS) for zone in zones}
            self._lasts = {**kept, today_ms: found}
        return self._lasts[today_ms]

    def _summed(self, group_id: int, days: int, lasts: dict[str, int]) -> Window:
        self._reach(min(lasts.values(), default=0) - days + 1)
        # Windows of days gone by are not asked for again.
        self._windows = {key: one for key, one in self._windows.items() if one.lasts == lasts}
        window = Window(lasts, np.zeros(self._places.room, dtype=np.int32))
        pieces = [
            piece
            for (group, day), piece in self._pieces.items()
            if self._is_in(group_id, days, window, group, day)
        ]
        if pieces:
            home = self._places.home[np.concatenate([one.at for one in pieces])]
            said = np.concatenate([one.said for one in pieces])
            total = np.bincount(home, weights=said, minlength=self._places.room)
            window.said = total.astype(np.int32)
        return window

    def _is_in(self, wanted: int, days: int, window: Window, group: int, day: int) -> bool:
        last = window.lasts[self._zones[group]]
        return wanted in {0, group} and last - days < day <= last

    def _reach(self, first: int) -> None:
        """Hold every day from this one on."""
        until = self._first
        if until is not None and until <= first:
            return
        rows = GroupDay.objects.filter(group__workspace_id=self._places.workspace_id)
        rows = rows.filter(day__gte=first)
        self._hold(rows if until is None else rows.filter(day__lt=until))
        self._first = first

    def _hold(self, rows: Rows) -> dict[tuple[int, int], Piece]:
        """Keep stored days; returns them."""
        listed = list(rows.values_list("group_id", "day", "people", "counts"))
        ids, sizes = unpack_many_people([row[2] for row in listed])
        at = self._places.find(ids).astype(np.int32)
        said = unpack_many_numbers([row[3] for row in listed]).astype(np.int32)
        ends = np.cumsum(sizes)
        found: dict[tuple[int, int], Piece] = {}
        for row, end, size in zip(listed, ends.tolist(), sizes.tolist(), strict=True):
            here, much = at[end - size : end], said[end - size : end]
            known = here >= 0
            piece = found[row[0], row[1]] = Piece(here[known], much[known])
            self._size += piece.nbytes
        if any(group not in self._zones for group, _day in found):
            self._read_zones()
        self._pieces.update(found)
        return found

    def _read_zones(self) -> None:
        groups = Group.objects.filter(workspace_id=self._places.workspace_id)
        self._lasts = {}
        self._zones = dict(groups.values_list("pk", "community__time_zone"))

    def follow(self, key: str, ids: Ints) -> Ints:
        """Read a day (the key) of some groups (the ids) anew; the places of who said more or less.

        Raises Disorder for a day of whatever groups.
        """
        if not key:
            raise Disorder
        day, changed = int(key), [_NOBODY]
        if self._first is None or day < self._first:
            return _NOBODY
        for at in range(0, len(ids), _GROUPS_AT_ONCE):
            some = ids[at : at + _GROUPS_AT_ONCE].tolist()
            before = {pk: self._pieces.pop((pk, day), _NOTHING) for pk in some}
            self._size -= sum(one.nbytes for one in before.values())
            after = self._hold(
                GroupDay.objects.filter(
                    group_id__in=some, group__workspace_id=self._places.workspace_id, day=day
                )
            )
            for pk, old in before.items():
                changed.append(self._apply(pk, day, old, after.get((pk, day), _NOTHING)))
        places: Ints = np.unique(np.concatenate(changed))
        return places

    def _apply(self, group: int, day: int, old: Piece, new: Piece) -> Ints:
        """Let the windows know what changed in a group on a day; the places of whom."""
        own, which = np.unique(np.concatenate([old.at, new.at]), return_inverse=True)
        more = np.bincount(
            which, weights=np.concatenate([-old.said, new.said]), minlength=len(own)
        ).astype(np.int32)
        own, more = own[more != 0], more[more != 0]
        home: Ints = self._places.home[own].astype(np.int64)
        for (wanted, days), window in self._windows.items():
            if self._is_in(wanted, days, window, group, day):
                np.add.at(window.said, home, more)
        return home

    def rehome(self, places: Ints) -> Ints:
        """Have the windows summed anew: what somebody said belongs to somebody else."""
        self._windows.clear()
        return places


_NOBODY: Ints = np.zeros(0, dtype=np.int64)
_NOTHING = Piece(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32))
DAYS = mirrored(Source("days", lambda places, _key: Days(places)))

"""The counting stage: group-days and community-days, in the transaction of their messages (J-1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection

from weilu.chat.columns import Columns, Ints
from weilu.chat.models import Message
from weilu.chat.ports import Kind
from weilu.chat.stages import stage
from weilu.communities.models import Community
from weilu.core.bulk import upsert_columns
from weilu.core.changes import note_change
from weilu.insight.models import CommunityDay, GroupDay
from weilu.insight.packing import (
    HOURS,
    pack_many_numbers,
    pack_many_people,
    unpack_many_hours,
    unpack_many_numbers,
    unpack_many_people,
)
from weilu.insight.people.columns import DAYS

_LINK = int(Message.Flag.LINK)
_ID = 0xFFFFFFFF
_SUMS = ("messages", "joins", "leaves", "links")
_READ_AT_ONCE = 2000
# Days that are told of one by one; history that is imported has hundreds.
_FEW_DAYS = 8


@dataclass(frozen=True, slots=True)
class DayDelta:
    """What a run of messages adds to one owner (group or community) on one day."""

    owner: int
    day: int
    messages: int
    joins: int
    leaves: int
    links: int
    ids: Ints
    counts: Ints
    hours: Ints


@dataclass(slots=True)
class Days:
    """Many owners' days as columns, ascending by (owner, day).

    `sums` has a row for each of `_SUMS`, `hours` a row for each day. `talk` holds the speakers of
    all days, (position of the day << 32) | identity, ascending; `counts` what each said.
    """

    owner: Ints
    day: Ints
    sums: Ints
    hours: Ints
    talk: Ints
    counts: Ints

    def bounds(self) -> list[int]:
        """Where each day's speakers start in `talk`, and the end of the last."""
        starts = np.arange(len(self.owner) + 1, dtype=np.int64) << 32
        found: list[int] = np.searchsorted(self.talk, starts).tolist()
        return found

    def add(self, stored: dict[int, tuple[Any, ...]]) -> None:
        """Add days that are stored already, by position: (*sums, people, counts, hours)."""
        if not stored:
            return
        at = np.fromiter(stored, dtype=np.int64, count=len(stored))
        *sums, people, counts, hours = zip(*stored.values(), strict=True)
        self.sums[:, at] += np.array(sums, dtype=np.int64)
        self.hours[at] += unpack_many_hours(hours)
        ids, sizes = unpack_many_people(people)
        both = np.concatenate([self.talk, (np.repeat(at, sizes) << 32) | ids])
        weights = np.concatenate([self.counts, unpack_many_numbers(counts)])
        self.talk, slot = np.unique(both, return_inverse=True)
        # Sums of whole numbers below 2 ** 53 are exact in floating point.
        self.counts = np.bincount(slot, weights=weights, minlength=len(self.talk)).astype(np.int64)


def clear_days(community_id: int) -> None:
    """Forget the days of a community and of its groups."""
    GroupDay.objects.filter(group__community_id=community_id).delete()
    place = Community.objects.get(pk=community_id)
    note_change(place.workspace_id, DAYS.name)
    CommunityDay.objects.filter(community_id=community_id).delete()


@stage("counting", clear_days)
def count_days(columns: Columns) -> None:
    """Add the columns to the days of their groups and of their community."""
    add_days("insight_groupday", "group_id", columns, columns.group)
    _note_days(columns)
    owner = np.full(len(columns), columns.community_id, dtype=np.int64)
    add_days("insight_communityday", "community_id", columns, owner)


def _note_days(columns: Columns) -> None:
    """Tell copies which groups were counted on which days."""
    days = np.unique(columns.day).tolist()
    if len(days) > _FEW_DAYS:
        note_change(columns.workspace_id, DAYS.name)
        return
    for day in days:
        groups = np.unique(columns.group[columns.day == day]).tolist()
        note_change(columns.workspace_id, DAYS.name, key=day, ids=groups)


def gather(columns: Columns, owner: Ints) -> Days:
    """What the columns add to each (owner, day) that occurs."""
    low = int(columns.day.min())
    span = int(columns.day.max()) - low + 1
    keys, slot = np.unique(owner * span + (columns.day - low), return_inverse=True)
    size = len(keys)
    spoke = columns.kind == Kind.MESSAGE
    # Somebody whom no source names is nobody to count, but what they said was said.
    named = spoke & (columns.identity > 0)
    said, person = slot[named], columns.identity[named]
    sums = [
        np.bincount(slot[chosen], minlength=size)
        for chosen in (
            spoke,
            columns.kind == Kind.JOIN,
            columns.kind == Kind.LEAVE,
            (columns.flags & _LINK) != 0,
        )
    ]
    hours = np.bincount(slot[spoke] * HOURS + columns.hour[spoke], minlength=size * HOURS)
    # An identity fits 32 bits (it is stored in a roaring bitmap), so one sort does for both.
    talk, counts = np.unique((said << 32) | person, return_counts=True)
    return Days(
        keys // span, keys % span + low, np.stack(sums), hours.reshape(size, HOURS), talk, counts
    )


def deltas(columns: Columns, owner: Ints) -> Iterator[DayDelta]:
    """One delta per (owner, day) that occurs, ascending."""
    days = gather(columns, owner)
    bounds = days.bounds()
    ids = days.talk & _ID
    for k in range(len(days.owner)):
        start, end = bounds[k], bounds[k + 1]
        owner_id, day = int(days.owner[k]), int(days.day[k])
        messages, joins, leaves, links = days.sums[:, k].tolist()
        said = (ids[start:end], days.counts[start:end], days.hours[k])
        yield DayDelta(owner_id, day, messages, joins, leaves, links, *said)


def add_days(table: str, owner_column: str, columns: Columns, owner: Ints) -> None:
    """Merge columns into the stored days of `table`: one read and one write for all of them.

    The caller holds the community's lock (`chat.staging`), so nobody else writes these days.
    """
    days = gather(columns, owner)
    keys = list(zip(days.owner.tolist(), days.day.tolist(), strict=True))
    days.add(_stored(table, owner_column, keys))
    bounds = days.bounds()
    upsert_columns(
        connection,
        table,
        (owner_column, "day", *_SUMS, "people", "counts", "hours", "questions"),
        [
            days.owner.tolist(),
            days.day.tolist(),
            *days.sums.tolist(),
            pack_many_people(days.talk & _ID, bounds),
            pack_many_numbers(days.counts, bounds),
            pack_many_numbers(days.hours.reshape(-1), range(0, days.hours.size + 1, HOURS)),
            [0] * len(keys),
        ],
        conflict=f"({owner_column}, day) DO UPDATE SET "
        + ", ".join(f"{c} = excluded.{c}" for c in (*_SUMS, "people", "counts", "hours")),
    )


def _stored(
    table: str, owner_column: str, keys: Sequence[tuple[int, int]]
) -> dict[int, tuple[Any, ...]]:
    """The days as they stand, by position in `keys`."""
    place = {key: k for k, key in enumerate(keys)}
    found: dict[int, tuple[Any, ...]] = {}
    with connection.cursor() as cursor:
        for at in range(0, len(keys), _READ_AT_ONCE):
            some = keys[at : at + _READ_AT_ONCE]
            slots = ", ".join(["(%s, %s)"] * len(some))
            cursor.execute(
                f"SELECT {owner_column}, day, {', '.join(_SUMS)}, people, counts, hours"  # noqa: S608
                f" FROM {table} WHERE ({owner_column}, day) IN (VALUES {slots})",
                [n for key in some for n in key],
            )
            found.update({place[r[0], r[1]]: r[2:] for r in cursor.fetchall()})
    return found

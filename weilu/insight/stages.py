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
from weilu.insight.packing import (
    HOURS,
    add_counts,
    pack_numbers,
    pack_people,
    people_array,
    unpack_hours,
    unpack_numbers,
    unpack_people,
)

_LINK = int(Message.Flag.LINK)
_READ_AT_ONCE = 300


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


@stage("counting")
def count_days(columns: Columns) -> None:
    """Add the columns to the days of their groups and of their community."""
    add_days("insight_groupday", "group_id", list(deltas(columns, columns.group)))
    owner = np.full(len(columns), columns.community_id, dtype=np.int64)
    add_days("insight_communityday", "community_id", list(deltas(columns, owner)))


def deltas(columns: Columns, owner: Ints) -> Iterator[DayDelta]:
    """One delta per (owner, day) that occurs, ascending."""
    spoke = (columns.kind == Kind.MESSAGE).astype(np.int64)
    order = np.lexsort((columns.identity, columns.day, owner))
    own, day = owner[order], columns.day[order]
    cuts = np.flatnonzero((np.diff(own) != 0) | (np.diff(day) != 0)) + 1
    starts = np.concatenate(([0], cuts))
    spoke = spoke[order]
    kind, hour, identity = columns.kind[order], columns.hour[order], columns.identity[order]
    sums = [
        np.add.reduceat(values, starts).tolist()
        for values in (
            spoke,
            (kind == Kind.JOIN).astype(np.int64),
            (kind == Kind.LEAVE).astype(np.int64),
            ((columns.flags[order] & _LINK) != 0).astype(np.int64),
        )
    ]
    slot = np.searchsorted(starts, np.arange(len(own)), side="right") - 1
    said = np.flatnonzero(spoke)
    hours = np.bincount(slot[said] * HOURS + hour[said], minlength=len(starts) * HOURS)
    hours = hours.reshape(len(starts), HOURS)
    for k, (ids, counts) in enumerate(_speakers(slot[said], identity[said], len(starts))):
        at = int(starts[k])
        numbers = [s[k] for s in sums]
        yield DayDelta(int(own[at]), int(day[at]), *numbers, ids, counts, hours[k])


def _speakers(slot: Ints, identity: Ints, slots: int) -> Iterator[tuple[Ints, Ints]]:
    """Per slot the distinct identities and how often each occurs; sorted by slot, identity."""
    if not len(slot):
        nothing = np.zeros(0, dtype=np.int64)
        for _ in range(slots):
            yield nothing, nothing
        return
    new = np.concatenate(([True], (np.diff(slot) != 0) | (np.diff(identity) != 0)))
    at = np.flatnonzero(new)
    counts = np.diff(np.concatenate((at, [len(slot)])))
    who, where = identity[at], slot[at]
    bounds = np.searchsorted(where, np.arange(slots + 1))
    for k in range(slots):
        yield who[bounds[k] : bounds[k + 1]], counts[bounds[k] : bounds[k + 1]]


def add_days(table: str, owner: str, news: Sequence[DayDelta]) -> None:
    """Merge deltas into the stored days of `table`: one read and one write for all of them."""
    if not news:
        return
    stored = _stored(table, owner, news)
    rows = [_merged(delta, stored.get((delta.owner, delta.day))) for delta in news]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({owner}, day, messages, joins, leaves, links, questions,"  # noqa: S608
            " people, counts, hours) VALUES (%s, %s, %s, %s, %s, %s, 0, %s, %s, %s)"
            f" ON CONFLICT ({owner}, day) DO UPDATE SET messages = excluded.messages,"
            " joins = excluded.joins, leaves = excluded.leaves, links = excluded.links,"
            " people = excluded.people, counts = excluded.counts, hours = excluded.hours",
            rows,
        )


def _stored(
    table: str, owner: str, news: Sequence[DayDelta]
) -> dict[tuple[int, int], tuple[Any, ...]]:
    """The days as they stand, locked where the database has row locks."""
    keys = [(d.owner, d.day) for d in news]
    lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    found: dict[tuple[int, int], tuple[Any, ...]] = {}
    with connection.cursor() as cursor:
        for at in range(0, len(keys), _READ_AT_ONCE):
            some = keys[at : at + _READ_AT_ONCE]
            slots = ", ".join(["(%s, %s)"] * len(some))
            cursor.execute(
                f"SELECT {owner}, day, messages, joins, leaves, links, people, counts, hours"  # noqa: S608
                f" FROM {table} WHERE ({owner}, day) IN (VALUES {slots})"
                f" ORDER BY {owner}, day{lock}",
                [n for key in some for n in key],
            )
            found.update({(r[0], r[1]): r[2:] for r in cursor.fetchall()})
    return found


def _merged(delta: DayDelta, old: tuple[Any, ...] | None) -> tuple[object, ...]:
    """The row to write: the stored day plus the delta."""
    if old is None:
        sums = (delta.messages, delta.joins, delta.leaves, delta.links)
        ids, counts, hours = delta.ids, delta.counts, delta.hours
    else:
        sums = (
            old[0] + delta.messages,
            old[1] + delta.joins,
            old[2] + delta.leaves,
            old[3] + delta.links,
        )
        ids, counts = add_counts(
            people_array(unpack_people(old[4])), unpack_numbers(old[5]), delta.ids, delta.counts
        )
        hours = unpack_hours(old[6]) + delta.hours
    blobs = (pack_people(ids), pack_numbers(counts), pack_numbers(hours))
    return (delta.owner, delta.day, *sums, *blobs)

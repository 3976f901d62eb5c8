"""Message rows in and out of the database with the cursor: the ORM is nine times slower here."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from operator import attrgetter
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from django.db.backends.base.base import BaseDatabaseWrapper

from weilu.chat.columns import HOUR_MS, Columns, Ints, days_and_hours
from weilu.core.bulk import put_columns

MESSAGE_COLUMNS = (
    "id",
    "workspace_id",
    "group_id",
    "identity_id",
    "kind",
    "form",
    "flags",
    "sent_ms",
    "source_id",
    "text",
    "external_id",
    "answers",
)
# What stages that count see of them (`columns_of`).
COUNTED_COLUMNS = ("id", "group_id", "identity_id", "kind", "flags", "sent_ms")
_COMMUNITY = attrgetter("community_id")
_NAMES = ", ".join(MESSAGE_COLUMNS)
# Only what is already known by its id is passed over: any other clash has to be heard of.
_UNLESS_KNOWN = (
    f"((sent_ms / {HOUR_MS}), group_id, external_id) WHERE external_id IS NOT NULL DO NOTHING"
)


class Somewhere(Protocol):
    """What is needed to know of a record's place."""

    @property
    def group_id(self) -> int:
        """Our group."""

    @property
    def community_id(self) -> int:
        """The group's community."""

    @property
    def zone(self) -> str:
        """The community's time zone."""


def insert_rows(
    connection: BaseDatabaseWrapper, values: Sequence[Sequence[Any]], first: int
) -> list[int] | None:
    """Insert message rows, passing over those that exist; None when all were new, else the new ids.

    `values` are the columns of the rows, in MESSAGE_COLUMNS order. A row exists when one of its
    group and hour has its external id. `first` is the smallest id; ids are consecutive, so the new
    ones are one contiguous scan. Raises IntegrityError when another message has one of the ids
    already.
    """
    count = len(values[0])
    if connection.vendor == "postgresql":
        return _copy(connection, values)
    known = _UNLESS_KNOWN
    if count == put_columns(connection, "chat_message", MESSAGE_COLUMNS, values, conflict=known):
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM chat_message WHERE id >= %s AND id < %s ORDER BY id",
            [first, first + count],
        )
        return [r[0] for r in cursor.fetchall()]


def _copy(connection: BaseDatabaseWrapper, values: Sequence[Sequence[Any]]) -> list[int] | None:
    """COPY into a temporary table, then INSERT … ON CONFLICT: 1.4 times executemany."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS arriving (LIKE chat_message) ON COMMIT DELETE ROWS"
        )
        # Two batches may share one transaction.
        cursor.execute("TRUNCATE arriving")
        with cursor.cursor.copy(f"COPY arriving ({_NAMES}) FROM STDIN") as copy:
            for row in zip(*values, strict=True):
                copy.write_row(row)
        cursor.execute(
            f"INSERT INTO chat_message ({_NAMES}) SELECT {_NAMES} FROM arriving"  # noqa: S608
            f" ORDER BY id ON CONFLICT {_UNLESS_KNOWN}"
        )
        if cursor.rowcount == len(values[0]):
            return None
        cursor.execute(
            "SELECT m.id FROM chat_message m JOIN arriving a ON a.id = m.id ORDER BY m.id"
        )
        return [r[0] for r in cursor.fetchall()]


def new_mask(fresh: list[int] | None, first: int, count: int) -> npt.NDArray[np.bool_] | None:
    """Which of `count` rows from id `first` are new; None for all."""
    if fresh is None:
        return None
    mask = np.zeros(count, dtype=np.bool_)
    mask[np.array(fresh, dtype=np.int64) - first] = True
    return mask


def columns_of(
    workspace_id: int,
    lists: Sequence[Sequence[int]] | Ints,
    text: Sequence[str],
    places: Sequence[Somewhere],
    mask: npt.NDArray[np.bool_] | None,
) -> list[Columns]:
    """Columns from lists of COUNTED_COLUMNS and texts, or none; only rows in the mask.

    One set a community; most batches have one. `places` has one for each row, or one for all.
    """
    numbers = [np.array(one, dtype=np.int64) for one in lists]
    if mask is not None:
        numbers = [n[mask] for n in numbers]
        kept = mask.tolist()
        text, places = list(compress(text, kept)), list(compress(places, kept))
    return [
        _of_community(workspace_id, community, zone, _only(numbers, chosen), text, chosen)
        for community, zone, chosen in _communities(places)
    ]


def _communities(
    places: Sequence[Somewhere],
) -> list[tuple[int, str, npt.NDArray[np.int64] | None]]:
    """Each community with its zone and which rows are its own (None: all)."""
    if not places:
        return []
    listed = list(map(_COMMUNITY, places))
    if len(set(listed)) == 1:
        return [(listed[0], places[0].zone, None)]
    zones = {p.community_id: p.zone for p in places}
    of = np.array(listed, dtype=np.int64)
    return [(c, zone, np.flatnonzero(of == c)) for c, zone in sorted(zones.items())]


def _only(numbers: list[Ints], chosen: npt.NDArray[np.int64] | None) -> list[Ints]:
    return numbers if chosen is None else [n[chosen] for n in numbers]


def _of_community(
    workspace_id: int,
    community_id: int,
    zone: str,
    numbers: list[Ints],
    text: Sequence[str],
    chosen: npt.NDArray[np.int64] | None,
) -> Columns:
    pk, group, identity, kind, flags, sent_ms = numbers
    day, hour = days_and_hours(sent_ms, zone)
    return Columns(
        workspace_id=workspace_id,
        community_id=community_id,
        id=pk,
        group=group,
        identity=identity,
        kind=kind,
        flags=flags,
        sent_ms=sent_ms,
        day=day,
        hour=hour,
        text=text if chosen is None or not text else [text[k] for k in chosen.tolist()],
    )

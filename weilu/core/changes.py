"""What changed of rows that processes keep copies of in memory: told with the change itself.

A copy never guesses: whoever writes such rows notes whose they are, in the same transaction, and
whoever keeps a copy asks before every answer what was noted since it last asked.

Nothing is missed, in whatever order transactions are committed. On SQLite there is one writer, so
numbers ascend as transactions end. On PostgreSQL a note bears its transaction's number: those below
the `xmin` of the snapshot read before had all ended then, so what was not seen lies at or above it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection
from pyroaring import BitMap

from weilu.core.clock import now
from weilu.core.models import Change
from weilu.core.worker import chore

# Notes are kept so long; a copy that did not ask for half of it may have missed some.
KEPT = timedelta(hours=4)
# From so many ids on it is simpler to read everything anew.
MOST_IDS = 50_000
EVERYTHING = ""
_FORGET_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Noted:
    """Rows of `source` under `key` ("": under any) that changed: whose, None: anybody's."""

    source: str
    key: str
    ids: BitMap | None


@dataclass(slots=True)
class Since:
    """Up to where somebody has read; `seen` are notes from there on that they have read already."""

    mark: int
    seen: set[int] = field(default_factory=set)


def note_change(
    workspace_id: int, source: str, *, key: object = "", ids: Iterable[int] | None = None
) -> None:
    """Tell copies that rows changed; without `ids` that all under the key may have.

    Without a source (`EVERYTHING`): whatever there is of the workspace. Raises RuntimeError
    outside a transaction, as for `announce`.
    """
    if not connection.in_atomic_block:
        message = f"a change of {source} noted outside a transaction"
        raise RuntimeError(message)
    whose = None if ids is None else BitMap(ids)
    if whose is not None and not whose:
        return
    body = None if whose is None or len(whose) > MOST_IDS else whose.serialize()
    mark = "txid_current()" if connection.vendor == "postgresql" else "0"
    moment = connection.ops.adapt_datetimefield_value(now())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_change (workspace_id, source, key, ids, at, mark)"  # noqa: S608
            f" VALUES (%s, %s, %s, %s, %s, {mark})",
            [workspace_id, source, str(key), body, moment],
        )


def forget_noted(workspace_id: int) -> None:
    """Take away what was noted of a workspace, for it names somebody who is gone.

    All copies are told to begin anew.
    """
    Change.objects.filter(workspace_id=workspace_id).delete()
    note_change(workspace_id, EVERYTHING)


def from_here() -> Since:
    """What to give `noted_since` later: everything that is visible now counts as read."""
    is_postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(_HERE_ON_POSTGRES if is_postgres else _HERE_ON_SQLITE)
        rows = cursor.fetchall()
    return Since(int(rows[0][0]), {pk for _edge, pk in rows if pk is not None})


def noted_since(workspace_id: int, since: Since) -> list[Noted]:
    """What was noted of a workspace since; `since` moves on. Not for use in a transaction."""
    is_postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(_ON_POSTGRES if is_postgres else _ON_SQLITE, [workspace_id, since.mark])
        rows = cursor.fetchall()
    fresh = [row for row in rows if row[1] is not None and row[1] not in since.seen]
    if is_postgres:
        # One row at least, with the snapshot's edge: notes of what was unfinished lie above it.
        since.mark = rows[0][0]
        since.seen = {row[1] for row in rows if row[1] is not None and row[5] >= since.mark}
    elif rows:
        since.mark = max(row[1] for row in rows)
    return [
        Noted(source, key, None if body is None else BitMap.deserialize(bytes(body)))
        for _edge, _pk, source, key, body, _mark in fresh
    ]


# Each in one statement, hence of one snapshot. Whatever else the server does may hold its edge
# back: notes above it that are visible have been read all the same.
_HERE_ON_POSTGRES = (
    "SELECT s.edge, c.id FROM (SELECT txid_snapshot_xmin(txid_current_snapshot()) AS edge) s"
    " LEFT JOIN core_change c ON c.mark >= s.edge"
)
_HERE_ON_SQLITE = (
    "SELECT COALESCE(MAX(seq), 0), NULL FROM sqlite_sequence WHERE name = 'core_change'"
)
_ON_POSTGRES = (
    "SELECT s.edge, c.id, c.source, c.key, c.ids, c.mark"
    " FROM (SELECT txid_snapshot_xmin(txid_current_snapshot()) AS edge) s"
    " LEFT JOIN core_change c ON c.workspace_id = %s AND c.mark >= %s ORDER BY c.id"
)
_ON_SQLITE = (
    "SELECT 0, id, source, key, ids, mark FROM core_change"
    " WHERE workspace_id = %s AND id > %s ORDER BY id"
)


@chore
def forget_old_changes() -> int:
    """Take away notes that every copy has read; the worker calls this between rounds."""
    # In no order: the databases are to take the index by age.
    old = Change.objects.filter(at__lt=now() - KEPT)
    ids = list(old.values_list("pk", flat=True)[:_FORGET_AT_ONCE])
    return Change.objects.filter(pk__in=ids).delete()[0] if ids else 0

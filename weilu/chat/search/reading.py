"""Messages read for showing: by id, or those of some people on some days of a group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import connection

from weilu.chat.columns import HOUR_MS
from weilu.chat.models import Message
from weilu.chat.ports import Kind

# Hours asked for in one statement: each is one look-up in the index.
_HOURS_AT_ONCE = 720
_IDS_AT_ONCE = 500
_GROUPS_NAMED = 200
_COLUMNS = "id, group_id, identity_id, kind, form, flags, sent_ms, text"


@dataclass(frozen=True, slots=True)
class Said:
    """One record of a group as it is shown."""

    id: int
    group_id: int
    identity_id: int
    kind: int
    form: int
    flags: int
    sent_ms: int
    text: str

    @property
    def is_recalled(self) -> bool:
        """Whether its sender took it back."""
        return bool(self.flags & Message.Flag.RECALLED)


def find_message(workspace_id: int, message_id: int) -> Said | None:
    """One record of a workspace, None when it is not there."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM chat_message WHERE id = %s AND workspace_id = %s",  # noqa: S608
            [message_id, workspace_id],
        )
        row = cursor.fetchone()
    return Said(*row) if row else None


def by_ids(ids: Sequence[int]) -> dict[int, Said]:
    """Records by id; unknown ids are missing."""
    found: dict[int, Said] = {}
    with connection.cursor() as cursor:
        for at in range(0, len(ids), _IDS_AT_ONCE):
            some = list(ids[at : at + _IDS_AT_ONCE])
            slots = ", ".join(["%s"] * len(some))
            cursor.execute(f"SELECT {_COLUMNS} FROM chat_message WHERE id IN ({slots})", some)  # noqa: S608
            found.update((row[0], Said(*row)) for row in cursor.fetchall())
    return found


def said_by(
    group_id: int, spans: Iterable[tuple[int, int]], identities: Sequence[int]
) -> list[Said]:
    """Messages of identities in a group within spans of UTC ms (end left out); in no order.

    Spans should lie apart; of an hour that two
    spans share everything is returned.
    """
    chosen = list(spans)
    if not chosen or not identities:
        return []
    low, high = min(s[0] for s in chosen), max(s[1] for s in chosen)
    hours = iter(
        sorted({h for a, b in chosen for h in range(a // HOUR_MS, (b - 1) // HOUR_MS + 1)})
    )
    who = ", ".join(["%s"] * len(identities))
    rows: list[Said] = []
    with connection.cursor() as cursor:
        while some := list(islice(hours, _HOURS_AT_ONCE)):
            listed = ", ".join(map(str, some))
            cursor.execute(
                f"SELECT {_COLUMNS} FROM chat_message"  # noqa: S608
                f" WHERE (sent_ms / {HOUR_MS}) IN ({listed}) AND group_id = %s"
                f" AND sent_ms >= %s AND sent_ms < %s AND kind = {int(Kind.MESSAGE)}"
                f" AND identity_id IN ({who})",
                [group_id, low, high, *identities],
            )
            rows += [Said(*row) for row in cursor.fetchall()]
    return rows


def said_in(
    group_id: int, first_ms: int, end_ms: int, kinds: Sequence[Kind] = (Kind.MESSAGE,)
) -> list[Said]:
    """Everything of the kinds in a group with `first_ms` ≤ time < `end_ms`, oldest first."""
    listed = ", ".join(str(int(k)) for k in kinds)
    hours = iter(range(first_ms // HOUR_MS, (end_ms - 1) // HOUR_MS + 1))
    rows: list[Said] = []
    with connection.cursor() as cursor:
        while some := list(islice(hours, _HOURS_AT_ONCE)):
            cursor.execute(
                f"SELECT {_COLUMNS} FROM chat_message"  # noqa: S608
                f" WHERE (sent_ms / {HOUR_MS}) IN ({', '.join(map(str, some))})"
                f" AND group_id = %s AND sent_ms >= %s AND sent_ms < %s AND kind IN ({listed})",
                [group_id, first_ms, end_ms],
            )
            rows += [Said(*row) for row in cursor.fetchall()]
    rows.sort(key=lambda one: (one.sent_ms, one.id))
    return rows


def newest_in(
    workspace_id: int,
    group_ids: Sequence[int],
    hours: Iterable[int],
    between: tuple[int, tuple[int, int]],
    limit: int,
) -> list[Said]:
    """The newest messages of groups of a workspace within hours, newest first.

    `hours` (UTC, since 1970) come the latest first; only messages between a moment (included)
    and a place (sent_ms, id) are given.
    """
    since_ms, before = between
    where, params = "workspace_id = %s AND sent_ms >= %s", [workspace_id, since_ms]
    if len(group_ids) <= _GROUPS_NAMED:
        # The index leads to each group of an hour; for many groups the whole hour costs less.
        where = f"{where} AND group_id IN ({', '.join(['%s'] * len(group_ids))})"
        params += group_ids
    waiting = iter(hours)
    rows: list[Said] = []
    with connection.cursor() as cursor:
        while len(rows) < limit and (some := list(islice(waiting, _HOURS_AT_ONCE))):
            cursor.execute(
                f"SELECT {_COLUMNS} FROM chat_message"  # noqa: S608
                f" WHERE (sent_ms / {HOUR_MS}) IN ({', '.join(map(str, some))})"
                f" AND {where} AND kind = {int(Kind.MESSAGE)}"
                " AND (sent_ms < %s OR (sent_ms = %s AND id < %s))"
                " ORDER BY sent_ms DESC, id DESC LIMIT %s",
                [*params, before[0], *before, limit - len(rows)],
            )
            rows += [Said(*row) for row in cursor.fetchall()]
    return rows

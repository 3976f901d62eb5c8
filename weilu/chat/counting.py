"""How much was said in groups in a stretch of time, counted no further than it matters (D-2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from weilu.chat.columns import HOUR_MS
from weilu.chat.ports import Kind

# Look-ups in the index, one an hour and group, asked for in one statement.
_LOOKUPS_AT_ONCE = 8400
# SQLite takes no more than 500 parts in one statement.
_GROUPS_AT_ONCE = 400


def count_heard(bounds: Mapping[int, int], since: datetime, until: datetime) -> dict[int, int]:
    """Messages of groups with `since` ≤ time ≤ `until`, by group id; each counted to its bound.

    One look-up in the index an hour, however much is stored; at most `bound` rows a group.
    """
    first, last = _ms(since), _ms(until)
    hours = range(first // HOUR_MS, last // HOUR_MS + 1)
    at_once = max(1, min(_LOOKUPS_AT_ONCE // len(hours), _GROUPS_AT_ONCE))
    listed = ", ".join(map(str, hours))
    ids = sorted(bounds)
    found = dict.fromkeys(ids, 0)
    with connection.cursor() as cursor:
        for at in range(0, len(ids), at_once):
            parts = [
                f"SELECT {int(pk)}, (SELECT COUNT(*) FROM (SELECT 1 FROM chat_message"  # noqa: S608
                f" WHERE (sent_ms / {HOUR_MS}) IN ({listed}) AND group_id = {int(pk)}"
                f" AND sent_ms BETWEEN {first} AND {last} AND kind = {int(Kind.MESSAGE)}"
                f" LIMIT {int(bounds[pk])}) AS counted)"
                for pk in ids[at : at + at_once]
            ]
            cursor.execute(" UNION ALL ".join(parts))
            found.update({int(pk): int(count) for pk, count in cursor.fetchall()})
    return found


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)

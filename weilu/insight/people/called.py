"""Members found by a name, or by a part of one."""

from __future__ import annotations

import re

from django.db import connection

from weilu.members.rules.names import fold_name

# A name that fits more members than this is not a search any more.
NAMES_FOUND = 2000


def members_called(workspace_id: int, name: str, limit: int = NAMES_FOUND) -> list[int]:
    """Members one of whose names begins with or holds this, those that begin with it first.

    Also found under the name of somebody merged into them. At most two statements.
    """
    folded = fold_name(name)
    if not folded:
        return []
    escaped = folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    found = dict.fromkeys(_called(workspace_id, f"{escaped}%", limit))
    if len(found) < limit:
        found |= dict.fromkeys(_called(workspace_id, f"%{escaped}%", limit))
    return list(found)[:limit]


def _called(workspace_id: int, pattern: str, limit: int) -> list[int]:
    hit, params = "name_folded LIKE %s ESCAPE '\\'", [pattern]
    if pattern[:1] != "%" and connection.vendor == "sqlite":
        # SQLite finds a beginning by its index only when told the bounds.
        start = re.sub(r"\\(.)", r"\1", pattern[:-1])
        hit, params = "name_folded >= %s AND name_folded < %s", [start, f"{start}\U0010ffff"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT i.member_id FROM (SELECT id FROM members_member WHERE workspace_id = %s"  # noqa: S608
            f" AND {hit} LIMIT %s) hit JOIN members_identity i ON i.id = hit.id",
            [workspace_id, *params, limit],
        )
        return [row[0] for row in cursor.fetchall()]

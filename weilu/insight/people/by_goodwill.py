"""The member list in order of goodwill, and the goodwill of a page of members (C-4).

Whoever has none has no row: they stand at the low end, in order of their ids, so that every
page still walks an index.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from weilu.members.models import Goodwill
from weilu.members.rules.goodwill import points_of
from weilu.members.rules.goodwill_json import Numbers, read

# Asked once for all rows: neither subquery looks at the row. They take the workspace, twice.
COLUMNS = (
    "g.base, g.level, (SELECT MAX(d.day) FROM insight_communityday d"
    " JOIN communities_community c ON c.id = d.community_id"
    " WHERE c.workspace_id = %s AND d.messages > 0),"
    " (SELECT own.body FROM members_goodwillmodel own WHERE own.workspace_id = %s)"
)
JOIN = " LEFT JOIN members_goodwill g ON g.member_id = t.member_id"


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody has: points today and the level."""

    points: float = 0.0
    level: int = 0


def told(base: float | None, level: int | None, day: int | None, body: object) -> Held:
    """What COLUMNS say of a row."""
    if base is None:
        return Held()
    numbers = json.loads(body) if isinstance(body, str) else body
    model = (read(numbers) if isinstance(numbers, dict) else Numbers()).model
    return Held(points_of(base, day or 0, model), level or 0)


@dataclass(frozen=True, slots=True)
class Wish:
    """The list that is asked for: `select … FROM` with what it takes, conditions, and direction."""

    select: str
    lead: Sequence[int]
    where: Sequence[str]
    params: Sequence[int | str]
    descending: bool

    @property
    def way(self) -> str:
        """The direction in SQL."""
        return "DESC" if self.descending else "ASC"

    @property
    def beyond(self) -> str:
        """The sign for what lies beyond."""
        return "<" if self.descending else ">"


def page_rows(wish: Wish, *, after_id: int | None, limit: int) -> list[Sequence[object]]:
    """Rows of the list in order of goodwill, then id, beyond a member."""
    edge = _edge(after_id) if after_id is not None else None
    parts = (_with, _without) if wish.descending else (_without, _with)
    # Beyond somebody of the second part, the first part is over.
    begin = int(after_id is not None and (edge is None) == wish.descending)
    found: list[Sequence[object]] = []
    for k in range(begin, 2):
        inside = after_id if k == begin else None
        found += parts[k](wish, inside, edge, limit - len(found))
        if len(found) >= limit:
            break
    return found


def _edge(member_id: int | None) -> float | None:
    found: float | None = (
        Goodwill.objects.filter(pk=member_id).values_list("base", flat=True).first()
    )
    return found


def _with(
    wish: Wish, after_id: int | None, edge: float | None, limit: int
) -> list[Sequence[object]]:
    """Those with goodwill, along its index."""
    conditions = [*wish.where, "g.workspace_id = t.workspace_id"]
    values: list[object] = [*wish.lead, *wish.params]
    if after_id is not None:
        conditions.append(f"(g.base, g.member_id) {wish.beyond} (%s, %s)")
        values += [edge, after_id]
    return _fetch(
        f"{wish.select}members_goodwill g JOIN insight_membertotals t"
        " ON t.member_id = g.member_id JOIN members_member m ON m.id = t.member_id"
        f" WHERE {' AND '.join(conditions)}"
        f" ORDER BY g.base {wish.way}, g.member_id {wish.way} LIMIT %s",
        [*values, limit],
    )


def _without(
    wish: Wish, after_id: int | None, _edge_value: float | None, limit: int
) -> list[Sequence[object]]:
    """Those without, by their ids."""
    # Plus and CROSS JOIN have SQLite walk along the ids instead of sorting the whole workspace.
    where = [one.replace("t.workspace_id", "+t.workspace_id") for one in wish.where]
    conditions = [*where, "g.member_id IS NULL"]
    values: list[object] = [*wish.lead, *wish.params]
    if after_id is not None:
        conditions.append(f"t.member_id {wish.beyond} %s")
        values.append(after_id)
    return _fetch(
        f"{wish.select}insight_membertotals t CROSS JOIN members_member m{JOIN}"
        f" WHERE m.id = t.member_id AND {' AND '.join(conditions)}"
        f" ORDER BY t.member_id {wish.way} LIMIT %s",
        [*values, limit],
    )


def _fetch(sql: str, params: list[object]) -> list[Sequence[object]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)  # type: ignore[arg-type]  # numbers and texts
        return list(cursor.fetchall())

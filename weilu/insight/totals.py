"""What each member did over all groups, for the member list; made from participations."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

_AT_ONCE = 500

_SELECT = (
    "SELECT i.member_id, i.workspace_id, SUM(p.messages), COUNT(DISTINCT p.group_id),"
    " MIN(p.first_seen_ms), MAX(COALESCE(p.last_spoke_ms, 0)),"
    " MAX(CASE WHEN p.last_left_ms > COALESCE(p.last_spoke_ms, 0)"
    " AND p.last_left_ms > COALESCE(p.last_joined_ms, 0) THEN p.last_left_ms ELSE 0 END)"
    " FROM members_identity i JOIN groups_participation p ON p.identity_id = i.id"
)
_INSERT = (
    "INSERT INTO insight_membertotals"
    " (member_id, workspace_id, messages, groups, first_ms, last_ms, left_ms) "
)


def refresh_totals(workspace_id: int, member_ids: Iterable[int] | None = None) -> None:
    """Make the totals of members anew; None: of everybody in the workspace.

    Members without a participation (merged away, or their messages were taken back) lose theirs.
    """
    if member_ids is None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM insight_membertotals WHERE workspace_id = %s", [workspace_id]
            )
            cursor.execute(
                f"{_INSERT}{_SELECT} WHERE i.workspace_id = %s"
                " GROUP BY i.member_id, i.workspace_id",
                [workspace_id],
            )
        return
    ids = sorted(set(member_ids))
    for at in range(0, len(ids), _AT_ONCE):
        some = ids[at : at + _AT_ONCE]
        slots = ", ".join(["%s"] * len(some))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM insight_membertotals WHERE member_id IN ({slots})", some)  # noqa: S608
            cursor.execute(
                f"{_INSERT}{_SELECT} WHERE i.member_id IN ({slots})"
                " GROUP BY i.member_id, i.workspace_id",
                some,
            )

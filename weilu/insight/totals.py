"""What each member did over all groups, for the member list; made from participations."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

from weilu.core.changes import note_change
from weilu.insight.people.columns import TOTALS

_AT_ONCE = 500

# Who was there before the records (`Participation.BEFORE_RECORDS`) was first seen at no moment.
_SELECT = (
    "SELECT member_id, workspace_id, SUM(messages), COUNT(*), MIN(first_ms), MAX(last_ms),"
    " CASE WHEN SUM(present) > 0 THEN 0 ELSE MAX(left_ms) END FROM ("
    "SELECT i.member_id, i.workspace_id, SUM(p.messages) AS messages,"
    " MIN(CASE WHEN p.joined_ms = 0 THEN 0 ELSE p.first_seen_ms END) AS first_ms,"
    " MAX(COALESCE(p.last_spoke_ms, 0)) AS last_ms,"
    " MAX(COALESCE(p.last_left_ms, 0)) AS left_ms,"
    " CASE WHEN MAX(COALESCE(p.last_left_ms, 0)) > MAX(COALESCE(p.last_spoke_ms, 0))"
    " AND MAX(COALESCE(p.last_left_ms, 0)) > MAX(COALESCE(p.last_joined_ms, 0))"
    " THEN 0 ELSE 1 END AS present"
    " FROM members_identity i JOIN groups_participation p ON p.identity_id = i.id WHERE "
)
# Somebody has left only when they are in no group any more, under none of their names.
_GROUP = (
    " GROUP BY i.member_id, i.workspace_id, p.group_id) one_group GROUP BY member_id, workspace_id"
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
                f"{_INSERT}{_SELECT}i.workspace_id = %s{_GROUP}",
                [workspace_id],
            )
            note_change(workspace_id, TOTALS.name)
        return
    ids = sorted(set(member_ids))
    for at in range(0, len(ids), _AT_ONCE):
        some = ids[at : at + _AT_ONCE]
        slots = ", ".join(["%s"] * len(some))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM insight_membertotals WHERE member_id IN ({slots})", some)  # noqa: S608
            cursor.execute(
                f"{_INSERT}{_SELECT}i.member_id IN ({slots}){_GROUP}",
                some,
            )
            note_change(workspace_id, TOTALS.name, ids=some)

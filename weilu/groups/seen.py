"""Who was seen in a group, and is in it still, as columns of the mirror of members (B-4, C-9)."""

from __future__ import annotations

from weilu.members.mirror.known import flags, lasting
from weilu.members.mirror.places import Floats, Ints, Places

# They have not left since they last spoke or came.
STILL_THERE = (
    "COALESCE(last_left_ms, 0) <="
    " CASE WHEN COALESCE(last_spoke_ms, 0) > COALESCE(last_joined_ms, 0)"
    " THEN COALESCE(last_spoke_ms, 0) ELSE COALESCE(last_joined_ms, 0) END"
)


def _seen(_places: Places, key: str, ids: Ints | None) -> tuple[Ints, Floats]:
    """Whom a group has seen, by its number and "ever" or "now"."""
    group, _space, when = key.partition(" ")
    still = f" AND {STILL_THERE}" if when == "now" else ""
    sql = f"SELECT identity_id FROM groups_participation WHERE group_id = %s{still}"  # noqa: S608
    return lasting(sql, [int(group)], "identity_id", ids)


SEEN = flags("seen", _seen)

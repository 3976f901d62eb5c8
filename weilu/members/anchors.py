"""On which identity something is written that staff know of a member (C-1, C-3)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Min

from weilu.core.errors import NotFound
from weilu.members.models import Identity

_AT_ONCE = 900


def anchors(workspace_id: int, member_ids: Iterable[int]) -> dict[int, int]:
    """Member → the oldest of their identities; without those merged away or of other workspaces."""
    ids = sorted(set(member_ids))
    found: dict[int, int] = {}
    for at in range(0, len(ids), _AT_ONCE):
        rows = Identity.objects.filter(
            workspace_id=workspace_id, member_id__in=ids[at : at + _AT_ONCE]
        )
        found.update(rows.order_by().values_list("member_id").annotate(Min("pk")))
    return found


def anchor(workspace_id: int, member_id: int) -> int:
    """The identity to write on; raises NotFound for whoever is not a member of the workspace."""
    found = anchors(workspace_id, [member_id])
    if not found:
        raise NotFound
    return found[member_id]

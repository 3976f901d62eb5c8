"""What others may ask about levels and prize looks (C-4, C-7)."""

from __future__ import annotations

from django.db.models import Count

from weilu.core.access import Actor, Right
from weilu.members.models import Goodwill, LevelMove


def level_counts(viewer: Actor) -> dict[int, int]:
    """How many members with goodwill are on each level."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Goodwill.objects.filter(workspace_id=viewer.workspace_id).order_by()
    return dict(rows.values_list("level").annotate(Count("pk")))


def newest_moves(viewer: Actor, *, limit: int = 12) -> list[LevelMove]:
    """Who rose and fell, newest first."""
    viewer.require(Right.SEE_MEMBERS)
    rows = LevelMove.objects.filter(workspace_id=viewer.workspace_id).select_related("member")
    return list(rows.order_by("-at", "-pk")[:limit])

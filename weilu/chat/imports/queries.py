"""What others may ask about imports."""

from __future__ import annotations

from weilu.chat.models import Import
from weilu.core.access import Actor, Right

SHOWN = 5


def imports_to_finish(viewer: Actor) -> list[Import]:
    """Imports that were looked at and wait for an answer, newest first, at most five."""
    viewer.require(Right.IMPORT)
    return list(
        Import.objects.filter(workspace_id=viewer.workspace_id, state=Import.State.READY).order_by(
            "-pk"
        )[:SHOWN]
    )

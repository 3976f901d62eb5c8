"""What others may ask about imports."""

from __future__ import annotations

from weilu.chat.models import Import, ImportBundle
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


def past_imports(viewer: Actor, limit: int = 50) -> list[Import]:
    """Imports of the workspace, newest first, with who made them and where they went."""
    viewer.require(Right.IMPORT)
    return list(
        Import.objects.filter(workspace_id=viewer.workspace_id)
        .exclude(paths=[])
        .select_related("community", "by")
        .order_by("-pk")[:limit]
    )


def bundles_of(run: Import) -> list[ImportBundle]:
    """The exports found in an import, in reading order."""
    return list(ImportBundle.objects.filter(run=run).order_by("position"))

"""What others may ask about imports."""

from __future__ import annotations

from collections.abc import Iterable

from weilu.chat.models import Import, ImportBundle
from weilu.core.access import Actor, Right
from weilu.core.models import Job

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


def groups_filled(bundles: Iterable[ImportBundle]) -> set[int]:
    """Ids of the groups that finished bundles were read into; some may be gone by now."""
    return {pk for one in bundles for pk in one.answers.get("group_ids", [])}


def is_being_undone(run: Import) -> bool:
    """Whether the worker has still to take a cancelled import back."""
    return Job.objects.filter(
        workspace_id=run.workspace_id, name="undo_import", key=str(run.pk), state=Job.State.DUE
    ).exists()

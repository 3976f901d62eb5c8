"""What others may ask about imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Max, Min
from pyroaring import BitMap

from weilu.chat.models import Batch, Echo, Import, ImportBundle, Message
from weilu.core.access import Actor, Right
from weilu.core.models import Job

SHOWN = 5
_IDS_AT_ONCE = 500


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


def people_brought(bundles: Sequence[ImportBundle]) -> int:
    """How many people finished bundles tell of; who is in several of them counts once."""
    if len(bundles) == 1:
        return int(bundles[0].found.get("people", 0))
    sources = [b.pk for b in bundles]
    found = _senders(sources)
    for echo in Echo.objects.filter(bundle__in=sources).iterator():
        found |= _echoed_senders(echo)
    return len(found - {0})


def _senders(sources: Sequence[int]) -> set[int]:
    """Identities behind what bundles stored themselves."""
    batches = Batch.objects.filter(source_id__in=sources)
    span = batches.aggregate(first=Min("first_id"), last=Max("first_id"), most=Max("count"))
    if span["first"] is None:
        return set()
    mine = Message.objects.filter(
        pk__gte=span["first"], pk__lt=span["last"] + span["most"], source_id__in=sources
    )
    return set(mine.values_list("identity_id", flat=True).distinct())


def _echoed_senders(echo: Echo) -> set[int]:
    """Identities behind what others had stored before."""
    ids = [echo.first_id + offset for offset in BitMap.deserialize(bytes(echo.ids))]
    rows = Message.objects.values_list("identity_id", flat=True).distinct()
    if len(ids) == echo.last_id - echo.first_id + 1:
        return set(rows.filter(pk__gte=echo.first_id, pk__lte=echo.last_id))
    parts = (ids[at : at + _IDS_AT_ONCE] for at in range(0, len(ids), _IDS_AT_ONCE))
    return {pk for part in parts for pk in rows.filter(pk__in=part)}

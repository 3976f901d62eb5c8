"""Taking an import back: its messages go, but for those another import brought too.

Every step is a transaction of its own and leaves a state from which the next run goes on, so the
work may be killed anywhere and run any number of times.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from django.db import transaction
from django.db.models import F
from pyroaring import BitMap

from weilu.chat.models import Batch, Echo, Import, ImportBundle, Message
from weilu.core.log import announce
from weilu.core.models import Workspace
from weilu.events.chat import ImportUndone

_AT_ONCE = 500


def is_anyone_reading(workspace_id: int) -> bool:
    """Whether an import of the workspace is being read in; none starts before the transaction ends.

    Must run inside a transaction. SQLite has one writer anyway.
    """
    Workspace.objects.select_for_update(no_key=True).filter(pk=workspace_id).first()
    return Import.objects.filter(workspace_id=workspace_id, state=Import.State.RUNNING).exists()


def remove_messages(run: Import) -> bool:
    """Delete what only this import brought, and its batches; False when it has to wait.

    It waits for imports that are being read in: they may be meeting these very messages. Announces
    ImportUndone when anything of it was ever read: what counted it counts anew.
    """
    sources = list(ImportBundle.objects.filter(run=run).values_list("pk", flat=True))
    for batch in Batch.objects.filter(source_id__in=sources, workspace_id=run.workspace_id):
        with transaction.atomic():
            if is_anyone_reading(run.workspace_id):
                return False
            _hand_over(batch, sources)
            Message.objects.filter(
                pk__gte=batch.first_id,
                pk__lt=batch.first_id + batch.count,
                source_id=batch.source_id,
            )._raw_delete(using="default")
            batch.delete()
    _forget(run, sources)
    return True


def _hand_over(batch: Batch, sources: Sequence[int]) -> None:
    """Give the batch's messages that other bundles brought too to the first of those."""
    owners: dict[int, int] = {}
    end = batch.first_id + batch.count
    echoes = (
        Echo.objects.filter(first_id__lt=end, last_id__gte=batch.first_id)
        .filter(bundle__run__workspace_id=batch.workspace_id)
        .exclude(bundle__run__state=Import.State.CANCELLED)
        .exclude(bundle__in=sources)
    )
    for echo in echoes.order_by("bundle_id", "pk"):
        for offset in BitMap.deserialize(bytes(echo.ids)):
            pk = echo.first_id + offset
            if batch.first_id <= pk < end:
                owners.setdefault(pk, echo.bundle_id)
    # Batches may not overlap, whoever counts goes by them: so one for each run of one owner.
    for owner, ids in groupby(sorted(owners), key=owners.__getitem__):
        _give(batch, owner, list(ids))


def _give(batch: Batch, owner: int, ids: Sequence[int]) -> None:
    """Make messages of a batch another bundle's, with a batch of their own."""
    mine = Message.objects.filter(source_id=batch.source_id)
    if len(ids) == ids[-1] - ids[0] + 1:
        given = mine.filter(pk__gte=ids[0], pk__lte=ids[-1]).update(source_id=owner)
    else:
        runs = (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))
        given = sum(mine.filter(pk__in=some).update(source_id=owner) for some in runs)
    if not given:
        return
    Batch.objects.create(
        workspace_id=batch.workspace_id,
        first_id=ids[0],
        count=ids[-1] - ids[0] + 1,
        source_id=owner,
        staged=batch.staged,
        at=batch.at,
    )
    ImportBundle.objects.filter(pk=owner).update(
        stored=F("stored") + given, duplicates=F("duplicates") - given
    )


def _forget(run: Import, sources: Sequence[int]) -> None:
    """Let the import's bundles stand for nothing any more, and tell of it, in one."""
    with transaction.atomic():
        bundles = ImportBundle.objects.filter(pk__in=sources)
        was_read = bundles.filter(read__gt=0).exists()
        bundles.update(read=0, stored=0, duplicates=0)
        Echo.objects.filter(bundle__in=sources).delete()
        if was_read and run.community_id:
            announce(
                ImportUndone(
                    workspace_id=run.workspace_id,
                    import_id=run.pk,
                    community_id=run.community_id,
                )
            )

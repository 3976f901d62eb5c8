"""Counting a community anew from its messages: after an undo, or because somebody wants proof.

Roll-ups are sums over messages, so what is counted anew equals what stood there before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from django.db import connection, transaction

from weilu.chat.columns import Columns
from weilu.chat.models import Batch, StageDebt
from weilu.chat.stages import CLEARS, STAGES
from weilu.chat.staging import join, load_range
from weilu.communities.models import Community

ROWS_AT_ONCE = 100_000


def rebuild(community: Community, progress: Callable[[float], None]) -> int:
    """Clear what the stages wrote of a community and run them again over all its messages.

    One transaction: nobody sees it half done, and a failure leaves what stood there. Batches that
    were never counted, and those a stage owes, stay to be counted by whoever does that. Returns
    how many messages were counted.
    """
    with transaction.atomic():
        _keep_others_out()
        for clear in CLEARS.values():
            clear(community.pk)
        owed: dict[str, set[int]] = {name: set() for name in STAGES}
        for name, batch_id in StageDebt.objects.values_list("stage", "batch_id"):
            owed.setdefault(name, set()).add(batch_id)
        counted = 0
        for columns, batches, done in _runs(community):
            counted += len(columns)
            _count(columns, batches, owed)
            progress(done)
    return counted


def _keep_others_out() -> None:
    """No batch may be counted meanwhile: it would be lost or counted twice.

    SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE chat_batch IN SHARE ROW EXCLUSIVE MODE")


def _runs(community: Community) -> Iterator[tuple[Columns, list[Batch], float]]:
    """The community's counted messages, a run of batches at a time, with the share done."""
    batches = list(
        Batch.objects.filter(workspace_id=community.workspace_id, staged=True).order_by("first_id")
    )
    waiting: list[Batch] = []
    rows = 0
    for number, batch in enumerate(batches, 1):
        waiting.append(batch)
        rows += batch.count
        if rows >= ROWS_AT_ONCE or number == len(batches):
            found = [c for c in _load(waiting) if c.community_id == community.pk]
            for columns in found:
                yield columns, waiting, number / len(batches)
            waiting, rows = [], 0


def _load(batches: list[Batch]) -> list[Columns]:
    """The batches' messages as they stand, one set of columns a community."""
    parts = [
        columns
        for b in batches
        for columns in load_range(b.workspace_id, b.first_id, b.first_id + b.count)
    ]
    return join(parts)


def _count(columns: Columns, batches: list[Batch], owed: dict[str, set[int]]) -> None:
    """Run every stage over the columns, but for batches it owes."""
    for name, function in STAGES.items():
        late = [b for b in batches if b.pk in owed[name]]
        rows = _without(columns, late) if late else columns
        if rows is not None:
            function(rows)


def _without(columns: Columns, batches: list[Batch]) -> Columns | None:
    """The columns, to be counted, without the rows of some batches; None when nothing is left."""
    keep = np.ones(len(columns), dtype=np.bool_)
    for batch in batches:
        keep &= (columns.id < batch.first_id) | (columns.id >= batch.first_id + batch.count)
    if not keep.any():
        return None
    return Columns(
        workspace_id=columns.workspace_id,
        community_id=columns.community_id,
        id=columns.id[keep],
        group=columns.group[keep],
        identity=columns.identity[keep],
        kind=columns.kind[keep],
        flags=columns.flags[keep],
        sent_ms=columns.sent_ms[keep],
        day=columns.day[keep],
        hour=columns.hour[keep],
        text=(),
    )

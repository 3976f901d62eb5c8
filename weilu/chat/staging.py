"""Running stages over batches: at once, coalesced, or again after a failure or a crash."""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import accumulate

import numpy as np
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from weilu.chat.columns import Columns
from weilu.chat.models import Batch, StageDebt
from weilu.chat.rows import COUNTED_COLUMNS, columns_of
from weilu.chat.stages import AT_ONCE, STAGES, Stage, forget_batches
from weilu.core.arrays import table_of
from weilu.core.clock import now
from weilu.core.light import lightly
from weilu.core.worker import describe, wait_after
from weilu.groups.queries import place_of_groups

log = logging.getLogger(__name__)

# A batch of an import that nobody counted so long after it came: its process has died.
ORPHANED_AFTER = timedelta(seconds=20)
# What is counted in one transaction. SQLite has one writer: whoever stores messages waits for it.
ROWS_AT_ONCE = 2_000
# Where so much waits nobody is on time any more: then a day's row is written once for many
# batches, so that the wait ends sooner.
ROWS_BEHIND, MOST_ROWS_AT_ONCE = 10_000, 20_000
BATCHES_AT_ONCE = 200
DEBTS_AT_ONCE = 20
# First half of the advisory lock's key: tells this use of such locks from any other.
_COUNTING = 20_001


def settle(waiting: Sequence[tuple[int, list[Columns]]]) -> None:
    """Run every stage over the columns of batches and mark the batches, in the open transaction.

    Batches that somebody else has marked meanwhile are left out.
    """
    ids = [pk for pk, _ in waiting]
    mine = set(
        Batch.objects.select_for_update()
        .filter(pk__in=ids, staged=False)
        .values_list("pk", flat=True)
    )
    _count(sorted(mine), join([c for pk, many in waiting if pk in mine for c in many]))


def _count(batches: Sequence[int], columns: Sequence[Columns]) -> None:
    """Mark batches that this transaction has locked, and run every stage over their columns."""
    Batch.objects.filter(pk__in=batches).update(staged=True)
    for name in STAGES:
        error = _run(name, STAGES[name], columns, counts=True)
        if error is not None:
            _owe(name, batches, error)


def run_at_once(batch_id: int, columns: Sequence[Columns]) -> None:
    """Run the stages that may not wait over a batch just stored, in the open transaction."""
    if _all_at_once(columns):
        return
    for name in AT_ONCE:
        error = _run(name, AT_ONCE[name], columns)
        if error is not None:
            _owe(name, [batch_id], error)


def _all_at_once(columns: Sequence[Columns]) -> bool:
    """All in one savepoint, as nearly always nothing fails; False when something did."""
    try:
        with transaction.atomic():
            for function in AT_ONCE.values():
                for one in columns:
                    function(one)
    except Exception:
        log.warning("a stage failed; each is run again by itself", exc_info=True)
        forget_batches()
        return False
    return True


def join(many: Sequence[Columns]) -> list[Columns]:
    """The same rows with one set of columns a community, in id order."""
    by_community: dict[int, list[Columns]] = {}
    for one in many:
        if len(one):
            by_community.setdefault(one.community_id, []).append(one)
    return [_concatenate(same) for same in by_community.values()]


def _concatenate(same: list[Columns]) -> Columns:
    if len(same) == 1:
        return same[0]
    return Columns(
        workspace_id=same[0].workspace_id,
        community_id=same[0].community_id,
        id=np.concatenate([c.id for c in same]),
        group=np.concatenate([c.group for c in same]),
        identity=np.concatenate([c.identity for c in same]),
        kind=np.concatenate([c.kind for c in same]),
        flags=np.concatenate([c.flags for c in same]),
        sent_ms=np.concatenate([c.sent_ms for c in same]),
        day=np.concatenate([c.day for c in same]),
        hour=np.concatenate([c.hour for c in same]),
        text=[t for c in same for t in c.text],
    )


def _run(
    name: str, function: Stage, columns: Sequence[Columns], *, counts: bool = False
) -> Exception | None:
    """One stage in a savepoint; what it wrote before it failed is undone."""
    try:
        with transaction.atomic():
            if counts:
                _lock({one.community_id for one in columns})
            for one in columns:
                function(one)
    except Exception as error:
        log.exception("stage %s failed; its batches stay owed", name)
        forget_batches()
        return error
    return None


def _lock(communities: set[int]) -> None:
    """Let one process at a time count a community; held to the end of the transaction.

    Stages read a day, add to it and write it back. A row that does not exist yet cannot be
    locked, so PostgreSQL locks the community, lowest id first; SQLite has one writer anyway.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for community_id in sorted(communities):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_COUNTING, community_id])


def _owe(stage: str, batches: Sequence[int], error: Exception) -> None:
    StageDebt.objects.bulk_create(
        [
            StageDebt(
                batch_id=pk,
                stage=stage,
                error=describe(error),
                attempts=1,
                due_at=now() + wait_after(1),
            )
            for pk in batches
        ],
        ignore_conflicts=True,
    )


def count_waiting() -> int:
    """Count the oldest batches that nobody has counted, a bounded run; returns how many batches.

    Live ones are left to whoever calls this, those of an import only when its process has died.
    It does not wait for the disk, and nobody else does for that: what a power cut takes of it is
    as if it had not been counted, marks and numbers both, and is counted again.
    """
    found = _first(_uncounted().order_by("pk")[:BATCHES_AT_ONCE])
    if not found:
        return 0
    with lightly():
        batches = _mine(found)
        _count([b.pk for b in batches], _load_all(batches))
    return len(batches)


def _mine(found: Sequence[Batch]) -> Sequence[Batch]:
    """Of batches just found those that nobody has counted by now; locked in the open transaction.

    Several workers count beside each other: on PostgreSQL each takes what the others have not. On
    SQLite one is alone with its lock, for which others wait: it looks at no more than these.
    """
    if connection.vendor == "postgresql":
        rows = _uncounted().select_for_update(skip_locked=True)
        return _first(rows.order_by("pk")[:BATCHES_AT_ONCE])
    with connection.cursor() as cursor:
        slots = ", ".join(["%s"] * len(found))
        cursor.execute(
            f"SELECT id FROM chat_batch WHERE id IN ({slots}) AND NOT staged",  # noqa: S608
            [one.pk for one in found],
        )
        left = {pk for (pk,) in cursor.fetchall()}
    return [one for one in found if one.pk in left]


def _uncounted() -> QuerySet[Batch]:
    is_due = Q(source_id=0) | Q(at__lt=now() - ORPHANED_AFTER)
    return Batch.objects.filter(is_due, staged=False)


def _first(batches: Iterable[Batch]) -> list[Batch]:
    """The first of them: as many as are counted at once, one at least if there is one."""
    found = list(batches)
    rows = list(accumulate(one.count for one in found))
    most = MOST_ROWS_AT_ONCE if sum(one.count for one in found) >= ROWS_BEHIND else ROWS_AT_ONCE
    return found[: max(bisect_right(rows, most), 1)]


def _load_all(batches: Sequence[Batch]) -> list[Columns]:
    """The columns of batches, one set a community; neighbours are read in one go."""
    runs: list[tuple[int, int, int]] = []
    for one in sorted(batches, key=lambda b: (b.workspace_id, b.first_id)):
        end = one.first_id + one.count
        if runs and runs[-1][0] == one.workspace_id and runs[-1][2] == one.first_id:
            runs[-1] = (one.workspace_id, runs[-1][1], end)
        else:
            runs.append((one.workspace_id, one.first_id, end))
    return join([columns for run in runs for columns in load_range(*run)])


def pay_debts() -> int:
    """Run owed stages again where they are due; returns how many debts were tried."""
    due = list(StageDebt.objects.filter(due_at__lte=now()).select_related("batch")[:DEBTS_AT_ONCE])
    for debt in due:
        with transaction.atomic():
            mine, _ = StageDebt.objects.filter(pk=debt.pk, attempts=debt.attempts).delete()
            if not mine:
                continue
            error = _pay(debt)
            if error is not None:
                StageDebt.objects.create(
                    batch=debt.batch,
                    stage=debt.stage,
                    error=describe(error),
                    attempts=debt.attempts + 1,
                    due_at=now() + wait_after(debt.attempts + 1),
                )
    return len(due)


def _pay(debt: StageDebt) -> Exception | None:
    """Run an owed stage; one that this version no longer has is let off."""
    function = STAGES.get(debt.stage) or AT_ONCE.get(debt.stage)
    if function is None:
        return None
    counts, batch = debt.stage in STAGES, debt.batch
    end = batch.first_id + batch.count
    columns = load_range(batch.workspace_id, batch.first_id, end, has_text=not counts)
    return _run(debt.stage, function, columns, counts=counts)


def load_range(workspace_id: int, first: int, end: int, *, has_text: bool = False) -> list[Columns]:
    """Columns of a workspace's messages with `first` ≤ id < `end`; to be counted, without texts."""
    names = (*COUNTED_COLUMNS, "text") if has_text else COUNTED_COLUMNS
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(names)} FROM chat_message"  # noqa: S608
            " WHERE id >= %s AND id < %s AND workspace_id = %s ORDER BY id",
            [first, end, workspace_id],
        )
        rows = cursor.fetchall()
    if not rows:
        return []
    text = [row[-1] for row in rows] if has_text else []
    counted = [row[:-1] for row in rows] if has_text else rows
    numbers = table_of(counted, len(COUNTED_COLUMNS)).T
    groups = numbers[1].tolist()
    places = place_of_groups(groups)
    if len({place.community_id for place in places.values()}) > 1:
        return columns_of(workspace_id, numbers, text, [places[pk] for pk in groups], None)
    return columns_of(workspace_id, numbers, text, [places[groups[0]]], None)

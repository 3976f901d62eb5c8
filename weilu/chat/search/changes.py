"""What the index missed: edited texts, and messages stored under ids that were passed long ago.

Both are noted, found from then on by reading them, and added to the index by a chore.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Max
from pyroaring import BitMap

from weilu.chat.models import Batch, Message, SearchChange, SearchSegment
from weilu.chat.search.index import MERGED, SEGMENT, add_rows, read_rows, span, update_index
from weilu.chat.search.merge import merge_segments
from weilu.core.models import Workspace

# Notes settled at once.
_AT_ONCE = 500
# A search reads what is not indexed: this many ids are worth a write of the index.
_WORTH_WRITING = 8192


def note_edits(workspace_id: int, ids: Iterable[int]) -> None:
    """Note messages whose text changed; in the transaction that changes it."""
    notes = [SearchChange(workspace_id=workspace_id, first_id=pk, last_id=pk) for pk in ids]
    if notes:
        SearchChange.objects.bulk_create(notes, batch_size=500)


def note_late(workspace_id: int, batches: Iterable[int]) -> int:
    """Note messages of batches that came behind the index; returns how many notes were made."""
    reach = SearchSegment.objects.filter(workspace_id=workspace_id).aggregate(to=Max("claimed_to"))
    if reach["to"] is None:
        return 0
    suspects = Batch.objects.filter(pk__in=list(batches), first_id__lte=reach["to"])
    notes: list[SearchChange] = []
    for first, count in suspects.values_list("first_id", "count"):
        ids = BitMap(row.id - first for row in read_rows(workspace_id, first, first + count - 1))
        ids -= _held(workspace_id, first, count)
        notes += [
            SearchChange(workspace_id=workspace_id, first_id=first + low, last_id=first + high)
            for low, high in _runs(list(ids))
            if first + low <= reach["to"]
        ]
    SearchChange.objects.bulk_create(notes, batch_size=500)
    return len(notes)


def _held(workspace_id: int, first: int, count: int) -> BitMap:
    """Which of ids from `first` on are indexed, counted from it."""
    found = BitMap()
    for one in _covering(workspace_id, first, first + count - 1):
        start = one.segment * span(one.level)
        held = BitMap.deserialize(bytes(one.held))
        low, high = max(first - start, 0), first + count - start
        if low < high:
            part = held & BitMap(range(low, high))
            found |= part.shift(start - first)
    return found


def _covering(workspace_id: int, first: int, last: int) -> list[SearchSegment]:
    """The segments that ids are in."""
    here = SearchSegment.objects.filter(workspace_id=workspace_id)
    large = SEGMENT * MERGED
    small = here.filter(level=0, segment__range=(first // SEGMENT, last // SEGMENT))
    merged = here.filter(level=1, segment__range=(first // large, last // large))
    return [*small, *merged]


def _runs(ids: Sequence[int]) -> list[tuple[int, int]]:
    """First and last of each run of neighbours."""
    made: list[tuple[int, int]] = []
    for one in ids:
        if made and made[-1][1] == one - 1:
            made[-1] = (made[-1][0], one)
        else:
            made.append((one, one))
    return made


def settle_changes(workspace_id: int) -> int:
    """Add what was noted to the index; returns how many notes were settled.

    Safe to be stopped and to run twice: notes go when everything they name is written, and
    writing it again changes nothing.
    """
    noted = SearchChange.objects.filter(workspace_id=workspace_id).order_by("pk")
    notes = list(noted.values_list("pk", "first_id", "last_id")[:_AT_ONCE])
    if not notes:
        return 0
    ids = BitMap()
    for _pk, first, last in notes:
        ids |= BitMap(range(first, last + 1))
    for one in _covering(workspace_id, ids.min(), ids.max()):
        if not _settle(one, ids):
            return 0
    SearchChange.objects.filter(pk__in=[pk for pk, _first, _last in notes]).delete()
    return len(notes)


def _settle(one: SearchSegment, ids: BitMap) -> bool:
    """Add those of the ids that a segment covers; what it has not claimed it will read anyway."""
    start = one.segment * span(one.level)
    end = min(one.claimed_to + 1, start + span(one.level))
    mine = ids & BitMap(range(start, end)) if start < end else BitMap()
    rows = [
        row for low, high in _runs(list(mine)) for row in read_rows(one.workspace_id, low, high)
    ]
    return not rows or add_rows(one, rows, one.indexed_to)


def tidy_index() -> int:
    """Settle changes, index what is worth it, merge; a little of each, returns how much."""
    last = Message.objects.aggregate(last=Max("id"))["last"]
    return 0 if last is None else sum(_tidy(pk, last) for pk in _workspaces())


def _workspaces() -> list[int]:
    return list(Workspace.objects.values_list("pk", flat=True))


def _tidy(workspace_id: int, last: int) -> int:
    done = settle_changes(workspace_id)
    reach = SearchSegment.objects.filter(workspace_id=workspace_id).aggregate(to=Max("indexed_to"))
    if last - (-1 if reach["to"] is None else reach["to"]) >= _WORTH_WRITING:
        done += update_index(workspace_id)
    return done + merge_segments(workspace_id)

"""Merging finished segments: a search of much history reads one part instead of sixteen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import IO

import numpy as np
from django.db import transaction
from django.db.models import F, Q
from pyroaring import BitMap

from weilu.chat.models import SearchPart, SearchSegment
from weilu.chat.search.index import MERGED, SEGMENT, replace_parts, span
from weilu.chat.search.packing import packed, unpacked
from weilu.chat.search.tokens import Ints

_SHARDS = 256
_MERGED_BITS = 12


def merge_segments(workspace_id: int) -> bool:
    """Merge the oldest sixteen finished segments that make one; False when there are none.

    Safe to be stopped and to run twice: what changes meanwhile makes it write nothing.
    """
    finished = SearchSegment.objects.filter(
        workspace_id=workspace_id,
        level=0,
        indexed_to=(F("segment") + 1) * SEGMENT - 1,
    )
    segments = set(finished.values_list("segment", flat=True))
    for number in sorted({s // MERGED for s in segments}):
        wanted = range(number * MERGED, (number + 1) * MERGED)
        if segments.issuperset(wanted):
            small = list(finished.filter(segment__in=wanted).order_by("segment"))
            return _swap(small, number)
    return False


def _swap(small: list[SearchSegment], number: int) -> bool:
    """Write the merged segment and remove those it is made of, in one transaction."""
    with TemporaryFile() as file:
        return _exchange(small, number, _Aside(file, _bodies(small)))


def _exchange(small: list[SearchSegment], number: int, bodies: _Aside) -> bool:
    moments = np.array([np.frombuffer(bytes(s.blocks), dtype=np.int64) for s in small])
    half = moments.shape[1] // 2
    held = BitMap()
    for at, one in enumerate(small):
        held |= BitMap.deserialize(bytes(one.held)).shift(at * SEGMENT)
    held.run_optimize()
    merged = SearchSegment(
        workspace_id=small[0].workspace_id,
        level=1,
        segment=number,
        claimed_to=(number + 1) * span(1) - 1,
        indexed_to=(number + 1) * span(1) - 1,
        newest_ms=max(s.newest_ms for s in small),
        blocks=np.concatenate([moments[:, :half].ravel(), moments[:, half:].ravel()]).tobytes(),
        held=held.serialize(),
    )
    here = Q(workspace_id=merged.workspace_id, level=0)
    seen = Q()
    for one in small:
        seen |= Q(segment=one.segment, version=one.version)
    with transaction.atomic():
        # Locks them: whoever adds to one of them waits, and finds it gone.
        unchanged = SearchSegment.objects.filter(here & seen).update(version=F("version") + 1)
        if unchanged != len(small):
            transaction.set_rollback(True)
            return False
        numbers = [one.segment for one in small]
        SearchPart.objects.filter(here, segment__in=numbers)._raw_delete(using="default")
        SearchSegment.objects.filter(here, segment__in=numbers)._raw_delete(using="default")
        merged.save(force_insert=True)
        replace_parts(merged, bodies.read())
        SearchSegment.objects.filter(
            workspace_id=merged.workspace_id, level=1, segment=number
        ).update(version=1)
    return True


def _bodies(small: list[SearchSegment]) -> Iterator[tuple[int, bytes]]:
    """Shard and body of the parts of the merged segment, made a few at a time."""
    first = small[0].segment
    for number in range(_SHARDS):
        parts = SearchPart.objects.filter(
            workspace_id=small[0].workspace_id,
            level=0,
            shard=number,
            segment__gte=first,
            segment__lt=first + MERGED,
        ).values_list("segment", "body")
        moved: list[Ints] = [
            unpacked(bytes(body)) + (segment - first) * SEGMENT for segment, body in parts
        ]
        if moved:
            # Places are the low bits: moving them never touches the token.
            yield from packed(np.sort(np.concatenate(moved)), _MERGED_BITS).items()


class _Aside:
    """Parts of a segment in a file without a name, until they are written: they are 40 MB."""

    def __init__(self, file: IO[bytes], bodies: Iterable[tuple[int, bytes]]) -> None:
        self.file = file
        self.sizes: list[tuple[int, int]] = []
        for number, body in bodies:
            self.sizes.append((number, len(body)))
            file.write(body)

    def read(self) -> Iterator[tuple[int, bytes]]:
        """Shard and body of each part, in order."""
        self.file.seek(0)
        for number, size in self.sizes:
            yield number, self.file.read(size)

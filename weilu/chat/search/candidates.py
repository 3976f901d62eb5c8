"""Which messages may hold the words: from the index, newest first, read only as far as needed."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Q

from weilu.chat.models import SearchPart, SearchSegment
from weilu.chat.search.index import BLOCK, shard, span
from weilu.chat.search.packing import distinct, places
from weilu.chat.search.tokens import Ints

# A level and the number of a segment.
Place = tuple[int, int]
# The same, its newest moment, and up to which id it is indexed.
Listed = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Sought:
    """What the index is asked: every one of `all_of`, and one of each of `one_of`.

    Moments are from `first_ms` to `last_ms`, both included.
    """

    workspace_id: int
    all_of: tuple[int, ...]
    one_of: tuple[tuple[int, ...], ...]
    first_ms: int
    last_ms: int

    def tokens(self) -> set[int]:
        """Every token named."""
        return {*self.all_of, *(token for some in self.one_of for token in some)}


@dataclass(slots=True)
class Candidates:
    """A walk through the index; what was read so far tells how much there may be."""

    sought: Sought
    segments: Sequence[Listed] = ()
    # Candidates of the segments read, the ids those segments cover, and the ids of all.
    found: int = 0
    looked_at: int = 0
    covered: int = 0

    def walk(self) -> Iterator[tuple[int, Ints]]:
        """(newest moment there may be among them, ids), the newest first."""
        listed = SearchSegment.objects.filter(
            workspace_id=self.sought.workspace_id, newest_ms__gte=self.sought.first_ms
        ).order_by("-newest_ms", "-segment")
        self.segments = list(listed.values_list("level", "segment", "newest_ms", "indexed_to"))
        self.covered = sum(map(_size, self.segments))
        waiting: list[tuple[int, int, Ints, Iterator[tuple[int, Ints]]]] = []
        at, stride = 0, 1
        while waiting or at < len(self.segments):
            while at < len(self.segments) and (
                not waiting or -waiting[0][0] <= self.segments[at][2]
            ):
                for some in self._load(self.segments[at : at + stride]):
                    _push(waiting, some)
                # A word in most messages fills its page at once; a rare one asks for all of them.
                at, stride = at + stride, stride * 4
            if waiting:
                newest, _, ids, rest = heapq.heappop(waiting)
                yield -newest, ids
                _push(waiting, rest)

    def _load(self, some: Sequence[Listed]) -> list[Iterator[tuple[int, Ints]]]:
        """The candidates of segments, each an iterator of its own."""
        held = self._postings(some)
        matching = {place: self._matching(place, held) for place in [one[:2] for one in some]}
        self.looked_at += sum(map(_size, some))
        full = [place for place, ids in matching.items() if len(ids)]
        if not full:
            return []
        rows = SearchSegment.objects.filter(_named(full), workspace_id=self.sought.workspace_id)
        blocks = {
            (level, segment): np.frombuffer(bytes(body), dtype=np.int64)
            for level, segment, body in rows.values_list("level", "segment", "blocks")
        }
        return [self._by_block(place, matching[place], blocks[place]) for place in blocks]

    def _postings(self, some: Sequence[Listed]) -> dict[tuple[Place, int], Ints]:
        """(segment, token) → places, in one statement for all segments and tokens."""
        tokens = self.sought.tokens()
        if not tokens:
            return {}
        where = Q()
        for level in {one[0] for one in some}:
            numbers = [one[1] for one in some if one[0] == level]
            shards = {shard(token, level) for token in tokens}
            where |= Q(level=level, shard__in=shards, segment__in=numbers)
        parts = SearchPart.objects.filter(where, workspace_id=self.sought.workspace_id)
        found: dict[tuple[Place, int], Ints] = {}
        for level, number, segment, body in parts.values_list("level", "shard", "segment", "body"):
            for token in tokens:
                if shard(token, level) == number:
                    found[(level, segment), token] = places(bytes(body), token)
        return found

    def _matching(self, place: Place, held: dict[tuple[Place, int], Ints]) -> Ints:
        """Ids in a segment that hold what is sought."""
        nothing = np.zeros(0, dtype=np.int64)
        lists = [held.get((place, token), nothing) for token in self.sought.all_of]
        for some in self.sought.one_of:
            either = [held.get((place, token), nothing) for token in some]
            lists.append(either[0] if len(either) == 1 else distinct(np.concatenate(either)))
        start = place[1] * span(place[0])
        if not lists:
            return start + np.arange(span(place[0]))
        lists.sort(key=len)
        left = lists[0]
        for other in lists[1:]:
            if not len(left):
                break
            at = np.minimum(np.searchsorted(other, left), len(other) - 1)
            left = left[other[at] == left]
        return start + left

    def _by_block(self, place: Place, ids: Ints, moments: Ints) -> Iterator[tuple[int, Ints]]:
        """Candidates of a segment by block, those with the newest moment first."""
        half = len(moments) // 2
        block = ids // BLOCK - place[1] * (span(place[0]) // BLOCK)
        fits = moments[:half] >= self.sought.first_ms
        fits &= moments[half:] <= self.sought.last_ms
        keep = fits[block]
        ids, block = ids[keep], block[keep]
        self.found += len(ids)
        starts = np.flatnonzero(np.diff(block, prepend=-1))
        ends = np.append(starts[1:], len(ids))
        newest = moments[block[starts]]
        order = np.argsort(-newest, kind="stable")
        return ((int(newest[k]), ids[int(starts[k]) : int(ends[k])]) for k in order.tolist())


def _size(one: Listed) -> int:
    """How many ids of a segment are indexed."""
    return one[3] + 1 - one[1] * span(one[0])


def _push(
    waiting: list[tuple[int, int, Ints, Iterator[tuple[int, Ints]]]],
    rest: Iterator[tuple[int, Ints]],
) -> None:
    """Put the next of an iterator in the queue; its first id keeps the order settled."""
    for newest, ids in rest:
        heapq.heappush(waiting, (-newest, int(ids[0]), ids, rest))
        return


def _named(some: Sequence[Place]) -> Q:
    where = Q()
    for level in {one[0] for one in some}:
        where |= Q(level=level, segment__in=[s for one, s in some if one == level])
    return where

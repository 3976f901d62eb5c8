"""Finding messages: the blocks that may hold the words, newest first, then the words themselves."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection
from pyroaring import BitMap

from weilu.chat.models import Message, SearchPart, SearchSegment
from weilu.chat.ports import Kind
from weilu.chat.search.index import SEGMENT, SHARDS, unpack_blocks
from weilu.chat.search.tokens import BLOCK, Ints, fold, matcher, query_terms, query_tokens
from weilu.core.access import Actor, Right

PAGE = 50
# Rows checked for one page; a query whose words stand near each other but never match stops here.
ROWS_CHECKED = 100_000
QUERY_CHARS = 200
_BLOCKS_AT_ONCE = 4
_TAIL_AT_ONCE = 32


# segment, newest moment in it, newest moments of its blocks, indexed up to this id
_Segment = tuple[int, int, bytes | memoryview, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that holds the words."""

    id: int
    group_id: int
    identity_id: int
    sent_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty filters let everything through.

    `before` is the (sent_ms, id) of the last hit of the page before.
    """

    query: str
    group_ids: tuple[int, ...] = ()
    identities: BitMap | None = None
    first_ms: int | None = None
    end_ms: int | None = None
    before: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, newest first.

    `more`: there may be older ones; `gave_up`: looking stopped before a page was full.
    """

    hits: tuple[Hit, ...]
    more: bool
    gave_up: bool = False


def search(viewer: Actor, wanted: Wanted, limit: int = PAGE) -> Found:
    """Messages of the workspace that hold every word, newest first.

    Words of letters match from their beginning (of one or two letters: whole), Chinese anywhere.
    Recalled messages are not found. An empty query finds nothing.
    """
    viewer.require(Right.SEE_MEMBERS)
    terms = query_terms(wanted.query[:QUERY_CHARS])
    if not terms:
        return Found((), more=False)
    look = _Look(viewer.workspace_id, wanted, terms, limit)
    for newest, blocks in look.blocks():
        if look.is_full(newest):
            return look.result(more=True)
        if look.checked >= ROWS_CHECKED:
            return look.result(more=True, gave_up=True)
        look.check(blocks)
    return look.result(more=False)


class _Look:
    """One search under way."""

    def __init__(self, workspace_id: int, wanted: Wanted, terms: Sequence[str], limit: int) -> None:
        self.workspace_id = workspace_id
        self.wanted = wanted
        self.terms = terms
        self.pattern = matcher(terms)
        self.limit = limit
        self.checked = 0
        self.hits: list[tuple[int, int, Hit]] = []
        self.held: dict[int, dict[int, Ints]] = {}

    def is_full(self, newest: int) -> bool:
        """Whether a page is full of hits no block up to `newest` can push out."""
        if len(self.hits) <= self.limit:
            return False
        # At the same moment a block may still hold a hit with a larger id.
        return heapq.nlargest(self.limit, self.hits)[-1][0] > newest

    def result(self, *, more: bool, gave_up: bool = False) -> Found:
        """The page."""
        best = heapq.nlargest(self.limit, self.hits)
        return Found(
            tuple(h for _, _, h in best),
            more=more or len(self.hits) > self.limit,
            gave_up=gave_up and len(best) < self.limit,
        )

    def blocks(self) -> Iterator[tuple[int, list[int]]]:
        """Runs of blocks that may match with the newest moment in them, newest first."""
        segments = list(
            SearchSegment.objects.filter(workspace_id=self.workspace_id)
            .order_by("-newest_ms")
            .values_list("segment", "newest_ms", "blocks", "indexed_to")
        )
        indexed_to = max((s[3] for s in segments), default=-1)
        for some in self._tail(indexed_to + 1):
            yield 2**62, some
        found = sorted(self._indexed(segments, (indexed_to + 1) // BLOCK), reverse=True)
        at, size = 0, _BLOCKS_AT_ONCE
        while run := found[at : at + size]:
            yield run[0][0], [block for _, block in run]
            # A word in most blocks fills its page at once; a rare one is worth longer strides.
            at, size = at + size, min(size * 2, _TAIL_AT_ONCE)

    def _indexed(self, segments: Sequence[_Segment], end: int) -> Iterator[tuple[int, int]]:
        """(newest moment, block) of the indexed blocks before `end` that may match."""
        for segment, _, newest, _ in segments:
            moments = np.frombuffer(bytes(newest), dtype=np.int64)
            for within in self._in_segment(segment).tolist():
                block = segment * (SEGMENT // BLOCK) + within
                if block < end and self._in_time(int(moments[within])):
                    yield int(moments[within]), block

    def _in_time(self, newest: int) -> bool:
        return self.wanted.first_ms is None or newest >= self.wanted.first_ms

    def _tail(self, first: int) -> Iterator[list[int]]:
        """Runs of blocks not indexed, or only in part, the last first."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT MAX(id) FROM chat_message")
            last = cursor.fetchone()[0]
        if last is None:
            return
        for top in range(last // BLOCK, first // BLOCK - 1, -_TAIL_AT_ONCE):
            yield list(range(max(first // BLOCK, top - _TAIL_AT_ONCE + 1), top + 1))

    def _in_segment(self, segment: int) -> Ints:
        """Blocks of a segment that hold every token of every term."""
        left: Ints | None = None
        for token in dict.fromkeys(t for term in self.terms for t in query_tokens(term)):
            here = self._holding(token).get(segment)
            blocks = np.zeros(0, dtype=np.int64) if here is None else here
            left = blocks if left is None else np.intersect1d(left, blocks, assume_unique=True)
            if not len(left):
                return left
        return np.arange(SEGMENT // BLOCK) if left is None else left

    def _holding(self, token: int) -> dict[int, Ints]:
        """Segment → blocks for a token, read once."""
        cache = self.held
        if token not in cache:
            rows = SearchPart.objects.filter(
                workspace_id=self.workspace_id, shard=token % SHARDS
            ).values_list("segment", "body")
            cache[token] = {s: unpack_blocks(bytes(body), token) for s, body in rows}
        return cache[token]

    def check(self, blocks: Sequence[int]) -> None:
        """Read blocks and keep what matches."""
        where, params = self._where(blocks)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, group_id, identity_id, sent_ms, text FROM chat_message"  # noqa: S608
                f" WHERE {where}",
                params,
            )
            rows = cursor.fetchall()
        self.checked += len(rows)
        people = self.wanted.identities
        texts = fold([r[4] for r in rows]) if rows else []
        for row, text in zip(rows, texts, strict=True):
            if people is not None and row[2] not in people:
                continue
            if self.pattern.match(text):
                self.hits.append((row[3], row[0], Hit(*row)))

    def _where(self, blocks: Sequence[int]) -> tuple[str, list[int]]:
        """The condition that reads blocks with the cheap filters applied."""
        wanted = self.wanted
        runs = " OR ".join(["id BETWEEN %s AND %s"] * len(blocks))
        params = [n for b in blocks for n in (b * BLOCK, b * BLOCK + BLOCK - 1)]
        parts = [f"({runs})", "workspace_id = %s", "kind = %s", "(flags & %s) = 0"]
        params += [self.workspace_id, int(Kind.MESSAGE), int(Message.Flag.RECALLED)]
        if wanted.group_ids:
            parts.append(f"group_id IN ({', '.join(['%s'] * len(wanted.group_ids))})")
            params += wanted.group_ids
        if wanted.first_ms is not None:
            parts.append("sent_ms >= %s")
            params.append(wanted.first_ms)
        if wanted.end_ms is not None:
            parts.append("sent_ms < %s")
            params.append(wanted.end_ms)
        if wanted.before is not None:
            parts.append("(sent_ms < %s OR (sent_ms = %s AND id < %s))")
            params += [wanted.before[0], wanted.before[0], wanted.before[1]]
        return " AND ".join(parts), params

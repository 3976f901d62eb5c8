"""Finding messages: those that may hold the words, newest first, then the words themselves."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection
from django.db.models import Max
from pyroaring import BitMap

from weilu.chat.models import Message, SearchChange, SearchSegment
from weilu.chat.ports import Kind
from weilu.chat.search.candidates import Candidates, Sought
from weilu.chat.search.tokens import (
    Ints,
    fold,
    group_tokens,
    matcher,
    person_tokens,
    query_terms,
    query_tokens,
)
from weilu.core.access import Actor, Right

PAGE = 50
# Rows checked for one page; signs that are in no index are looked for in this many.
ROWS_CHECKED = 20_000
QUERY_CHARS = 200
# Tokens asked of the index; the rows tell the rest of a long query.
_TOKENS = 12
# Groups and people more than these are told apart by the rows.
_FILTERED = 16
_FIRST_AT_ONCE = 64
_AT_ONCE = 1024
_IDS_AT_ONCE = 8192
_CHANGES = 500
_EVER_MS = 2**62


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

    `more`: there may be older ones; `gave_up`: looking stopped before a page was full. `about` is
    an estimate of all hits from this page on, exact when there are no more.
    """

    hits: tuple[Hit, ...]
    more: bool
    gave_up: bool = False
    about: int = 0


def search(viewer: Actor, wanted: Wanted, limit: int = PAGE) -> Found:
    """Messages of the workspace that hold every word, newest first.

    Words of letters match from their beginning (of one or two letters: whole), Chinese anywhere.
    Recalled messages are not found. An empty query finds nothing.
    """
    viewer.require(Right.SEE_MEMBERS)
    terms = query_terms(wanted.query[:QUERY_CHARS])
    if not terms:
        return Found((), more=False)
    return _Look(viewer.workspace_id, wanted, terms, limit).run()


class _Look:
    """One search under way."""

    def __init__(self, workspace_id: int, wanted: Wanted, terms: Sequence[str], limit: int) -> None:
        self.workspace_id = workspace_id
        self.wanted = wanted
        self.pattern = matcher(terms)
        self.limit = limit
        self.checked = 0
        self.seen: set[int] = set()
        self.hits: list[tuple[int, int, Hit]] = []
        self.index = Candidates(_sought(workspace_id, wanted, terms))
        # Of the index alone, to judge what it has not been asked for.
        self.asked, self.matched = 0, 0

    def run(self) -> Found:
        """The page."""
        complete = self._recent()
        # The index is read by a count of its own: it must not be left out for a long recent part.
        self.checked = 0
        for newest, ids in self._strides():
            if self._is_full(newest):
                return self._result(more=True)
            if self.checked >= ROWS_CHECKED:
                return self._result(more=True, gave_up=True)
            before = len(self.hits)
            self._check("id IN ({})".format(", ".join(map(str, ids.tolist()))), [])
            self.asked += len(ids)
            self.matched += len(self.hits) - before
        return self._result(more=not complete, gave_up=not complete)

    def _recent(self) -> bool:
        """Check what the index does not hold; whether that could be done to the end."""
        changes = SearchChange.objects.filter(workspace_id=self.workspace_id).order_by("-pk")
        for first, last in changes.values_list("first_id", "last_id")[:_CHANGES]:
            self._check("id BETWEEN %s AND %s", [first, last])
        top = Message.objects.aggregate(last=Max("id"))["last"]
        reach = SearchSegment.objects.filter(workspace_id=self.workspace_id).aggregate(
            to=Max("indexed_to")
        )["to"]
        bottom = 0 if reach is None else reach + 1
        while top is not None and top >= bottom:
            if self.checked >= ROWS_CHECKED:
                return False
            first = max(bottom, top - _IDS_AT_ONCE + 1)
            self._check("id BETWEEN %s AND %s", [first, top])
            top = first - 1
        return True

    def _strides(self) -> Iterator[tuple[int, Ints]]:
        """Candidates of the index in growing strides, with the newest moment among them."""
        size = _FIRST_AT_ONCE
        held: list[Ints] = []
        count, newest = 0, 0
        for moment, ids in self.index.walk():
            if not held:
                newest = moment
            held.append(ids)
            count += len(ids)
            if count >= size:
                yield newest, np.concatenate(held)
                held, count, size = [], 0, min(size * 2, _AT_ONCE)
        if held:
            yield newest, np.concatenate(held)

    def _is_full(self, newest: int) -> bool:
        """Whether a page is full of hits that nothing up to `newest` can push out."""
        if len(self.hits) <= self.limit:
            return False
        # At the same moment there may still be a hit with a larger id.
        return heapq.nlargest(self.limit, self.hits)[-1][0] > newest

    def _result(self, *, more: bool, gave_up: bool = False) -> Found:
        best = heapq.nlargest(self.limit, self.hits)
        more = more or len(self.hits) > self.limit
        return Found(
            tuple(h for _, _, h in best),
            more=more,
            gave_up=gave_up and len(best) < self.limit,
            about=max(self._estimate(), len(self.hits)) if more else len(best),
        )

    def _estimate(self) -> int:
        """All hits, as the candidates seen let expect."""
        index = self.index
        if not self.asked or not index.looked_at:
            return 0
        candidates = index.found * index.covered / index.looked_at
        return int(len(self.hits) - self.matched + candidates * self.matched / self.asked)

    def _check(self, which: str, params: list[int]) -> None:
        """Read messages and keep those that match."""
        where, values = self._where(which, params)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, group_id, identity_id, sent_ms, text FROM chat_message"  # noqa: S608
                f" WHERE {where}",
                values,
            )
            rows = cursor.fetchall()
        self.checked += len(rows)
        people = self.wanted.identities
        texts = fold([r[4] for r in rows]) if rows else []
        for row, text in zip(rows, texts, strict=True):
            if people is not None and row[2] not in people:
                continue
            # What is noted as changed may be in the index as well.
            if row[0] not in self.seen and self.pattern.match(text):
                self.seen.add(row[0])
                self.hits.append((row[3], row[0], Hit(*row)))

    def _where(self, which: str, params: list[int]) -> tuple[str, list[int]]:
        """The condition that reads messages with the cheap filters applied."""
        wanted = self.wanted
        parts = [which, "workspace_id = %s", "kind = %s", "(flags & %s) = 0"]
        params = [*params, self.workspace_id, int(Kind.MESSAGE), int(Message.Flag.RECALLED)]
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


def _sought(workspace_id: int, wanted: Wanted, terms: Sequence[str]) -> Sought:
    """What the index is asked for."""
    tokens = list(dict.fromkeys(t for term in terms for t in query_tokens(term)))
    step = -(-len(tokens) // _TOKENS) or 1
    either: list[tuple[int, ...]] = []
    if 0 < len(wanted.group_ids) <= _FILTERED:
        either.append(tuple(group_tokens(np.array(wanted.group_ids, dtype=np.int64)).tolist()))
    if wanted.identities is not None and 0 < len(wanted.identities) <= _FILTERED:
        people = np.array(list(wanted.identities), dtype=np.int64)
        either.append(tuple(person_tokens(people).tolist()))
    ends = [_EVER_MS]
    if wanted.end_ms is not None:
        ends.append(wanted.end_ms - 1)
    if wanted.before is not None:
        ends.append(wanted.before[0])
    return Sought(
        workspace_id=workspace_id,
        all_of=tuple(tokens[::step]),
        one_of=tuple(either),
        first_ms=-_EVER_MS if wanted.first_ms is None else wanted.first_ms,
        last_ms=min(ends),
    )

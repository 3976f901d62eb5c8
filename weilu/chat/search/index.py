"""Writing the search index: what is new is added to its segment, which may still be growing.

Everything is computed outside of transactions and written in one that first moves the segment's
version on: who finds it moved has been overtaken and writes nothing. So the work may be killed
anywhere, run twice and by two workers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import numpy as np
from django.db import connection, transaction
from django.db.models import F, Max
from pyroaring import BitMap

from weilu.chat.models import Message, SearchPart, SearchSegment
from weilu.chat.ports import Kind
from weilu.chat.search.packing import distinct, joined, packed, shard_of, unpacked
from weilu.chat.search.tokens import Ints, fold, group_tokens, person_tokens, postings

BLOCK = 256
SEGMENT = 65_536
# Segments of level 0 that become one of level 1; its shards are as many times more, so that a
# part of either is about as large and one is read for each token and segment.
MERGED = 16
_SHARD_BITS = (8, 12)
_TEXTS_AT_ONCE = 8192
_PARTS_AT_ONCE = 64
# Newest and oldest moment of a block that holds nothing.
NEVER_MS = 2**62


@dataclass(frozen=True, slots=True)
class Row:
    """What is indexed of a message."""

    id: int
    group_id: int
    identity_id: int
    sent_ms: int
    text: str


def span(level: int) -> int:
    """How many ids a segment of a level covers."""
    return SEGMENT * MERGED if level else SEGMENT


def shard(token: int, level: int) -> int:
    """The shard that a token's postings are in, in segments of a level."""
    return shard_of(token, _SHARD_BITS[level])


def update_index(workspace_id: int) -> int:
    """Index what came since the last time; returns how many segments were written."""
    last = Message.objects.aggregate(last=Max("id"))["last"]
    if last is None:
        return 0
    here = SearchSegment.objects.filter(workspace_id=workspace_id)
    merged = set(here.filter(level=1).values_list("segment", flat=True))
    reached = dict(here.filter(level=0).values_list("segment", "indexed_to"))
    written = 0
    for segment in range(last // SEGMENT + 1):
        end = min((segment + 1) * SEGMENT - 1, last)
        if segment // MERGED not in merged and reached.get(segment, -1) < end:
            written += _reach(workspace_id, segment, end)
    return written


def _reach(workspace_id: int, segment: int, end: int) -> bool:
    """Index a segment's messages up to an id; False when somebody else just wrote it."""
    one = _claim(workspace_id, segment, end)
    rows = read_rows(workspace_id, one.indexed_to + 1, end)
    return add_rows(one, rows, max(end, one.indexed_to))


def _claim(workspace_id: int, segment: int, end: int) -> SearchSegment:
    """Say how far will be read, before it is: what is stored there from now on may be missed."""
    SearchSegment.objects.bulk_create(
        [
            SearchSegment(
                workspace_id=workspace_id,
                level=0,
                segment=segment,
                claimed_to=end,
                indexed_to=segment * SEGMENT - 1,
                newest_ms=-NEVER_MS,
                blocks=_no_moments(SEGMENT).tobytes(),
                held=BitMap().serialize(),
            )
        ],
        ignore_conflicts=True,
    )
    found = SearchSegment.objects.filter(workspace_id=workspace_id, level=0, segment=segment)
    found.filter(claimed_to__lt=end).update(claimed_to=end)
    return found.get()


def _no_moments(size: int) -> Ints:
    return np.repeat(np.array([-NEVER_MS, NEVER_MS], dtype=np.int64), size // BLOCK)


def read_rows(workspace_id: int, first: int, last: int) -> list[Row]:
    """The messages with text among ids, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, group_id, identity_id, sent_ms, text FROM chat_message"
            " WHERE id BETWEEN %s AND %s AND workspace_id = %s AND kind = %s AND text <> ''"
            " ORDER BY id",
            [first, last, workspace_id, int(Kind.MESSAGE)],
        )
        return [Row(*row) for row in cursor]


def add_rows(one: SearchSegment, rows: list[Row], indexed_to: int) -> bool:
    """Add messages to a segment; False, and nothing written, when somebody else wrote it since.

    What was indexed before stays: words that an edit took away are found out when rows are read.
    """
    first = one.segment * span(one.level)
    place = np.array([r.id for r in rows], dtype=np.int64) - first
    bodies = _bodies(one, _postings(rows, place))
    moments = _moments(one, place, np.array([r.sent_ms for r in rows], dtype=np.int64))
    held = BitMap.deserialize(bytes(one.held)) | BitMap(place.tolist())
    held.run_optimize()
    with transaction.atomic():
        changed = SearchSegment.objects.filter(
            workspace_id=one.workspace_id,
            level=one.level,
            segment=one.segment,
            version=one.version,
        ).update(
            version=F("version") + 1,
            indexed_to=indexed_to,
            newest_ms=int(moments[: len(moments) // 2].max()),
            blocks=moments.tobytes(),
            held=held.serialize(),
        )
        if not changed:
            return False
        replace_parts(one, bodies.items())
    return True


def _postings(rows: list[Row], place: Ints) -> Ints:
    """Everything that messages can be found by."""
    if not rows:
        return np.zeros(0, dtype=np.int64)
    groups = np.array([r.group_id for r in rows], dtype=np.int64)
    people = np.array([r.identity_id for r in rows], dtype=np.int64)
    found = [joined(group_tokens(groups), place), joined(person_tokens(people), place)]
    for at in range(0, len(rows), _TEXTS_AT_ONCE):
        some = slice(at, at + _TEXTS_AT_ONCE)
        found.append(joined(*postings(fold([r.text for r in rows[some]]), place[some])))
    return distinct(np.concatenate(found))


def _bodies(one: SearchSegment, added: Ints) -> dict[int, bytes]:
    """The parts that postings are in, with what they held before."""
    bits = _SHARD_BITS[one.level]
    fresh = packed(added, bits)
    if not one.version:
        return fresh
    before = SearchPart.objects.filter(
        workspace_id=one.workspace_id, level=one.level, segment=one.segment, shard__in=fresh
    ).values_list("body", flat=True)
    held = [unpacked(bytes(body)) for body in before]
    return packed(distinct(np.concatenate([added, *held])), bits)


def _moments(one: SearchSegment, place: Ints, sent: Ints) -> Ints:
    """Newest and oldest moments of the blocks with those of more messages."""
    moments = np.frombuffer(bytes(one.blocks), dtype=np.int64).copy()
    blocks = len(moments) // 2
    np.maximum.at(moments[:blocks], place // BLOCK, sent)
    np.minimum.at(moments[blocks:], place // BLOCK, sent)
    return moments


def replace_parts(one: SearchSegment, bodies: Iterable[tuple[int, bytes]]) -> None:
    """Write parts of a segment by shard; must run in the transaction that moved its version on."""
    here = SearchPart.objects.filter(
        workspace_id=one.workspace_id, level=one.level, segment=one.segment
    )
    parts = iter(bodies)
    while some := list(islice(parts, _PARTS_AT_ONCE)):
        if one.version:
            here.filter(shard__in=[number for number, _ in some])._raw_delete(using="default")
        SearchPart.objects.bulk_create(
            [
                SearchPart(
                    workspace_id=one.workspace_id,
                    level=one.level,
                    segment=one.segment,
                    shard=number,
                    body=body,
                )
                for number, body in some
            ]
        )

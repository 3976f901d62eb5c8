"""Writing the search index: segment by segment, again from the start for the one still growing."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from django.db import connection, transaction
from django.db.models import Max

from weilu.chat.models import Message, SearchPart, SearchSegment
from weilu.chat.ports import Kind
from weilu.chat.search.tokens import BLOCK, Ints, fold, postings

SEGMENT = 65_536
SHARDS = 256
_TEXTS_AT_ONCE = 8192


def update_index(workspace_id: int) -> int:
    """Index what came since the last time; returns how many segments were written.

    Safe to be stopped and to run twice: a segment is replaced in one transaction.
    """
    last = Message.objects.aggregate(last=Max("id"))["last"]
    if last is None:
        return 0
    written = 0
    reached = dict(
        SearchSegment.objects.filter(workspace_id=workspace_id).values_list("segment", "indexed_to")
    )
    for segment in range(last // SEGMENT + 1):
        end = min((segment + 1) * SEGMENT - 1, last)
        if reached.get(segment, -1) < end:
            _write(workspace_id, segment, end)
            written += 1
    return written


def _write(workspace_id: int, segment: int, end: int) -> None:
    """Index one segment of a workspace as it stands."""
    rows = _read(workspace_id, segment * SEGMENT, end)
    newest = np.zeros(SEGMENT // BLOCK, dtype=np.int64)
    parts: list[SearchPart] = []
    if rows:
        ids = np.array([r[0] for r in rows], dtype=np.int64)
        sent = np.array([r[1] for r in rows], dtype=np.int64)
        block = (ids - segment * SEGMENT) // BLOCK
        np.maximum.at(newest, block, sent)
        texts = [r[2] for r in rows]
        parts = _parts(workspace_id, segment, texts, block)
    with transaction.atomic():
        SearchPart.objects.filter(workspace_id=workspace_id, segment=segment).delete()
        SearchPart.objects.bulk_create(parts, batch_size=64)
        SearchSegment.objects.update_or_create(
            workspace_id=workspace_id,
            segment=segment,
            defaults={
                "indexed_to": end,
                "newest_ms": int(newest.max()),
                "blocks": newest.tobytes(),
            },
        )


def _read(workspace_id: int, first: int, last: int) -> list[tuple[int, int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, sent_ms, text FROM chat_message WHERE id BETWEEN %s AND %s"
            " AND workspace_id = %s AND kind = %s AND text <> '' ORDER BY id",
            [first, last, workspace_id, int(Kind.MESSAGE)],
        )
        return list(cursor.fetchall())


def _parts(workspace_id: int, segment: int, texts: list[str], block: Ints) -> list[SearchPart]:
    """The shards of a segment."""
    keys = []
    for at in range(0, len(texts), _TEXTS_AT_ONCE):
        token, where = postings(
            fold(texts[at : at + _TEXTS_AT_ONCE]), block[at : at + _TEXTS_AT_ONCE]
        )
        keys.append(token * BLOCK + where)
    merged = np.unique(np.concatenate(keys))
    token, where = merged // BLOCK, merged % BLOCK
    shard = token % SHARDS
    order = np.argsort(shard, kind="stable")
    bounds = np.searchsorted(shard[order], np.arange(SHARDS + 1)).tolist()
    return [
        SearchPart(
            workspace_id=workspace_id,
            shard=k,
            segment=segment,
            body=pack(token[order[low:high]], where[order[low:high]]),
        )
        for k, (low, high) in enumerate(pairwise(bounds))
        if high > low
    ]


def pack(token: Ints, block: Ints) -> bytes:
    """(token, block) pairs ascending by token → count, tokens, ends, blocks."""
    unique, first = np.unique(token, return_index=True)
    ends = np.append(first[1:], len(token))
    return b"".join(
        (
            np.uint32(len(unique)).tobytes(),
            unique.astype("<u4").tobytes(),
            ends.astype("<u4").tobytes(),
            block.astype("<u1").tobytes(),
        )
    )


def unpack_blocks(body: bytes, token: int) -> Ints:
    """Blocks that hold a token, ascending; empty when none does."""
    count = int(np.frombuffer(body, dtype="<u4", count=1)[0])
    tokens = np.frombuffer(body, dtype="<u4", count=count, offset=4)
    at = int(np.searchsorted(tokens, token))
    if at == count or tokens[at] != token:
        return np.zeros(0, dtype=np.int64)
    ends = np.frombuffer(body, dtype="<u4", count=count, offset=4 + 4 * count)
    low, high = (int(ends[at - 1]) if at else 0), int(ends[at])
    start = 4 + 8 * count
    found = np.frombuffer(body, dtype="<u1", count=high - low, offset=start + low)
    return found.astype(np.int64)

"""Number ranges: dense, ascending ids handed out in blocks, so that a batch costs no look-up.

A block lost in a crash leaves a harmless gap. A block reserved in a transaction that rolls back
is dropped with it: what is held counts only once its transaction is committed, or inside it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection

_BLOCK = 4096


@dataclass(slots=True)
class _Block:
    """What this process still holds of one range."""

    next: int
    end: int
    committed: bool
    # Kept to be found among the connection's callbacks: there while the transaction lives.
    confirm: Callable[[], None] = field(default=lambda: None)


_blocks: dict[tuple[str, str], _Block] = {}
_lock = threading.Lock()


def take(name: str, count: int) -> int:
    """The first of `count` consecutive new ids of the range `name`; ids start at 1."""
    key = (str(connection.settings_dict["NAME"]), name)
    with _lock:
        block = _blocks.get(key)
        if block is None or block.end - block.next < count or not _is_ours(block):
            block = _blocks[key] = _reserve(name, max(count, _BLOCK))
        first = block.next
        block.next += count
        return first


def forget() -> None:
    """Drop what this process holds; the next `take` reserves anew."""
    with _lock:
        _blocks.clear()


def _is_ours(block: _Block) -> bool:
    """Whether the block's reservation is committed, or is part of the transaction going on."""
    return block.committed or any(one[1] is block.confirm for one in connection.run_on_commit)


def _reserve(name: str, size: int) -> _Block:
    """Move the counter on by `size`; the ids passed over are the block."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_counter (name, value) VALUES (%s, %s)"
            " ON CONFLICT (name) DO UPDATE SET value = core_counter.value + excluded.value"
            " RETURNING value",
            [name, size],
        )
        end = int(cursor.fetchone()[0]) + 1
    block = _Block(next=end - size, end=end, committed=not connection.in_atomic_block)
    if not block.committed:

        def confirm() -> None:
            block.committed = True

        block.confirm = confirm
        connection.on_commit(confirm)
    return block

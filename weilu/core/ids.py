"""Number ranges: dense, ascending ids handed out in blocks, so that a batch costs no look-up.

Blocks are taken in their own committed statement; a block lost in a crash leaves a harmless gap.
"""

from __future__ import annotations

import threading

from django.db import connection

_BLOCK = 4096


class _Range:
    """What this process still holds of one range."""

    def __init__(self) -> None:
        self.next = 0
        self.end = 0


_ranges: dict[tuple[str, str], _Range] = {}
_lock = threading.Lock()


def take(name: str, count: int) -> int:
    """The first of `count` consecutive new ids of the range `name`; ids start at 1.

    The block is reserved inside the caller's transaction where there is one; when that rolls
    back, `forget` must be called, else ids could be handed out twice.
    """
    with _lock:
        held = _ranges.setdefault((str(connection.settings_dict["NAME"]), name), _Range())
        if held.end - held.next < count:
            size = max(count, _BLOCK)
            held.end = _reserve(name, size) + 1
            held.next = held.end - size
        first = held.next
        held.next += count
        return first


def forget() -> None:
    """Drop what this process holds; the next `take` reserves anew."""
    with _lock:
        _ranges.clear()


def _reserve(name: str, size: int) -> int:
    """Move the counter on by `size` and return its new value."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_counter (name, value) VALUES (%s, %s)"
            " ON CONFLICT (name) DO UPDATE SET value = core_counter.value + excluded.value"
            " RETURNING value",
            [name, size],
        )
        row = cursor.fetchone()
    assert row is not None  # noqa: S101 - RETURNING of an upsert always returns
    return int(row[0])

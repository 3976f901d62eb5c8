"""A group's messages in order of time, read as columns (who answers whom, themes, drill-down)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from django.db import connection

from weilu.chat.columns import HOUR_MS, Ints, day_start_ms
from weilu.chat.ports import Kind

# Hours asked for in one statement: each is one look-up in the index.
_HOURS_AT_ONCE = 720


@dataclass(frozen=True, slots=True)
class Timeline:
    """Messages of one group, ascending by (sent_ms, id); parallel columns, may be empty."""

    id: Ints
    identity: Ints
    kind: Ints
    sent_ms: Ints
    text: Sequence[str]
    external_id: Sequence[str]
    answers: Sequence[str]

    def __len__(self) -> int:
        return len(self.id)

    def rows(self, start: int, end: int) -> Timeline:
        """A stretch of the rows, by number."""
        part = slice(start, end)
        return Timeline(*(getattr(self, name)[part] for name in self.__slots__))


def read_timeline(
    group_id: int, first_ms: int, end_ms: int, kinds: Sequence[Kind] = (Kind.MESSAGE,)
) -> Timeline:
    """What was sent in a group with `first_ms` ≤ time < `end_ms`, of the given kinds."""
    wanted = ", ".join(str(int(k)) for k in kinds)
    hours = iter(range(first_ms // HOUR_MS, (end_ms - 1) // HOUR_MS + 1))
    rows: list[tuple[int, int, int, int, str, str | None, str]] = []
    with connection.cursor() as cursor:
        while some := list(islice(hours, _HOURS_AT_ONCE)):
            listed = ", ".join(map(str, some))
            cursor.execute(
                "SELECT id, identity_id, kind, sent_ms, text, external_id, answers"  # noqa: S608
                f" FROM chat_message WHERE (sent_ms / {HOUR_MS}) IN ({listed})"
                " AND group_id = %s AND sent_ms >= %s AND sent_ms < %s"
                f" AND kind IN ({wanted}) ORDER BY sent_ms, id",
                [group_id, first_ms, end_ms],
            )
            rows += cursor.fetchall()
    if not rows:
        nothing = np.zeros(0, dtype=np.int64)
        return Timeline(nothing, nothing, nothing, nothing, (), (), ())
    pk, identity, kind, sent, text, external, answers = zip(*rows, strict=True)
    return Timeline(
        np.array(pk, dtype=np.int64),
        np.array(identity, dtype=np.int64),
        np.array(kind, dtype=np.int64),
        np.array(sent, dtype=np.int64),
        text,
        [e or "" for e in external],
        answers,
    )


def read_days(group_id: int, first_day: int, last_day: int, zone: str) -> Timeline:
    """Messages of local days, both ends included."""
    return read_timeline(group_id, day_start_ms(first_day, zone), day_start_ms(last_day + 1, zone))

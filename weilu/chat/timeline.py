"""A group's messages in order of time, read as columns (who answers whom, themes, drill-down)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
from django.db import connection

from weilu.chat.columns import HOUR_MS, Ints, day_start_ms
from weilu.chat.ports import Kind
from weilu.members.rules.voices import words_of
from weilu.members.voices import heard_in

# Hours asked for in one statement: each is one look-up in the index.
_HOURS_AT_ONCE = 720
_GROUPS_AT_ONCE = 300
# Rows turned into columns at once: few enough to stay at hand.
_ROWS_AT_ONCE = 1000

_EVER = 2**62
# What a bridge's message may begin with.
_BRIDGED = frozenset("<[ \t\x02\x0f\x1f")

# id, identity, kind, time, text, id on the platform, which of those is answered, form
_Lists = tuple[
    list[int], list[int], list[int], list[int], list[str], list[str | None], list[str], list[int]
]


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
    form: Ints

    def __len__(self) -> int:
        return len(self.id)

    def chosen(self, rows: Ints) -> Timeline:
        """The rows of these numbers, in their order."""
        places = rows.tolist()
        return Timeline(
            self.id[rows],
            self.identity[rows],
            self.kind[rows],
            self.sent_ms[rows],
            [self.text[k] for k in places],
            [self.external_id[k] for k in places],
            [self.answers[k] for k in places],
            self.form[rows],
        )

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
    columns = _no_rows()
    with connection.cursor() as cursor:
        while some := list(islice(hours, _HOURS_AT_ONCE)):
            listed = ", ".join(map(str, some))
            # Unordered: the index gives them in order, or nearly, and numpy is quicker to tell.
            cursor.execute(
                "SELECT id, identity_id, kind, sent_ms, text, external_id, answers, form"  # noqa: S608
                f" FROM chat_message WHERE (sent_ms / {HOUR_MS}) IN ({listed})"
                " AND group_id = %s AND sent_ms >= %s AND sent_ms < %s"
                f" AND kind IN ({wanted})",
                [group_id, first_ms, end_ms],
            )
            while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                _extend(columns, zip(*rows, strict=True))
    return _in_order(columns)


def read_joins(spans: Mapping[int, tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Who came into groups between a first and a last moment of each, in order of time.

    As (group, identity, UTC ms). Groups are asked for together: a few hours are meant.
    """
    hours = {
        hour
        for first, last in spans.values()
        for hour in range(first // HOUR_MS, last // HOUR_MS + 1)
    }
    groups: list[int] = sorted(spans)
    found: list[tuple[int, int, int]] = []
    with connection.cursor() as cursor:
        for at in range(0, len(groups), _GROUPS_AT_ONCE):
            some = ", ".join(map(str, groups[at : at + _GROUPS_AT_ONCE]))
            cursor.execute(
                "SELECT group_id, identity_id, sent_ms FROM chat_message"  # noqa: S608
                f" WHERE (sent_ms / {HOUR_MS}) IN ({', '.join(map(str, sorted(hours)))})"
                f" AND group_id IN ({some}) AND kind = {int(Kind.JOIN)} ORDER BY sent_ms, id"
            )
            found += cursor.fetchall()
    for group, who, sent in found:
        first, last = spans[group]
        if first <= sent <= last:
            yield group, who, sent


def _no_rows() -> _Lists:
    return ([], [], [], [], [], [], [], [])


def _extend(columns: _Lists, values: Iterable[Sequence[Any]]) -> None:
    many: Sequence[list[Any]] = columns
    for column, some in zip(many, values, strict=True):
        column.extend(some)


def _in_order(columns: _Lists) -> Timeline:
    """Columns as a timeline, sorted unless they are."""
    pk, identity, kind, sent, text, external, answers, form = columns
    found = Timeline(
        np.array(pk, dtype=np.int64),
        np.array(identity, dtype=np.int64),
        np.array(kind, dtype=np.int64),
        np.array(sent, dtype=np.int64),
        text,
        [e or "" for e in external],
        answers,
        np.array(form, dtype=np.int64),
    )
    step = np.diff(found.sent_ms)
    if ((step < 0) | ((step == 0) & (np.diff(found.id) < 0))).any():
        return found.chosen(np.lexsort((found.id, found.sent_ms)))
    return found


class Readings:
    """Stretches of one group's messages; the stretch read last is not read again.

    Several steps look at the same messages one after the other: who is who, who answers whom,
    what is spoken of. The names that bridges put before what they pass on are left out.
    """

    def __init__(self, group_id: int) -> None:
        self.group_id = group_id
        self.span = (0, 0)
        self.held = _in_order(_no_rows())
        self._heard: set[int] | None = None

    def read(
        self, first_ms: int, end_ms: int, kinds: Sequence[Kind], *, is_all: bool = False
    ) -> Timeline:
        """`read_timeline` to the group's last message, its messages kept at hand.

        `is_all` says that there are none before.
        """
        found = self._read(first_ms, end_ms, kinds)
        wanted = found.kind == Kind.MESSAGE
        self.held = found if wanted.all() else found.chosen(np.flatnonzero(wanted))
        self.span = (-_EVER if is_all else first_ms, _EVER)
        return found

    def messages(self, first_ms: int, end_ms: int) -> Timeline:
        """Messages with `first_ms` ≤ time < `end_ms`, from what is at hand if that is enough."""
        if not self.span[0] <= first_ms <= end_ms <= self.span[1]:
            # The newest come first: what is at hand is behind us.
            self.held, self.span = _in_order(_no_rows()), (0, 0)
            return self._read(first_ms, end_ms)
        return self.held.rows(*np.searchsorted(self.held.sent_ms, [first_ms, end_ms]).tolist())

    def _read(
        self, first_ms: int, end_ms: int, kinds: Sequence[Kind] = (Kind.MESSAGE,)
    ) -> Timeline:
        found = read_timeline(self.group_id, first_ms, end_ms, kinds)
        if not any(text[:1] in _BRIDGED for text in found.text if text):
            return found
        if self._heard is None:
            self._heard = heard_in(self.group_id)
        heard = np.flatnonzero(np.isin(found.identity, list(self._heard))).tolist()
        if not heard:
            return found
        texts = list(found.text)
        for k in heard:
            texts[k] = words_of(texts[k])
        return replace(found, text=texts)


def read_days(group_id: int, first_day: int, last_day: int, zone: str) -> Timeline:
    """Messages of local days, both ends included."""
    return read_timeline(group_id, day_start_ms(first_day, zone), day_start_ms(last_day + 1, zone))

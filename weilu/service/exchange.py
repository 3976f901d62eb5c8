"""What members gave each other, read from a stretch of talk, day by day (C-4, C-6, C-7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.db import connection

from weilu.chat.columns import DAY_MS, local_ms
from weilu.chat.replies.questions import answers
from weilu.chat.replies.talk import Bools, Ints, Links, Talk
from weilu.chat.timeline import Timeline
from weilu.core.bulk import upsert
from weilu.core.helper import NOBODY, Helper
from weilu.groups.models import Group
from weilu.members.rules.exchange import Exchange, Rows, pack_day, rows_of, together
from weilu.service.models import ExchangeDay
from weilu.service.rules.prizes import fixed_phrases, near_prizes
from weilu.service.rules.signs import signs_of

# Below it a guess of who is thanked says less than silence.
SURE_ENOUGH = 0.5
# Whom a message thanks without naming them spoke at most so long before it.
THANKED_WITHIN_MS = 60 * 60_000
_LAST_DAY = 65_535
_ROW = ("group_id", "workspace_id", "day", "body", "before")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A stretch of talk with its links; rows that count, the local day, which are near prizes."""

    timeline: Timeline
    talk: Talk
    links: Links
    asks: Bools
    thanking: Bools
    inside: Bools
    day: Ints
    near: Bools


def exchange_in(
    timeline: Timeline,
    talk: Talk,
    links: Links,
    asks: Bools,
    stretch: tuple[int, int, str],
    helper: Helper = NOBODY,
) -> Rows:
    """Everything members gave each other in rows `start` to `end`, by local days of a zone."""
    start, end, zone = stretch
    inside = np.zeros(len(timeline), dtype=np.bool_)
    inside[start:end] = True
    inside &= talk.speaker >= 0
    day = local_ms(timeline.sent_ms, zone) // DAY_MS
    # What a clock far off says of the day is not kept.
    inside &= (day >= 0) & (day <= _LAST_DAY)
    signs = signs_of(talk.text, helper)
    near = near_prizes(timeline.sent_ms, timeline.form, signs.offering)
    spoken = Spoken(timeline, talk, links, asks, signs.thanking, inside, day, near)
    return together(
        [_present(spoken), _replied(spoken), _answered(spoken), *_named(spoken), *_prizes(spoken)]
    )


def _rows(spoken: Spoken, kind: Exchange, rows: Ints, who: Ints, partner: Ints | int) -> Rows:
    return rows_of(who=who, kind=int(kind), day=spoken.day[rows], partner=partner, times=1)


def _present(spoken: Spoken) -> Rows:
    rows = np.flatnonzero(spoken.inside)
    return _rows(spoken, Exchange.PRESENT, rows, spoken.timeline.identity[rows], 0)


def _replied(spoken: Spoken) -> Rows:
    """Who answered whom in talk."""
    speaker, parent = spoken.talk.speaker, spoken.links.parent
    chosen = spoken.inside & (speaker != speaker[parent]) & (speaker[parent] >= 0)
    rows = np.flatnonzero(chosen)
    who = spoken.timeline.identity
    return _rows(spoken, Exchange.REPLIED, rows, who[rows], who[parent[rows]])


def _answered(spoken: Spoken) -> Rows:
    """Who was the first to answer a question, on the day of the answer."""
    asks = np.flatnonzero(spoken.asks & (spoken.talk.speaker >= 0))
    first = answers(spoken.talk, spoken.links, spoken.asks).row[asks].astype(np.int64)
    fits = (first >= 0) & spoken.inside[first]
    asks, first = asks[fits], first[fits]
    who = spoken.timeline.identity
    return _rows(spoken, Exchange.ANSWERED, first, who[first], who[asks])


def _named(spoken: Spoken) -> list[Rows]:
    """Who was thanked, and who was named without being spoken to."""
    talk = spoken.talk
    links = spoken.links
    called = np.where(links.called == talk.speaker, -1, links.called).astype(np.int64)
    thanking = spoken.thanking & spoken.inside & ~spoken.near
    thanked, answered = _thanked(spoken, np.flatnonzero(thanking), called)
    identity = spoken.timeline.identity
    by = identity[answered]
    parts = [_rows(spoken, Exchange.THANKED, answered, thanked, by)]
    named = np.where(links.named == talk.speaker, -1, links.named).astype(np.int64)
    named = np.where(named == called, -1, named)
    rows = np.flatnonzero(spoken.inside & (named >= 0))
    whom = _identity_of(spoken, named[rows], rows)
    rows, whom = rows[whom > 0], whom[whom > 0]
    return [*parts, _rows(spoken, Exchange.MENTIONED, rows, whom, identity[rows])]


def _thanked(spoken: Spoken, rows: Ints, called: Ints) -> tuple[Ints, Ints]:
    """The identities thanked and the rows that thank: whoever is called, else who is answered."""
    speaker, sent = spoken.talk.speaker, spoken.timeline.sent_ms
    parent = spoken.links.parent[rows].astype(np.int64)
    fits = (speaker[parent] != speaker[rows]) & (speaker[parent] >= 0)
    fits &= spoken.links.confidence[rows] >= SURE_ENOUGH
    fits &= sent[rows] - sent[parent] <= THANKED_WITHIN_MS
    by_link = np.where(fits, spoken.timeline.identity[parent], 0)
    by_name = _identity_of(spoken, called[rows], rows)
    whom = np.where(called[rows] >= 0, by_name, by_link)
    return whom[whom > 0], rows[whom > 0]


def _identity_of(spoken: Spoken, person: Ints, rows: Ints) -> Ints:
    """The identity under which a person last spoke before each row; 0: not in this stretch."""
    speaker = spoken.talk.speaker.astype(np.int64)
    size = len(speaker)
    said = np.flatnonzero(speaker >= 0)
    keys = np.sort(speaker[said] * size + said)
    if not len(keys):
        return np.zeros(len(rows), dtype=np.int64)
    at = np.searchsorted(keys, person * size + rows) - 1
    key = keys[np.maximum(at, 0)]
    fits = (at >= 0) & (person >= 0) & (key // size == person)
    return np.where(fits, spoken.timeline.identity[key % size], 0)


def _prizes(spoken: Spoken) -> list[Rows]:
    """Messages around prizes, and those of them that are set phrases."""
    timeline, text = spoken.timeline, spoken.talk.text
    rows = np.flatnonzero(spoken.near & spoken.inside)
    fixed = rows[fixed_phrases([text[k] for k in rows.tolist()])]
    who = timeline.identity
    return [
        _rows(spoken, Exchange.NEAR_PRIZE, rows, who[rows], 0),
        _rows(spoken, Exchange.FIXED, fixed, who[fixed], 0),
    ]


def store_exchange(group: Group, found: Rows, days: tuple[int, int]) -> None:
    """Replace what is stored of a stretch of days; what changed is marked to be booked.

    The caller's transaction. The same exchange once more changes nothing.
    """
    low, high = days
    stored = {
        day: (bytes(body), None if before is None else bytes(before))
        for day, body, before in ExchangeDay.objects.filter(
            group=group, day__gte=low, day__lte=high
        ).values_list("day", "body", "before")
    }
    fresh = _by_day(found)
    rows = []
    for day in sorted(stored.keys() | fresh.keys()):
        old, before = stored.get(day, (b"", b""))
        body = fresh.get(day, b"")
        if day in stored and body == old:
            continue
        held = old if before is None else before
        rows.append((group.pk, group.workspace_id, day, body, held))
    upsert(
        connection, "service_exchangeday", _ROW, rows,
        conflict="(group_id, day) DO UPDATE SET body = excluded.body, before = excluded.before",
    )  # fmt: skip


def _by_day(found: Rows) -> Mapping[int, bytes]:
    if not len(found):
        return {}
    days = found["day"].astype(np.int64)
    order = np.argsort(days, kind="stable")
    found, days = found[order], days[order]
    kept, starts = np.unique(days, return_index=True)
    ends = [*starts[1:].tolist(), len(found)]
    return {
        int(day): pack_day(found[a:b])
        for day, a, b in zip(kept.tolist(), starts.tolist(), ends, strict=True)
    }

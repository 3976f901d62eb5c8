"""Who answers whom and which questions were answered, worked out anew for months (H-2).

A month of a group is read with a little of the month before as context, linked
(`chat.replies`), and what was known of it replaced: doing it twice changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.db import connection, transaction

from weilu.chat.columns import DAY_MS, day_start_ms, local_ms
from weilu.chat.replies.questions import answers, questions
from weilu.chat.replies.rules import CONTEXT, link
from weilu.chat.replies.talk import Bools, Links, Talk
from weilu.chat.timeline import Readings, Timeline
from weilu.core.arrays import among
from weilu.core.bulk import upsert
from weilu.core.helper import NOBODY, Helper
from weilu.groups.models import Group, Participation
from weilu.members.models import Alias
from weilu.members.queries import People, people
from weilu.members.rules.exchange import Rows, together
from weilu.service.exchange import exchange_in, store_exchange
from weilu.service.models import Pair, Question

# Answers come within hours; two days of context and of look-ahead are generous.
CONTEXT_MS = 2 * DAY_MS
# Mentions are looked for among this many of the group's names, the most talkative first.
NAMES_KNOWN = 20_000
# Months read together: linking costs little more for a year of a quiet group than for a month.
RUN_MESSAGES = 20_000
RUN_MONTHS = 12
PART_MESSAGES = 30_000
_ROWS_AT_ONCE = 500
_NOBODY = (None, None, None)
# An answer stands at most 400 messages after what it answers; this leaves room for what the
# asker adds to the question in between.
LATER_ROWS = 2_000

# month, who answered, who was answered
_PairKey = tuple[int, int, int]
_Row = tuple[int | None, ...]
_QUESTION = (
    "id", "workspace_id", "group_id", "identity_id", "day", "asked_ms", "answer_id",
    "answered_by_id", "answer_after_ms",
)  # fmt: skip
_PAIR = ("group_id", "month", "answering", "answered", "links")


@dataclass(frozen=True, slots=True)
class Conversation:
    """A stretch of a group with its links; rows `start` to `end` are those asked for."""

    timeline: Timeline
    talk: Talk
    links: Links
    asks: Bools
    start: int
    end: int


def month_of(day: int) -> int:
    """Months since year 0 (year × 12 + month − 1) of a day number."""
    date = np.datetime64(day, "D").astype("datetime64[M]").astype(int)
    return int(date) + 1970 * 12


def month_days(month: int) -> tuple[int, int]:
    """First and last day number of a month."""
    first = np.datetime64(month - 1970 * 12, "M")
    low = int(first.astype("datetime64[D]").astype(int))
    high = int((first + np.timedelta64(1, "M")).astype("datetime64[D]").astype(int)) - 1
    return low, high


def names_in(group_id: int, known: People) -> dict[str, int]:
    """Casefolded names of people in a group → member, for mentions."""
    talkative = Participation.objects.filter(group_id=group_id).order_by("-messages")
    ids = list(talkative.values_list("identity_id", flat=True)[:NAMES_KNOWN])
    found: dict[str, int] = {}
    for at in range(0, len(ids), _ROWS_AT_ONCE):
        rows = Alias.objects.filter(identity_id__in=ids[at : at + _ROWS_AT_ONCE]).order_by("pk")
        for name, identity_id in rows.values_list("name", "identity_id"):
            found.setdefault(name.casefold(), known.moved.get(identity_id, identity_id))
    return found


def converse(
    said: Readings,
    span: tuple[int, int],
    known: People,
    names: Mapping[str, int],
    helper: Helper = NOBODY,
) -> Conversation:
    """Link a stretch of a group; with context before it, and after it for late answers."""
    first_ms, end_ms = span
    timeline = _cut(said.messages(first_ms - CONTEXT_MS, end_ms + CONTEXT_MS), first_ms, end_ms)
    speaker = known.of_array(timeline.identity).astype(np.int32)
    talk = Talk(
        sent_ms=timeline.sent_ms,
        speaker=np.where(speaker > 0, speaker, -1).astype(np.int32),
        text=timeline.text,
        explicit=_explicit(timeline),
        names=names,
    )
    start, end = np.searchsorted(timeline.sent_ms, [first_ms, end_ms]).tolist()
    asks = np.concatenate(helper.over(questions, [talk.text]))
    return Conversation(timeline, talk, link(talk, start, asks, helper), asks, start, end)


def _cut(timeline: Timeline, first_ms: int, end_ms: int) -> Timeline:
    """A timeline with no more rows before and after a stretch than can matter to it."""
    start, end = np.searchsorted(timeline.sent_ms, [first_ms, end_ms]).tolist()
    return timeline.rows(max(start - CONTEXT, 0), end + LATER_ROWS)


def _explicit(timeline: Timeline) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Row of the message each message is said to answer, -1 where nothing is said or known."""
    out = np.full(len(timeline), -1, dtype=np.int32)
    if not any(timeline.answers):
        return out
    row = {external: k for k, external in enumerate(timeline.external_id) if external}
    for k, external in enumerate(timeline.answers):
        parent = row.get(external, -1) if external else -1
        if 0 <= parent < k:
            out[k] = parent
    return out


def recount(
    group: Group,
    sizes: Mapping[int, int],
    said: Readings | None = None,
    helper: Helper = NOBODY,
) -> None:
    """Work out the months of days anew, newest first, and replace what was stored of them.

    `sizes` are all days of those months with how many messages each holds; `said` what of them is
    at hand. Small neighbours are read together, busy months in parts: memory stays bounded however
    large a group is.
    """
    said = said or Readings(group.pk)
    known = people(group.workspace_id)
    names = names_in(group.pk, known)
    months: Counter[int] = Counter()
    for day, messages in sizes.items():
        months[month_of(day)] += messages
    for first, last in reversed(runs(months)):
        low, high = month_days(first)[0], month_days(last)[1]
        asked: list[_Row] = []
        pairs: Counter[_PairKey] = Counter()
        given: list[Rows] = []
        inside = {d: n for d, n in sizes.items() if low <= d <= high}
        for start, end in parts(inside, low, high):
            zone = group.community.time_zone
            span = day_start_ms(start, zone), day_start_ms(end + 1, zone)
            stretch = converse(said, span, known, names, helper)
            asked += _questions(group, stretch, known, zone)
            pairs.update(_pairs(stretch, zone))
            part = (stretch.start, stretch.end, zone)
            given.append(
                exchange_in(
                    stretch.timeline, stretch.talk, stretch.links, stretch.asks, part, helper
                )
            )
        with transaction.atomic():
            Question.objects.filter(group=group, day__gte=low, day__lte=high).delete()
            upsert(connection, "service_question", _QUESTION, asked, conflict="DO NOTHING")
            Pair.objects.filter(group=group, month__gte=first, month__lte=last).delete()
            group_id = group.pk
            rows = [(group_id, *key, count) for key, count in sorted(pairs.items())]
            upsert(connection, "service_pair", _PAIR, rows, conflict="DO NOTHING")
            store_exchange(group, together(given), (low, high))


def parts(sizes: Mapping[int, int], low: int, high: int) -> list[tuple[int, int]]:
    """Days `low` to `high` cut into stretches (first, last) of about 30,000 messages each."""
    cuts: list[int] = []
    held = 0
    for day in sorted(sizes):
        if held and held + sizes[day] > PART_MESSAGES:
            cuts.append(day)
            held = 0
        held += sizes[day]
    starts = [low, *cuts]
    return list(zip(starts, [c - 1 for c in cuts] + [high], strict=True))


def runs(sizes: Mapping[int, int]) -> list[tuple[int, int]]:
    """Neighbouring months joined into runs (first, last) of at most a year and 20,000 messages."""
    joined: list[tuple[int, int]] = []
    held = 0
    for month in sorted(sizes):
        held += sizes[month]
        if joined and held <= RUN_MESSAGES and month - joined[-1][0] < RUN_MONTHS:
            joined[-1] = (joined[-1][0], month)
        else:
            joined.append((month, month))
            held = sizes[month]
    return joined


def _questions(group: Group, stretch: Conversation, known: People, zone: str) -> list[_Row]:
    """The questions people asked in a stretch; machines ask none."""
    timeline = stretch.timeline
    inside = np.zeros(len(timeline), dtype=np.bool_)
    inside[stretch.start : stretch.end] = True
    asks = stretch.asks & inside & ~among(stretch.talk.speaker, known.bots)
    found = answers(stretch.talk, stretch.links, asks)
    day = local_ms(timeline.sent_ms, zone) // DAY_MS
    rows = np.flatnonzero(asks)
    columns = (timeline.id[rows], timeline.identity[rows], day[rows], timeline.sent_ms[rows])
    answer = found.row[rows].astype(np.int64)
    behind = (timeline.id[answer], timeline.identity[answer], found.wait_ms[rows])
    group_id, workspace_id = group.pk, group.workspace_id
    return [
        (pk, workspace_id, group_id, who, on, at, *(by if answered else _NOBODY))
        for pk, who, on, at, answered, *by in zip(
            *(column.tolist() for column in columns),
            (answer >= 0).tolist(),
            *(column.tolist() for column in behind),
            strict=True,
        )
    ]


def _pairs(stretch: Conversation, zone: str) -> Counter[_PairKey]:
    """How often each identity answered each other one in each month of a stretch."""
    rows = np.arange(len(stretch.timeline))
    parent = stretch.links.parent
    chosen = (rows >= stretch.start) & (rows < stretch.end) & (parent != rows)
    identity = stretch.timeline.identity
    speaker = stretch.talk.speaker
    chosen &= (speaker != speaker[parent]) & (speaker >= 0) & (speaker[parent] >= 0)
    days = (local_ms(stretch.timeline.sent_ms[chosen], zone) // DAY_MS).astype("datetime64[D]")
    months = days.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    return Counter(
        zip(
            months.tolist(),
            identity[chosen].tolist(),
            identity[parent[chosen]].tolist(),
            strict=True,
        )
    )


def months_between(first_day: int, last_day: int) -> range:
    """Every month that the days touch."""
    return range(month_of(first_day), month_of(last_day) + 1)

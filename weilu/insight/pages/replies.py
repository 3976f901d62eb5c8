"""Questions and their answers, and who answers whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

import numpy as np

from weilu.chat.columns import day_start_ms
from weilu.chat.models import Message
from weilu.chat.timeline import Readings
from weilu.insight.pages.front import asked_by_those_who_count
from weilu.insight.pages.look import Look
from weilu.insight.pages.people import names_of
from weilu.insight.rules.graph import Picture, picture
from weilu.service.conversations import converse, months_between, names_in
from weilu.service.models import Pair

WEEK = 7
_TEXTS_AT_ONCE = 500
# An exchange is read from the talk of at most this many days, counted back from the newest.
EXCHANGE_DAYS = 31


@dataclass(frozen=True, slots=True)
class AskedOne:
    """A question; without an answer the last four are None, empty or 0."""

    id: int
    group_id: int
    member_id: int
    asked_ms: int
    day: int
    answer_id: int | None
    answerer_id: int
    wait_s: float | None
    name: str = ""
    answerer: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who gave first answers: how many, and how fast in the middle."""

    member_id: int
    name: str
    answers: int
    median_s: float


@dataclass(frozen=True, slots=True)
class AskedWeek:
    """Seven days of questions from `start`."""

    start: int
    asked: int
    answered: int


@dataclass(frozen=True, slots=True)
class Asking:
    """The questions of a period; `median_s` None when none was answered."""

    asked: int
    answered: int
    median_s: float | None
    by: tuple[Answerer, ...]
    weeks: tuple[AskedWeek, ...]
    unanswered: tuple[AskedOne, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One answer with what it answers."""

    id: int
    sent_ms: int
    text: str
    asked_id: int
    asked_text: str


def questions(look: Look, *, answered: bool | None = None) -> list[AskedOne]:
    """The period's questions, newest first; texts and names are still empty."""
    rows = asked_by_those_who_count(look)
    if answered is not None:
        rows = rows.filter(answer_id__isnull=not answered)
    columns = (
        "id",
        "group_id",
        "identity_id",
        "asked_ms",
        "day",
        "answer_id",
        "answered_by_id",
        "answer_after_ms",
    )
    moved = look.known.moved
    return [
        AskedOne(
            pk,
            group,
            moved.get(who, who),
            asked,
            day,
            answer,
            moved.get(by, by) if by else 0,
            None if wait is None else wait / 1000,
        )
        for pk, group, who, asked, day, answer, by, wait in rows.order_by(
            "-asked_ms", "-id"
        ).values_list(*columns)
    ]


def told(rows: list[AskedOne]) -> list[AskedOne]:
    """The same questions with their texts and names: for what is shown at once."""
    texts = texts_of(r.id for r in rows)
    called = names_of(
        sorted({r.member_id for r in rows} | {r.answerer_id for r in rows if r.answerer_id})
    )
    return [
        AskedOne(
            r.id,
            r.group_id,
            r.member_id,
            r.asked_ms,
            r.day,
            r.answer_id,
            r.answerer_id,
            r.wait_s,
            called.get(r.member_id, ""),
            called.get(r.answerer_id, ""),
            texts.get(r.id, ""),
        )
        for r in rows
    ]


def texts_of(message_ids: Iterable[int]) -> dict[int, str]:
    """Texts by message id."""
    ids = list(message_ids)
    found: dict[int, str] = {}
    for at in range(0, len(ids), _TEXTS_AT_ONCE):
        some = ids[at : at + _TEXTS_AT_ONCE]
        found |= dict(Message.objects.filter(pk__in=some).values_list("pk", "text"))
    return found


def asking(look: Look, shown: int = 10) -> Asking:
    """The period's questions, who answers them, and the newest that nobody answered."""
    rows = questions(look)
    waits: dict[int, list[float]] = defaultdict(list)
    for row in rows:
        if row.wait_s is not None and look.counts(row.answerer_id):
            waits[row.answerer_id].append(row.wait_s)
    order = sorted(waits, key=lambda who: (-len(waits[who]), who))[:shown]
    called = names_of(order)
    everyone = [r.wait_s for r in rows if r.wait_s is not None]
    return Asking(
        asked=len(rows),
        answered=sum(r.answer_id is not None for r in rows),
        median_s=median(everyone) if everyone else None,
        by=tuple(
            Answerer(who, called.get(who, ""), len(waits[who]), median(waits[who])) for who in order
        ),
        weeks=_weeks(look, rows),
        unanswered=tuple(told([r for r in rows if r.answer_id is None][:shown])),
    )


def _weeks(look: Look, rows: list[AskedOne]) -> tuple[AskedWeek, ...]:
    """Stretches of seven days counted back from the period's end, whole ones only."""
    last = look.scope.last_day
    count = look.scope.days // WEEK
    asked: Counter[int] = Counter((last - r.day) // WEEK for r in rows)
    answered: Counter[int] = Counter(
        (last - r.day) // WEEK for r in rows if r.answer_id is not None
    )
    return tuple(
        AskedWeek(last - (at + 1) * WEEK + 1, asked[at], answered[at])
        for at in reversed(range(count))
    )


def pairs(look: Look) -> list[tuple[int, int, int]]:
    """(answering, answered, times) of members over the calendar months the period touches."""
    scope = look.scope
    rows = Pair.objects.filter(
        group_id__in=look.group_ids,
        month__in=list(months_between(scope.first_day, scope.last_day)),
    ).values_list("answering", "answered", "links")
    moved = look.known.moved
    together: Counter[tuple[int, int]] = Counter()
    for answering, answered, times in rows:
        pair = (moved.get(answering, answering), moved.get(answered, answered))
        if pair[0] != pair[1] and look.counts(pair[0]) and look.counts(pair[1]):
            together[pair] += times
    return [(a, b, n) for (a, b), n in sorted(together.items())]


def who_answers_whom(look: Look) -> Picture:
    """The picture of the period's months."""
    return picture(pairs(look))


def exchanges(look: Look, answering: int, answered: int) -> list[Exchange]:
    """What one member answered another in the period's last 31 days, newest first."""
    scope = look.scope
    first = max(scope.first_day, scope.last_day - EXCHANGE_DAYS + 1)
    found: list[Exchange] = []
    for group_id in look.group_ids:
        stretch = converse(
            Readings(group_id),
            (day_start_ms(first, scope.zone), day_start_ms(scope.last_day + 1, scope.zone)),
            look.known,
            names_in(group_id, look.known),
        )
        timeline, parent = stretch.timeline, stretch.links.parent
        who = stretch.talk.speaker
        rows = np.arange(len(timeline))
        hit = (who == answering) & (who[parent] == answered) & (parent != rows)
        hit &= (rows >= stretch.start) & (rows < stretch.end)
        found += [
            Exchange(
                int(timeline.id[k]),
                int(timeline.sent_ms[k]),
                timeline.text[k],
                int(timeline.id[parent[k]]),
                timeline.text[int(parent[k])],
            )
            for k in np.flatnonzero(hit).tolist()
        ]
    return sorted(found, key=lambda one: (-one.sent_ms, -one.id))

"""What was said: messages of days and hours, words that rose, links shared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from django.db import connection
from django.db.models import Max, Min, Sum

from weilu.chat.columns import HOUR_MS, day_start_ms, days_and_hours
from weilu.chat.ports import Kind
from weilu.insight.models import LinkDay, WordWeek
from weilu.insight.pages.front import MOST_LEFT_OUT, identities_of
from weilu.insight.pages.look import Look
from weilu.insight.pages.people import names_of
from weilu.insight.rules.rhythm import weekday_of
from weilu.insight.rules.words import RisenWord, WordCount, risen
from weilu.members.models import Member

WEEK = 7
LINKS_SHOWN = 10
WORDS_SHOWN = 12
# Hours named in one statement: each is one look-up in the index.
_HOURS_AT_ONCE = 720
# A page of messages ends here; a busy day of a very large group is read in the message search.
MESSAGES_AT_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Said:
    """One message with who said it and where."""

    id: int
    group_id: int
    member_id: int
    name: str
    sent_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Rise:
    """Words of whole weeks (first and last day) that rose against as many weeks before."""

    words: tuple[RisenWord, ...]
    first_day: int
    last_day: int
    has_before: bool


@dataclass(frozen=True, slots=True)
class Link:
    """An address shared in the period; `message_id` held it last."""

    url: str
    host: str
    times: int
    message_id: int
    first_day: int
    last_day: int


class Listed(NamedTuple):
    """Messages, oldest first; `is_cut` when there are more than a page of them holds."""

    said: list[Said]
    is_cut: bool


def messages_of_days(look: Look, days: Sequence[int]) -> Listed:
    """What those who count said on local days, oldest first."""
    return _said(look, days, None, everybody=False)


def messages_of_cell(look: Look, weekday: int, hour: int) -> Listed:
    """What everybody said in the period at an hour of a weekday (0 = Monday), oldest first.

    Everybody: hours are not kept for each person, so the map counts machines as well.
    """
    scope = look.scope
    days = [d for d in range(scope.first_day, scope.last_day + 1) if weekday_of(d) == weekday]
    return _said(look, days, hour, everybody=True)


def _said(look: Look, days: Sequence[int], hour: int | None, *, everybody: bool) -> Listed:
    out = [] if everybody else identities_of(look.known, sorted(look.out)[:MOST_LEFT_OUT])
    rows = _read(look, _hours(days, hour, look.scope.zone), out)
    if not rows:
        return Listed([], is_cut=False)
    sent = np.array([r[3] for r in rows], dtype=np.int64)
    day, local_hour = days_and_hours(sent, look.scope.zone)
    wanted = np.isin(day, np.array(days, dtype=np.int64))
    if hour is not None:
        wanted &= local_hour == hour
    member = look.known.of_array(np.array([r[1] for r in rows], dtype=np.int64)).tolist()
    kept = [k for k in np.flatnonzero(wanted).tolist() if everybody or look.counts(member[k])]
    called = names_of(sorted({member[k] for k in kept}))
    said = [
        Said(rows[k][0], rows[k][2], member[k], called.get(member[k], ""), rows[k][3], rows[k][4])
        for k in kept
    ]
    return Listed(said, is_cut=len(rows) >= MESSAGES_AT_MOST)


def _hours(days: Iterable[int], hour: int | None, zone: str) -> list[int]:
    """Hours since 1970 that may hold the local days or one local hour of each."""
    found: set[int] = set()
    for day in days:
        start, end = day_start_ms(day, zone), day_start_ms(day + 1, zone)
        if hour is not None:
            # An hour to either side: zones of half hours, and days of 23 or 25 hours.
            start, end = start + (hour - 1) * HOUR_MS, start + (hour + 2) * HOUR_MS
        found.update(range(start // HOUR_MS, (end - 1) // HOUR_MS + 1))
    return sorted(found)


def _read(
    look: Look, hours: Sequence[int], out: Sequence[int]
) -> list[tuple[int, int, int, int, str]]:
    """(id, identity, group, sent_ms, text) of messages, ascending by time, at most 20,000.

    Without those of the identities `out`.
    """
    groups = ", ".join(str(int(g)) for g in look.group_ids)
    which = f"group_id IN ({groups}) AND kind = {int(Kind.MESSAGE)}"
    if out:
        which += f" AND identity_id NOT IN ({', '.join(map(str, out))})"
    rows: list[tuple[int, int, int, int, str]] = []
    if not groups:
        return rows
    with connection.cursor() as cursor:
        for at in range(0, len(hours), _HOURS_AT_ONCE):
            listed = ", ".join(map(str, hours[at : at + _HOURS_AT_ONCE]))
            cursor.execute(
                "SELECT id, identity_id, group_id, sent_ms, text FROM chat_message"  # noqa: S608
                f" WHERE (sent_ms / {HOUR_MS}) IN ({listed}) AND {which}"
                f" ORDER BY sent_ms, id LIMIT {MESSAGES_AT_MOST}"
            )
            rows += cursor.fetchall()
            if len(rows) >= MESSAGES_AT_MOST:
                break
    return rows[:MESSAGES_AT_MOST]


def rise(look: Look) -> Rise:
    """Words that rose in the last whole weeks of the period against as many weeks before.

    Words are counted by week, so the days are those of whole weeks; a period within one week
    takes that week.
    """
    scope = look.scope
    last = (scope.last_day + 1) // WEEK - 1
    if last < scope.first_day // WEEK:
        last = scope.last_day // WEEK
    # Where little came before, fewer weeks are compared: with nothing before, all would be new.
    known_from = -(-(look.place.oldest or 0) // WEEK)
    count = min(max(scope.days // WEEK, 1), (last - known_from + 1) // 2)
    if count < 1:
        return Rise((), last * WEEK, last * WEEK + WEEK - 1, has_before=False)
    first = last - count + 1
    now = _words(look, first, last)
    before = _words(look, first - count, first - 1)
    days = look.days((first - count) * WEEK)
    total_now = sum(d.messages for d in days if first * WEEK <= d.day < (last + 1) * WEEK)
    total_before = sum(d.messages for d in days if d.day < first * WEEK)
    words = risen(now, before, total_now=total_now, total_before=total_before, top=WORDS_SHOWN * 4)
    return Rise(_no_names(look, words), first * WEEK, last * WEEK + WEEK - 1, total_before > 0)


def _no_names(look: Look, words: Sequence[RisenWord]) -> tuple[RisenWord, ...]:
    """Without words that are somebody's name: whom people speak to is not what they speak of."""
    called = set(
        Member.objects.filter(
            workspace_id=look.scope.workspace_id, name_folded__in=[w.word for w in words]
        ).values_list("name_folded", flat=True)
    )
    return tuple(w for w in words if w.word not in called)[:WORDS_SHOWN]


def _words(look: Look, first: int, last: int) -> dict[str, WordCount]:
    """Words over weeks; their people are the most of any one week."""
    rows = (
        WordWeek.objects.filter(group_id__in=look.group_ids, week__gte=first, week__lte=last)
        .order_by()
        .values("word")
        .annotate(messages_sum=Sum("messages"), people_most=Max("people"))
    )
    return {r["word"]: WordCount(r["messages_sum"], r["people_most"]) for r in rows}


def links(look: Look, limit: int | None = LINKS_SHOWN) -> list[Link]:
    """Addresses shared in the period, most often first, then by address."""
    rows = (
        LinkDay.objects.filter(
            group_id__in=look.group_ids,
            day__gte=look.scope.first_day,
            day__lte=look.scope.last_day,
        )
        .order_by()
        .values("url", "host")
        .annotate(
            often=Sum("times"),
            newest=Max("message_id"),
            first=Min("day"),
            last=Max("day"),
        )
        .order_by("-often", "url")
    )
    found = rows[:limit] if limit else rows
    return [
        Link(r["url"], r["host"], r["often"], r["newest"], r["first"], r["last"]) for r in found
    ]

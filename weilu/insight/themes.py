"""What people speak of, week by week, and the links they share (C-3, D-6)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import numpy as np
from django.db import transaction

from weilu.chat.columns import DAY_MS, day_start_ms, local_ms
from weilu.chat.timeline import Readings, Timeline
from weilu.core.arrays import among
from weilu.core.bulk import add_rows
from weilu.core.helper import NOBODY, Helper
from weilu.groups.models import Group
from weilu.insight.models import LinkDay, WordWeek
from weilu.insight.rules.words import count_words, top_words
from weilu.members.queries import People, people

# A week's commonest words; what a handful of people said once is no theme.
WORDS_KEPT = 800
WEEK = 7
URL_CHARS = 500
# Quiet weeks are stored together: the disk is waited for at the end of each transaction. But
# whoever stores messages waits for that.
ROWS_AT_ONCE, WEEKS_AT_ONCE = 2000, 50
_URL = re.compile(r"https?://[^\s<>\"'\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+", re.IGNORECASE)
_Row = tuple[int | str, ...]
_WORD = ("group_id", "week", "word", "messages", "people")
_LINK = ("group_id", "day", "host", "url", "times", "message_id")


def recount_weeks(
    group: Group,
    weeks: Iterable[int],
    said: Readings | None = None,
    helper: Helper = NOBODY,
) -> None:
    """Work out words and links of weeks (day // 7) of a group anew, replacing what was stored.

    The newest come first; `said` is what of them is at hand.
    """
    said = said or Readings(group.pk)
    known = people(group.workspace_id)
    zone = group.community.time_zone
    counted: list[int] = []
    words: list[_Row] = []
    links: list[_Row] = []
    for week in sorted(set(weeks), reverse=True):
        span = day_start_ms(week * WEEK, zone), day_start_ms((week + 1) * WEEK, zone)
        timeline = said.messages(*span)
        words += _words(group, week, timeline, known, helper)
        links += _links(group, timeline, zone)
        counted.append(week)
        if len(words) + len(links) >= ROWS_AT_ONCE or len(counted) >= WEEKS_AT_ONCE:
            _replace(group, counted, words, links)
            counted, words, links = [], [], []
    _replace(group, counted, words, links)


def _replace(
    group: Group, weeks: Sequence[int], words: Sequence[_Row], links: Sequence[_Row]
) -> None:
    """Store words and links of weeks in place of what was stored of them."""
    if not weeks:
        return
    days = [week * WEEK + k for week in weeks for k in range(WEEK)]
    with transaction.atomic():
        WordWeek.objects.filter(group=group, week__in=weeks).delete()
        add_rows(WordWeek, _WORD, words)
        LinkDay.objects.filter(group=group, day__in=days).delete()
        add_rows(LinkDay, _LINK, links)


def _words(
    group: Group, week: int, timeline: Timeline, known: People, helper: Helper
) -> list[_Row]:
    """The week's words among people; two people are enough for it to be more than a quirk."""
    members = known.of_array(timeline.identity)
    rows = np.flatnonzero((members > 0) & ~among(members, known.bots))
    is_all = len(rows) == len(timeline)
    texts = timeline.text if is_all else [timeline.text[k] for k in rows.tolist()]
    counts = count_words(texts, members[rows], least_speakers=2, helper=helper)
    return [
        (group.pk, week, word, count.messages, count.speakers)
        for word, count in top_words(counts, WORDS_KEPT, least_speakers=2)
        if len(word) <= 40
    ]


def _links(group: Group, timeline: Timeline, zone: str) -> list[_Row]:
    """The addresses shared, once per day each, with the first message that held it."""
    if not len(timeline):
        return []
    days = (local_ms(timeline.sent_ms, zone) // DAY_MS).tolist()
    times: Counter[tuple[int, str]] = Counter()
    first: dict[tuple[int, str], int] = {}
    for k, text in enumerate(timeline.text):
        if "://" in text:
            for url in _urls(text):
                times[(days[k], url)] += 1
                first.setdefault((days[k], url), int(timeline.id[k]))
    return [
        (group.pk, day, _host(url)[:120], url, count, first[(day, url)])
        for (day, url), count in times.items()
    ]


def _urls(text: str) -> list[str]:
    return [u.rstrip(".,;:!?)]}'\"")[:URL_CHARS] for u in _URL.findall(text)]


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def words_of(
    group_ids: Iterable[int], first_week: int, last_week: int
) -> dict[str, tuple[int, int]]:
    """Word → (messages, most people in one week) over groups and weeks."""
    rows = WordWeek.objects.filter(
        group_id__in=list(group_ids), week__gte=first_week, week__lte=last_week
    ).values_list("word", "messages", "people")
    messages: dict[str, int] = defaultdict(int)
    most: dict[str, int] = defaultdict(int)
    for word, count, who in rows:
        messages[word] += count
        most[word] = max(most[word], who)
    return {word: (count, most[word]) for word, count in messages.items()}

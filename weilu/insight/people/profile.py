"""What was counted of a member: put together from roll-ups and their newest messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.db.models import Count, Q

from weilu.chat.columns import DAY_MS, HOUR_MS, Ints, local_ms
from weilu.chat.search.reading import Said
from weilu.core.access import Actor, Right
from weilu.insight.models import MemberTotals
from weilu.insight.people.listing import todays_of
from weilu.insight.people.messages_of import SpokenDay, latest_on, spoken_since
from weilu.insight.people.presence import Place
from weilu.insight.people.record import Record
from weilu.insight.people.stages import stages_of
from weilu.insight.rules.lifecycle import MemberStage
from weilu.insight.rules.words import count_words, top_words
from weilu.members.queries import People, names, people
from weilu.service.conversations import month_of
from weilu.service.models import Pair, Question

RECENT = 2000
WEEKS = 104
PARTNERS = 10
WORDS = 20
PAIR_MONTHS = 24
GROUPS_DRAWN = 40


@dataclass(frozen=True, slots=True)
class Partner:
    """Somebody the member talks with: how often each answered the other."""

    id: int
    name: str
    answered: int
    was_answered: int


@dataclass(frozen=True, slots=True)
class Asking:
    """Questions of a member: asked, of them answered by somebody, and others' they answered."""

    asked: int = 0
    answered: int = 0
    helped: int = 0


@dataclass(frozen=True)
class Profile:
    """What was counted of one member; each part is worked out when it is first asked for."""

    viewer: Actor
    record: Record

    @cached_property
    def totals(self) -> MemberTotals | None:
        """What they did over all groups; None when they were in none."""
        return MemberTotals.objects.filter(pk=self.record.member.pk).first()

    @cached_property
    def today_ms(self) -> int:
        """The newest moment of the workspace; of their communities where all of those ended."""
        return int(todays_of(self.viewer).of(np.array([self.record.member.pk]))[0])

    @property
    def stage(self) -> MemberStage:
        """Where they are in the life of a member."""
        one = self.totals
        if one is None:
            return MemberStage.STRANGER
        return stages_of([(one.first_ms, one.last_ms, one.left_ms)], self.today_ms)[0]

    @cached_property
    def places(self) -> Sequence[Place]:
        """The groups that are drawn, those they spoke in last first."""
        return sorted(self.record.places, key=lambda place: -place.last_day)[:GROUPS_DRAWN]

    @cached_property
    def days(self) -> Sequence[SpokenDay]:
        """The days of the last two years of their talk, newest first."""
        return spoken_lately(self.places)

    @property
    def weeks(self) -> Sequence[tuple[int, int]]:
        """Week numbers with messages, ascending, no gaps."""
        return weeks_of(self.days, self.places)

    @cached_property
    def asking(self) -> Asking:
        """How they ask and help."""
        return asking_of(self.record)

    @cached_property
    def recent(self) -> Sequence[Said]:
        """Their newest messages, at most RECENT."""
        return latest_on(self.days, limit=RECENT)

    @property
    def hours(self) -> Ints:
        """Messages by weekday and local hour."""
        return hours_of(self.recent, self.places)

    @cached_property
    def words(self) -> Sequence[tuple[str, int]]:
        """What they talk about."""
        return words_of(self.recent, [one.name for one in self.record.aliases])

    @cached_property
    def partners(self) -> Sequence[Partner]:
        """Whom they talk with."""
        moved = people(self.viewer.workspace_id) if self.record.groups else None
        return partners_of(self.record, moved, self.today_ms) if moved else []


def profile(viewer: Actor, record: Record) -> Profile:
    """What was counted of the member of a record."""
    viewer.require(Right.SEE_MEMBERS)
    return Profile(viewer, record)


def first_drawn(places: Sequence[Place]) -> int:
    """The day two years before the last on which a member spoke, or the first if that is later."""
    floor = max(place.last_day for place in places) - WEEKS * 7 + 1
    return max(floor, min(place.first_day for place in places))


def spoken_lately(places: Sequence[Place]) -> list[SpokenDay]:
    """The days of the last two years of a member's talk, newest first."""
    return spoken_since(places, first_drawn(places)) if places else []


def weeks_of(days: Iterable[SpokenDay], places: Sequence[Place]) -> list[tuple[int, int]]:
    """Messages per week (day // 7) of the last two years of a member's talk, without gaps."""
    if not places:
        return []
    said: Counter[int] = Counter()
    for one in days:
        said[one.day // 7] += one.messages
    last = max(place.last_day for place in places)
    return [(week, said[week]) for week in range(first_drawn(places) // 7, last // 7 + 1)]


def hours_of(recent: Sequence[Said], places: Sequence[Place]) -> Ints:
    """Messages by weekday (0 is Monday) and local hour: 7 × 24."""
    grid = np.zeros((7, 24), dtype=np.int64)
    zones = {place.group_id: place.zone for place in places}
    for zone in sorted(set(zones.values())):
        sent = [one.sent_ms for one in recent if zones.get(one.group_id) == zone]
        local = local_ms(np.array(sent, dtype=np.int64), zone)
        # 1970-01-01 was a Thursday.
        weekday = (local // DAY_MS + 3) % 7
        np.add.at(grid, (weekday, local % DAY_MS // HOUR_MS), 1)
    return grid


def words_of(recent: Sequence[Said], own_names: Iterable[str]) -> list[tuple[str, int]]:
    """What they talk about: words with the number of messages that hold them, most first."""
    texts = [one.text for one in recent if one.text and not one.is_recalled]
    counts = count_words(texts, [0] * len(texts), set(own_names))
    # Once is not a theme.
    best = top_words(counts, WORDS, least_speakers=1)
    return [(word, count.messages) for word, count in best if count.messages > 1]


def partners_of(record: Record, known: People, today_ms: int) -> list[Partner]:
    """Whom a member of some group talks with most, over the last two years."""
    ids = record.identity_ids
    since = month_of(today_ms // DAY_MS) - PAIR_MONTHS
    rows = Pair.objects.filter(
        Q(answering__in=ids) | Q(answered__in=ids),
        group_id__in=[one.group_id for one in record.groups],
        month__gte=since,
    ).values_list("answering", "answered", "links")
    mine = set(ids)
    gave: Counter[int] = Counter()
    got: Counter[int] = Counter()
    for answering, answered, links in rows:
        if answering in mine:
            gave[known.moved.get(answered, answered)] += links
        if answered in mine:
            got[known.moved.get(answering, answering)] += links
    both = gave + got
    own = record.member.pk
    best = [pk for pk, _ in sorted(both.items(), key=lambda p: (-p[1], p[0])) if pk != own]
    named = names(best[:PARTNERS]) if best else {}
    return [Partner(pk, named[pk], gave[pk], got[pk]) for pk in best[:PARTNERS] if pk in named]


def asking_of(record: Record) -> Asking:
    """How a member asks and helps, in their groups."""
    if not record.groups:
        return Asking()
    ids = record.identity_ids
    rows = Question.objects.filter(group_id__in=[one.group_id for one in record.groups])
    sums = rows.aggregate(
        asked=Count("pk", filter=Q(identity_id__in=ids)),
        answered=Count("pk", filter=Q(identity_id__in=ids, answer_id__isnull=False)),
        helped=Count("pk", filter=Q(answered_by_id__in=ids)),
    )
    return Asking(sums["asked"], sums["answered"], sums["helped"])

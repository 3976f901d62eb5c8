"""Everything a member's profile shows, put together from roll-ups and their newest messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Count, Q

from weilu.chat.columns import DAY_MS, HOUR_MS, Ints, local_ms
from weilu.chat.search.reading import Said
from weilu.core.access import Actor, Right
from weilu.groups.models import Participation
from weilu.insight.models import GroupDay, MemberTotals
from weilu.insight.packing import people_array, unpack_numbers, unpack_people
from weilu.insight.people.listing import newest_ms, stages_of
from weilu.insight.people.messages_of import Place, latest, places_among
from weilu.insight.rules.lifecycle import MemberStage
from weilu.insight.rules.words import count_words, top_words
from weilu.members.models import Alias, Identity, Member, Merge
from weilu.members.queries import aliases_of, identities_of, merges_of, names, people
from weilu.members.queries import member as find_member
from weilu.service.conversations import month_of
from weilu.service.models import Pair, Question

RECENT = 2000
WEEKS = 104
PARTNERS = 10
WORDS = 20
PAIR_MONTHS = 24
GROUPS_DRAWN = 40


@dataclass(frozen=True, slots=True)
class InGroup:
    """What a member did in one group, all their identities together; 0 for never."""

    group_id: int
    name: str
    zone: str
    messages: int
    joined_ms: int
    left_ms: int
    first_ms: int
    last_ms: int

    @property
    def has_left(self) -> bool:
        """Whether nothing was seen of them since they left."""
        return self.left_ms > max(self.last_ms, self.joined_ms)


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


@dataclass(frozen=True, slots=True)
class Profile:
    """One member; `weeks` are (week number, messages), ascending without gaps; may be empty."""

    member: Member
    identities: Sequence[Identity]
    aliases: Sequence[Alias]
    merges: Sequence[Merge]
    groups: Sequence[InGroup]
    totals: MemberTotals | None
    stage: MemberStage
    today_ms: int
    weeks: Sequence[tuple[int, int]]
    hours: Ints
    words: Sequence[tuple[str, int]]
    partners: Sequence[Partner]
    asking: Asking
    recent: Sequence[Said]


def profile(viewer: Actor, member_id: int) -> Profile:
    """A member's profile; of a merged one, of whom they were merged into.

    Raises NotFound for members of another workspace. About 20 statements and a few more for days
    read, however large the workspace.
    """
    viewer.require(Right.SEE_MEMBERS)
    found = find_member(viewer, member_id)
    identities = identities_of(found.pk)
    ids = [one.pk for one in identities]
    aliases = aliases_of(ids)
    places = places_among(ids)
    groups = groups_of(ids)
    today_ms = newest_ms(viewer)
    totals = MemberTotals.objects.filter(pk=found.pk).first()
    recent = latest(places, limit=RECENT)
    moments = (totals.first_ms, totals.last_ms, totals.left_ms) if totals else (0, 0, 0)
    return Profile(
        member=found,
        identities=identities,
        aliases=aliases,
        merges=merges_of(found.pk),
        groups=groups,
        totals=totals,
        stage=stages_of([moments], today_ms)[0] if totals else MemberStage.STRANGER,
        today_ms=today_ms,
        weeks=weeks_of(places),
        hours=hours_of(recent, places),
        words=words_of(recent, [one.name for one in aliases]),
        partners=partners_of(viewer, groups, ids, today_ms),
        asking=asking_of([one.group_id for one in groups], ids),
        recent=recent,
    )


def groups_of(ids: Sequence[int]) -> list[InGroup]:
    """What identities did in each group together, most messages first."""
    rows = (
        Participation.objects.filter(identity_id__in=ids)
        .select_related("group", "group__community")
        .order_by("group_id", "identity_id")
    )
    merged: dict[int, InGroup] = {}
    for row in rows:
        merged[row.group_id] = _with(merged.get(row.group_id), row)
    return sorted(merged.values(), key=lambda one: (-one.messages, one.name, one.group_id))


def _with(old: InGroup | None, row: Participation) -> InGroup:
    joined = [row.joined_ms] if row.joined_ms else []
    return InGroup(
        group_id=row.group_id,
        name=row.group.name,
        zone=row.group.community.time_zone,
        messages=row.messages + (old.messages if old else 0),
        joined_ms=min([*joined, old.joined_ms] if old and old.joined_ms else joined or [0]),
        left_ms=max(row.last_left_ms or 0, old.left_ms if old else 0),
        first_ms=min(row.first_seen_ms, old.first_ms) if old else row.first_seen_ms,
        last_ms=max(row.last_spoke_ms or 0, row.last_joined_ms or 0, old.last_ms if old else 0),
    )


def weeks_of(places: Sequence[Place]) -> list[tuple[int, int]]:
    """Messages per week (day // 7) of the last two years of a member's talk, without gaps."""
    if not places:
        return []
    last = max(place.last_day for place in places)
    floor = last - WEEKS * 7 + 1
    busiest = sorted(places, key=lambda place: -place.last_day)[:GROUPS_DRAWN]
    said: Counter[int] = Counter()
    wanted = {place.group_id: np.array(place.identities, dtype=np.int64) for place in busiest}
    first = max(floor, min(place.first_day for place in busiest))
    rows = GroupDay.objects.filter(group_id__in=list(wanted), day__gte=first, day__lte=last)
    for group_id, day, who, counts in rows.values_list("group_id", "day", "people", "counts"):
        bitmap = unpack_people(who)
        ids = wanted[group_id]
        if any(int(one) in bitmap for one in ids):
            said[day // 7] += int(unpack_numbers(counts)[np.isin(people_array(bitmap), ids)].sum())
    return [(week, said[week]) for week in range(first // 7, last // 7 + 1)]


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


def partners_of(
    viewer: Actor, groups: Sequence[InGroup], ids: Sequence[int], today_ms: int
) -> list[Partner]:
    """Whom a member talks with most, over the last two years."""
    since = month_of(today_ms // DAY_MS) - PAIR_MONTHS
    rows = Pair.objects.filter(
        Q(answering__in=ids) | Q(answered__in=ids),
        group_id__in=[one.group_id for one in groups],
        month__gte=since,
    ).values_list("answering", "answered", "links")
    known = people(viewer.workspace_id)
    mine = set(ids)
    gave: Counter[int] = Counter()
    got: Counter[int] = Counter()
    for answering, answered, links in rows:
        if answering in mine:
            gave[known.moved.get(answered, answered)] += links
        if answered in mine:
            got[known.moved.get(answering, answering)] += links
    own = {known.moved.get(one, one) for one in ids}
    both = gave + got
    best = [pk for pk, _ in sorted(both.items(), key=lambda p: (-p[1], p[0])) if pk not in own]
    named = names(best[:PARTNERS])
    return [Partner(pk, named[pk], gave[pk], got[pk]) for pk in best[:PARTNERS] if pk in named]


def asking_of(group_ids: Sequence[int], ids: Sequence[int]) -> Asking:
    """How a member asks and helps, in their groups."""
    if not group_ids:
        return Asking()
    sums = Question.objects.filter(group_id__in=group_ids).aggregate(
        asked=Count("pk", filter=Q(identity_id__in=ids)),
        answered=Count("pk", filter=Q(identity_id__in=ids, answer_id__isnull=False)),
        helped=Count("pk", filter=Q(answered_by_id__in=ids)),
    )
    return Asking(sums["asked"], sums["answered"], sums["helped"])

"""The groups of a community side by side, in a few statements however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np
from django.db.models import BinaryField, F, Value
from pyroaring import BitMap

from weilu.chat.columns import day_start_ms
from weilu.groups.models import Group
from weilu.groups.queries import spoke_before
from weilu.insight.models import GroupDay, Standing
from weilu.insight.numbers import returned
from weilu.insight.packing import people_array, unpack_numbers, unpack_people
from weilu.insight.pages.front import active_share, identities_of, who_is_there
from weilu.insight.pages.life import heard_until, life_of
from weilu.insight.pages.look import Look
from weilu.insight.pages.replies import AskedOne, questions
from weilu.insight.pages.weekly import Heard, Weeks, weeks_of
from weilu.insight.rules.lifecycle import GroupLife

WEEK = 7
TREND_WEEKS = 12


@dataclass(frozen=True, slots=True)
class Side:
    """One group's numbers of the period; shares 0–1, None where nothing can be said.

    `trend`: messages in the last twelve stretches of seven days, oldest first.
    """

    group: Group
    present: int | None
    speakers: int
    speakers_before: int
    active_share: float | None
    messages: int
    messages_before: int
    asked: int
    answered_share: float | None
    median_s: float | None
    newcomers: int
    returned_share: float | None
    life: GroupLife
    trend: tuple[int, ...]


@dataclass(slots=True)
class _Talk:
    """What a group said: messages by day, and who spoke by day in the two periods compared."""

    messages: dict[int, int] = field(default_factory=dict)
    spoke: dict[int, BitMap] = field(default_factory=dict)

    def between(self, first: int, last: int) -> tuple[int, list[BitMap]]:
        """Messages of days, and who spoke on each of them."""
        said = sum(n for day, n in self.messages.items() if first <= day <= last)
        return said, [who for day, who in self.spoke.items() if first <= day <= last]


def sides(look: Look) -> list[Side]:
    """Every group of the community by name."""
    told = _told(look)
    older = _older(look, _maybe_new(look, told))
    standing = {s.group_id: s for s in Standing.objects.filter(group_id__in=look.group_ids)}
    asked: dict[int, list[AskedOne]] = defaultdict(list)
    for question in questions(look):
        asked[question.group_id].append(question)
    chosen = set(look.group_ids)
    groups = [one for one in look.place.groups if one.pk in chosen]
    until = heard_until(look.place, look.scope.last_day, groups)
    weeks = weeks_of(Heard(until, look.known, look.out, look.scope.zone))
    return [
        _side(
            look,
            group,
            (told[group.pk], older.get(group.pk, BitMap())),
            standing.get(group.pk),
            asked[group.pk],
            (weeks[group.pk], until[group.pk]),
        )
        for group in groups
    ]


def _told(look: Look) -> dict[int, _Talk]:
    """What groups said, by group: one statement, no further back than the page looks."""
    scope, known = look.scope, look.known
    compared = scope.first_day_before
    unheard = BitMap(identities_of(known, list(look.out)))
    found: dict[int, _Talk] = defaultdict(_Talk)
    rows = GroupDay.objects.filter(
        group_id__in=look.group_ids,
        day__gte=min(compared, scope.last_day - TREND_WEEKS * WEEK + 1),
        day__lte=scope.last_day,
    ).order_by("group_id", "day")
    # How much each said is wanted only where somebody does not count.
    counts = F("counts") if unheard else Value(b"", BinaryField())
    for group_id, day, messages, people, packed in rows.values_list(
        "group_id", "day", "messages", "people", counts
    ):
        talk = found[group_id]
        talk.messages[day] = messages
        if day < compared and not unheard:
            continue
        who = unpack_people(people)
        if unheard and not who.isdisjoint(unheard):
            keep = ~np.isin(people_array(who), people_array(unheard))
            talk.messages[day] = int(unpack_numbers(packed)[keep].sum())
        if day >= compared:
            talk.spoke[day] = known.of(who) - look.out
    return found


def _maybe_new(look: Look, told: Mapping[int, _Talk]) -> dict[int, BitMap]:
    """Who spoke in a group now and not in the period before: newcomers, or back after a while."""
    scope = look.scope
    if look.place.oldest is None or look.place.oldest >= scope.first_day_before:
        return {}
    found = {}
    for group_id, talk in told.items():
        _said, before = talk.between(scope.first_day_before, scope.first_day - 1)
        _said, now = talk.between(scope.first_day, scope.last_day)
        found[group_id] = BitMap.union(BitMap(), *now) - BitMap.union(BitMap(), *before)
    return found


def _older(look: Look, asked: Mapping[int, BitMap]) -> dict[int, BitMap]:
    """Who of the members asked for, by group, spoke there before both periods."""
    begun = day_start_ms(look.scope.first_day_before, look.scope.zone)
    several: dict[int, list[int]] = defaultdict(list)
    for identity, member in look.known.moved.items():
        several[member].append(identity)
    pairs = [
        (group_id, identity)
        for group_id, members in asked.items()
        for member in members
        for identity in (member, *several.get(member, ()))
    ]
    found: dict[int, BitMap] = defaultdict(BitMap)
    for group_id, identity in spoke_before(pairs, begun):
        found[group_id].add(look.known.moved.get(identity, identity))
    return found


def _side(
    look: Look,
    group: Group,
    heard: tuple[_Talk, BitMap],
    standing: Standing | None,
    asked: Sequence[AskedOne],
    life: tuple[Weeks, int],
) -> Side:
    scope = look.scope
    talk, older = heard
    weeks, today = life
    messages, now = talk.between(scope.first_day, scope.last_day)
    messages_before, before = talk.between(scope.first_day_before, scope.first_day - 1)
    speakers, earlier = BitMap.union(BitMap(), *now), BitMap.union(BitMap(), *before)
    newcomers = speakers - earlier - older
    waits = [q.wait_s for q in asked if q.wait_s is not None]
    answered = sum(q.answer_id is not None for q in asked)
    there = who_is_there(standing, look.out)
    return Side(
        group=group,
        present=standing.present if standing else None,
        speakers=len(speakers),
        speakers_before=len(earlier),
        active_share=active_share(speakers, there),
        messages=messages,
        messages_before=messages_before,
        asked=len(asked),
        answered_share=answered / len(asked) if asked else None,
        median_s=median(waits) if waits else None,
        newcomers=len(newcomers),
        returned_share=_share(returned(now, newcomers), newcomers),
        life=life_of(weeks, today=today, there=there),
        trend=_trend(talk.messages, scope.last_day),
    )


def _share(part: BitMap, whole: BitMap) -> float | None:
    return len(part) / len(whole) if whole else None


def _trend(messages: Mapping[int, int], last: int) -> tuple[int, ...]:
    weeks = [0] * TREND_WEEKS
    for day, said in messages.items():
        at = (last - day) // WEEK
        if 0 <= at < TREND_WEEKS:
            weeks[TREND_WEEKS - 1 - at] += said
    return tuple(weeks)

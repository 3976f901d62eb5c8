"""What groups said week by week in all their life, without reading all of their days.

Weeks are summed by the database. Only where somebody spoke who does not count, a bot most often,
must each day be looked into for how much that was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db.models import F, Max, Min, Sum
from pyroaring import BitMap

from weilu.chat.columns import day_start_ms
from weilu.groups.models import Participation
from weilu.insight.models import GroupDay
from weilu.insight.packing import people_array, unpack_numbers, unpack_people
from weilu.insight.pages.front import identities_of
from weilu.insight.rules.lifecycle import PREPARING_SPEAKERS, RECENT_WEEKS
from weilu.members.queries import People

WEEK = 7
LATELY_DAYS = RECENT_WEEKS * WEEK


@dataclass(slots=True)
class Weeks:
    """A group's talk up to a day: messages by how many weeks back, first and last day of talk.

    `lately` spoke in the four weeks up to the day; `speakers` is how many ever did, or at least
    so many as matter for where a group is in its life.
    """

    messages: dict[int, int] = field(default_factory=dict)
    first_day: int | None = None
    last_day: int | None = None
    lately: BitMap = field(default_factory=BitMap)
    speakers: int = 0

    def add(self, back: int, messages: int, first_day: int, last_day: int) -> None:
        """Add what was said from a day to another, in the week so many weeks back."""
        self.messages[back] = self.messages.get(back, 0) + messages
        self.first_day = first_day if self.first_day is None else min(first_day, self.first_day)
        self.last_day = last_day if self.last_day is None else max(last_day, self.last_day)


@dataclass(frozen=True, slots=True)
class Heard:
    """Whose talk is looked at: days until when by group, who is who, members left out, zone."""

    until: Mapping[int, int]
    known: People
    out: BitMap
    zone: str


def weeks_of(heard: Heard) -> dict[int, Weeks]:
    """The weeks of each group; at most six statements however many groups there are."""
    found = {group_id: Weeks() for group_id in heard.until}
    unheard = BitMap(identities_of(heard.known, list(heard.out)))
    mixed = _where_spoke(heard.until, unheard)
    by_day: dict[int, list[int]] = defaultdict(list)
    for group_id, day in heard.until.items():
        by_day[day].append(group_id)
    for today, groups in by_day.items():
        _sum_weeks(found, today, [one for one in groups if one not in mixed])
        _look_into(found, today, [one for one in groups if one in mixed], unheard)
        _hear_lately(found, today, groups, heard)
    _count_few(found, heard)
    return found


def _where_spoke(groups: Collection[int], unheard: BitMap) -> set[int]:
    """Groups in which one of the identities ever said something."""
    if not unheard:
        return set()
    rows = Participation.objects.filter(identity_id__in=list(unheard), messages__gt=0)
    return set(rows.values_list("group_id", flat=True)) & set(groups)


def _sum_weeks(found: Mapping[int, Weeks], today: int, groups: Sequence[int]) -> None:
    if not groups:
        return
    rows = (
        GroupDay.objects.filter(group_id__in=groups, day__lte=today, messages__gt=0)
        .order_by()
        .values("group_id", back=(today - F("day")) / WEEK)
        .annotate(said=Sum("messages"), first=Min("day"), last=Max("day"))
    )
    for group_id, back, said, first, last in rows.values_list(
        "group_id", "back", "said", "first", "last"
    ):
        found[group_id].add(back, said, first, last)


def _look_into(
    found: Mapping[int, Weeks], today: int, groups: Sequence[int], unheard: BitMap
) -> None:
    if not groups:
        return
    rows = GroupDay.objects.filter(group_id__in=groups, day__lte=today, messages__gt=0)
    left_out = people_array(unheard)
    for group_id, day, messages, people, packed in rows.values_list(
        "group_id", "day", "messages", "people", "counts"
    ).iterator():
        who, said = unpack_people(people), messages
        if not who.isdisjoint(unheard):
            said = int(unpack_numbers(packed)[~np.isin(people_array(who), left_out)].sum())
        if said:
            found[group_id].add((today - day) // WEEK, said, day, day)


def _hear_lately(
    found: Mapping[int, Weeks], today: int, groups: Sequence[int], heard: Heard
) -> None:
    spoke: dict[int, list[BitMap]] = defaultdict(list)
    rows = GroupDay.objects.filter(
        group_id__in=groups, day__gt=today - LATELY_DAYS, day__lte=today, messages__gt=0
    )
    for group_id, people in rows.values_list("group_id", "people"):
        spoke[group_id].append(unpack_people(people))
    for group_id, many in spoke.items():
        one = found[group_id]
        one.lately = heard.known.of(BitMap.union(*many)) - heard.out
        one.speakers = len(one.lately)


def _count_few(found: Mapping[int, Weeks], heard: Heard) -> None:
    """Count everybody who ever spoke where too few did lately to be sure."""
    unsure = [pk for pk, one in found.items() if one.messages and one.speakers < PREPARING_SPEAKERS]
    if not unsure:
        return
    spoke: dict[int, BitMap] = defaultdict(BitMap)
    rows = Participation.objects.filter(group_id__in=unsure, spoke_ms__isnull=False)
    for group_id, identity, moment in rows.values_list("group_id", "identity_id", "spoke_ms"):
        if moment is not None and moment < day_start_ms(heard.until[group_id] + 1, heard.zone):
            spoke[group_id].add(identity)
    for group_id, who in spoke.items():
        found[group_id].speakers = len(heard.known.of(who) - heard.out)

"""Where groups are in their life, from the days that are stored of them (B-4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pyroaring import BitMap

from weilu.core.clock import now
from weilu.groups.models import Connection, Group
from weilu.insight.models import GroupDay, Standing
from weilu.insight.numbers import counted
from weilu.insight.pages.look import Place, number_of
from weilu.insight.rules.lifecycle import RECENT_WEEKS, GroupLife, GroupTalk, group_life
from weilu.insight.scope import Day, stored_days
from weilu.members.queries import people

WEEK = 7
LATELY_DAYS = RECENT_WEEKS * WEEK


@dataclass(frozen=True, slots=True)
class LifeOf:
    """A group with its stage and what it rests on; `present` None where nobody counted yet."""

    group: Group
    life: GroupLife
    present: int | None
    speakers: int
    silent: int | None
    first_day: int | None


def lives(place: Place, groups: Sequence[Group] | None = None) -> list[LifeOf]:
    """Groups of a place, all or some, by name: three statements however many."""
    chosen = list(place.groups if groups is None else groups)
    known = people(place.community.workspace_id)
    stored: dict[int, list[Day]] = defaultdict(list)
    rows = GroupDay.objects.filter(group_id__in=[one.pk for one in chosen])
    for group_id, day in stored_days(rows):
        stored[group_id].append(day)
    standing = {s.group_id: s for s in Standing.objects.filter(group_id__in=list(stored))}
    heard = heard_until(place, place.newest or 0, chosen)
    found = []
    for group in chosen:
        days = counted(stored[group.pk], known, bots=False, staff=True)
        stand = standing.get(group.pk)
        present = stand.present if stand else None
        spoken = [one for one in days if one.messages]
        found.append(
            LifeOf(
                group,
                life_of(days, today=heard[group.pk], present=present),
                present,
                len(speakers_lately(days, heard[group.pk])),
                stand.silent if stand else None,
                spoken[0].day if spoken else None,
            )
        )
    return found


def heard_until(place: Place, last_day: int, groups: Sequence[Group]) -> dict[int, int]:
    """Up to which day the talk of groups is known: today where Weilu listens, else `last_day`.

    A past `last_day` is looked at as it was then.
    """
    is_newest = place.newest is None or last_day >= place.newest
    today = number_of(now().astimezone(ZoneInfo(place.community.time_zone)).date())
    live = max(today, last_day) if is_newest else last_day
    return {one.pk: live if _listens(one) else last_day for one in groups}


def _listens(group: Group) -> bool:
    one = group.connection
    return one is not None and one.is_on and one.state == Connection.State.RUNNING


def life_of(days: Sequence[Day], *, today: int, present: int | None) -> GroupLife:
    """The stage of a group from its counted days, ascending, as of the end of `today`."""
    spoken = [one for one in days if one.messages and one.day <= today]
    if not spoken:
        return group_life(GroupTalk((), 0))
    weeks = [0] * ((today - spoken[0].day) // WEEK + 1)
    for one in spoken:
        weeks[-1 - (today - one.day) // WEEK] += one.messages
    lately = len(speakers_lately(spoken, today))
    return group_life(
        GroupTalk(
            weeks,
            len(BitMap.union(*(one.people for one in spoken))),
            silent_days=today - spoken[-1].day,
            active_share=min(lately / present, 1.0) if present else None,
        )
    )


def speakers_lately(days: Sequence[Day], today: int) -> BitMap:
    """Who spoke in the four weeks up to a day."""
    return BitMap.union(
        BitMap(), *(one.people for one in days if today - LATELY_DAYS < one.day <= today)
    )

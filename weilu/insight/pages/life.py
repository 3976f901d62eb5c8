"""Where groups are in their life, from the days that are stored of them (B-4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pyroaring import BitMap

from weilu.core.clock import now
from weilu.groups.models import Connection, Group
from weilu.insight.models import Standing
from weilu.insight.pages.front import active_share, who_is_there
from weilu.insight.pages.look import Place, number_of
from weilu.insight.pages.weekly import WEEK, Heard, Weeks, weeks_of
from weilu.insight.rules.lifecycle import GroupLife, GroupTalk, group_life
from weilu.members.queries import people


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
    """Groups of a place, all or some, by name; a few statements however many."""
    chosen = list(place.groups if groups is None else groups)
    known = people(place.community.workspace_id)
    heard = heard_until(place, place.newest or 0, chosen)
    zone = place.community.time_zone
    weeks = weeks_of(Heard(heard, known, known.left_out(bots=False, staff=True), zone))
    standing = {s.group_id: s for s in Standing.objects.filter(group_id__in=list(heard))}
    found = []
    for group in chosen:
        talk, stand = weeks[group.pk], standing.get(group.pk)
        present = stand.present if stand else None
        found.append(
            LifeOf(
                group,
                life_of(talk, today=heard[group.pk], there=who_is_there(stand, known.bots)),
                present,
                len(talk.lately),
                stand.silent if stand else None,
                talk.first_day,
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


def life_of(talk: Weeks, *, today: int, there: BitMap | None) -> GroupLife:
    """The stage of a group from its weeks and who is there, as of the end of `today`."""
    if talk.first_day is None or talk.last_day is None:
        return group_life(GroupTalk((), 0))
    weeks = [0] * ((today - talk.first_day) // WEEK + 1)
    for back, messages in talk.messages.items():
        weeks[-1 - back] += messages
    return group_life(
        GroupTalk(
            weeks,
            talk.speakers,
            silent_days=today - talk.last_day,
            active_share=active_share(talk.lately, there),
        )
    )

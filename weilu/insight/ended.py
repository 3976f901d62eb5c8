"""Communities whose history ended before that of others, and what "today" is for their members.

Imported history ends on a day of its own. Looked at from the newest message of the whole
workspace, everybody in an old community would be lost and cold, and nobody would move anybody; so
whatever is said of its members is said as of the end of its own history (C-2, C-4 to C-7). A
community that Weilu listens to never ends: there silence is silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from django.db.models import Exists, IntegerField, OuterRef, Subquery
from pyroaring import BitMap

from weilu.chat.columns import Ints, day_start_ms
from weilu.communities.models import Community
from weilu.groups.models import Connection, Group
from weilu.insight.models import CommunityDay, Standing
from weilu.insight.packing import people_array, unpack_people

# As long as nothing else is known, a quieter community may just be quiet.
ENDED_DAYS = 60
# What was found in a community that ended so long before the others is nothing for today.
PAST_DAYS = 180


@dataclass(frozen=True, slots=True)
class Ended:
    """A community and the last day anything is known of it."""

    community_id: int
    name: str
    zone: str
    last_day: int


@dataclass(frozen=True, slots=True)
class Todays:
    """The moment that counts as today (UTC ms), and for whom an earlier one does."""

    ms: int
    ends: tuple[tuple[int, BitMap], ...] = ()

    def of(self, members: Ints) -> Ints:
        """The moment for each of some members."""
        found = np.full(len(members), self.ms, dtype=np.int64)
        for ms, who in self.ends:
            found[np.isin(members, people_array(who))] = ms
        return found


def ended(workspace_id: int, days: int = ENDED_DAYS) -> list[Ended]:
    """Communities that ended so many days before the others, the latest first: one statement."""
    told = [one for one in _newest(workspace_id) if one[3] is not None]
    until = max((one[3] or 0 for one in told), default=0) - days
    found = [
        Ended(pk, name, zone, day)
        for pk, name, zone, day, listens in told
        if day is not None and day < until and not listens
    ]
    return sorted(found, key=lambda one: (-one.last_day, one.community_id))


def _newest(workspace_id: int) -> Iterable[tuple[int, str, str, int | None, bool]]:
    """Communities by number: name, time zone, newest day with a message, whether Weilu listens."""
    days = CommunityDay.objects.filter(community=OuterRef("pk"), messages__gt=0)
    newest = Subquery(days.order_by("-day").values("day")[:1], output_field=IntegerField(null=True))
    listening = Group.objects.filter(
        community=OuterRef("pk"),
        connection__is_on=True,
        connection__state=Connection.State.RUNNING,
    )
    rows = Community.objects.filter(workspace_id=workspace_id)
    return rows.values_list("pk", "name", "time_zone", newest, Exists(listening))


def todays(workspace_id: int, today_ms: int) -> Todays:
    """What counts as today for whom: for members of nothing but ended communities, their end.

    Two statements; one where nothing ended.
    """
    ends = [
        (day_start_ms(one.last_day + 1, one.zone) - 1, who)
        for one, who in members_of_ended(workspace_id)
        if who
    ]
    return Todays(today_ms, tuple(ends))


def members_of_ended(workspace_id: int) -> list[tuple[Ended, BitMap]]:
    """Ended communities, the latest first, with those who were in no later one; maybe nobody.

    Whoever also was where it goes on is in none of them. Two statements; one where nothing ended.
    """
    over = ended(workspace_id)
    if not over:
        return []
    was_in = _was_in(workspace_id)
    gone = {one.community_id for one in over}
    elsewhere = BitMap.union(BitMap(), *(who for pk, who in was_in.items() if pk not in gone))
    found = []
    for one in over:
        own = was_in.get(one.community_id, BitMap()) - elsewhere
        elsewhere |= own
        found.append((one, own))
    return found


def _was_in(workspace_id: int) -> Mapping[int, BitMap]:
    rows = Standing.objects.filter(community__workspace_id=workspace_id, group=None)
    return {pk: unpack_people(who) for pk, who in rows.values_list("community_id", "who_ever_was")}

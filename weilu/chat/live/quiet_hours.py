"""The guard of quiet hours: nothing that is not urgent is written into a sleeping group (K-3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from weilu.chat.live.guards import GUARDS, Hold
from weilu.chat.live.queue import Origin
from weilu.chat.models import Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.communities.models import Community
from weilu.groups.models import Group

# Order in a group does not sleep, and an answer is waited for.
_URGENT = {Origin.MODERATION.value, Origin.SERVICE.value}
_SPOKEN = {Deed.SEND.value, Deed.ANNOUNCE.value}


class QuietHours:
    """Holds until the morning what would be said in a community's quiet hours."""

    name = "quiet_hours"
    may_be_overruled = True

    def holds(self, rows: Sequence[Outgoing], moment: datetime) -> Mapping[int, Hold]:
        """Rows whose community sleeps, with the moment it wakes."""
        asked = [r for r in rows if r.deed in _SPOKEN and r.origin not in _URGENT]
        groups = dict(
            Group.objects.filter(pk__in={r.group_id for r in asked}).values_list(
                "pk", "community_id"
            )
        )
        communities = Community.objects.in_bulk(set(groups.values()))
        stopped = {}
        for row in asked:
            one = communities[groups[row.group_id]]
            until = wakes_at(moment, one.time_zone, one.quiet_from, one.quiet_until)
            if until is not None:
                values = {"start": f"{one.quiet_from:%H:%M}", "end": f"{one.quiet_until:%H:%M}"}
                stopped[row.pk] = Hold(self.name, values, until)
        return stopped


def wakes_at(moment: datetime, zone: str, start: time, end: time) -> datetime | None:
    """The end of the quiet hours that `moment` falls into, None outside; may pass midnight.

    Equal `start` and `end`: there are none.
    """
    local = moment.astimezone(ZoneInfo(zone))
    clock = local.time()
    inside = start <= clock < end if start <= end else clock >= start or clock < end
    if not inside:
        return None
    day = local.date() + timedelta(days=1 if clock >= end else 0)
    return datetime.combine(day, end, tzinfo=local.tzinfo)


GUARDS.add(QuietHours())

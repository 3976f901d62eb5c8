"""When each community should open its next group: kept, so that Today asks one statement (B-1)."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from weilu.communities.models import Community
from weilu.core.access import Actor, Right, system
from weilu.core.clock import now, today
from weilu.insight.models import RoomAhead
from weilu.insight.pages.capacity import Capacity, capacity
from weilu.insight.pages.look import place_of

NEAR = timedelta(days=14)
MOST = 5


def keep_room(community: Community) -> None:
    """Count a community's room anew and keep when its next group should stand."""
    found = capacity(
        system(community.workspace_id), place_of(system(community.workspace_id), community.pk)
    )
    moment = now()
    here = moment.astimezone(ZoneInfo(community.time_zone)).date()
    RoomAhead.objects.update_or_create(
        community=community,
        defaults={
            "workspace_id": community.workspace_id,
            "room": sum(one.room or 0 for one in found.groups),
            "open_on": _after(here, _open_in_days(found)),
            "full_on": _after(here, found.forecast.days if found.forecast else None),
            "at": moment,
        },
    )


def _open_in_days(found: Capacity) -> int | None:
    """Days until the next group should stand; None also where nobody comes any more."""
    one = found.forecast
    return one.open_in_days if one is not None and one.pace.high > 0 else None


def _after(today: date, days: int | None) -> date | None:
    return None if days is None else today + timedelta(days=days)


def rooms_ending(viewer: Actor) -> list[RoomAhead]:
    """Communities that should open a group within two weeks, the soonest first: one statement."""
    viewer.require(Right.SEE_NUMBERS)
    rows = RoomAhead.objects.filter(workspace_id=viewer.workspace_id, open_on__lte=today() + NEAR)
    return list(rows.select_related("community").order_by("open_on", "pk")[:MOST])

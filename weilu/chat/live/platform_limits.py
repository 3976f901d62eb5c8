"""The guard of platform limits: no more orders in a while than the platform allows (K-3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from weilu.chat.live.guards import GUARDS, Hold
from weilu.chat.models import Outgoing
from weilu.chat.ports.abilities import NEEDS, Deed, Scope
from weilu.groups.models import CapabilityRow, Group

# Ability, how many, in how many seconds, over what.
Rule = tuple[str, int, int, str]
_DEEDS = {deed.value: NEEDS[deed].value for deed in Deed}


class PlatformLimits:
    """Counts what has left in each window; what is over waits until the window has room."""

    name = "platform_limits"
    may_be_overruled = False

    def holds(self, rows: Sequence[Outgoing], moment: datetime) -> Mapping[int, Hold]:
        """Rows over a limit, with the moment at which there is room again."""
        connections = dict(
            Group.objects.filter(pk__in={row.group_id for row in rows}).values_list(
                "pk", "connection_id"
            )
        )
        rules = _rules({pk for pk in connections.values() if pk})
        books: dict[tuple[int, Rule], list[datetime]] = {}
        stopped: dict[int, Hold] = {}
        for row in rows:
            connection = connections.get(row.group_id)
            mine = [
                (connection if one[3] == Scope.CONNECTION else row.group_id, one)
                for one in rules.get(connection or 0, [])
                if one[0] == _DEEDS[row.deed]
            ]
            waits = [_room(books, scope or 0, one, moment) for scope, one in mine]
            until = max((w for w in waits if w), default=None)
            if until is not None:
                worst = mine[waits.index(until)][1]
                values = {"count": worst[1], "seconds": worst[2]}
                stopped[row.pk] = Hold(self.name, values, until)
                continue
            for scope, one in mine:
                books[(scope or 0, one)].append(moment)
        return stopped


def _rules(connection_ids: set[int]) -> dict[int, list[Rule]]:
    found: dict[int, list[Rule]] = defaultdict(list)
    rows = CapabilityRow.objects.filter(connection_id__in=connection_ids).exclude(limits=[])
    for pk, ability, limits in rows.values_list("connection_id", "ability", "limits"):
        found[pk] += [(ability, int(c), int(s), str(scope)) for c, s, scope in limits]
    return found


def _room(
    books: dict[tuple[int, Rule], list[datetime]], scope: int, rule: Rule, moment: datetime
) -> datetime | None:
    """When a window has room again, None when it has now; reads the window once a round."""
    ability, count, seconds, kind = rule
    window = timedelta(seconds=seconds)
    key = (scope, rule)
    if key not in books:
        books[key] = _left(ability, kind, scope, moment - window, count)
    times = books[key]
    if len(times) < count:
        return None
    return max(times[-count] + window, moment + timedelta(milliseconds=200))


def _left(ability: str, kind: str, scope: int, since: datetime, most: int) -> list[datetime]:
    """When the newest `most` orders of an ability were begun, ascending."""
    deeds = [deed for deed, needed in _DEEDS.items() if needed == ability]
    where = Q(group__connection_id=scope) if kind == Scope.CONNECTION else Q(group_id=scope)
    begun = Outgoing.objects.filter(where, deed__in=deeds, begun_at__gt=since)
    newest = begun.order_by("-begun_at").values_list("begun_at", flat=True)[:most]
    return sorted(at for at in newest if at is not None)


GUARDS.add(PlatformLimits())

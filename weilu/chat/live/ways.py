"""Who can do what in which group: compiled from capability rows, or from what a hand can do."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from weilu.chat.models import Outgoing
from weilu.chat.ports.abilities import NEEDS, Ability, Capability, Deed, Support
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.records import Platform
from weilu.core.lookup import Lookup
from weilu.groups.models import CapabilityRow, Connection, Group

_AT_ONCE = 400
_PLATFORMS = {one.value for one in Platform}
_ABILITIES = {one.value for one in Ability}
_SUPPORTS = {one.value for one in Support}
_WAYS = {
    Support.AUTOMATIC.value: Outgoing.Way.AUTOMATIC.value,
    Support.CONFIRMED.value: Outgoing.Way.CONFIRMED.value,
}


# How each ability is there, by group.
Supports = Mapping[int, dict[Ability, Support]]
_GROUPS = Lookup(
    lambda ids: Group.objects.filter(pk__in=ids).values_list(
        "pk", "workspace_id", "platform", "connection_id", "connection__is_on", "connection__state"
    )
)
_ROWS = Lookup(
    lambda ids: CapabilityRow.objects.filter(connection_id__in=ids).values_list(
        "connection_id", "ability", "support"
    )
)


def supports_of(
    group_ids: Collection[int], workspace_id: int | None = None
) -> dict[int, dict[Ability, Support]]:
    """How each ability is there in groups, by group id; unknown groups are missing.

    A connection that is switched off or stopped for good leaves what it did to a person.
    """
    found: dict[int, dict[Ability, Support]] = {}
    ids = sorted(group_ids)
    for at in range(0, len(ids), _AT_ONCE):
        rows = [row for row in _GROUPS(ids[at : at + _AT_ONCE]) if workspace_id in {None, row[1]}]
        facts = _facts({row[3] for row in rows if row[3]})
        for pk, _workspace, platform, connection_id, is_on, state in rows:
            supports = facts.get(connection_id) if connection_id else by_hand(platform)
            supports = dict(supports or by_hand(platform))
            if connection_id and not (is_on and state != Connection.State.STOPPED):
                supports = {
                    ability: Support.BY_HAND if one != Support.IMPOSSIBLE else one
                    for ability, one in supports.items()
                }
            found[pk] = supports
    return found


def ways_of(
    wanted: Collection[tuple[int, Deed]],
    workspace_id: int | None = None,
    supports: Supports | None = None,
) -> dict[tuple[int, Deed], str]:
    """Who carries out each (group, deed): a value of `Outgoing.Way`; unknown groups are missing."""
    if supports is None:
        supports = supports_of({group_id for group_id, _ in wanted}, workspace_id)
    return {
        (group_id, deed): _WAYS.get(
            supports[group_id].get(NEEDS[deed], Support.BY_HAND).value,
            Outgoing.Way.BY_HAND.value,
        )
        for group_id, deed in wanted
        if group_id in supports
    }


def by_hand(platform: str) -> dict[Ability, Support]:
    """What a person can do in a group of the platform that has no connection."""
    known: tuple[Capability, ...] = ()
    if platform in _PLATFORMS:
        known = CONNECTORS.by_hand.get(Platform(platform), ())
    return {one.ability: one.support for one in known}


def _facts(connection_ids: Collection[int]) -> dict[int, dict[Ability, Support]]:
    found: dict[int, dict[Ability, Support]] = {}
    for pk, ability, support in _ROWS(sorted(connection_ids)):
        if ability in _ABILITIES and support in _SUPPORTS:
            found.setdefault(pk, {})[Ability(ability)] = Support(support)
    return found

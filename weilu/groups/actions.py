"""Writes to groups: making them, and what people do in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

import numpy as np
from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet

from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.arrays import Bools, Ints
from weilu.core.bulk import upsert_columns
from weilu.core.changes import EVERYTHING, note_change
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.log import announce
from weilu.events.groups import GroupMoved, RoomChanged
from weilu.groups.models import Connection, Group

NAME_CHARS = 200
_GROUPS_AT_ONCE = 300
_NUMBER_CHARS = len(" (9999999)")


# Where something did not happen: earlier than anything.
NEVER = -(1 << 62)


class Activity(NamedTuple):
    """What identities did in groups in a run of messages, by the columns of Participation.

    One row a (group, identity), ascending. Moments are in ms since 1970, UTC, or NEVER.
    """

    group_id: Ints
    identity_id: Ints
    messages: Ints
    joins: Ints
    leaves: Ints
    joined_ms: Ints
    last_joined_ms: Ints
    last_left_ms: Ints
    spoke_ms: Ints
    last_spoke_ms: Ints
    first_seen_ms: Ints

    def rows(self, chosen: Bools) -> Activity:
        """Some of the rows."""
        return Activity(*(column[chosen] for column in self))


def _on_conflict(
    least: str, greatest: str, sums: Sequence[str], first: Sequence[str], last: Sequence[str]
) -> str:
    """What an existing row becomes; SQLite's two-argument MIN is LEAST elsewhere.

    Neither may see a null there, so each side stands in for the other where that is missing.
    """

    def pick(function: str, column: str) -> str:
        old, new = f"groups_participation.{column}", f"excluded.{column}"
        return f"{column} = {function}(COALESCE({old}, {new}), COALESCE({new}, {old}))"

    sets = [
        *(f"{c} = groups_participation.{c} + excluded.{c}" for c in sums),
        *(pick(least, c) for c in first),
        *(pick(greatest, c) for c in last),
    ]
    return f"(group_id, identity_id) DO UPDATE SET {', '.join(sets)}"


_EVERYTHING = (
    ("messages", "joins", "leaves"),
    ("joined_ms", "spoke_ms", "first_seen_ms"),
    ("last_joined_ms", "last_left_ms", "last_spoke_ms"),
)
_SQLITE = _on_conflict("MIN", "MAX", *_EVERYTHING)
_POSTGRES = _on_conflict("LEAST", "GREATEST", *_EVERYTHING)


_TALK = (*Activity._fields[:5], "spoke_ms", "last_spoke_ms", "first_seen_ms")
_TALKED = _on_conflict(
    "MIN", "MAX", ("messages",), ("spoke_ms", "first_seen_ms"), ("last_spoke_ms",)
)


def add_activity(done: Activity) -> None:
    """Add activity to participations.

    Order-free: any order of batches gives the same rows. On SQLite most people, who only talked,
    take a shorter statement; PostgreSQL gets one for all, so that locks are taken in one order.
    """
    table, names = "groups_participation", Activity._fields
    if connection.vendor == "postgresql":
        upsert_columns(connection, table, names, _written(done), conflict=_POSTGRES)
        return
    moved = (done.joins > 0) | (done.leaves > 0) | (done.messages == 0) | (done.joined_ms != NEVER)
    upsert_columns(connection, table, names, _written(done.rows(moved)), conflict=_SQLITE)
    talked = done.rows(~moved)
    said = (*talked[:5], talked.spoke_ms, talked.last_spoke_ms, talked.first_seen_ms)
    upsert_columns(connection, table, _TALK, [one.tolist() for one in said], conflict=_TALKED)


def _written(done: Activity) -> list[list[int | None]]:
    """The columns as they are stored: nothing for what did not happen."""
    written = []
    for column in done:
        values: list[int | None] = column.tolist()
        for row in np.flatnonzero(column == NEVER).tolist():
            values[row] = None
        written.append(values)
    return written


def ensure_group(
    actor: Actor, *, community: Community, platform: str, external_key: str, name: str
) -> Group:
    """The group with this key, or with this name where either has no key; made when new.

    Another group of the name, under another key, is another: the new one gets a number.
    Announces RoomChanged for a new one. Raises Invalid without a name, NotAllowed without the
    right to import.
    """
    actor.require(Right.IMPORT)
    short = name.strip()[:NAME_CHARS]
    if not short:
        raise Invalid("group_name_missing", field="group")
    mine = Group.objects.filter(workspace_id=actor.workspace_id, platform=platform)
    found = mine.filter(external_key=external_key).first() if external_key else None
    if found is None:
        namesake = mine.filter(community=community, name=short).first()
        if namesake is not None and external_key and namesake.external_key:
            short = _free_name(mine.filter(community=community), short)
        else:
            found = namesake
    if found is None:
        with transaction.atomic():
            found, is_new = Group.objects.get_or_create(
                community=community,
                platform=platform,
                name=short,
                defaults={"workspace_id": actor.workspace_id, "external_key": external_key},
            )
            if is_new:
                announce(RoomChanged(actor.workspace_id, community.pk))
    return found


def adopt_group(
    *,
    workspace_id: int,
    community_id: int,
    connection_id: int,
    platform: str,
    external_key: str,
    name: str,
) -> Group:
    """The group that a connection hears, made when new; it belongs to the connection from now on.

    A group of the same name in the same community that came from history without a key is taken
    for the same group. Safe to run in several processes at once.
    """
    mine = Group.objects.filter(workspace_id=workspace_id, platform=platform)
    found = mine.filter(external_key=external_key).first()
    if found is None:
        same_name = mine.filter(community_id=community_id, name=name[:NAME_CHARS], external_key="")
        same_name.filter(connection=None).update(external_key=external_key)
        found = mine.filter(external_key=external_key).first()
    if found is None:
        Group.objects.bulk_create(
            [
                Group(
                    workspace_id=workspace_id,
                    community_id=community_id,
                    connection_id=connection_id,
                    platform=platform,
                    external_key=external_key,
                    name=_free_name(mine.filter(community_id=community_id), name[:NAME_CHARS]),
                )
            ],
            ignore_conflicts=True,
        )
        found = mine.get(external_key=external_key)
    if found.connection_id != connection_id:
        Group.objects.filter(pk=found.pk).update(connection_id=connection_id)
        found.connection_id = connection_id
    return found


def move_key(*, workspace_id: int, platform: str, former: str, key: str) -> bool:
    """Have the group of a key known by another that the platform gave it; whether there was one.

    Where a group has the new key already both stay: what either holds is its own.
    """
    mine = Group.objects.filter(workspace_id=workspace_id, platform=platform)
    if not key or not former or mine.filter(external_key=key).exists():
        return False
    with suppress(IntegrityError), transaction.atomic():
        return bool(mine.filter(external_key=former).update(external_key=key))
    return False


def adopt_groups(
    *,
    workspace_id: int,
    community_id: int,
    connection_id: int,
    platform: str,
    names: Mapping[str, str],
) -> dict[str, Group]:
    """`adopt_group` for many at once: names by their keys on the platform; the groups likewise."""
    mine = Group.objects.filter(workspace_id=workspace_id, platform=platform)
    found: dict[str, Group] = {}
    keys = list(names)
    for at in range(0, len(keys), _GROUPS_AT_ONCE):
        some = keys[at : at + _GROUPS_AT_ONCE]
        known = set(mine.filter(external_key__in=some).values_list("external_key", flat=True))
        new = {key: names[key][:NAME_CHARS] for key in some if key not in known}
        among = mine.filter(community_id=community_id, name__in=list(new.values()))
        taken = set(among.values_list("name", flat=True)) if new else set()
        made = [
            Group(
                workspace_id=workspace_id,
                community_id=community_id,
                connection_id=connection_id,
                platform=platform,
                external_key=key,
                name=name,
            )
            for key, name in new.items()
            if name not in taken
        ]
        Group.objects.bulk_create(made, ignore_conflicts=True)
        here = mine.filter(external_key__in=some)
        here.exclude(connection_id=connection_id).update(connection_id=connection_id)
        found |= {one.external_key: one for one in here}
    # Names that others bear, and what others made at the same moment.
    for key in names.keys() - found.keys():
        found[key] = adopt_group(
            workspace_id=workspace_id,
            community_id=community_id,
            connection_id=connection_id,
            platform=platform,
            external_key=key,
            name=names[key],
        )
    for key, one in found.items():
        if one.name == key[:NAME_CHARS] != names[key][:NAME_CHARS]:
            _give_name(one, names[key][:NAME_CHARS])
    return found


def _give_name(group: Group, name: str) -> None:
    """Call a group by its name, which was not known when it was first heard of."""
    others = Group.objects.filter(community_id=group.community_id, platform=group.platform)
    free = _free_name(others.exclude(pk=group.pk), name)
    # Unless somebody else has called it something meanwhile, or just took the name.
    with suppress(IntegrityError), transaction.atomic():
        if Group.objects.filter(pk=group.pk, name=group.name).update(name=free):
            group.name = free


def _free_name(among: QuerySet[Group], name: str) -> str:
    """The name, with a number behind it when another group has it."""
    # Those with a number may have been cut to make room for it.
    stem = name[: NAME_CHARS - _NUMBER_CHARS]
    taken = set(among.filter(name__startswith=stem).values_list("name", flat=True))
    free = name
    number = 2
    while free in taken:
        tail = f" ({number})"
        free = name[: NAME_CHARS - len(tail)] + tail
        number += 1
    return free


def move_group(actor: Actor, *, group: Group, community: Community) -> bool:
    """Let a group belong to another community; whether it did not already.

    Its connection opens anew, so that what it hears is counted there. Announces GroupMoved. Raises
    NotFound for another workspace's, Conflict `group_name_taken`.
    """
    actor.require(Right.EDIT_GROUPS)
    if {group.workspace_id, community.workspace_id} != {actor.workspace_id}:
        raise NotFound
    old = group.community_id
    if old == community.pk:
        return False
    taken = Group.objects.filter(community=community, platform=group.platform, name=group.name)
    if taken.exists():
        raise Conflict("group_name_taken")
    with transaction.atomic():
        moved = Group.objects.filter(pk=group.pk, community_id=old).update(community=community)
        if moved:
            if group.connection_id is not None:
                Connection.objects.filter(pk=group.connection_id).update(version=F("version") + 1)
            # Its days begin at another hour.
            note_change(actor.workspace_id, EVERYTHING)
            announce(
                GroupMoved(
                    workspace_id=actor.workspace_id,
                    group_id=group.pk,
                    from_community_id=old,
                    to_community_id=community.pk,
                )
            )
    return bool(moved)


def rename_group(actor: Actor, *, group: Group, name: str) -> None:
    """Give a group another name; raises Conflict when the community has one of that name."""
    actor.require(Right.EDIT_GROUPS)
    short = name.strip()[:NAME_CHARS]
    if not short:
        raise Invalid("group_name_missing", field="name")
    taken = Group.objects.filter(
        community_id=group.community_id, platform=group.platform, name=short
    ).exclude(pk=group.pk)
    if taken.exists():
        raise Conflict("group_name_taken")
    Group.objects.filter(pk=group.pk).update(name=short)

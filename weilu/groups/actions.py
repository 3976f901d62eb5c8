"""Writes to groups: making them, and what people do in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.errors import Conflict, Invalid
from weilu.groups.models import Group

NAME_CHARS = 200


class Activity(NamedTuple):
    """What an identity did in a group in a run of messages; the columns of Participation."""

    group_id: int
    identity_id: int
    messages: int
    joins: int
    leaves: int
    joined_ms: int | None
    last_joined_ms: int | None
    last_left_ms: int | None
    spoke_ms: int | None
    last_spoke_ms: int | None
    first_seen_ms: int


def _upsert(least: str, greatest: str) -> str:
    """The statement; SQLite's two-argument MIN is LEAST elsewhere, and neither may see a null."""

    def first(column: str) -> str:
        old, new = f"groups_participation.{column}", f"excluded.{column}"
        return f"{column} = {least}(COALESCE({old}, {new}), COALESCE({new}, {old}))"

    def last(column: str) -> str:
        old, new = f"groups_participation.{column}", f"excluded.{column}"
        return f"{column} = {greatest}(COALESCE({old}, {new}), COALESCE({new}, {old}))"

    def add(column: str) -> str:
        return f"{column} = groups_participation.{column} + excluded.{column}"

    sets = [
        *(add(c) for c in ("messages", "joins", "leaves")),
        *(first(c) for c in ("joined_ms", "spoke_ms", "first_seen_ms")),
        *(last(c) for c in ("last_joined_ms", "last_left_ms", "last_spoke_ms")),
    ]
    names = ", ".join(Activity._fields)
    slots = ", ".join(["%s"] * len(Activity._fields))
    return (
        f"INSERT INTO groups_participation ({names}) VALUES ({slots})"  # noqa: S608
        f" ON CONFLICT (group_id, identity_id) DO UPDATE SET {', '.join(sets)}"
    )


_SQLITE = _upsert("MIN", "MAX")
_POSTGRES = _upsert("LEAST", "GREATEST")


def add_activity(rows: Sequence[Activity]) -> None:
    """Add activity to participations; order-free: any order of batches gives the same rows."""
    with connection.cursor() as cursor:
        cursor.executemany(_POSTGRES if connection.vendor == "postgresql" else _SQLITE, rows)


def ensure_group(
    actor: Actor, *, community: Community, platform: str, external_key: str, name: str
) -> Group:
    """The group with this key, or with this name where there is no key; made when new.

    Raises Invalid without a name, NotAllowed without the right to import.
    """
    actor.require(Right.IMPORT)
    short = name.strip()[:NAME_CHARS]
    if not short:
        raise Invalid("group_name_missing", field="group")
    mine = Group.objects.filter(workspace_id=actor.workspace_id, platform=platform)
    found = mine.filter(external_key=external_key).first() if external_key else None
    found = found or mine.filter(community=community, name=short).first()
    if found is None:
        found, _ = Group.objects.get_or_create(
            community=community,
            platform=platform,
            name=short,
            defaults={"workspace_id": actor.workspace_id, "external_key": external_key},
        )
    return found


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

"""What others may ask about groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from weilu.core.access import Actor, Right
from weilu.core.errors import NotFound
from weilu.core.lookup import Lookup
from weilu.groups.models import Group

_PAIRS_AT_ONCE = 50_000
_PLACES_AT_ONCE = 1_024


@dataclass(frozen=True, slots=True)
class GroupPlace:
    """A group with the community whose clock it runs by."""

    group_id: int
    community_id: int
    zone: str


_PLACES = Lookup(
    lambda ids: Group.objects.filter(pk__in=ids).values_list(
        "pk", "community_id", "community__time_zone"
    )
)


def place_of_groups(group_ids: Iterable[int]) -> dict[int, GroupPlace]:
    """The places of groups by group id; unknown ids are missing."""
    ids = sorted(set(group_ids))
    found: dict[int, GroupPlace] = {}
    for at in range(0, len(ids), _PLACES_AT_ONCE):
        for pk, community_id, zone in _PLACES(ids[at : at + _PLACES_AT_ONCE]):
            found[pk] = GroupPlace(pk, community_id, zone)
    return found


_CONNECTED = Lookup(
    lambda ids: Group.objects.filter(pk__in=ids).exclude(connection=None).values_list("pk")
)


def connected_of(group_ids: Sequence[int]) -> set[int]:
    """Those of the groups that a connection listens to."""
    return {pk for (pk,) in _CONNECTED(group_ids)}


def groups_of(viewer: Actor, community_id: int | None = None) -> list[Group]:
    """The workspace's groups by name, of one community or all."""
    viewer.require(Right.SEE_NUMBERS)
    found = Group.objects.filter(workspace_id=viewer.workspace_id).select_related("community")
    if community_id is not None:
        found = found.filter(community_id=community_id)
    return list(found.order_by("name", "pk"))


def group(viewer: Actor, group_id: int) -> Group:
    """One group; raises NotFound also when it is another workspace's."""
    viewer.require(Right.SEE_NUMBERS)
    found = (
        Group.objects.filter(workspace_id=viewer.workspace_id, pk=group_id)
        .select_related("community")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def spoke_before(pairs: Sequence[tuple[int, int]], moment_ms: int) -> list[tuple[int, int]]:
    """Which of the (group, identity) pairs had spoken before a moment (UTC ms)."""
    found: list[tuple[int, int]] = []
    with connection.cursor() as cursor:
        for at in range(0, len(pairs), _PAIRS_AT_ONCE):
            # Whole numbers, so nothing of them needs to be escaped.
            asked = ", ".join(f"({g:d}, {i:d})" for g, i in pairs[at : at + _PAIRS_AT_ONCE])
            # CROSS JOIN has SQLite look up each pair instead of reading every group.
            cursor.execute(
                f"WITH asked(group_id, identity_id) AS (VALUES {asked})"  # noqa: S608
                " SELECT p.group_id, p.identity_id FROM asked CROSS JOIN groups_participation p"
                " WHERE p.group_id = asked.group_id AND p.identity_id = asked.identity_id"
                " AND p.spoke_ms < %s",
                [moment_ms],
            )
            found += cursor.fetchall()
    return found

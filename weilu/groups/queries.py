"""What others may ask about groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from weilu.core.access import Actor, Right
from weilu.core.errors import NotFound
from weilu.groups.models import Group


@dataclass(frozen=True, slots=True)
class GroupPlace:
    """A group with the community whose clock it runs by."""

    group_id: int
    community_id: int
    zone: str


def place_of_groups(group_ids: Iterable[int]) -> dict[int, GroupPlace]:
    """The places of groups by group id; unknown ids are missing."""
    rows = Group.objects.filter(pk__in=set(group_ids)).values_list(
        "pk", "community_id", "community__time_zone"
    )
    return {pk: GroupPlace(pk, community, zone) for pk, community, zone in rows}


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

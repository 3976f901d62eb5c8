"""Writes to communities."""

from __future__ import annotations

from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.errors import Conflict, Invalid

NAME_CHARS = 120


def ensure_community(
    actor: Actor, *, name: str, time_zone: str, is_demo: bool = False
) -> Community:
    """The community of this name, made when there is none; an existing one keeps its zone.

    Raises Invalid without a name, NotAllowed without the right to import.
    """
    actor.require(Right.IMPORT)
    short = name.strip()[:NAME_CHARS].strip()
    if not short:
        raise Invalid("community_name_missing", field="community_name")
    return Community.objects.get_or_create(
        workspace_id=actor.workspace_id,
        name=short,
        defaults={"time_zone": time_zone, "is_demo": is_demo},
    )[0]


def rename_community(actor: Actor, *, community: Community, name: str) -> None:
    """Give a community another name; raises Conflict when the workspace has one of that name."""
    actor.require(Right.EDIT_GROUPS)
    short = name.strip()[:NAME_CHARS].strip()
    if not short:
        raise Invalid("community_name_missing", field="name")
    mine = Community.objects.filter(workspace_id=actor.workspace_id)
    if mine.filter(name=short).exclude(pk=community.pk).exists():
        raise Conflict("community_name_taken")
    mine.filter(pk=community.pk).update(name=short)

"""Writes to communities."""

from __future__ import annotations

from datetime import time
from zoneinfo import available_timezones

from django.db import transaction

from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.changes import EVERYTHING, note_change
from weilu.core.errors import Conflict, Invalid
from weilu.core.log import announce
from weilu.events.communities import ZoneChanged

NAME_CHARS = 120
WORD_CHARS = 40
MOST_WORDS = 100


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


def set_product_words(actor: Actor, *, community: Community, words: str) -> None:
    """Keep what the community's product is called: a word a line, each once, at most a hundred."""
    actor.require(Right.EDIT_GROUPS)
    lines = (line.strip()[:WORD_CHARS] for line in words.splitlines())
    kept = list(dict.fromkeys(line for line in lines if line))[:MOST_WORDS]
    Community.objects.filter(pk=community.pk, workspace_id=actor.workspace_id).update(
        product_words="\n".join(kept)
    )


def set_zone(actor: Actor, *, community: Community, time_zone: str) -> bool:
    """Count days by another clock; whether it changed.

    Announces ZoneChanged, so that every number is counted anew. Raises Invalid for a zone nobody
    knows.
    """
    actor.require(Right.EDIT_GROUPS)
    if time_zone not in available_timezones():
        raise Invalid("zone_unknown", field="time_zone")
    mine = Community.objects.filter(pk=community.pk, workspace_id=actor.workspace_id)
    with transaction.atomic():
        changed = mine.exclude(time_zone=time_zone).update(time_zone=time_zone)
        if changed:
            note_change(actor.workspace_id, EVERYTHING)
            announce(ZoneChanged(workspace_id=actor.workspace_id, community_id=community.pk))
    return bool(changed)


def set_quiet_hours(actor: Actor, *, community: Community, start: time, end: time) -> bool:
    """Write nothing that can wait between these, by the community's clock; whether it changed.

    They may pass midnight; equal ones mean there are none.
    """
    actor.require(Right.EDIT_GROUPS)
    mine = Community.objects.filter(pk=community.pk, workspace_id=actor.workspace_id)
    other = mine.exclude(quiet_from=start, quiet_until=end)
    return bool(other.update(quiet_from=start, quiet_until=end))


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

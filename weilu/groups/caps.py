"""Caps of groups: what platforms allow, corrected by a workspace, and a group's own (B-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from weilu.core.access import Actor, Right
from weilu.core.clock import today
from weilu.core.errors import Invalid, NotFound
from weilu.core.log import announce
from weilu.events.groups import RoomChanged
from weilu.groups.models import Group, SizeCap
from weilu.groups.rules.caps import Cap, cap_of

MOST_PEOPLE = 10_000_000
MOST_ROWS = 200


def own_caps(workspace_id: int) -> list[Cap]:
    """The workspace's own rows, the newest first."""
    rows = SizeCap.objects.filter(workspace_id=workspace_id).order_by("-as_of", "-pk")
    return [
        Cap(row.platform, row.people, row.as_of, row.source, is_own=True)
        for row in rows[:MOST_ROWS]
    ]


def caps_of(groups: Iterable[Group]) -> dict[int, Cap]:
    """Group → how many it may hold; groups of platforms without a known cap are left out.

    All groups are of one workspace; one statement.
    """
    some = list(groups)
    if not some:
        return {}
    own, day = own_caps(some[0].workspace_id), today()
    found: dict[int, Cap] = {}
    for one in some:
        if one.most_people is not None:
            found[one.pk] = Cap(one.platform, one.most_people, day, is_own=True)
        elif (cap := cap_of(one.platform, own, day)) is not None:
            found[one.pk] = cap
    return found


def set_cap(actor: Actor, *, platform: str, people: int, as_of: date, source: str = "") -> SizeCap:
    """Keep how many a platform allows from a day on; the same day again corrects it.

    Announces RoomChanged. Raises Invalid `bad_cap`.
    """
    actor.require(Right.EDIT_GROUPS)
    if not 1 <= people <= MOST_PEOPLE or not platform:
        raise Invalid("bad_cap", field="people")
    with transaction.atomic():
        row, _is_new = SizeCap.objects.update_or_create(
            workspace_id=actor.workspace_id,
            platform=platform[:16],
            as_of=as_of,
            defaults={"people": people, "source": source.strip()[:300], "by_id": actor.user_id},
        )
        announce(RoomChanged(actor.workspace_id, 0))
    return row


def set_most_people(actor: Actor, *, group: Group, people: int | None) -> None:
    """Keep how many this one group may hold; None: as its platform allows.

    Announces RoomChanged. Raises Invalid `bad_cap`, NotFound for another workspace's.
    """
    actor.require(Right.EDIT_GROUPS)
    if people is not None and not 1 <= people <= MOST_PEOPLE:
        raise Invalid("bad_cap", field="people")
    mine = Group.objects.filter(pk=group.pk, workspace_id=actor.workspace_id)
    with transaction.atomic():
        if not mine.update(most_people=people):
            raise NotFound
        announce(RoomChanged(actor.workspace_id, group.community_id))

"""Raids: many come at once and advertise; while one lasts Weilu acts sooner (B-7).

A raid begins when more people join a group within five minutes than the policy says, or by hand.
Each further wave makes it last longer; half an hour after the last it is over. Who came meanwhile
is greeted only then, if they are still there.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import numpy as np

from weilu.chat.columns import Columns
from weilu.chat.ports import Kind
from weilu.chat.stages import at_once
from weilu.chat.timeline import read_timeline
from weilu.core.access import Actor, Right
from weilu.core.clock import now, now_ms
from weilu.core.errors import NotFound
from weilu.core.lookup import Lookup
from weilu.groups.models import Group
from weilu.moderation.in_force import policy_for
from weilu.moderation.models import Raid
from weilu.service.greetings import holds_greetings

WINDOW_MS = 5 * 60_000
LASTS = timedelta(minutes=30)
# Whoever came so long before the raid was seen belongs to it.
CAME_BEFORE = timedelta(minutes=15)
MOST_LISTED = 50


_UNTIL = Lookup(
    lambda ids: Raid.objects.filter(group_id__in=ids).values_list("group_id", "since", "until")
)


@at_once("raids")
def see_raids(columns: Columns) -> None:
    """Notice that many join at once; in the transaction that stores the joins."""
    joined = columns.kind == int(Kind.JOIN)
    if not joined.any():
        return
    policy = policy_for(columns)
    if policy is None or not (policy.is_on and policy.raid_joins):
        return
    moment = now_ms()
    for group_id in np.unique(columns.group[joined]).tolist():
        came = read_timeline(group_id, moment - WINDOW_MS, moment + WINDOW_MS, [Kind.JOIN])
        people = len(set(came.identity.tolist()))
        if people >= policy.raid_joins:
            begin(columns.workspace_id, group_id, joins=people)


def begin(workspace_id: int, group_id: int, *, joins: int, by_id: int | None = None) -> None:
    """Begin a raid, or let the one that is on last longer."""
    moment = now()
    going = Raid.objects.filter(group_id=group_id, until__gt=moment)
    if going.update(until=moment + LASTS, joins=joins):
        return
    Raid.objects.update_or_create(
        group_id=group_id,
        defaults={
            "workspace_id": workspace_id,
            "since": moment,
            "until": moment + LASTS,
            "joins": joins,
            "by_id": by_id,
        },
    )


def switch(actor: Actor, *, group_id: int, on: bool) -> None:
    """Begin or end a raid by hand; raises NotFound for another workspace's group."""
    actor.require(Right.MODERATE)
    if not Group.objects.filter(pk=group_id, workspace_id=actor.workspace_id).exists():
        raise NotFound
    if on:
        begin(actor.workspace_id, group_id, joins=0, by_id=actor.user_id)
    else:
        Raid.objects.filter(group_id=group_id, until__gt=now()).update(until=now())


@holds_greetings
def raid_until(group_id: int) -> datetime | None:
    """When the raid of a group will be over; None where none is on."""
    going = Raid.objects.filter(group_id=group_id, until__gt=now())
    return going.values_list("until", flat=True).first()


def raids(viewer: Actor) -> list[Raid]:
    """Raids that are on, the newest first."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Raid.objects.filter(workspace_id=viewer.workspace_id, until__gt=now())
    return list(rows.select_related("group__community", "by").order_by("-since")[:MOST_LISTED])


def raided(group_ids: Collection[int]) -> dict[int, int]:
    """Groups under a raid now → the moment (ms) from which those who came belong to it."""
    moment = now()
    return {
        group_id: int((since - CAME_BEFORE).timestamp() * 1000)
        for group_id, since, until in _UNTIL(list(group_ids))
        if until > moment
    }

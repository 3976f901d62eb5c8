"""Trouble noticed in minutes: complaints, insults or leaving above what a group is used to (J-4).

Signs are kept in the transaction that stores the messages; a job looks whether they rise, opens
an alert or brings an open one up to date, and closes what has faded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from weilu.chat.columns import Columns
from weilu.chat.models import Message
from weilu.chat.people import seen_between
from weilu.chat.ports import Kind
from weilu.chat.stages import at_once
from weilu.core.access import Actor, Right
from weilu.core.bulk import add_all
from weilu.core.clock import now, now_ms
from weilu.core.errors import Conflict, NotFound
from weilu.core.jobs import job, schedule_all
from weilu.core.lookup import Lookup
from weilu.core.models import Job
from weilu.groups.models import Group
from weilu.groups.queries import connected_of
from weilu.insight.models import Alert, Sign
from weilu.insight.rules.rising import BASE_MS, WINDOW_MS, Rise, complaints, rise
from weilu.members.queries import people_behind
from weilu.moderation.models import Doubt

LOOK_AFTER = timedelta(seconds=20)
LOOK_AGAIN = timedelta(minutes=10)
FADES_MS = 6 * 3_600_000
KEPT_MS = BASE_MS + 2 * WINDOW_MS
NOTE_CHARS = 500
MOST_SIGNS = 5_000
MOST_LISTED = 100


# Moderation has judged the batch before: its verdicts on insults stand in the same rows.
_RUDE = Lookup(
    lambda first, last: Doubt.objects.filter(
        pk__gte=first, pk__lte=last, kind=Doubt.Kind.ABUSE
    ).values_list("pk")
)


@at_once("signs")
def keep_signs(columns: Columns) -> None:
    """Keep what of a batch may tell of trouble, and have it looked at."""
    wanted = _signs(columns)
    if not wanted:
        return
    rows = sorted(wanted)
    ids = np.unique(columns.group[rows]).tolist()
    connected = connected_of(ids)
    known = people_behind(columns.identity[rows])
    members = known.of_array(columns.identity[rows]).tolist()
    signs = [
        Sign(
            id=int(columns.id[row]),
            workspace_id=columns.workspace_id,
            group_id=int(columns.group[row]),
            member_id=member,
            kind=wanted[row],
            sent_ms=int(columns.sent_ms[row]),
        )
        for row, member in zip(rows, members, strict=True)
        if member and member not in known.bots and member not in known.staff
    ]
    signs = [one for one in signs if one.group_id in connected]
    add_all(signs)
    concerned = {str(one.group_id) for one in signs}
    space, due = columns.workspace_id, now() + LOOK_AFTER
    schedule_all("watch_group", concerned, workspace_id=space, due_at=due)


def _signs(columns: Columns) -> dict[int, str]:
    """Row → kind of sign, for those of a batch that are one."""
    spoken = columns.kind == int(Kind.MESSAGE)
    found = {int(row): Sign.Kind.LEAVE for row in np.flatnonzero(columns.kind == int(Kind.LEAVE))}
    for row in complaints(columns.text):
        if spoken[row]:
            found[row] = Sign.Kind.COMPLAINT
    rude = [pk for (pk,) in _RUDE(int(columns.id[0]), int(columns.id[-1]))]
    if rude:
        for row in np.flatnonzero(np.isin(columns.id, rude) & spoken).tolist():
            found[row] = Sign.Kind.ABUSE
    return {row: str(kind) for row, kind in found.items()}


@job("watch_group")
def watch_group_job(one: Job) -> datetime | None:
    """Look whether signs of trouble rise in a group; again while an alert is open."""
    group = Group.objects.filter(pk=int(one.key), workspace_id=one.workspace_id).first()
    if group is None:
        return None
    return now() + LOOK_AGAIN if watch(group) else None


def watch(group: Group) -> int:
    """Open, update or close the group's alerts; returns how many are open now."""
    moment = now_ms()
    span = seen_between(group.pk)
    known_from = span[0] if span else moment
    for kind in Sign.Kind.values:
        signs = Sign.objects.filter(group=group, kind=kind, sent_ms__gt=moment - KEPT_MS)
        pairs = list(signs.order_by("-sent_ms").values_list("sent_ms", "member_id")[:MOST_SIGNS])
        found = rise(pairs, moment, known_from)
        if found is not None:
            _raise(group, kind, found, pairs)
        else:
            _fade(group, kind, moment)
    Sign.objects.filter(group=group, sent_ms__lte=moment - KEPT_MS).delete()
    return Alert.objects.filter(group=group, closed_at=None).count()


def _raise(group: Group, kind: str, found: Rise, signs: Sequence[tuple[int, int]]) -> None:
    """Bring the open alert up to date, or open one; what was closed is not opened by old signs."""
    last = max(at for at, _member in signs)
    state = {"last_ms": last, "signs": found.signs, "people": found.people, "usual": found.usual}
    with transaction.atomic():
        if Alert.objects.filter(group=group, kind=kind, closed_at=None).update(**state):
            return
        closed = Alert.objects.filter(group=group, kind=kind).order_by("-closed_at").first()
        if closed is not None and last <= closed.last_ms:
            return
        Alert.objects.bulk_create(
            [
                Alert(
                    workspace_id=group.workspace_id,
                    group=group,
                    kind=kind,
                    since_ms=found.since_ms,
                    **state,
                )
            ],
            ignore_conflicts=True,
        )


def _fade(group: Group, kind: str, moment: int) -> None:
    """Close an alert nobody took on once it has been quiet for hours."""
    Alert.objects.filter(
        group=group, kind=kind, closed_at=None, owner=None, last_ms__lt=moment - FADES_MS
    ).update(closed_at=now())


def open_alerts(viewer: Actor) -> QuerySet[Alert]:
    """Alerts nobody has closed."""
    viewer.require(Right.SEE_NUMBERS)
    return Alert.objects.filter(workspace_id=viewer.workspace_id, closed_at=None)


def alert(viewer: Actor, pk: int) -> Alert:
    """One alert; raises NotFound also when it is another workspace's."""
    viewer.require(Right.SEE_MEMBERS)
    mine = Alert.objects.filter(pk=pk, workspace_id=viewer.workspace_id)
    found = mine.select_related("group__community", "owner", "closed_by").first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Evidence:
    """The messages an alert is about, the newest first, and those who wrote or left."""

    signs: Sequence[Sign]
    messages: dict[int, Message]


def evidence(viewer: Actor, one: Alert) -> Evidence:
    """What an alert stands on, at most a hundred signs."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Sign.objects.filter(
        group_id=one.group_id,
        workspace_id=viewer.workspace_id,
        kind=one.kind,
        sent_ms__gte=one.since_ms,
        sent_ms__lte=one.last_ms,
    )
    signs = list(rows.order_by("-sent_ms", "-pk")[:MOST_LISTED])
    found = Message.objects.filter(pk__in=[sign.pk for sign in signs]).select_related("identity")
    return Evidence(signs, {message.pk: message for message in found})


def take_on(actor: Actor, *, pk: int) -> None:
    """Take an alert on; raises NotFound, Conflict `changed` when somebody else was first."""
    actor.require(Right.HANDLE_FINDINGS)
    alert(actor, pk)
    free = Alert.objects.filter(pk=pk, closed_at=None, owner=None)
    if not free.update(owner_id=actor.user_id):
        raise Conflict("changed")


def close(actor: Actor, *, pk: int, note: str) -> None:
    """Say that it is over, and what it was; raises NotFound, Conflict `changed`."""
    actor.require(Right.HANDLE_FINDINGS)
    alert(actor, pk)
    still_open = Alert.objects.filter(pk=pk, closed_at=None)
    if not still_open.update(
        closed_at=now(), closed_by_id=actor.user_id, note=note.strip()[:NOTE_CHARS]
    ):
        raise Conflict("changed")


def closed_alerts(viewer: Actor) -> list[Alert]:
    """Alerts that are over, the latest first."""
    viewer.require(Right.SEE_NUMBERS)
    rows = Alert.objects.filter(workspace_id=viewer.workspace_id).exclude(closed_at=None)
    found = rows.select_related("group__community", "closed_by", "owner")
    return list(found.order_by("-closed_at")[:MOST_LISTED])

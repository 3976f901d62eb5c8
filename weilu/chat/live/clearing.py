"""What of the send queue no gateway looks after: hand tasks, what is late, what nobody carries.

A person, too, does not sell too much nor write at night (D-2, K-3).
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q

from weilu.chat.live.guards import ask_guards
from weilu.chat.live.outcome import tell_ended
from weilu.chat.live.sending import put_off
from weilu.chat.live.withdrawing import ask_back
from weilu.chat.models import Outgoing
from weilu.core.clock import now
from weilu.groups.models import Connection

LOOKED_AT = 200
# A connection that was switched off may be on again in a moment.
OFF_FOR = timedelta(minutes=5)
NO_CONNECTION = "not_connected"


def clear_hand_tasks() -> int:
    """Ask the guards about hand tasks that are due; returns how many were cleared or stopped.

    Twice is once: a task is cleared by a conditional UPDATE, and what is cleared is not asked
    about again unless somebody changes it.
    """
    moment = now()
    rows = list(
        Outgoing.objects.filter(
            state=Outgoing.State.WAITING,
            way=Outgoing.Way.BY_HAND,
            cleared_at=None,
            due_at__lte=moment,
        ).order_by("due_at", "pk")[:LOOKED_AT]
    )
    if not rows:
        return 0
    holds = ask_guards(rows, moment)
    for row in rows:
        if row.pk in holds:
            put_off(row, holds[row.pk])
        else:
            Outgoing.objects.filter(
                pk=row.pk, state=Outgoing.State.WAITING, version=row.version, cleared_at=None
            ).update(cleared_at=moment, guard="", guard_values={})
    return len(rows)


def end_late() -> int:
    """End what is too late by now, whoever was to do it or decide about it; returns how many."""
    moment = now()
    late = Outgoing.objects.filter(
        state__in=[Outgoing.State.WAITING, Outgoing.State.HELD], expires_at__lte=moment, lease=""
    )
    with transaction.atomic():
        ids = list(late.select_for_update().values_list("pk", flat=True)[:LOOKED_AT])
        late.filter(pk__in=ids).update(
            state=Outgoing.State.EXPIRED, ended_at=moment, version=F("version") + 1
        )
        tell_ended(ids)
        # What somebody has yet to confirm is taken back where that can be; asked for once.
        asked = Outgoing.objects.filter(
            state=Outgoing.State.ASKED, expires_at__lte=moment, fault=""
        )
        return len(ids) + ask_back(asked, None)


def leave_to_hands() -> int:
    """Make hand tasks of what is due in groups whose connection is gone, off or stopped.

    Returns how many. What was for later waits: the connection may be on again by then.
    """
    moment = now()
    closed = Q(group__connection=None)
    closed |= Q(group__connection__is_on=False, group__connection__since__lt=moment - OFF_FOR)
    closed |= Q(group__connection__state=Connection.State.STOPPED)
    due = Outgoing.objects.filter(
        closed,
        state=Outgoing.State.WAITING,
        way__in=[Outgoing.Way.AUTOMATIC, Outgoing.Way.CONFIRMED],
        due_at__lte=moment,
        lease="",
    )
    ids = list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:LOOKED_AT])
    return (
        Outgoing.objects.filter(pk__in=ids, state=Outgoing.State.WAITING, lease="")
        .exclude(way=Outgoing.Way.BY_HAND)
        .update(way=Outgoing.Way.BY_HAND, fault=NO_CONNECTION, version=F("version") + 1)
        if ids
        else 0
    )

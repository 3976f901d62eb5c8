"""Hand tasks and guards: a person, too, does not sell too much nor write at night (D-2, K-3)."""

from __future__ import annotations

from weilu.chat.live.guards import ask_guards
from weilu.chat.live.sending import put_off
from weilu.chat.models import Outgoing
from weilu.core.clock import now

LOOKED_AT = 200


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

"""Violations taken back: they no longer count; what followed is lifted where it can be (B-6).

And what follows when a person changes their mind once more.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from weilu.chat.live.queue import Draft, Origin, cancel_of, enqueue, resume_of
from weilu.chat.models import Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.core.clock import now
from weilu.core.log import announce_all
from weilu.events.moderation import AppealAnswered
from weilu.moderation.bans import lift
from weilu.moderation.models import Appeal, Doubt, Violation
from weilu.moderation.rules.ladder import Step
from weilu.moderation.speaking import order_key

_AT_ONCE = 300


def take_back(workspace_id: int, message_ids: Sequence[int], by_id: int | None) -> int:
    """Undo violations: they no longer count, what has not left is stopped, mutes are lifted.

    Somebody who was put out is let back in where the platform keeps them out. Returns how many.
    """
    done = 0
    with transaction.atomic():
        for at in range(0, len(message_ids), _AT_ONCE):
            rows = list(
                Violation.objects.filter(
                    pk__in=message_ids[at : at + _AT_ONCE],
                    workspace_id=workspace_id,
                    state=Violation.State.STANDS,
                )
            )
            ids = [row.pk for row in rows]
            Violation.objects.filter(pk__in=ids).update(
                state=Violation.State.TAKEN_BACK, taken_back_by_id=by_id, taken_back_at=now()
            )
            cancel_of(workspace_id, Origin.MODERATION, ids)
            enqueue(workspace_id, [draft for row in rows for draft in _amends(row)])
            lift(rows)
            _grant(workspace_id, ids, by_id)
            done += len(rows)
    return done


def take_back_undone(workspace_id: int, message_ids: Sequence[int], by_id: int | None) -> int:
    """Take back what followed from people's decisions that are open again; returns how many."""
    return take_back(
        workspace_id,
        [
            pk
            for at in range(0, len(message_ids), _AT_ONCE)
            for pk in _in_state(workspace_id, message_ids[at : at + _AT_ONCE], Doubt.State.OPEN)
        ],
        by_id,
    )


def _in_state(workspace_id: int, ids: Sequence[int], state: Doubt.State) -> list[int]:
    """Those of some messages with this decision whose violations a person decided."""
    decided = Violation.objects.filter(pk__in=ids, workspace_id=workspace_id, by__isnull=False)
    now_so = Doubt.objects.filter(pk__in=decided.values("pk"), state=state)
    return list(now_so.values_list("pk", flat=True))


def stand_again(workspace_id: int, message_ids: Sequence[int]) -> int:
    """Let violations stand that were taken back before a person called their messages junk.

    What had not left when it was stopped goes its way after all. Returns how many.
    """
    done = 0
    decided = Doubt.objects.filter(pk=OuterRef("pk"), state=Doubt.State.JUNK).values("at")
    for at in range(0, len(message_ids), _AT_ONCE):
        with transaction.atomic():
            gone = Violation.objects.filter(
                pk__in=message_ids[at : at + _AT_ONCE],
                workspace_id=workspace_id,
                state=Violation.State.TAKEN_BACK,
                taken_back_at__lt=Subquery(decided),
            )
            ids = list(gone.values_list("pk", flat=True))
            done += Violation.objects.filter(pk__in=ids).update(
                state=Violation.State.STANDS, taken_back_by=None, taken_back_at=None
            )
            _waiting_amends(workspace_id, ids).delete()
            resume_of(workspace_id, Origin.MODERATION, ids)
    return done


def _waiting_amends(workspace_id: int, ids: Sequence[int]) -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(
        workspace_id=workspace_id,
        key__in=[order_key(pk, "amends") for pk in ids],
        state=Outgoing.State.WAITING,
        lease="",
    )


def _grant(workspace_id: int, ids: Sequence[int], by_id: int | None) -> None:
    """Answer the appeals that wait against violations that no longer stand."""
    waiting = Appeal.objects.filter(violation_id__in=ids, state=Appeal.State.OPEN)
    granted = list(waiting.select_for_update().values_list("violation_id", flat=True))
    if granted:
        waiting.update(state=Appeal.State.GRANTED, by_id=by_id, answered_at=now())
        announce_all(
            [
                AppealAnswered(workspace_id=workspace_id, violation_id=pk, granted=True)
                for pk in granted
            ]
        )


def _amends(row: Violation) -> list[Draft]:
    deeds = {Step.MUTE: Deed.UNMUTE, Step.BAN: Deed.UNBAN}
    deed = deeds.get(Step(row.step))
    if deed is None:
        return []
    return [
        Draft(
            key=order_key(row.pk, "amends"),
            group_id=row.group_id,
            deed=deed,
            origin=Origin.MODERATION,
            identity_id=row.identity_id,
        )
    ]

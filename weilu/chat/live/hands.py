"""Hand tasks: rows of the send queue that a person does; who does them, and how they end (D-7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import F, QuerySet

from weilu.chat.live.outcome import AT_ONCE, end_rows
from weilu.chat.models import Outgoing
from weilu.core.access import RIGHTS, Actor, Right
from weilu.core.clock import now
from weilu.core.errors import Conflict, NotFound
from weilu.core.models import Seat

NOTE_CHARS = 500
# For so long whoever ended a task may say that it was a mistake.
UNDO_FOR = timedelta(hours=24)
_STOPPED = (Outgoing.State.CANCELLED, Outgoing.State.EXPIRED)


class Finished(StrEnum):
    """How it came to be on record that a task is over."""

    NOW = "now"
    ALL_THE_SAME = "all_the_same"  # it was stopped, or too late, while somebody did it
    BEFORE = "before"  # the same person had said the same


def finish_by_hand(
    actor: Actor, *, pk: int, is_done: bool, note: str = "", proof: str = ""
) -> Finished:
    """Say of a hand task that it is done, or could not be; flows back as its receipt.

    What was stopped or became too late while somebody did it was done all the same, and members
    have seen it: that counts. Saying the same twice changes nothing. Raises Conflict `changed` for
    what somebody else ended, or ended otherwise.
    """
    actor.require(Right.SEND)
    mine = _mine(actor, [pk])
    if not mine.exists():
        raise NotFound
    state = Outgoing.State.SENT if is_done else Outgoing.State.FAILED
    said = {"note": note.strip()[:NOTE_CHARS], "proof": proof}
    is_open = mine.filter(state__in=[Outgoing.State.WAITING, Outgoing.State.HELD])
    with transaction.atomic():
        is_open.update(**said)
        if end_rows(is_open, actor, state):
            return Finished.NOW
        stopped = mine.filter(state__in=_STOPPED)
        if is_done and stopped.update(**said) and end_rows(stopped, actor, state):
            return Finished.ALL_THE_SAME
    if mine.filter(state=state, ended_by_id=actor.user_id).exists():
        return Finished.BEFORE
    raise Conflict("changed")


def finish_many(actor: Actor, *, pks: Iterable[int]) -> int:
    """Say of hand tasks that they are done; returns how many were open.

    Left out is what a guard holds or has yet to look at.
    """
    actor.require(Right.SEND)
    mine = (
        _mine(actor, pks)
        .filter(state=Outgoing.State.WAITING)
        .exclude(is_promotion=True, cleared_at=None)
    )
    return end_rows(mine, actor, Outgoing.State.SENT)


def reopen_by_hand(actor: Actor, *, pk: int) -> str:
    """Take back that a hand task was done, or stopped; only whoever said so, within the day.

    Returns the name of the picture that was to show it and now shows nothing, "" for none.
    """
    actor.require(Right.SEND)
    moment = now()
    ended = _mine(actor, [pk]).filter(
        state__in=[Outgoing.State.SENT, Outgoing.State.FAILED, Outgoing.State.CANCELLED],
        ended_by_id=actor.user_id,
        ended_at__gt=moment - UNDO_FOR,
    )
    with transaction.atomic():
        proof = ended.values_list("proof", flat=True).first() or ""
        # Whoever opens again what is too late by now wants it done all the same.
        ended.filter(expires_at__lte=moment).update(expires_at=None)
        again = ended.update(
            state=Outgoing.State.WAITING,
            ended_at=None,
            ended_by=None,
            note="",
            proof="",
            version=F("version") + 1,
        )
    if not again:
        raise Conflict("changed")
    return proof


def assign(actor: Actor, *, pks: Iterable[int], user_id: int | None) -> int:
    """Give hand tasks to somebody of the team, None: to nobody; returns how many.

    Raises NotFound for somebody without a seat in the workspace, or who may not do them.
    """
    actor.require(Right.SEND)
    if user_id is not None and not _doers(actor.workspace_id).filter(user_id=user_id).exists():
        raise NotFound
    return _mine(actor, pks).filter(state__in=Outgoing.OPEN).update(assignee_id=user_id)


def doers(viewer: Actor) -> list[tuple[int, str]]:
    """Who of the team may do hand tasks, as (user, name), by name; at most two hundred."""
    viewer.require(Right.SEND)
    rows = _doers(viewer.workspace_id).order_by("user__username")
    return list(rows.values_list("user_id", "user__username")[:AT_ONCE])


def _doers(workspace_id: int) -> QuerySet[Seat]:
    able = [role.value for role, rights in RIGHTS.items() if Right.SEND in rights]
    return Seat.objects.filter(workspace_id=workspace_id, role__in=able, user__is_active=True)


def _mine(actor: Actor, pks: Iterable[int]) -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(
        pk__in=list(pks)[:AT_ONCE],
        workspace_id=actor.workspace_id,
        way=Outgoing.Way.BY_HAND,
    )

"""The send queue: what was decided is written here, once, and can be looked at, changed, stopped.

`enqueue` belongs into the transaction of the decision. Who carries a row out is settled then by
the capabilities of the group's connection; where there is no interface the row is a hand task.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Least

from weilu.chat.live.guards import overrulable
from weilu.chat.live.outcome import AT_ONCE, end_rows
from weilu.chat.live.ways import Supports, ways_of
from weilu.chat.live.withdrawing import ask_back
from weilu.chat.models import Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.core.access import Actor, Right
from weilu.core.bulk import add_rows
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.groups.models import JoinAsk

TEXT_CHARS = 8000
WHY_CHARS = 300
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Origin(StrEnum):
    """Which part of Weilu decided that something goes out."""

    STAFF = "staff"
    MODERATION = "moderation"
    WELCOME = "welcome"
    CONTENT = "content"
    SERVICE = "service"
    WEBHOOK = "webhook"
    TURN = "turn"


@dataclass(frozen=True, slots=True)
class Draft:
    """Something that is to reach a group.

    `key` (at most 64 of A-Z a-z 0-9 - _) makes it once in its workspace: write the same decision
    twice and one row is there. `identity_id` is whom it is done to, `message_id` which message it
    takes back or answers, `ask_id` which request it answers; `seconds` how long a mute lasts.
    """

    key: str
    group_id: int
    deed: Deed
    origin: Origin
    origin_id: int = 0
    text: str = ""
    picture: str = ""
    link: str = ""
    identity_id: int | None = None
    message_id: int | None = None
    ask_id: int | None = None
    seconds: int = 0
    reason: str = ""
    is_promotion: bool = False
    by_id: int | None = None
    assignee_id: int | None = None
    due_at: datetime | None = None
    expires_at: datetime | None = None


# What of a row a draft says; the rest begins as the model has it.
_SAID = (
    "workspace_id", "group_id", "key", "deed", "origin", "origin_id", "way", "text", "picture",
    "link", "identity_id", "message_id", "ask_id", "seconds", "reason", "is_promotion", "by_id",
    "assignee_id", "created_at", "due_at", "expires_at",
)  # fmt: skip


def enqueue(workspace_id: int, drafts: Sequence[Draft], supports: Supports | None = None) -> int:
    """Write drafts into the queue, in order; returns how many were new.

    The caller has checked the rights of whoever decided, and may know already what is supported
    in the groups (`supports_of`). Raises ValueError for a key that no platform takes.
    """
    ways = ways_of({(one.group_id, one.deed) for one in drafts}, supports=supports)
    moment = now()
    # Of two under one key in one go the last is meant.
    rows = {
        one.key: _row(workspace_id, one, ways[(one.group_id, one.deed)], moment) for one in drafts
    }
    with transaction.atomic():
        return add_rows(Outgoing, _SAID, list(rows.values()))


def _row(workspace_id: int, one: Draft, way: str, moment: datetime) -> tuple[object, ...]:
    """What a draft says, in the order of `_SAID`."""
    if not _KEY.fullmatch(one.key):
        message = f"{one.key!r} is no key of the send queue"
        raise ValueError(message)
    return (
        workspace_id,
        one.group_id,
        one.key,
        one.deed.value,
        one.origin.value,
        one.origin_id,
        way,
        one.text[:TEXT_CHARS],
        one.picture,
        one.link[:500],
        one.identity_id,
        one.message_id,
        one.ask_id,
        one.seconds,
        one.reason[:500],
        one.is_promotion,
        one.by_id,
        one.assignee_id,
        moment,
        one.due_at or moment,
        one.expires_at,
    )


def say(actor: Actor, draft: Draft) -> None:
    """A member of staff has something sent to a group of theirs.

    Raises Invalid (`required`, `too_long`, `too_soon`), NotFound for another workspace's group.
    """
    actor.require(Right.SEND)
    if not (draft.text.strip() or draft.picture):
        raise Invalid("required", field="text")
    if len(draft.text) > TEXT_CHARS:
        raise Invalid("too_long", field="text")
    _check_times(draft.due_at, draft.expires_at)
    if not ways_of({(draft.group_id, draft.deed)}, workspace_id=actor.workspace_id):
        raise NotFound
    enqueue(actor.workspace_id, [draft])


@dataclass(frozen=True, slots=True)
class Change:
    """What something that waits is to be: its words and when; no `due_at`: as soon as possible."""

    text: str
    is_promotion: bool = False
    due_at: datetime | None = None
    expires_at: datetime | None = None


def rewrite(actor: Actor, *, pk: int, version: int, change: Change) -> None:
    """Change what waits; guards look at it anew.

    Raises Invalid (`required` when neither words nor a picture are left, `too_long`, `too_soon`),
    Conflict `changed` when it was changed or has left meanwhile.
    """
    actor.require(Right.SEND)
    if len(change.text) > TEXT_CHARS:
        raise Invalid("too_long", field="text")
    _check_times(change.due_at, change.expires_at)
    rows = _open(actor, pk)
    if not change.text.strip() and rows.filter(picture="", text__gt="").exists():
        raise Invalid("required", field="text")
    waiting = rows.filter(
        version=version, state__in=[Outgoing.State.WAITING, Outgoing.State.HELD], lease=""
    )
    changed = waiting.update(
        text=change.text,
        is_promotion=change.is_promotion,
        due_at=change.due_at or Least("due_at", Value(now(), DateTimeField())),
        expires_at=change.expires_at,
        # What a guard said was about the text as it was.
        state=Outgoing.State.WAITING,
        guard="",
        guard_values={},
        overruled=[],
        cleared_at=None,
        version=F("version") + 1,
    )
    if not changed:
        raise Conflict("changed")


def _check_times(due_at: datetime | None, expires_at: datetime | None) -> None:
    if expires_at is not None and expires_at <= max(due_at or now(), now()):
        raise Invalid("too_soon", field="expires_at")


def release(actor: Actor, *, pks: Iterable[int], why: str) -> int:
    """Let pass what guards of ours stop, for one reason, on record (D-2); returns how many.

    Only the guard that stopped it is overruled, and none that speaks for the platform.
    """
    actor.require(Right.OVERRIDE)
    if not why.strip():
        raise Invalid("required", field="why")
    moment = now()
    stopped = Q(state=Outgoing.State.HELD)
    stopped |= Q(state=Outgoing.State.WAITING, guard__in=overrulable())
    with transaction.atomic():
        rows = Outgoing.objects.filter(
            stopped, pk__in=list(pks)[:AT_ONCE], workspace_id=actor.workspace_id, lease=""
        )
        return sum(
            Outgoing.objects.filter(stopped, pk=one.pk).update(
                state=Outgoing.State.WAITING,
                overruled=[*one.overruled, one.guard],
                guard="",
                guard_values={},
                released_by_id=actor.user_id,
                released_why=why.strip()[:WHY_CHARS],
                due_at=moment,
                version=F("version") + 1,
            )
            for one in rows.order_by("pk").select_for_update()
        )


def cancel(actor: Actor, *, pks: Iterable[int]) -> int:
    """Stop what has not left; returns how many. What is being sent just now goes on.

    What somebody has yet to confirm in the platform's app is taken back where the platform can.
    """
    actor.require(Right.SEND)
    mine = Outgoing.objects.filter(pk__in=list(pks)[:AT_ONCE], workspace_id=actor.workspace_id)
    return _stop(mine, actor)


def cancel_of(workspace_id: int, origin: Origin, origin_ids: Iterable[int]) -> int:
    """Stop what a part of Weilu had decided and takes back; returns how many had not left."""
    rows = Outgoing.objects.filter(
        workspace_id=workspace_id, origin=origin.value, origin_id__in=list(origin_ids)
    )
    return _stop(rows, None)


def resume_of(workspace_id: int, origin: Origin, origin_ids: Iterable[int]) -> int:
    """Let what `cancel_of` stopped before it left go after all; returns how many."""
    return Outgoing.objects.filter(
        workspace_id=workspace_id,
        origin=origin.value,
        origin_id__in=list(origin_ids),
        state=Outgoing.State.CANCELLED,
        ended_by=None,
    ).update(state=Outgoing.State.WAITING, ended_at=None, version=F("version") + 1)


def _stop(rows: QuerySet[Outgoing], actor: Actor | None) -> int:
    """Stop those of the rows that have not left, or are not confirmed yet; returns how many."""
    stops = [Outgoing.State.WAITING, Outgoing.State.HELD, Outgoing.State.UNSURE]
    waits = rows.filter(state__in=stops, lease="")
    with transaction.atomic():
        stopped = end_rows(waits, actor, Outgoing.State.CANCELLED)
        return stopped + ask_back(rows, actor.user_id if actor else None)


def ask_again(actor: Actor, *, community_id: int, guard: str) -> int:
    """Ask a guard anew about what it stopped in a community: its limits have changed.

    Returns how many rows it had stopped.
    """
    actor.require(Right.EDIT_GROUPS)
    return Outgoing.objects.filter(
        workspace_id=actor.workspace_id,
        group__community_id=community_id,
        state__in=[Outgoing.State.WAITING, Outgoing.State.HELD],
        guard=guard,
        lease="",
    ).update(
        state=Outgoing.State.WAITING,
        guard="",
        guard_values={},
        due_at=now(),
        version=F("version") + 1,
    )


def answer_unsure(actor: Actor, *, pks: Iterable[int], has_happened: bool) -> int:
    """Say of rows whether what nobody could tell has happened; if not, it is sent again.

    Returns how many were still in question. What is not to be sent again is `cancel`led.
    """
    actor.require(Right.SEND)
    unsure = Outgoing.objects.filter(
        pk__in=list(pks)[:AT_ONCE],
        workspace_id=actor.workspace_id,
        state=Outgoing.State.UNSURE,
    )
    if has_happened:
        return end_rows(unsure, actor, Outgoing.State.SENT)
    moment = now()
    with transaction.atomic():
        # Whoever sends again what is too late by now wants it said all the same.
        unsure.filter(expires_at__lte=moment).update(expires_at=None)
        return unsure.update(
            state=Outgoing.State.WAITING, fault="", due_at=moment, version=F("version") + 1
        )


def answer_asks(actor: Actor, *, ask_ids: Iterable[int], is_welcome: bool) -> int:
    """Let people who ask into their groups, or turn them away; returns how many were open."""
    actor.require(Right.SEND)
    deed = Deed.APPROVE if is_welcome else Deed.DECLINE
    with transaction.atomic():
        mine = JoinAsk.objects.filter(
            pk__in=list(ask_ids)[:AT_ONCE],
            workspace_id=actor.workspace_id,
            state=JoinAsk.State.OPEN,
        ).select_for_update()
        asks = list(mine.order_by("pk"))
        JoinAsk.objects.filter(pk__in=[one.pk for one in asks]).update(state=JoinAsk.State.ANSWERED)
        drafts = [
            Draft(
                key=f"ask-{one.pk}",
                group_id=one.group_id,
                deed=deed,
                origin=Origin.STAFF,
                ask_id=one.pk,
                by_id=actor.user_id,
            )
            for one in asks
        ]
        enqueue(actor.workspace_id, drafts)
    return len(asks)


def _open(actor: Actor, pk: int) -> QuerySet[Outgoing]:
    found = Outgoing.objects.filter(pk=pk, workspace_id=actor.workspace_id)
    if not found.exists():
        raise NotFound
    return found

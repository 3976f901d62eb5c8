"""Claiming rows of the send queue and settling what came of them; never the same thing twice.

A row is claimed by a conditional UPDATE before the platform hears of it. A process that dies in
between leaves it claimed: if the platform drops doubles, or doing it twice is doing it once, it is
tried again; otherwise a person is asked.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from weilu.chat.live.guards import Hold, ask_guards
from weilu.chat.live.outcome import tell_ended
from weilu.chat.models import Message, Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Done, Order
from weilu.core.clock import now
from weilu.core.errors import GivenUp, TryLater, Unsure
from weilu.core.leases import is_over
from weilu.members.models import Identity

LEASE = timedelta(minutes=2)
ATTEMPTS = 8
LOOKED_AT = 400
# Said twice is said twice; everything else done twice is done.
_TWICE_IS_TWICE = {Deed.SEND.value, Deed.ANNOUNCE.value}
# What a person can still do where the interface cannot.
_LEFT_TO_HANDS = {"no_rights", "not_possible", "too_old"}
_PATIENT = {
    "rate_limited", "unreachable", "untrusted", "unauthorised", "not_let_in", "signed_out",
    "platform_down",
}  # fmt: skip
_SENDABLE = (Outgoing.Way.AUTOMATIC, Outgoing.Way.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that this process now carries out, through a connection."""

    pk: int
    lease: str
    connection_id: int
    order: Order


def claim(connection_ids: Collection[int], most: int) -> list[Claimed]:
    """Claim what may leave now through open connections: at most one row a group, oldest first.

    Groups in which something is being sent are passed over. What has expired is ended, what
    guards stop is put off or held.
    """
    moment = now()
    rows = _first_of_groups(connection_ids, moment)
    rows = _without_expired(rows, moment)
    if not rows:
        return []
    holds = ask_guards(rows, moment)
    for row in rows:
        if row.pk in holds:
            put_off(row, holds[row.pk])
    return _take([row for row in rows if row.pk not in holds][:most], moment)


def _first_of_groups(connection_ids: Collection[int], moment: datetime) -> list[Outgoing]:
    """The oldest waiting row of each group, where it is due and nothing is being sent."""
    if not connection_ids:
        return []
    waiting = Outgoing.objects.filter(
        state=Outgoing.State.WAITING,
        way__in=_SENDABLE,
        group__connection_id__in=list(connection_ids),
    )
    # What failed and comes again keeps those behind it waiting; what a guard put off does not.
    ahead = waiting.filter(Q(due_at__lte=moment) | Q(attempts__gt=0))
    seen = set(
        Outgoing.objects.filter(
            state=Outgoing.State.SENDING, group__connection_id__in=list(connection_ids)
        ).values_list("group_id", flat=True)
    )
    first = []
    for row in ahead.select_related("group").order_by("pk")[:LOOKED_AT]:
        if row.group_id not in seen:
            seen.add(row.group_id)
            if row.due_at <= moment:
                first.append(row)
    return first


def _without_expired(rows: Sequence[Outgoing], moment: datetime) -> list[Outgoing]:
    late = [row.pk for row in rows if row.expires_at and row.expires_at <= moment]
    if late:
        with transaction.atomic():
            Outgoing.objects.filter(pk__in=late, state=Outgoing.State.WAITING).update(
                state=Outgoing.State.EXPIRED, ended_at=moment
            )
            tell_ended(late)
    return [row for row in rows if row.pk not in set(late)]


def put_off(row: Outgoing, hold: Hold) -> None:
    """Let a row wait as a guard says, or hold it for a person; one that moved on stays as it is."""
    waiting = Outgoing.objects.filter(pk=row.pk, state=Outgoing.State.WAITING, version=row.version)
    said = {"guard": hold.guard, "guard_values": dict(hold.values)}
    if hold.until is None:
        waiting.update(state=Outgoing.State.HELD, **said)
    else:
        waiting.update(due_at=hold.until, **said)


def _take(rows: Sequence[Outgoing], moment: datetime) -> list[Claimed]:
    if not rows:
        return []
    lease = secrets.token_hex(16)
    versions = {row.pk: row.version for row in rows}
    with transaction.atomic():
        for pk, version in versions.items():
            Outgoing.objects.filter(pk=pk, state=Outgoing.State.WAITING, version=version).update(
                state=Outgoing.State.SENDING,
                lease=lease,
                leased_until=moment + LEASE,
                begun_at=moment,
                attempts=F("attempts") + 1,
                guard="",
                guard_values={},
            )
    mine = Outgoing.objects.filter(pk__in=versions, lease=lease).select_related("group", "ask")
    taken = list(mine.order_by("pk"))
    return [
        Claimed(row.pk, lease, int(row.group.connection_id or 0), order)
        for row, order in zip(taken, orders_of(taken), strict=True)
    ]


def orders_of(rows: Sequence[Outgoing]) -> list[Order]:
    """Rows in the platform's own ids, in the same order."""
    accounts = dict(
        Identity.objects.filter(pk__in={r.identity_id for r in rows if r.identity_id}).values_list(
            # Whoever is heard through a bridge has no other account here.
            "pk",
            Coalesce("through__account", "account"),
        )
    )
    messages = dict(
        Message.objects.filter(pk__in={r.message_id for r in rows if r.message_id}).values_list(
            "pk", "external_id"
        )
    )
    return [_order(row, accounts, messages) for row in rows]


def _order(row: Outgoing, accounts: dict[int, str], messages: dict[int, str | None]) -> Order:
    is_answer = row.deed == Deed.SEND
    message = messages.get(row.message_id or 0) or ""
    ask = row.ask
    return Order(
        key=row.key,
        deed=Deed(row.deed),
        group=row.group.external_key,
        text="\n".join(part for part in (row.text, row.link) if part),
        picture=Path(settings.MEDIA_ROOT) / row.picture if row.picture else None,
        account=ask.account if ask else accounts.get(row.identity_id or 0, ""),
        message="" if is_answer else message,
        reply_to=message if is_answer else "",
        request=ask.external_id if ask else "",
        seconds=row.seconds,
        reason=row.reason,
    )


def settle_done(one: Claimed, done: Done) -> None:
    """It happened, or a person is now asked to confirm it."""
    state = Outgoing.State.ASKED if done.awaits_person else Outgoing.State.SENT
    with transaction.atomic():
        ended = _held(one).update(
            state=state,
            external_id=done.external_id[:200],
            fault="",
            lease="",
            leased_until=None,
            ended_at=None if done.awaits_person else now(),
        )
        if ended and not done.awaits_person:
            tell_ended([one.pk])


def settle_failed(one: Claimed, error: Exception, *, keeps_keys: bool) -> None:
    """It did not happen, or nobody knows: come again, ask a person, or end."""
    row = _held(one).first()
    if row is None:
        return
    code = str(error) or type(error).__name__
    if isinstance(error, TryLater):
        if row.attempts < ATTEMPTS or code in _PATIENT:
            _again(one, code, error.after, counts=code not in _PATIENT)
        else:
            _end(one, code)
    elif isinstance(error, GivenUp):
        if code in _LEFT_TO_HANDS:
            _held(one).update(
                way=Outgoing.Way.BY_HAND,
                state=Outgoing.State.WAITING,
                fault=code[:40],
                lease="",
                leased_until=None,
            )
        else:
            _end(one, code)
    elif isinstance(error, Unsure) and (keeps_keys or row.deed not in _TWICE_IS_TWICE):
        _again(one, code, wait_after(row.attempts), counts=True)
    else:
        _held(one).update(state=Outgoing.State.UNSURE, fault=code[:40], lease="", leased_until=None)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after the n-th failure: 2 s, doubling, at most ten minutes."""
    return timedelta(seconds=min(2 * 2 ** max(attempts - 1, 0), 600))


def _again(one: Claimed, code: str, after: timedelta, *, counts: bool) -> None:
    row = _held(one)
    row.update(
        state=Outgoing.State.WAITING,
        fault=code[:40],
        lease="",
        leased_until=None,
        due_at=now() + after,
        # Waiting for a platform that asks for it is no failure of ours; it still keeps its turn.
        attempts=F("attempts") if counts else 1,
    )


def _end(one: Claimed, code: str) -> None:
    with transaction.atomic():
        ended = _held(one).update(
            state=Outgoing.State.FAILED,
            fault=code[:40],
            lease="",
            leased_until=None,
            ended_at=now(),
        )
        if ended:
            tell_ended([one.pk])


def _held(one: Claimed) -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(pk=one.pk, lease=one.lease, state=Outgoing.State.SENDING)


def take_back_orphans() -> int:
    """Deal with rows whose process died while it sent them; returns how many."""
    orphans = Outgoing.objects.filter(
        is_over(now(), LEASE), state=Outgoing.State.SENDING
    ).select_related("group__connection")
    count = 0
    for row in orphans[:LOOKED_AT]:
        one = Claimed(row.pk, row.lease, 0, orders_of([row])[0])
        connection = row.group.connection
        kind = CONNECTORS.connectors.get(connection.connector) if connection else None
        settle_failed(one, Unsure("timeout"), keeps_keys=bool(kind and kind.keeps_keys))
        count += 1
    return count

"""Writes to connections: made, changed, switched, leased to a process, and how they fare (K-4)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from weilu.chat.live import keys
from weilu.chat.models import Outgoing
from weilu.chat.ports.connectors import CONNECTORS, Connector, Host
from weilu.chat.ports.sessions import Step, StepState
from weilu.communities.actions import ensure_community
from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.beating import is_settled
from weilu.core.clock import now, today
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.leases import is_over
from weilu.core.models import Workspace
from weilu.core.vault import seal, unseal
from weilu.groups.models import CapabilityRow, Connection, Group

NAME_CHARS = 120
VALUE_CHARS = 8000
LEASE = timedelta(seconds=30)
UNATTENDED = timedelta(minutes=1)


def connect(
    actor: Actor,
    *,
    connector: str,
    name: str,
    answers: Mapping[str, str],
    community: Community | None = None,
) -> Connection:
    """A new connection, switched on; the gateway opens it within a second.

    Its groups come into `community`, or into one of its own name.

    Raises Invalid naming the field (`required`, `too_long`, `unfit`), Conflict `taken` for a
    known name, NotFound for a connector that is not there.
    """
    actor.require(Right.CONNECT)
    kind = kind_of(connector)
    open_values, secret_values = _checked(kind, answers, {})
    try:
        with transaction.atomic():
            made = Connection.objects.create(
                workspace_id=actor.workspace_id,
                community=community or _own_community(actor, name),
                connector=connector,
                name=_name(name),
                settings=open_values,
                sealed=seal(secret_values),
                hook=secrets.token_urlsafe(24),
                since=now(),
                created_at=now(),
            )
            refresh_capabilities(made)
    except IntegrityError as error:
        raise Conflict("taken") from error
    return made


def change(actor: Actor, *, connection: Connection, name: str, answers: Mapping[str, str]) -> None:
    """Other settings; an empty secret leaves the one that is stored. The session opens anew.

    So does one that had stopped for good: what it stopped for may be mended. Raises as `connect`.
    """
    actor.require(Right.CONNECT)
    kind = kind_of(connection.connector)
    open_values, secret_values = _checked(kind, answers, unseal(connection.sealed))
    try:
        with transaction.atomic():
            _mine(actor, connection.pk).update(
                name=_name(name),
                settings=open_values,
                sealed=seal(secret_values),
                **_anew(),
            )
    except IntegrityError as error:
        raise Conflict("taken") from error


def switch(actor: Actor, *, connection: Connection, is_on: bool) -> None:
    """Open or close a connection; one that had stopped for good is tried again."""
    actor.require(Right.CONNECT)
    _mine(actor, connection.pk).update(is_on=is_on, **_anew())


def _anew() -> dict[str, Any]:
    """The columns of a connection that is to be opened anew."""
    return {
        "state": Connection.State.NEW,
        "fault": "",
        "failures": 0,
        "since": now(),
        "version": F("version") + 1,
    }


def disconnect(actor: Actor, *, connection: Connection) -> None:
    """Forget a connection and its secrets; its groups and what was said in them stay."""
    actor.require(Right.CONNECT)
    with transaction.atomic():
        groups = Group.objects.filter(connection=connection, workspace_id=actor.workspace_id)
        # Nobody tells any more what became of it.
        Outgoing.objects.filter(
            group__in=groups, state__in=[Outgoing.State.ASKED, Outgoing.State.STOPPING]
        ).update(state=Outgoing.State.UNSURE, fault="connection_gone", version=F("version") + 1)
        groups.update(connection=None)
        _mine(actor, connection.pk).delete()


def set_limits(
    actor: Actor, *, row: CapabilityRow, support: str, limits: Sequence[tuple[int, int, str]]
) -> None:
    """Put the operator's own fact in place of the platform's; dated today."""
    actor.require(Right.CONNECT)
    for count, seconds, _scope in limits:
        if count < 1 or seconds < 1:
            raise Invalid("not_positive", field="limits")
    CapabilityRow.objects.filter(pk=row.pk, connection__workspace_id=actor.workspace_id).update(
        support=support,
        limits=[list(one) for one in limits],
        is_own=True,
        as_of=today(),
        source="",
    )


def kind_of(connector: str) -> Connector:
    """The connector of a name; raises NotFound when this version has none."""
    found = CONNECTORS.connectors.get(connector)
    if found is None:
        raise NotFound
    return found


def refresh_capabilities(connection: Connection) -> None:
    """Bring the rows nobody edited up to the connector's facts; safe to run again."""
    kind = kind_of(connection.connector)
    own = set(
        CapabilityRow.objects.filter(connection=connection, is_own=True).values_list(
            "ability", flat=True
        )
    )
    rows = [
        CapabilityRow(
            connection=connection,
            ability=one.ability.value,
            support=one.support.value,
            condition=one.condition,
            limits=[[x.count, x.seconds, x.scope.value] for x in one.limits],
            as_of=one.as_of,
            source=one.source,
        )
        for one in kind.capabilities
        if one.ability.value not in own
    ]
    CapabilityRow.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["connection", "ability"],
        update_fields=["support", "condition", "limits", "as_of", "source"],
    )


def note_examination(connection_id: int, steps: Sequence[Step]) -> None:
    """Keep which abilities a doctor's round has shown to be there, or not."""
    works: dict[str, bool] = {}
    for step in steps:
        if step.state in {StepState.FINE, StepState.FAILED}:
            for ability in step.abilities:
                is_fine = step.state == StepState.FINE
                works[ability.value] = works.get(ability.value, True) and is_fine
    rows = CapabilityRow.objects.filter(connection_id=connection_id)
    for verdict in (True, False):
        names = [name for name, value in works.items() if value is verdict]
        rows.filter(ability__in=names).update(works=verdict, tried_at=now())


def take_leases(connectors: Sequence[str], lease: str) -> list[Connection]:
    """Lease what is switched on and free, prolong what is held; all that this process now holds."""
    moment = now()
    free = Q(leased_until=None) | is_over(moment, LEASE) | Q(lease=lease)
    Connection.objects.filter(free, connector__in=connectors, is_on=True).exclude(
        state=Connection.State.STOPPED
    ).update(lease=lease, leased_until=moment + LEASE)
    mine = Connection.objects.filter(lease=lease, is_on=True, connector__in=connectors)
    return list(mine.exclude(state=Connection.State.STOPPED).order_by("pk"))


def unattended() -> Q:
    """Those switched on that no process has kept open for a minute: no gateway runs for them.

    None while this process itself has only begun: the gateway may be starting beside it.
    """
    if not is_settled():
        return Q(pk__in=[])
    while_ago = now() - UNATTENDED
    left = Q(leased_until=None, since__lt=while_ago) | Q(leased_until__lt=while_ago)
    return left & Q(is_on=True) & ~Q(state=Connection.State.STOPPED)


def is_unattended(one: Connection) -> bool:
    """Whether no process has kept a connection open for a minute though it is switched on."""
    last = one.leased_until or one.since
    is_left = last < now() - UNATTENDED
    return is_settled() and one.is_on and is_left and one.state != Connection.State.STOPPED


def is_host_wanted(host: Host) -> bool:
    """Whether any connection that is switched on is opened by this kind of process."""
    switched_on = Connection.objects.filter(connector__in=CONNECTORS.of(host), is_on=True)
    return switched_on.exclude(state=Connection.State.STOPPED).exists()


def give_leases_back(lease: str) -> None:
    """Let another process take over at once."""
    Connection.objects.filter(lease=lease).update(lease="", leased_until=None)


def note_running(one: Connection, lease: str) -> None:
    """The session is open."""
    _kept_by(one, lease).exclude(state=Connection.State.RUNNING).update(
        state=Connection.State.RUNNING, fault="", failures=0, since=now()
    )


def note_trouble(one: Connection, lease: str, *, fault: str, is_final: bool) -> None:
    """The session was lost: for a while, or until a person changes something."""
    state = Connection.State.STOPPED if is_final else Connection.State.TROUBLED
    mine = _kept_by(one, lease)
    # `since` tells for how long: it stays while the trouble does.
    mine.exclude(state=state).update(state=state, since=now())
    mine.update(fault=fault, failures=F("failures") + 1)


def _kept_by(one: Connection, lease: str) -> QuerySet[Connection]:
    """The row, unless another process keeps it or a person changed it: then it opens anew."""
    return Connection.objects.filter(pk=one.pk, lease=lease, version=one.version)


def _mine(actor: Actor, pk: int) -> QuerySet[Connection]:
    found = Connection.objects.filter(pk=pk, workspace_id=actor.workspace_id)
    if not found.exists():
        raise NotFound
    return found


def _own_community(actor: Actor, name: str) -> Community:
    zone = Workspace.objects.values_list("time_zone", flat=True).get(pk=actor.workspace_id)
    return ensure_community(actor, name=name, time_zone=zone)


def _name(name: str) -> str:
    short = name.strip()
    if not short:
        raise Invalid("required", field="name")
    if len(short) > NAME_CHARS:
        raise Invalid("too_long", field="name")
    return short


def _checked(
    kind: Connector, answers: Mapping[str, str], stored: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The answers, open ones and secrets apart; secrets left empty keep what is stored."""
    open_values: dict[str, str] = {}
    secret_values = keys.kept(kind, stored)
    for one in kind.settings:
        if one.make is not None:
            continue
        value = answers.get(one.name, "").strip()
        if value and one.fits is not None and not one.fits(value):
            raise Invalid("unfit", field=one.name)
        if one.is_secret and not value:
            value = stored.get(one.name, "")
        value = value or one.default
        if one.is_required and not value:
            raise Invalid("required", field=one.name)
        if len(value) > VALUE_CHARS:
            raise Invalid("too_long", field=one.name)
        (secret_values if one.is_secret else open_values)[one.name] = value
    return open_values, secret_values

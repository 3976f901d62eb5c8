"""Calls of platforms that reach us over HTTP: found by their hook, stored before the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db import Error as DatabaseError

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.live.gateway import config_of
from weilu.chat.live.sending import orders_of
from weilu.chat.models import Outgoing
from weilu.chat.ports.connectors import CONNECTORS, Answer, Call, TakesCalls
from weilu.chat.ports.orders import Order
from weilu.core.clock import now
from weilu.core.errors import NotFound, TryLater
from weilu.groups.models import Connection

HANDED = 100
_SOON = timedelta(seconds=2)


def connection_at(hook: str) -> Connection:
    """The connection that takes calls at a hook; raises NotFound, also while it is switched off."""
    one = Connection.objects.filter(hook=hook, is_on=True).first() if hook else None
    if one is None or not isinstance(CONNECTORS.connectors.get(one.connector), TakesCalls):
        raise NotFound
    return one


def take(connection: Connection, call: Call, *, callback: Callable[[str], str]) -> Answer:
    """The connector's answer to a call, given only after what the call brought is durable.

    Raises TryLater when it could not be stored (nothing of it was), GivenUp when the secrets of
    the connection cannot be read.
    """
    kind = CONNECTORS.connectors[connection.connector]
    if not isinstance(kind, TakesCalls):
        raise NotFound
    answer = kind.answer(config_of(connection.pk, callback), call)
    if answer.parcel is None:
        return answer
    # Gateways and other calls may store for the same connection meanwhile: nothing is remembered.
    arrivals = Arrivals()
    try:
        arrivals.store([(connection.pk, answer.parcel)])
    except DatabaseError as error:
        raise TryLater("busy", after=_SOON) from error
    return answer


def handed_orders(connection: Connection) -> Sequence[Order]:
    """Orders that were handed over and wait for a receipt, oldest first, at most `HANDED`."""
    asked = Outgoing.objects.filter(
        workspace_id=connection.workspace_id,
        group__connection=connection,
        state=Outgoing.State.ASKED,
    ).exclude(expires_at__lte=now())
    return orders_of(list(asked.select_related("group", "ask").order_by("pk")[:HANDED]))

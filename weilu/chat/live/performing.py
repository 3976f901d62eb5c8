"""From an order to the method of the session that carries it out."""

from __future__ import annotations

from datetime import timedelta

from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.orders import Done, Order
from weilu.chat.ports.sessions import (
    Announces,
    Approves,
    Bans,
    Mutes,
    Recalls,
    Removes,
    Sends,
    Session,
)
from weilu.core.errors import GivenUp, TryLater

_PROTOCOLS: dict[Deed, type] = {
    Deed.SEND: Sends,
    Deed.RECALL: Recalls,
    Deed.MUTE: Mutes,
    Deed.UNMUTE: Mutes,
    Deed.REMOVE: Removes,
    Deed.BAN: Bans,
    Deed.UNBAN: Bans,
    Deed.ANNOUNCE: Announces,
    Deed.APPROVE: Approves,
    Deed.DECLINE: Approves,
}


async def perform(session: Session | None, order: Order) -> Done:
    """Carry an order out; raises GivenUp `not_possible` where the session has no such thing."""
    if session is None:
        raise TryLater("unreachable", after=timedelta(seconds=5))
    if not isinstance(session, _PROTOCOLS[order.deed]):
        raise GivenUp("not_possible")
    done: Done = await getattr(session, order.deed.value)(order)
    return done

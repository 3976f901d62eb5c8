"""The usual questions to a connected Synapse, and what stands for time that passes."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from django.db.models import Q

from weilu.chat.live.connections import connect
from weilu.chat.live.performing import perform
from weilu.chat.live.sending import take_back_orphans
from weilu.chat.models import Message, Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.connectors import CONNECTORS, Config
from weilu.chat.ports.orders import Order, Parcel
from weilu.chat.ports.records import Inbound
from weilu.chat.tests.live import STILL_S
from weilu.connectors.matrix.session import MatrixSession
from weilu.connectors.matrix.tests import process
from weilu.connectors.matrix.tests.room import Visitor
from weilu.core.clock import now
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection
from weilu.members.models import Identity

T = TypeVar("T")


def connection_of(person: Person, bot: Visitor, **more: str) -> Connection:
    """A connection of the account to its server."""
    answers = {"homeserver": bot.server.url, "token": bot.token, **more}
    return connect(person.actor, connector="matrix", name="Tea house", answers=answers)


def texts() -> list[str]:
    """What was said, in order of time."""
    said = Message.objects.filter(kind=0).order_by("sent_ms", "pk")
    return list(said.values_list("text", flat=True))


def is_heard(text: str) -> bool:
    """Whether something that was said is stored."""
    return Message.objects.filter(kind=0, text=text).exists()


def identity_of(visitor: Visitor) -> int:
    """The identity of somebody, who must have been seen."""
    return Identity.objects.filter(account=visitor.user_id).values_list("pk", flat=True)[0]


def is_all_sent() -> bool:
    """Whether nothing waits in the queue."""
    return set(Outgoing.objects.values_list("state", flat=True)) == {"sent"}


def with_session(bot: Visitor, do: Callable[[MatrixSession], Awaitable[T]]) -> T:
    """Open a session without a gateway and do something with it."""

    async def main() -> T:
        config = Config(1, {"homeserver": bot.server.url, "token": bot.token})
        async with CONNECTORS.connectors["matrix"].open(config) as session:
            assert isinstance(session, MatrixSession)
            return await do(session)

    return asyncio.run(main())


def ordered(bot: Visitor, deed: Deed, room: str, **more: object) -> str:
    """Have an order carried out; the id of what came of it."""
    key = f"k{time.monotonic_ns()}"
    order = Order(key, deed, room, **more)  # type: ignore[arg-type]  # fields by name
    return with_session(bot, lambda session: perform(session, order)).external_id


def fetched(bot: Visitor, media: str, most: int = 10_000) -> bytes:
    """A picture as a session fetches it."""
    return with_session(bot, lambda session: session.picture(media, most))


class _Full(Exception):
    """The inbox has what it waited for."""


def heard(bot: Visitor, cursor: dict[str, str], until: str) -> tuple[list[Inbound], dict[str, str]]:
    """What a session hands in from a cursor up to a text, with the cursor of then."""
    items: list[Inbound] = []
    read: dict[str, str] = {}

    class Box:
        async def put(self, parcel: Parcel) -> None:
            items.extend(one.item for one in parcel.arrivals)
            read.update(parcel.cursor)
            if any(one.text == until for one in items):
                raise _Full

    async def main() -> None:
        config = Config(1, {"homeserver": bot.server.url, "token": bot.token}, cursor)
        async with asyncio.timeout(STILL_S), CONNECTORS.connectors["matrix"].open(config) as one:
            try:
                await one.listen(Box())
            except _Full:
                return

    asyncio.run(main())
    return items, read


@contextmanager
def killed_in_the_end(dies_after: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    """A gateway in a process of its own, killed when the block ends if it is not dead by then."""
    one = process.start(dies_after)
    try:
        yield one
    finally:
        one.kill()
        one.wait()
        _time_passes()


def _time_passes() -> None:
    """The leases of a dead process run out, and what it left behind is due again."""
    past = now() - timedelta(minutes=5)
    Connection.objects.update(leased_until=past)
    Outgoing.objects.filter(~Q(lease="")).update(leased_until=past)
    take_back_orphans()
    Outgoing.objects.filter(state=Outgoing.State.WAITING).update(due_at=past)

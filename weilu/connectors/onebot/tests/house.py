"""A session with the small implementation, by the real door."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from typing import TypeVar

from weilu.chat.live.performing import perform
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.connectors import Config
from weilu.chat.ports.orders import Order, Parcel
from weilu.chat.ports.records import Inbound
from weilu.chat.ports.sessions import Session
from weilu.connectors.nonebot_host.host import running
from weilu.connectors.onebot.connector import OneBotConnector
from weilu.connectors.onebot.door import OneBotDoor
from weilu.connectors.onebot.tests.qq import ACCOUNT, GROUP, QQ, TOKEN, connected, serving

T = TypeVar("T")
ANY_PORT = ("127.0.0.1", 0)
SETTINGS = {"account": str(ACCOUNT), "token": TOKEN}


class Box:
    """Keeps parcels; fails as often as it is told; full when `until` is in it."""

    def __init__(self, until: Callable[[list[Inbound]], bool], failures: int = 0) -> None:
        self.parcels: list[Parcel] = []
        self.until = until
        self.failures = failures
        self.full = asyncio.Event()

    async def put(self, parcel: Parcel) -> None:
        if self.failures and parcel.arrivals:
            self.failures -= 1
            raise OSError("no room")
        self.parcels.append(parcel)
        if self.until(self.items):
            self.full.set()

    @property
    def items(self) -> list[Inbound]:
        return [arrival.item for parcel in self.parcels for arrival in parcel.arrivals]

    @property
    def cursor(self) -> dict[str, str]:
        return {k: v for parcel in self.parcels for k, v in parcel.cursor.items()}


def with_session(
    qq: QQ,
    do: Callable[[Session, int], Awaitable[T]],
    cursor: Mapping[str, str] | None = None,
    *,
    over_http: bool = False,
    **settings: str,
) -> T:
    """Do something with a session, given the door's port."""

    async def main() -> T:
        async with asyncio.timeout(20), AsyncExitStack() as stack:
            port = await stack.enter_async_context(running(ANY_PORT, OneBotDoor))
            more = {"api": await stack.enter_async_context(serving(qq))} if over_http else {}
            if not over_http:
                await stack.enter_async_context(connected(qq, port))
            config = Config(1, {**SETTINGS, **more, **settings}, cursor or {})
            session = await stack.enter_async_context(OneBotConnector().open(config))
            return await do(session, port)

    return asyncio.run(main())


async def listening(
    session: Session, box: Box, meanwhile: Callable[[], Awaitable[object]] | None = None
) -> None:
    """Listen until the box is full; raises what the session raises."""
    task = asyncio.create_task(session.listen(box))
    full = asyncio.create_task(box.full.wait())
    try:
        if meanwhile is not None:
            await meanwhile()
        await asyncio.wait({task, full}, return_when=asyncio.FIRST_COMPLETED, timeout=10)
        if task.done():
            task.result()
        assert box.full.is_set(), box.items
    finally:
        full.cancel()
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task


def heard(qq: QQ, *events: object, until: str = "", cursor: Mapping[str, str] | None = None) -> Box:
    """What a session hands in of events, and of what it finds by itself; until a text is in it."""
    box = Box(lambda items: any(i.text == until for i in items))
    end = [qq.say(until)] if until and events else []
    # It is told only, so that it comes after what the session finds by itself.
    del qq.messages[len(qq.messages) - len(end) :]

    async def listen(session: Session, _port: int) -> None:
        await listening(session, box, lambda: qq.tell(*events, *end))

    with_session(qq, listen, cursor)
    return box


def ordered(qq: QQ, deed: Deed, *, over_http: bool = False, **more: object) -> str:
    """Have an order carried out; the id of what came of it."""
    order = Order("k1", deed, str(GROUP), **more)  # type: ignore[arg-type]  # fields by name

    async def do(session: Session, _port: int) -> str:
        return (await perform(session, order)).external_id

    return with_session(qq, do, over_http=over_http)

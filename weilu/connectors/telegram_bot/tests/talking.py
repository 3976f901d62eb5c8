"""Sessions that talk to the small Bot API server, and what they hand in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TypeVar

from weilu.chat.live.performing import perform
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.connectors import Config
from weilu.chat.ports.orders import Order, Parcel
from weilu.chat.ports.records import Inbound
from weilu.chat.ports.sessions import Session
from weilu.connectors.telegram_bot.connector import TelegramConnector
from weilu.connectors.telegram_bot.tests.botapi import (
    GROUP,
    TOKEN,
    BotApi,
    running,
)  # fmt: skip

T = TypeVar("T")
KEY = "1234567890"
CURSOR = {f"chat:{KEY}": str(GROUP["id"])}


def with_session(
    api: BotApi,
    do: Callable[[Session], Awaitable[T]],
    cursor: Mapping[str, str] = CURSOR,
    token: str = TOKEN,
) -> T:
    """Do something with a session on the server."""

    async def main() -> T:
        async with running(api) as url:
            config = Config(1, {"token": token, "server": url}, cursor)
            async with TelegramConnector().open(config) as session:
                return await do(session)

    return asyncio.run(main())


class Box:
    """Keeps parcels; fails as often as it is told."""

    def __init__(self, failures: int = 0, until: int = 1) -> None:
        self.parcels: list[Parcel] = []
        self.failures = failures
        self.until = until
        self.full = asyncio.Event()

    async def put(self, parcel: Parcel) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("no room")
        self.parcels.append(parcel)
        if len(self.parcels) >= self.until:
            self.full.set()

    @property
    def items(self) -> list[Inbound]:
        return [arrival.item for parcel in self.parcels for arrival in parcel.arrivals]

    @property
    def cursor(self) -> dict[str, str]:
        return {k: v for parcel in self.parcels for k, v in parcel.cursor.items()}


def heard(api: BotApi, cursor: Mapping[str, str] = CURSOR, box: Box | None = None) -> Box:
    """What a session hands in until the box is full, or its failure."""
    found = box or Box()

    async def listen(session: Session) -> None:
        task = asyncio.create_task(session.listen(found))
        full = asyncio.create_task(found.full.wait())
        await asyncio.wait({task, full}, return_when=asyncio.FIRST_COMPLETED, timeout=10)
        full.cancel()
        if task.done():
            task.result()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    with_session(api, listen, cursor)
    return found


def ordered(api: BotApi, deed: Deed, **more: object) -> str:
    order = Order("k1", deed, KEY, **more)  # type: ignore[arg-type]  # fields by name
    return with_session(api, lambda session: perform(session, order)).external_id

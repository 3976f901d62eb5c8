"""A platform that hands in messages at a rate and carries out whatever is decided about them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date

import msgspec
import numpy as np

from bench.traffic import texts
from weilu.chat.ports import Inbound, Kind
from weilu.chat.ports.abilities import Ability, Capability, Support
from weilu.chat.ports.connectors import Config, Host, Setting
from weilu.chat.ports.orders import Arrival, Done, Inbox, Order, Parcel
from weilu.chat.ports.records import ChatRef, Platform
from weilu.chat.ports.sessions import Step

GROUPS, PEOPLE = 200, 4_000
TICK_S = 0.005
ADVERT = "日赚五百兼职刷单，加微信 abc{} 拉你进群，名额有限"


def offered(count: int) -> list[Arrival]:
    """Messages of many groups, one in a hundred an advertisement, one in fifty a join."""
    rng = np.random.default_rng(7)
    said = texts(count, 7)
    group, person = rng.integers(0, GROUPS, count), rng.integers(0, PEOPLE, count)
    kind = rng.random(count)
    made = []
    for k in range(count):
        chat = ChatRef(Platform.MATRIX, f"!g{group[k]}", f"group {group[k]}")
        who = f"@p{person[k]}"
        if kind[k] < 0.02:
            item = Inbound(Kind.JOIN, 0, f"@n{k}", f"newcomer {k}", external_id=f"$j{k}")
        elif kind[k] < 0.03:
            item = Inbound(Kind.MESSAGE, 0, f"@s{k}", "seller", ADVERT.format(k), f"$e{k}")
        else:
            item = Inbound(Kind.MESSAGE, 0, who, who, said[k], f"$e{k}")
        made.append(Arrival(chat, item))
    return made


def stamped(some: Sequence[Arrival]) -> list[Arrival]:
    """The messages as sent this moment."""
    sent = time.time_ns() // 1_000_000
    return [Arrival(a.chat, msgspec.structs.replace(a.item, sent_ms=sent)) for a in some]


@dataclass
class Offer:
    """What is offered, how fast, and what came of it: milliseconds each took once warm.

    The first `warm` messages make groups, people and crowds; `busy` is the share of a core that
    the process took meanwhile, offering included.
    """

    messages: Sequence[Arrival]
    rate: int
    warm: int
    took: list[float] = field(default_factory=list)
    busy: float = 0.0
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def make(self, inbox: Inbox) -> None:
        """Offer everything, first to warm up, then to measure."""
        await self._make(inbox, self.messages[: self.warm])
        self.took.clear()
        began, spent = time.monotonic(), time.process_time()
        await self._make(inbox, self.messages[self.warm :])
        self.busy = (time.process_time() - spent) / (time.monotonic() - began)
        self.ended.set()

    async def _make(self, inbox: Inbox, messages: Sequence[Arrival]) -> None:
        loop = asyncio.get_running_loop()
        step = max(int(self.rate * TICK_S), 1)
        begin = loop.time()
        tasks = []
        for number, at in enumerate(range(0, len(messages), step)):
            due = begin + number * step / self.rate
            await asyncio.sleep(max(due - loop.time(), 0))
            tasks.append(asyncio.create_task(self._put(inbox, messages[at : at + step], due)))
        await asyncio.gather(*tasks)

    async def _put(self, inbox: Inbox, some: Sequence[Arrival], due: float) -> None:
        await inbox.put(Parcel(stamped(some)))
        self.took.extend([(asyncio.get_running_loop().time() - due) * 1000] * len(some))


@dataclass
class OfferingSession:
    """Hands in what is offered; can do everything, and does it at once."""

    offer: Offer

    async def listen(self, inbox: Inbox) -> None:
        """Hand in what is offered, then wait."""
        await self.offer.make(inbox)
        await asyncio.Event().wait()

    async def examine(self) -> Sequence[Step]:
        """There is nothing to look at."""
        return []

    async def _do(self, order: Order) -> Done:
        return Done(f"$done-{order.key}")

    send = recall = mute = unmute = remove = ban = unban = announce = approve = decline = _do


@dataclass
class Offering:
    """The connector of an offer."""

    offer: Offer
    name: str = "bench"
    label: str = "bench"
    platform: Platform = Platform.MATRIX
    host: Host = Host.GATEWAY
    settings: tuple[Setting, ...] = ()
    capabilities: tuple[Capability, ...] = tuple(
        Capability(ability, Support.AUTOMATIC, date(2026, 11, 1), "bench") for ability in Ability
    )
    keeps_keys: bool = True

    def open(self, _config: Config) -> AbstractAsyncContextManager[OfferingSession]:
        """A session; there is one."""

        @asynccontextmanager
        async def session() -> AsyncIterator[OfferingSession]:
            yield OfferingSession(self.offer)

        return session()

"""From arrival to verdict and action, durable: messages offered at a rate, and how long each took.

Everything on as in a gateway: judged in the transaction that stores them, a policy that acts, a
greeting for those who join, signs of trouble, the live board read by fifty viewers in a process of
its own. Late is late: a message's time begins when it was due to be offered, not when it was.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.setting import database
from bench.traffic import texts
from weilu.chat.ports import Inbound, Kind
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import ChatRef, Platform

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

RATES = (1_000, 2_000, 5_000, 10_000)
SECONDS = 10
VIEWERS = 50
GROUPS, PEOPLE = 200, 4_000
TICK_S = 0.005
ADVERT = "日赚五百兼职刷单，加微信 abc{} 拉你进群，名额有限"
# The aim: so long, at this rate, for all but one in a hundred.
AIM_MS, AIM_RATE = 30.0, 2_000


def _offered(count: int) -> list[Arrival]:
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


def _house() -> int:
    """A workspace with a connection, a policy that is on and a greeting; the connection's id."""
    from weilu.communities.models import Community  # noqa: PLC0415 - Django is set up by then
    from weilu.core.access import system  # noqa: PLC0415 - as above
    from weilu.core.clock import now  # noqa: PLC0415 - as above
    from weilu.core.people import home_workspace  # noqa: PLC0415 - as above
    from weilu.groups.models import Connection  # noqa: PLC0415 - as above
    from weilu.moderation.policies import Wish, set_policy  # noqa: PLC0415 - as above
    from weilu.moderation.rules.ladder import USUAL, stored  # noqa: PLC0415 - as above
    from weilu.service.greetings import Wish as Hello  # noqa: PLC0415 - as above
    from weilu.service.greetings import set_greeting  # noqa: PLC0415 - as above

    workspace = home_workspace()
    community = Community.objects.create(workspace=workspace, name="bench", time_zone="UTC")
    actor = system(workspace.pk)
    wish = Wish(is_on=True, ladder=stored(USUAL), window_days=30, recalls=True)
    set_policy(actor, community=community, wish=wish)
    hello = Hello(is_on=True, text="Welcome, {names}")
    set_greeting(actor, community=community, group=None, wish=hello)
    moment = now()
    made = Connection.objects.create(
        workspace=workspace, community=community, connector="matrix", name="bench", hook="bench",
        since=moment, created_at=moment - timedelta(days=1),
    )  # fmt: skip
    return made.pk


def _watch(folder: str, stop: Event) -> None:
    """Fifty who watch the live board, in a process of their own as in use."""
    import django  # noqa: PLC0415 - the child sets itself up
    from django.conf import settings  # noqa: PLC0415 - as above

    settings.DATABASES["default"]["NAME"] = str(Path(folder) / "bench.db")
    django.setup()
    from weilu.console.live.board import parts  # noqa: PLC0415 - after setup
    from weilu.console.live.hub import Room  # noqa: PLC0415 - as above
    from weilu.core.access import system  # noqa: PLC0415 - as above
    from weilu.core.people import home_workspace  # noqa: PLC0415 - as above

    actor = system(home_workspace().pk)

    async def one(room: Room) -> None:
        async for _changed in room.watch():
            if stop.is_set():
                return

    async def main() -> None:
        room = Room(partial(parts, actor))
        await asyncio.gather(*(one(room) for _ in range(VIEWERS)))

    asyncio.run(main())


async def _offer(line: int, rate: int, made: list[Arrival]) -> np.ndarray[Any, Any]:
    """Offer messages at a rate through the gateway's own mailbox; milliseconds each took."""
    from weilu.chat.live.arrivals import Arrivals  # noqa: PLC0415 - Django is set up by then
    from weilu.chat.live.mailbox import Mailbox  # noqa: PLC0415 - as above

    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(max_workers=1) as thread:

        async def in_database(do: Callable[..., Any], *args: Any) -> Any:
            return await loop.run_in_executor(thread, do, *args)

        box = Mailbox(in_database, Arrivals(), lambda: None)
        writer = asyncio.create_task(box.run())
        took: list[float] = []
        step = max(int(rate * TICK_S), 1)

        async def hand_in(some: list[Arrival], due: float) -> None:
            await box.put(line, Parcel(_stamped(some)))
            took.extend([(loop.time() - due) * 1000] * len(some))

        begin = loop.time()
        tasks = []
        for n, at in enumerate(range(0, len(made), step)):
            due = begin + n * step / rate
            await asyncio.sleep(max(due - loop.time(), 0))
            tasks.append(asyncio.create_task(hand_in(made[at : at + step], due)))
        await asyncio.gather(*tasks)
        await in_database(box.arrivals.settle)
        writer.cancel()
        await in_database(_close)
    return np.array(took)


def _stamped(some: list[Arrival]) -> list[Arrival]:
    """The messages as sent this moment."""
    import msgspec  # noqa: PLC0415 - small, and only here

    sent = time.time_ns() // 1_000_000
    return [Arrival(a.chat, msgspec.structs.replace(a.item, sent_ms=sent)) for a in some]


def _close() -> None:
    from django.db import connection  # noqa: PLC0415 - Django is set up by then

    connection.close()


def _at(rate: int, seconds: int, say: Callable[[str], None]) -> None:
    """One rate on a fresh database."""
    from weilu.chat.models import Message, Outgoing  # noqa: PLC0415 - Django is set up by then
    from weilu.moderation import live  # noqa: PLC0415 - as above
    from weilu.moderation.models import Violation  # noqa: PLC0415 - as above

    with database() as folder:
        live.forget()
        line = _house()
        made = _offered((rate * seconds) + rate)
        warm, made = made[:rate], made[rate:]
        context = multiprocessing.get_context("spawn")
        stop = context.Event()
        viewers = context.Process(target=_watch, args=(str(folder), stop), daemon=True)
        viewers.start()
        asyncio.run(_offer(line, rate, warm))
        took = asyncio.run(_offer(line, rate, made))
        stop.set()
        viewers.terminate()
        viewers.join()
        lost = len(warm) + len(made) - Message.objects.count()
        p50, p99 = np.percentile(took, [50, 99])
        say(
            f"{rate:>6,} a second   p50 {p50:7.1f} ms   p99 {p99:7.1f} ms   most {took.max():7.1f}"
            f" ms   lost {lost}   violations {Violation.objects.count()}"
            f"   orders {Outgoing.objects.count()}"
        )
        if rate == AIM_RATE:
            say(f"{'':>6}            p99 against the aim of {AIM_MS:.0f} ms: {p99 / AIM_MS:.2f}")


def run(count: int = SECONDS, say: Callable[[str], None] = print) -> None:
    """Offer each rate for `count` seconds and print how long messages took."""
    for rate in RATES:
        _at(rate, count, say)

"""From arrival to verdict and action, durable: messages offered at a rate, and how long each took.

Everything on as in use: a gateway whose platform hands in messages and carries out what is
decided; a policy that acts, a greeting for those who join, signs of trouble; a worker that counts,
and the live board read by fifty viewers, each in a process of its own. Late is late: a message's
time begins when it was due to be offered, not when it was.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Callable
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.offering import Offer, Offering, offered
from bench.setting import database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.synchronize import Event

RATES = (1_000, 2_000, 5_000, 10_000)
SECONDS = 10
VIEWERS = 50
# The worker is given so long to count what has come.
COUNTED_WITHIN_S = 60.0
# The aim: so long, at this rate, for all but one in a hundred.
AIM_MS, AIM_RATE = 30.0, 2_000


def _house() -> None:
    """A workspace with a connection, a policy that is on and a greeting."""
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
    Connection.objects.create(
        workspace=workspace, community=community, connector=Offering.name, name="bench",
        hook="bench", since=moment, created_at=moment,
    )  # fmt: skip


def _set_up(kept: dict[str, Any]) -> None:
    """Django in a child process, on the benchmark's database."""
    import django  # noqa: PLC0415 - the child sets itself up
    from django.conf import settings  # noqa: PLC0415 - as above

    settings.DATABASES["default"] = kept
    django.setup()


def _watch(kept: dict[str, Any], stop: Event) -> None:
    """Fifty who watch the live board."""
    _set_up(kept)
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


def _work(kept: dict[str, Any], stop: Event, file: Path | None) -> None:
    """A worker as `weilu work` runs it."""
    _set_up(kept)
    from weilu.config.commands.work import labour  # noqa: PLC0415 - after setup

    labour(stop.is_set, stop.wait, file)


@contextmanager
def _others(file: Path | None) -> Iterator[None]:
    """A worker and viewers in processes of their own, for as long as it lasts."""
    from django.db import connections  # noqa: PLC0415 - Django is set up by then

    context = multiprocessing.get_context("spawn")
    stop, kept = context.Event(), dict(connections.settings["default"])
    watching = context.Process(target=_watch, args=(kept, stop), daemon=True)
    working = context.Process(target=_work, args=(kept, stop, file), daemon=True)
    for child in (watching, working):
        child.start()
    try:
        yield
    finally:
        stop.set()
        watching.terminate()
        working.join(20)
        for child in (watching, working):
            child.kill()
            child.join()


async def _gateway(offer: Offer) -> None:
    """A gateway until everything offered is stored."""
    from weilu.chat.live.gateway import Gateway  # noqa: PLC0415 - Django is set up by then
    from weilu.chat.ports.connectors import Host  # noqa: PLC0415 - as above
    from weilu.core.garbage import take_over  # noqa: PLC0415 - as above

    take_over()
    stop = asyncio.Event()
    running = asyncio.create_task(Gateway(Host.GATEWAY, callback=str).run(stop))
    ended = asyncio.create_task(offer.ended.wait())
    await asyncio.wait([running, ended], return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await running
    ended.cancel()


def _counted_after() -> float:
    """Seconds until the worker has counted everything."""
    from weilu.chat.models import Batch  # noqa: PLC0415 - Django is set up by then

    begun = time.monotonic()
    while Batch.objects.filter(staged=False).exists():
        if time.monotonic() - begun > COUNTED_WITHIN_S:
            return COUNTED_WITHIN_S
        time.sleep(0.05)
    return time.monotonic() - begun


def _at(rate: int, seconds: int, address: str, say: Callable[[str], None]) -> None:
    """One rate on a fresh database."""
    from weilu.chat.models import Message, Outgoing  # noqa: PLC0415 - Django is set up by then
    from weilu.chat.ports.connectors import CONNECTORS  # noqa: PLC0415 - as above
    from weilu.insight.models import CommunityDay  # noqa: PLC0415 - as above
    from weilu.moderation import live  # noqa: PLC0415 - as above
    from weilu.moderation.judges import prepare_judges  # noqa: PLC0415 - as above
    from weilu.moderation.models import Violation  # noqa: PLC0415 - as above

    with database(address) as folder, _others(None if address else folder / "bench.db"):
        live.forget()
        _house()
        made = offered(rate * (seconds + 1))
        offer = Offer(made, rate, warm=rate)
        CONNECTORS.connectors[Offering.name] = Offering(offer)
        prepare_judges([Offering.name])
        live.prepare_crowds([Offering.name])
        asyncio.run(_gateway(offer))
        late_s = _counted_after()
        lost = len(made) - Message.objects.count()
        said = Message.objects.filter(kind=0).count()
        uncounted = said - sum(CommunityDay.objects.values_list("messages", flat=True))
        took = np.array(offer.took)
        p50, p99 = np.percentile(took, [50, 99])
        say(
            f"{rate:>6,} a second   p50 {p50:7.1f} ms   p99 {p99:7.1f} ms   most {took.max():7.1f}"
            f" ms   gateway {offer.busy:4.0%} of a core   lost {lost}\n"
            f"{'':>8}violations {Violation.objects.count()}   orders {Outgoing.objects.count()}"
            f"   counted {late_s:.1f} s after the last, {uncounted} missing"
        )
        if rate == AIM_RATE:
            say(f"{'':>8}p99 against the aim of {AIM_MS:.0f} ms: {p99 / AIM_MS:.2f}")


def run(count: int = SECONDS, address: str = "", say: Callable[[str], None] = print) -> None:
    """Offer each rate for `count` seconds and print how long messages took."""
    for rate in RATES:
        _at(rate, count, address, say)

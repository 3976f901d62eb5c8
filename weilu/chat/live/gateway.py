"""The gateway: one process that keeps sessions open, stores what they hand in, sends what is due.

Sessions live on one event loop; the database is used by one thread beside it, so that a slow
platform never holds up a write, and a slow write only lets the next batch grow. Any number of
gateways may run: each connection is leased by one of them.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import close_old_connections
from django.db import connections as databases

from weilu.chat.live import connections, keys, sending
from weilu.chat.live.arrivals import Arrivals
from weilu.chat.live.mailbox import Mailbox
from weilu.chat.live.performing import perform
from weilu.chat.live.rolling import Rolling
from weilu.chat.live.rolls import missed_before
from weilu.chat.live.sending import Claimed
from weilu.chat.pictures.fetching import Fetching
from weilu.chat.ports.connectors import CONNECTORS, Config, Connector, Host
from weilu.chat.ports.sessions import Session
from weilu.core import garbage
from weilu.core.errors import GivenUp, TryLater, Unsure, WeiluError
from weilu.core.failing import Failing
from weilu.core.vault import unseal
from weilu.groups.models import Connection

log = logging.getLogger(__name__)
_failing = Failing(log, "gateway round failed")

ROUND_S = 0.25
# What was decided in so long leaves in one round: rounds take the time of those who store.
GATHER_S = 0.03
LEASES_S = 5.0
LONGEST_WAIT_S = 300.0
# Garbage is looked for once in so long, rather when nobody waits, but not much later.
TIDY_S, TIDY_LATEST_S = 20.0, 60.0
ORDER_S = 60.0
AT_ONCE = 16
P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class _Line:
    """A connection this process runs: its version, its task, and its session while it is open."""

    connection: Connection
    task: asyncio.Task[None]
    session: Session | None = None


@dataclass
class Gateway:
    """Runs the connections of one host; `callback` makes the public address of a hook."""

    host: Host
    callback: Callable[[str], str]
    lease: str = field(default_factory=lambda: secrets.token_hex(16))
    lines: dict[int, _Line] = field(default_factory=dict)
    under_way: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    tidied: float = 0.0

    def __post_init__(self) -> None:
        # One thread: it owns the database connection, the acceptors and what they remember.
        self.database = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")
        self.arrivals = Arrivals()
        self.wake = asyncio.Event()
        self.fetching = Fetching(self.in_database)
        self.mailbox = Mailbox(self.in_database, self.arrivals, self.wake.set)

    async def in_database(self, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function in the one thread that uses the database."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.database, lambda: do(*args, **kwargs))

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then close sessions, finish what is under way, give back."""
        loop = asyncio.get_running_loop()
        writer = asyncio.create_task(self.mailbox.run())
        due = 0.0
        try:
            while not stop.is_set():
                if loop.time() >= due:
                    await self._guarded(self._tend)
                    due = loop.time() + LEASES_S if self.lines else loop.time() + 1.0
                    self._tidy(loop.time())
                self.wake.clear()
                await self._guarded(self._send)
                await self._guarded(self._fetch)
                await self._pause(stop)
        finally:
            await self._close(writer)

    def _tidy(self, moment: float) -> None:
        since = moment - self.tidied
        if since > (TIDY_LATEST_S if self.mailbox.waiting else TIDY_S):
            garbage.tidy()
            self.tidied = moment

    async def _pause(self, stop: asyncio.Event) -> None:
        """Until something was stored, asked for, or a round is over; a moment at least."""
        await asyncio.sleep(GATHER_S)
        waits = [asyncio.create_task(self.wake.wait()), asyncio.create_task(stop.wait())]
        await asyncio.wait(waits, timeout=ROUND_S, return_when=asyncio.FIRST_COMPLETED)
        for one in waits:
            one.cancel()

    async def _guarded(self, do: Callable[[], object]) -> None:
        """A round that fails is said and not the end: the database may come back."""
        try:
            await self.in_database(close_old_connections)
            result = do()
            if asyncio.iscoroutine(result):
                await result
        except Exception as error:
            _failing.failed(do.__name__, error)
        else:
            _failing.went_well(do.__name__)

    async def _tend(self) -> None:
        """Hold the leases; start, restart and end lines so that they match the rows."""
        names = CONNECTORS.of(self.host)
        rows = await self.in_database(connections.take_leases, names, self.lease)
        held = {one.pk: one for one in rows}
        for pk, line in list(self.lines.items()):
            if pk not in held or held[pk].version != line.connection.version:
                await self._end(pk)
        for pk, one in held.items():
            if pk not in self.lines:
                task = asyncio.create_task(self._keep(one))
                self.lines[pk] = _Line(one, task)
        await self.in_database(sending.take_back_orphans)

    async def _keep(self, one: Connection) -> None:
        """Keep a session open: reconnect with growing waits until cancelled or told to give up."""
        kind = CONNECTORS.connectors[one.connector]
        failures = 0
        while True:
            loop = asyncio.get_running_loop()
            begun = loop.time()
            error = await self._listen(one, kind)
            if loop.time() - begun > LONGEST_WAIT_S:
                failures = 0
            failures += 1
            is_final = isinstance(error, GivenUp)
            fault = str(error)[:40] if isinstance(error, WeiluError) else "crashed"
            with suppress(Exception):
                await self.in_database(
                    connections.note_trouble, one, self.lease, fault=fault, is_final=is_final
                )
            if is_final:
                return
            after = error.after.total_seconds() if isinstance(error, TryLater) else 0.0
            await asyncio.sleep(max(after, wait_after(failures).total_seconds()))

    async def _listen(self, one: Connection, kind: Connector) -> Exception:
        """One session from opening to its loss; returns why it was lost."""
        try:
            config = await self.in_database(config_of, one.pk, self.callback)
            again_ms = await self.in_database(missed_before, one.pk)
            async with kind.open(config) as session:
                line = self.lines[one.pk]
                line.session = session
                rolling = Rolling(self.in_database, self.arrivals, one.pk, again_ms)
                rolls = asyncio.create_task(rolling.run(session))
                try:
                    await self.in_database(connections.note_running, one, self.lease)
                    await session.listen(self.mailbox.slot(one.pk))
                finally:
                    line.session = None
                    rolls.cancel()
                    await asyncio.gather(rolls, return_exceptions=True)
        except WeiluError as error:
            return error
        except Exception as error:
            log.exception("connection %s lost its session", one.pk)
            return error
        return TryLater("unreachable", after=timedelta(0))

    async def _send(self) -> None:
        """Claim what may leave and carry each order out in a task of its own."""
        is_open = [pk for pk, line in self.lines.items() if line.session is not None]
        room = AT_ONCE - len(self.under_way)
        if not is_open or room <= 0:
            return
        for one in await self.in_database(sending.claim, is_open, room):
            task = asyncio.create_task(self._carry_out(one))
            self.under_way[one.pk] = task
            task.add_done_callback(partial(self._landed, one.pk))

    async def _fetch(self) -> None:
        """Have pictures that came looked at."""
        if self.arrivals.pictures:
            self.arrivals.pictures, self.fetching.expected = 0, True
        open_ones = {pk: line.session for pk, line in self.lines.items() if line.session}
        await self.fetching.round(open_ones)

    def _landed(self, pk: int, _task: asyncio.Task[None]) -> None:
        self.under_way.pop(pk, None)
        self.wake.set()

    async def _carry_out(self, one: Claimed) -> None:
        """Carry an order out and write down what came of it."""
        line = self.lines.get(one.connection_id)
        keeps_keys = bool(line and CONNECTORS.connectors[line.connection.connector].keeps_keys)
        try:
            done = await asyncio.wait_for(
                perform(line.session if line else None, one.order), ORDER_S
            )
        except Exception as error:
            failure = Unsure("timeout") if isinstance(error, TimeoutError) else error
            if not isinstance(failure, WeiluError):
                log.warning("order %s: %s", one.pk, type(error).__name__)
            await self.in_database(sending.settle_failed, one, failure, keeps_keys=keeps_keys)
            return
        await self.in_database(sending.settle_done, one, done)

    async def _end(self, pk: int) -> None:
        line = self.lines.pop(pk)
        line.task.cancel()
        await asyncio.gather(line.task, return_exceptions=True)
        await self.in_database(self.arrivals.forget, pk)

    async def _close(self, writer: asyncio.Task[None]) -> None:
        await self.fetching.close()
        for pk in list(self.lines):
            await self._end(pk)
        if self.under_way:
            await asyncio.wait(list(self.under_way.values()), timeout=ORDER_S / 4)
        await self.mailbox.drain()
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)
        with suppress(Exception):
            await self.in_database(connections.give_leases_back, self.lease)
        # It belongs to the thread: nobody else can close it, and PostgreSQL keeps it open.
        with suppress(Exception):
            await self.in_database(databases.close_all)
        self.database.shutdown()


def config_of(connection_id: int, callback: Callable[[str], str]) -> Config:
    """What a session is opened with, read anew; raises GivenUp when it is gone or locked."""
    one = Connection.objects.filter(pk=connection_id).first()
    if one is None:
        raise GivenUp("connection_gone")
    return Config(
        connection=one.pk,
        settings={**one.settings, **keys.in_force(unseal(one.sealed))},
        cursor=one.cursor,
        callback=callback(one.hook),
    )


def wait_after(failures: int) -> timedelta:
    """How long to wait after the n-th loss in a row: 1 s, doubling, at most five minutes."""
    return timedelta(seconds=min(2.0 ** max(failures - 1, 0), LONGEST_WAIT_S))

"""Where sessions wait for their accounts to come in by the door; knows nothing of NoneBot."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from weilu.connectors.wire import Json, mapping

# When so many wait, the socket is read no further: the other end keeps the rest.
MOST_WAITING = 20_000
STORED_S = 15.0
Waiting = tuple[Json, "asyncio.Future[None] | None"]


class Line(Protocol):
    """A WebSocket to an account."""

    async def run(self, take: Callable[[Json], Awaitable[None]]) -> None:
        """Hand in events until it is lost."""

    async def call(self, action: str, params: Json, *, within_s: float, says: bool) -> Any:
        """Call an action."""

    async def close(self) -> None:
        """Hang up."""


@dataclass(eq=False)
class Desk:
    """What a session lets in, the line to its account, and what has come; None: it was lost."""

    account: str
    token: str
    secret: str
    came: asyncio.Queue[Waiting | None] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    line: Line | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, line: Line) -> None:
        """Take a line until it is lost, in place of one that may be half dead."""
        before, self.line = self.line, line
        if before is not None:
            await before.close()
        self.arrived.set()
        try:
            await line.run(self._take)
        finally:
            if self.line is line:
                self.line = None
                self.arrived.clear()
                await self.came.put(None)

    async def report(self, event: Json) -> None:
        """Hand in an event that came by HTTP; returns when it is durable, raises when it is not."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.came.put_nowait((event, stored))
        await asyncio.wait_for(stored, STORED_S)

    async def _take(self, event: Json) -> None:
        if is_news(event):
            await self.came.put((event, None))


def is_offline(event: Json) -> bool:
    """Whether QQ has signed the account out: told once, and by heartbeats as long as it lasts.

    The line to the implementation stays open all the same.
    """
    beat = mapping(event, "status").get("online") is False
    return event.get("notice_type") == "bot_offline" or beat


def is_news(event: Json) -> bool:
    """Whether a session has to hear of it: heartbeats and the like only when they tell of loss."""
    return event.get("post_type") != "meta_event" or is_offline(event)


@dataclass
class Desks:
    """All desks of a process; `is_open` where the door is."""

    desks: list[Desk] = field(default_factory=list)
    is_open: bool = False

    def reserve(self, account: str, token: str, secret: str) -> Desk:
        """A desk for a session."""
        one = Desk(account, token, secret)
        self.desks.append(one)
        return one

    async def give_back(self, desk: Desk) -> None:
        """The session is over: hang up, so that the account comes again and nothing is lost."""
        self.desks.remove(desk)
        if desk.line is not None:
            await desk.line.close()

    def by_token(self, account: str, token: str) -> Desk | None:
        """The desk of an account, if the token is that desk's."""
        return self._find(account, lambda one: is_same(one.token, token))

    def by_signature(self, account: str, body: bytes, given: str) -> Desk | None:
        """The desk of an account, if the signature over the bytes is by that desk's secret."""
        return self._find(account, lambda one: is_same(signature(one.secret, body), given))

    def _find(self, account: str, is_right: Callable[[Desk], bool]) -> Desk | None:
        return next((one for one in self.desks if one.account == account and is_right(one)), None)


def signature(secret: str, body: bytes) -> str:
    """The signature of a report: HMAC with SHA-1, in hex, as the standard has it."""
    return hmac.new(secret.encode(), body, "sha1").hexdigest()


def is_same(one: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell how far they are."""
    return bool(one) and hmac.compare_digest(one.encode(), other.encode())


DESKS = Desks()

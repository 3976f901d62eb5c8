"""The gateway's task that asks an open session who is in its groups, as it falls due (B-4)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.live.rolls import MOST, Calling, Roll, due_rolls, note_refused
from weilu.chat.ports.records import ChatRef
from weilu.chat.ports.sessions import ListsGroups, ListsMembers, Session
from weilu.core.clock import now_ms
from weilu.core.errors import GivenUp, WeiluError

log = logging.getLogger(__name__)

# What was missed is read back first; then groups that are met later do not wait long.
FIRST_S, ROUND_S = 5.0, 30.0
# Platforms count questions: one group after the other, and all groups once an hour.
PAUSE_S, GROUPS_S = 1.0, 3600.0
# Where no group has been met, what is due is looked up so seldom: a connection may have thousands.
LOOKED_UP_S = 600.0
LONGEST_S = 300.0


@dataclass
class Rolling:
    """Calls the rolls of one connection for as long as its session is open."""

    in_database: Callable[..., Awaitable[Any]]
    arrivals: Arrivals
    connection_id: int
    # Lists asked for before this (UTC ms) are asked for anew: nobody was listening since.
    again_ms: int = 0
    failed: set[str] = field(default_factory=set)

    async def run(self, session: Session) -> None:
        """Go on until cancelled; what fails is tried again later and never ends the session."""
        if not isinstance(session, ListsMembers):
            return
        await asyncio.sleep(FIRST_S)
        loop = asyncio.get_running_loop()
        listed: Sequence[ChatRef] = ()
        groups_due = look_due = loop.time()
        met = 0
        while True:
            try:
                if isinstance(session, ListsGroups) and loop.time() >= groups_due:
                    groups_due = loop.time() + GROUPS_S
                    listed, look_due = await session.groups(), loop.time()
                before, met = met, self._met()
                if before != met or loop.time() >= look_due:
                    is_told = await self._round(session, listed)
                    look_due = loop.time() + (LOOKED_UP_S if is_told else 0.0)
            except WeiluError as error:
                log.info("connection %s: no lists now: %s", self.connection_id, error)
            except Exception:
                log.exception("connection %s: lists of members", self.connection_id)
            await asyncio.sleep(ROUND_S)

    def _met(self) -> int:
        """How many groups of the connection this process has met."""
        line = self.arrivals.lines.get(self.connection_id)
        return len(line.places) if line else 0

    async def _round(self, session: ListsMembers, listed: Sequence[ChatRef]) -> bool:
        """Call the rolls that are due; False when that could not be told yet."""
        due: list[ChatRef] | None = await self.in_database(
            due_rolls, self.connection_id, listed, now_ms(), self.again_ms
        )
        # What failed in the round before comes last: one group must not keep the others waiting.
        for chat in sorted(due or (), key=lambda one: one.key in self.failed):
            self.failed.add(chat.key)
            await self._ask(session, chat)
            self.failed.discard(chat.key)
            await asyncio.sleep(PAUSE_S)
        return due is not None

    async def _ask(self, session: ListsMembers, chat: ChatRef) -> None:
        asked_ms = now_ms()
        try:
            people = await asyncio.wait_for(session.members(chat.key), LONGEST_S)
        except (GivenUp, TimeoutError):
            people = ()
        if people and len(people) <= MOST:
            await self._call(Roll(chat, people, asked_ms))
        else:
            await self.in_database(
                note_refused, self.connection_id, chat, asked_ms, self.arrivals, len(people)
            )

    async def _call(self, roll: Roll) -> None:
        calling = Calling(self.connection_id, roll, self.arrivals)
        while await self.in_database(calling.step):
            pass

"""A session in simcord's Discord: a server with a channel, a thread and people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import discord
import simcord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle
from simcord.env import Env

from weilu.chat.ports.connectors import Config
from weilu.chat.ports.orders import Parcel
from weilu.chat.ports.records import Inbound
from weilu.connectors.discord_bot.client import Bot
from weilu.connectors.discord_bot.session import DiscordSession


class Box:
    """Keeps parcels; fails as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.parcels: list[Parcel] = []
        self.failures = failures

    async def put(self, parcel: Parcel) -> None:
        if self.failures and parcel.arrivals:
            self.failures -= 1
            raise OSError("no room")
        self.parcels.append(parcel)

    @property
    def items(self) -> list[Inbound]:
        return [arrival.item for parcel in self.parcels for arrival in parcel.arrivals]

    @property
    def cursor(self) -> dict[str, str]:
        return {k: v for parcel in self.parcels for k, v in parcel.cursor.items()}


class Stayed(DiscordSession):
    """The emulation has the gateway open already."""

    async def connect(self) -> None:
        await asyncio.Event().wait()


@dataclass
class Hall:
    """What is there."""

    env: Env
    guild: GuildHandle
    tea: ChannelHandle
    ada: MemberActor
    bo: MemberActor
    bot: Bot

    def session(self, cursor: Mapping[str, str] | None = None) -> Stayed:
        """A session of the bot."""
        return Stayed(self.bot, Config(1, {"token": "t"}, cursor or {}))

    @asynccontextmanager
    async def listening(
        self, box: Box, cursor: Mapping[str, str] | None = None
    ) -> AsyncIterator[asyncio.Task[None]]:
        """A session that listens while the block lasts."""
        task = asyncio.create_task(self.session(cursor).listen(box))
        try:
            yield task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task

    async def wait_for(self, is_true: Callable[[], bool]) -> None:
        """Look until it is true; raises TimeoutError when it never is."""
        async with asyncio.timeout(10):
            while not is_true():
                await asyncio.sleep(0.005)


@asynccontextmanager
async def opened(*, rights: discord.Permissions | None = None) -> AsyncIterator[Hall]:
    """A Discord with the bot in it; with these rights, or all it asks for."""
    bot = Bot()
    async with simcord.run(bot, check_errors=True) as env:
        guild = env.create_guild("Tea house")
        tea = guild.create_text_channel("green")
        people = [guild.add_member(env.create_user(name)) for name in ("ada", "bo")]
        assert bot.user is not None
        if rights is not None:
            kept = env.backend.guilds[guild.id]
            for number in kept.members[bot.user.id].role_ids:
                kept.roles[number].permissions = rights.value
        await env.settle()
        yield Hall(env, guild, tea, people[0], people[1], bot)
    await bot.close()

"""A session of a Discord bot: the gateway's events in, orders out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import discord

from weilu.chat.ports.connectors import Config
from weilu.chat.ports.orders import Arrival, Inbox, Parcel
from weilu.chat.ports.records import ChatRef, Kind
from weilu.chat.ports.sessions import Person, Step
from weilu.connectors.discord_bot.catchup import homes, missed, newest
from weilu.connectors.discord_bot.client import Bot
from weilu.connectors.discord_bot.decode import Place, chat_of, hall_of, message, ms_of
from weilu.connectors.discord_bot.doctor import examine
from weilu.connectors.discord_bot.failures import A_WHILE, asked, failure_of
from weilu.connectors.discord_bot.orders import Orders
from weilu.core.errors import GivenUp, TryLater

log = logging.getLogger(__name__)

AT_ONCE = 500
READY_S = 60.0
# Cursor entries: the last message that was stored of a channel and its threads.
LAST = "m:"
_REFUSED = {4004: "unauthorised", 4013: "bad_setting", 4014: "bad_setting"}


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[DiscordSession]:
    """A session that is signed in; it goes to the gateway when it listens.

    Raises GivenUp `unauthorised` for a token that is not accepted.
    """
    bot = await signed_in(config.settings["token"])
    try:
        yield DiscordSession(bot, config)
    finally:
        await bot.close()


async def signed_in(token: str) -> Bot:
    """The bot, signed in by REST."""
    bot = Bot()
    try:
        await asked(bot.login(token))
    except BaseException:
        await bot.close()
        raise
    return bot


@dataclass
class DiscordSession(Orders):
    """One bot."""

    client: Bot
    config: Config
    last: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = self.config.cursor.items()
        self.last = {int(k.removeprefix(LAST)): int(v) for k, v in known if k.startswith(LAST)}

    async def listen(self, inbox: Inbox) -> None:
        """What was missed, then what comes; it counts as read when it is stored."""
        gateway = asyncio.create_task(self.connect())
        reader = asyncio.create_task(self._read(inbox))
        try:
            await asyncio.wait({gateway, reader}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (gateway, reader):
                task.cancel()
            ends = await asyncio.gather(reader, gateway, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):
                raise end
        raise TryLater("unreachable", after=timedelta(0))

    async def connect(self) -> None:
        """Keep the gateway open; the library resumes and reconnects by itself."""
        try:
            await self.client.connect(reconnect=True)
        except discord.ConnectionClosed as error:
            if error.code in _REFUSED:
                raise GivenUp(_REFUSED[error.code]) from None
            raise TryLater("unreachable", after=A_WHILE) from None
        except (discord.DiscordException, OSError) as error:
            raise failure_of(error, says=False) from None

    async def _read(self, inbox: Inbox) -> None:
        came = self.client.came
        while True:
            found: list[Arrival | None] = [await came.get()]
            while found[-1] is not None and not came.empty() and len(found) < AT_ONCE:
                found.append(came.get_nowait())
            await self._put(inbox, [one for one in found if one is not None])
            if found[-1] is None:
                await self._catch_up(inbox)

    async def _catch_up(self, inbox: Inbox) -> None:
        """Read every channel from the last message that was stored of it."""
        await asked(self.client.wait_until_ready(), within_s=READY_S)
        self.client.is_full = False
        fresh: dict[str, str] = {}
        for guild in self.client.guilds:
            for home in homes(guild):
                if home.id in self.last:
                    old = await missed(home, self.last[home.id])
                    await self._put(inbox, [x for one in old if (x := message(one))])
                else:
                    # New to us: what was said before is for an import to bring.
                    self.last[home.id] = newest(home)
                    fresh[LAST + str(home.id)] = str(self.last[home.id])
        if fresh:
            await inbox.put(Parcel(cursor=fresh))

    async def _put(self, inbox: Inbox, arrivals: Sequence[Arrival]) -> None:
        if not arrivals:
            return
        last = _last(arrivals, self.last)
        cursor = {LAST + str(key): str(number) for key, number in last.items()}
        await inbox.put(Parcel(arrivals=arrivals, cursor=cursor))
        self.last |= last

    async def examine(self) -> Sequence[Step]:
        """Try the bot, its intents, and its rights in every server."""
        return await examine(self.client)

    async def groups(self) -> Sequence[ChatRef]:
        """The channels it may look into, by REST."""

        async def read() -> list[discord.Guild]:
            return [one async for one in self.client.fetch_guilds(limit=None)]

        found: list[ChatRef] = []
        for guild in await asked(read()):
            channels = await asked(guild.fetch_channels())
            found += [chat_of(one) for one in channels if isinstance(one, Place)]
        return found

    async def members(self, group: str) -> Sequence[Person]:
        """Who is in the server; told of the channel in which comings and goings are seen."""
        guild = await self.guild(group)
        hall = hall_of(guild)
        if hall is not None and str(hall.id) != group:
            raise GivenUp("not_possible")

        async def read() -> list[discord.Member]:
            return [one async for one in guild.fetch_members(limit=None)]

        own = self.client.user.id if self.client.user else 0
        return [
            Person(
                str(one.id),
                one.display_name,
                is_staff=one.guild_permissions.moderate_members,
                is_bot=one.bot,
                is_self=one.id == own,
                joined_ms=ms_of(one.joined_at) if one.joined_at else 0,
            )
            for one in await asked(read())
        ]

    async def invite_link(self, group: str, mark: str = "") -> str:
        """A link into the channel that does not expire."""
        guild = await self.guild(group)
        known = guild.get_channel(int(group))
        channel = known if known is not None else await asked(guild.fetch_channel(int(group)))
        if not isinstance(channel, discord.abc.GuildChannel):
            raise GivenUp("not_possible")
        made = await asked(channel.create_invite(max_age=0, max_uses=0, unique=False))
        return made.url


def _last(arrivals: Iterable[Arrival], known: dict[int, int]) -> dict[int, int]:
    """The newest message of each channel, also of its threads."""
    found: dict[int, int] = {}
    for one in arrivals:
        if one.item.kind == Kind.MESSAGE:
            key, number = int(one.chat.key), int(one.item.external_id.rpartition("-")[2])
            found[key] = max(found.get(key, known.get(key, 0)), number)
    return found

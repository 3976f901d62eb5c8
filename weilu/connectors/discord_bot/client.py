"""The bot at Discord's gateway: puts what it hears into a queue, in the order it came."""

from __future__ import annotations

import asyncio

import discord

from weilu.chat.ports.orders import Arrival
from weilu.connectors.discord_bot import decode
from weilu.core.clock import now

# So many may wait for the database; what comes then is read back from history.
MOST_WAITING = 50_000
# Longer than this is not waited within a call; the order comes again.
LONGEST_WAIT_S = 30.0


def intents() -> discord.Intents:
    """What the bot asks to be told of; members and message content must be switched on for it."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.members = True
    wanted.guild_messages = True
    wanted.message_content = True
    wanted.guild_reactions = True
    return wanted


class Bot(discord.Client):
    """Hears; None in the queue: from here on something may have been missed."""

    def __init__(self) -> None:
        """A client that keeps neither old messages nor lists of members."""
        super().__init__(
            intents=intents(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=LONGEST_WAIT_S,
        )
        self.came: asyncio.Queue[Arrival | None] = asyncio.Queue()
        # Until history is read what comes is left to it.
        self.is_full = False

    def _take(self, found: Arrival | None) -> None:
        if found is None or self.is_full:
            return
        self.is_full = self.came.qsize() >= MOST_WAITING
        self.came.put_nowait(None if self.is_full else found)

    async def on_connect(self) -> None:
        """A session with the gateway begins anew: what was between is not told."""
        self.came.put_nowait(None)

    async def on_message(self, message: discord.Message) -> None:
        """Something was said."""
        self._take(decode.message(message))

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Something reads differently now."""
        self._take(decode.edited(payload))

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Something is gone."""
        channel = self.get_channel(payload.channel_id)
        self._take(decode.deleted(channel, payload.channel_id, payload.message_id, now()))

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Many are gone at once."""
        channel = self.get_channel(payload.channel_id)
        for number in sorted(payload.message_ids):
            self._take(decode.deleted(channel, payload.channel_id, number, now()))

    async def on_member_join(self, member: discord.Member) -> None:
        """Somebody came."""
        self._take(decode.joined(member))

    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        """Somebody went."""
        guild = self.get_guild(payload.guild_id)
        if guild is not None:
            self._take(decode.left(guild, payload.user, now()))

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Somebody is different in the server."""
        self._take(decode.renamed(before, after, now()))

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """Somebody liked something."""
        self._take(decode.reacted(self.get_channel(payload.channel_id), payload, now()))

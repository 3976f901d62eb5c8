"""What was missed while the bot was away, from the channels' history."""

from __future__ import annotations

from collections.abc import Iterable

import discord

from weilu.connectors.discord_bot.decode import Place
from weilu.connectors.discord_bot.failures import asked
from weilu.core.errors import GivenUp

# A channel that was not read for months is not read back for ever; a burst is.
MOST_MISSED = 5_000
HISTORY_S = 300.0
Readable = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


def homes(guild: discord.Guild) -> list[Place]:
    """The channels of a server in which people write and the bot may look."""
    found: Iterable[object] = (*guild.channels,)
    mine = [one for one in found if isinstance(one, Place)]
    return [one for one in mine if one.permissions_for(guild.me).view_channel]


async def missed(home: Place, after: int) -> list[discord.Message]:
    """Messages of a channel and its threads after a message, oldest first."""
    found: list[discord.Message] = []
    for place in _places(home):
        # Nothing new, and no call needed to know it.
        if (place.last_message_id or 0) > after:
            found += await _since(place, after)
    return sorted(found, key=lambda one: one.id)


def newest(home: Place) -> int:
    """The last message of a channel and its threads; the channel itself where there is none."""
    return max(home.id, *(one.last_message_id or 0 for one in _places(home)), 0)


def _places(home: Place) -> list[Readable]:
    threads: list[Readable] = []
    if isinstance(home, discord.TextChannel | discord.ForumChannel):
        threads += home.threads
    return threads if isinstance(home, discord.ForumChannel) else [home, *threads]


async def _since(place: Readable, after: int) -> list[discord.Message]:
    async def read() -> list[discord.Message]:
        # From the newest back: when more was missed than is read, the newest counts.
        past = place.history(after=discord.Object(after), limit=MOST_MISSED, oldest_first=False)

        return [one async for one in past]

    try:
        return await asked(read(), within_s=HISTORY_S)
    except GivenUp:
        # The bot may see the channel and not its past.
        return []

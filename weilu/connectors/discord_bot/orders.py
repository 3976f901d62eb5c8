"""Carrying orders out in Discord channels, by REST."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord

from weilu.chat.ports.orders import Done, Order
from weilu.connectors.discord_bot.failures import asked
from weilu.connectors.outward import fetched
from weilu.connectors.speaking import having_spoken
from weilu.core.errors import GivenUp

TEXT_CHARS = 2000
# Discord times members out for at most 28 days; a minute less, so that no clock makes it more.
LONGEST_MUTE_S = 28 * 24 * 3600 - 60
# People may be called by name; nobody calls everybody by mistake.
_CALLS = discord.AllowedMentions(everyone=False, roles=False, users=True, replied_user=True)


class Orders:
    """What a session can be told to do."""

    client: discord.Client

    async def send(self, order: Order) -> Done:
        """A message with its picture, in the thread of what it answers."""
        return Done(str((await self._say(order)).id))

    async def picture(self, media: str, most: int) -> bytes:
        """A picture by its address at Discord's."""
        return await fetched(media, most, allows_private=False)

    async def _say(self, order: Order) -> discord.Message:
        if len(order.text) > TEXT_CHARS:
            raise GivenUp("too_long")
        thread, answered = place_of(order.group, order.reply_to)
        where = self.client.get_partial_messageable(thread)
        more: dict[str, Any] = {}
        if answered:
            more["reference"] = discord.MessageReference(
                message_id=answered, channel_id=thread, fail_if_not_exists=False
            )
        if order.picture is not None:
            more["file"] = _picture(order.picture)
        # With the nonce the library's own retries are dropped by Discord when the first arrived.
        nonce = hashlib.sha256(order.key.encode()).hexdigest()[:25]
        call = where.send(order.text or None, nonce=nonce, allowed_mentions=_CALLS, **more)
        return await asked(call, says=True)

    async def recall(self, order: Order) -> Done:
        """Delete a message; one that is gone already is gone."""
        thread, number = place_of(order.group, order.message)
        if not number:
            raise GivenUp("not_possible")
        where = self.client.get_partial_messageable(thread)
        return await _done(where.get_partial_message(number).delete())

    async def mute(self, order: Order) -> Done:
        """Time a member out, for at most what Discord allows."""
        seconds = min(order.seconds or LONGEST_MUTE_S, LONGEST_MUTE_S)
        return await self._time_out(order, timedelta(seconds=seconds))

    async def unmute(self, order: Order) -> Done:
        """End a timeout."""
        return await self._time_out(order, None)

    async def _time_out(self, order: Order, span: timedelta | None) -> Done:
        guild = await self.guild(order.group)
        member = await asked(guild.fetch_member(_number(order.account)))
        await asked(member.timeout(span, reason=order.reason or None))
        return Done()

    async def remove(self, order: Order) -> Done:
        """Kick a member; one who is out already is out."""
        guild = await self.guild(order.group)
        return await _done(guild.kick(_person(order), reason=order.reason or None))

    async def ban(self, order: Order) -> Done:
        """Ban somebody from the server; what they said stays."""
        guild = await self.guild(order.group)
        call = guild.ban(_person(order), reason=order.reason or None, delete_message_seconds=0)
        return await _done(call)

    async def unban(self, order: Order) -> Done:
        """Let somebody come back."""
        guild = await self.guild(order.group)
        return await _done(guild.unban(_person(order)))

    async def announce(self, order: Order) -> Done:
        """Send a message and pin it."""
        sent = await self._say(order)
        await having_spoken(asked(sent.pin()))
        return Done(str(sent.id))

    async def guild(self, group: str) -> discord.Guild:
        """The server of a channel, as known or asked for."""
        known = self.client.get_channel(_number(group))
        if known is None:
            known = await asked(self.client.fetch_channel(_number(group)))
        if not isinstance(known, discord.abc.GuildChannel):
            raise GivenUp("not_in_group")
        if known.guild.me is None:
            return await asked(self.client.fetch_guild(known.guild.id, with_counts=False))
        return known.guild


def place_of(group: str, message: str) -> tuple[int, int]:
    """Channel or thread, and the message in it, 0 for none."""
    thread, dash, number = message.partition("-")
    if dash and thread.isdecimal() and number.isdecimal():
        return int(thread), int(number)
    return _number(group), int(message) if message.isdecimal() else 0


def _picture(path: Path) -> discord.File:
    try:
        return discord.File(path)
    except FileNotFoundError:
        raise GivenUp("gone") from None


def _person(order: Order) -> discord.Object:
    return discord.Object(_number(order.account))


def _number(written: str) -> int:
    if not written.isdecimal():
        raise GivenUp("not_possible")
    return int(written)


async def _done(call: Awaitable[object]) -> Done:
    """Done, also when what it was about is not there any more."""
    try:
        await asked(call)
    except GivenUp as error:
        if str(error) != "gone":
            raise
    return Done()

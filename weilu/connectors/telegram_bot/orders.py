"""Carrying orders out in Telegram groups."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import aiohttp
from aiogram import Bot
from aiogram.types import ChatPermissions, FSInputFile, Message, ReplyParameters

from weilu.chat.ports.orders import Done, Order
from weilu.connectors.speaking import having_spoken
from weilu.connectors.telegram_bot.failures import asked
from weilu.core.clock import now
from weilu.core.errors import GivenUp, TryLater

T = TypeVar("T")
CAPTION_CHARS = 1024
TEXT_CHARS = 4096
# Supergroups are numbered from here on; smaller ids are basic groups.
_SUPER_FROM = 1_000_000_000
_BASIC_UNTIL = 1_000_000_000_000
_SILENT = ChatPermissions(
    can_send_messages=False,
    can_send_audios=False,
    can_send_documents=False,
    can_send_photos=False,
    can_send_videos=False,
    can_send_video_notes=False,
    can_send_voice_notes=False,
    can_send_polls=False,
    can_send_other_messages=False,
    can_add_web_page_previews=False,
)
_FREE = ChatPermissions(**dict.fromkeys(_SILENT.model_fields_set, True))


class Orders:
    """What a session can be told to do."""

    bot: Bot
    chats: dict[str, int]

    async def say_so(self, sent: Message) -> None:
        """Hand in what the bot has said."""
        raise NotImplementedError

    async def picture(self, media: str, most: int) -> bytes:
        """A picture by its file id."""
        file = await asked(self.bot.get_file(media))
        if not file.file_path or (file.file_size or 0) > most:
            raise GivenUp("too_long" if file.file_path else "gone")
        address = self.bot.session.api.file_url(self.bot.token, file.file_path)
        found = bytearray()
        try:
            async for some in self.bot.session.stream_content(address, timeout=25):
                found += some
                if len(found) > most:
                    raise GivenUp("too_long")
        except (aiohttp.ClientError, TimeoutError):
            # The error may hold the address, and with it the token.
            raise TryLater("timeout", after=timedelta(seconds=60)) from None
        return bytes(found)

    def chat_id(self, group: str) -> int:
        """The Bot API's id of a group: as heard, else as such ids are made."""
        known = self.chats.get(group)
        if known is not None:
            return known
        return int(f"-100{group}") if int(group) >= _SUPER_FROM else -int(group)

    async def send(self, order: Order) -> Done:
        """A message; a picture carries the text below it where that is short enough."""
        if len(order.text) > TEXT_CHARS:
            raise GivenUp("too_long")
        if order.picture is not None:
            return await self._send_picture(order)
        call = self.bot.send_message(
            self.chat_id(order.group), order.text, reply_parameters=_reply(order)
        )
        return await self._said(call)

    async def _send_picture(self, order: Order) -> Done:
        if len(order.text) > CAPTION_CHARS:
            raise GivenUp("too_long")
        call = self.bot.send_photo(
            self.chat_id(order.group),
            FSInputFile(order.picture or ""),
            caption=order.text or None,
            reply_parameters=_reply(order),
        )
        return await self._said(call)

    async def _said(self, call: Awaitable[Message]) -> Done:
        sent = await _ordered(call, says=True)
        await self.say_so(sent)
        return Done(str(sent.message_id))

    async def recall(self, order: Order) -> Done:
        """Delete a message; one that is gone already is gone."""
        call = self.bot.delete_message(self.chat_id(order.group), int(order.message))
        return await _done(call)

    async def mute(self, order: Order) -> Done:
        """Take the member's right to write; Telegram gives it back by itself."""
        until = now() + timedelta(seconds=order.seconds) if order.seconds else None
        return await self._permit(order, _SILENT, until)

    async def unmute(self, order: Order) -> Done:
        """Give the member what everybody in the group may do."""
        chat = await _ordered(self.bot.get_chat(self.chat_id(order.group)))
        return await self._permit(order, chat.permissions or _FREE, None)

    async def _permit(self, order: Order, may: ChatPermissions, until: datetime | None) -> Done:
        call = self.bot.restrict_chat_member(
            self.chat_id(order.group),
            user_of(order.account),
            permissions=may,
            until_date=until.astimezone(UTC) if until else None,
        )
        return await _done(call)

    async def remove(self, order: Order) -> Done:
        """Put a member out: ban and lift the ban, so that they may come back."""
        await self.ban(order)
        return await self.unban(order)

    def _is_basic(self, group: str) -> bool:
        """Whether it is a basic group, which keeps nobody out: a ban there only removes."""
        return self.chat_id(group) > -_BASIC_UNTIL

    async def ban(self, order: Order) -> Done:
        """Put somebody out and keep them out."""
        call = self.bot.ban_chat_member(self.chat_id(order.group), user_of(order.account))
        return await _done(call)

    async def unban(self, order: Order) -> Done:
        """Let somebody come back."""
        if self._is_basic(order.group):
            return Done()
        call = self.bot.unban_chat_member(
            self.chat_id(order.group), user_of(order.account), only_if_banned=True
        )
        return await _done(call)

    async def announce(self, order: Order) -> Done:
        """Send a message and pin it."""
        done = await self.send(order)
        chat = self.chat_id(order.group)
        await having_spoken(_ordered(self.bot.pin_chat_message(chat, int(done.external_id))))
        return done

    async def approve(self, order: Order) -> Done:
        """Let somebody in; one who is in already is in."""
        chat, user = self.chat_id(order.group), user_of(order.account)
        return await _done(self.bot.approve_chat_join_request(chat, user))

    async def decline(self, order: Order) -> Done:
        """Turn somebody away."""
        chat, user = self.chat_id(order.group), user_of(order.account)
        return await _done(self.bot.decline_chat_join_request(chat, user))


def user_of(account: str) -> int:
    """The Bot API's id of an account; raises GivenUp for a channel that speaks."""
    number = account.removeprefix("user")
    if not number.isdecimal():
        raise GivenUp("not_possible")
    return int(number)


def _reply(order: Order) -> ReplyParameters | None:
    if not order.reply_to.isdecimal():
        return None
    return ReplyParameters(message_id=int(order.reply_to), allow_sending_without_reply=True)


async def _done(call: Awaitable[bool]) -> Done:
    """Done, also when what it was about is not there any more."""
    try:
        await _ordered(call)
    except GivenUp as error:
        if str(error) != "gone":
            raise
    return Done()


async def _ordered(call: Awaitable[T], *, says: bool = False) -> T:
    """As `asked`; a token that is no longer good is the connection's trouble, not the order's."""
    try:
        return await asked(call, says=says)
    except GivenUp as error:
        if str(error) == "unauthorised":
            raise TryLater("unauthorised", after=timedelta(minutes=1)) from None
        raise

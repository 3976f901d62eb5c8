"""A session of a Telegram bot: updates in, orders out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import TelegramMethod
from aiogram.types import Message
from aiogram.utils.token import TokenValidationError

from weilu.chat.ports.connectors import Config
from weilu.chat.ports.orders import Arrival, Inbox, JoinRequest, Parcel
from weilu.chat.ports.records import ChatRef, Kind, Platform
from weilu.chat.ports.sessions import Step
from weilu.connectors.telegram_bot.decode import ALLOWED, chat_of, decode, leading, message
from weilu.connectors.telegram_bot.doctor import examine
from weilu.connectors.telegram_bot.failures import A_WHILE, asked
from weilu.connectors.telegram_bot.orders import Orders
from weilu.core.errors import GivenUp, TryLater

log = logging.getLogger(__name__)

POLL_S = 25
REQUEST_S = 40
PAUSE_S = 1.0
MOST_UPDATES = 100
# Cursor entries that keep the Bot API's own id of a group, and whether the bot leads it.
CHAT, LEADS = "chat:", "leads:"
LINK_NAME_CHARS = 32
API = "https://api.telegram.org"


class GetUpdates(TelegramMethod[list[dict[str, Any]]]):
    """`getUpdates` with updates as they come: an unknown kind of one must not lose the others."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int = MOST_UPDATES
    timeout: int = POLL_S
    allowed_updates: list[str] = list(ALLOWED)


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[TelegramSession]:
    """A session; raises GivenUp for a token that is none or not accepted."""
    base = config.settings.get("server") or API
    http = AiohttpSession(api=TelegramAPIServer.from_base(base), timeout=REQUEST_S)
    try:
        bot = Bot(config.settings["token"], session=http)
    except TokenValidationError:
        raise GivenUp("unauthorised") from None
    try:
        me = await asked(bot.get_me())
        yield TelegramSession(bot, config, me.id, me.full_name)
    finally:
        await http.close()


@dataclass
class TelegramSession(Orders):
    """One bot."""

    bot: Bot
    config: Config
    own_id: int
    own_name: str
    chats: dict[str, int] = field(default_factory=dict)
    leads: set[str] = field(default_factory=set)
    inbox: Inbox | None = None

    def __post_init__(self) -> None:
        known = self.config.cursor.items()
        self.chats = {k.removeprefix(CHAT): int(v) for k, v in known if k.startswith(CHAT)}
        self.leads = {k.removeprefix(LEADS) for k, v in known if k.startswith(LEADS) and v}

    async def listen(self, inbox: Inbox) -> None:
        """Ask for updates; one is confirmed to Telegram only after it is stored."""
        self.inbox = inbox
        offset = int(self.config.cursor.get("offset", "0")) or None
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            updates = await asked(self.bot(GetUpdates(offset=offset), request_timeout=REQUEST_S))
            if not updates:
                # A server that does not wait for news is not asked without a pause.
                await asyncio.sleep(max(0.0, begun + PAUSE_S - loop.time()))
                continue
            offset = _after(updates)
            await inbox.put(self._parcel(updates, offset))

    def _parcel(self, updates: Sequence[dict[str, Any]], offset: int) -> Parcel:
        arrivals: list[Arrival] = []
        requests: list[JoinRequest] = []
        cursor = {"offset": str(offset)}
        for update in updates:
            cursor |= self._learn(update) | self._learn_lead(update)
            for found in decode(update):
                if isinstance(found, Arrival):
                    if "message" in update and self._is_told_better(found):
                        continue
                    arrivals.append(found)
                else:
                    requests.append(found)
        return Parcel(arrivals=arrivals, requests=requests, cursor=cursor)

    def _learn(self, update: dict[str, Any]) -> dict[str, str]:
        """The Bot API's id of the update's group, if it is new; kept with the cursor."""
        for body in update.values():
            chat = body.get("chat") if isinstance(body, dict) else None
            if not isinstance(chat, dict):
                continue
            known = chat_of(chat)
            if known is not None and self.chats.get(known.key) != chat["id"]:
                self.chats[known.key] = chat["id"]
                return {CHAT + known.key: str(chat["id"])}
        return {}

    def _learn_lead(self, update: dict[str, Any]) -> dict[str, str]:
        """Whether the bot is an administrator of the update's group, if that has changed."""
        found = leading(update)
        if found is None or found[1] == (found[0] in self.leads):
            return {}
        key, leads = found
        self.leads ^= {key}
        return {LEADS + key: "1" if leads else ""}

    def _is_told_better(self, one: Arrival) -> bool:
        """Whether a join or leave comes again: administrators are told by which link, too."""
        return one.item.kind in {Kind.JOIN, Kind.LEAVE} and one.chat.key in self.leads

    async def say_so(self, sent: Message) -> None:
        """Hand in what the bot itself has said: members see it, and updates do not tell of it."""
        if self.inbox is None:
            return
        body = sent.model_dump(mode="json", exclude_none=True, by_alias=True)
        body |= {"date": int(sent.date.timestamp())}
        chat = chat_of(body["chat"])
        if chat is None:
            return
        try:
            await self.inbox.put(Parcel(arrivals=list(message(chat, body))))
        except Exception:
            # It has been sent all the same, and that is what counts.
            log.exception("what the bot said could not be stored")

    async def examine(self) -> Sequence[Step]:
        """Try the bot, and its rights in every group it has heard."""
        return await examine(self.bot, self.chats)

    async def groups(self) -> Sequence[ChatRef]:
        """The groups it has heard; bots cannot ask which they are in."""
        return [ChatRef(Platform.TELEGRAM, key, "") for key in self.chats]

    async def invite_link(self, group: str, mark: str = "") -> str:
        """A link into the group that does not expire; joins by it tell its name, the `mark`."""
        name = mark[:LINK_NAME_CHARS] or None
        made = await asked(self.bot.create_chat_invite_link(self.chat_id(group), name=name))
        return made.invite_link


def _after(updates: Sequence[dict[str, Any]]) -> int:
    """From which number to go on: one above the highest, in whatever order they came.

    Raises TryLater when none has a number: the same would come again at once.
    """
    numbers = [u["update_id"] for u in updates if isinstance(u.get("update_id"), int)]
    if not numbers:
        raise TryLater("bad_answer", after=A_WHILE)
    return int(max(numbers)) + 1

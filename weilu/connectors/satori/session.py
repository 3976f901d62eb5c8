"""A session with a Satori server: events in, orders out."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import aiohttp

from weilu.chat.ports.connectors import Config
from weilu.chat.ports.orders import Arrival, Inbox, JoinRequest, Order, Parcel
from weilu.chat.ports.records import ChatRef, Kind, Platform
from weilu.chat.ports.sessions import Person, Step
from weilu.connectors.satori.api import Api
from weilu.connectors.satori.catchup import CHANNEL, missed
from weilu.connectors.satori.decode import Context, decode, message, who_of
from weilu.connectors.satori.doctor import examine
from weilu.connectors.satori.line import Line
from weilu.connectors.satori.orders import Orders
from weilu.connectors.satori.places import Places
from weilu.connectors.wire import Json, mapping, number, rows, text
from weilu.core.clock import now_ms
from weilu.core.errors import GivenUp, TryLater

log = logging.getLogger(__name__)

AT_ONCE = 500
ONLINE = 1
_DAY_MS = 24 * 3_600_000


@asynccontextmanager
async def opened(config: Config, platform: Platform) -> AsyncIterator[SatoriSession]:
    """A session of the account the form names; raises GivenUp or TryLater."""
    base = config.settings["server"].strip().rstrip("/").removesuffix("/v1")
    if not base.startswith(("http://", "https://")):
        raise GivenUp("bad_setting")
    async with aiohttp.ClientSession() as http:
        api = Api(http, base, config.settings.get("token", ""), {})
        api.login = await _login(api, config.settings.get("login", "").strip())
        places = Places(platform)
        places.restore(config.cursor)
        yield SatoriSession(api, config, places)


async def _login(api: Api, wanted: str) -> Json:
    """The login on the server; one from before version 1.2 has no list, the form tells it all."""
    try:
        return login_of(await api.call("meta"), wanted)
    except GivenUp as error:
        if str(error) == "no_rights":
            raise TryLater("unauthorised", after=timedelta(minutes=1)) from None
        platform, _colon, own = wanted.partition(":")
        if str(error) == "bad_setting" or not own:
            raise GivenUp("bad_setting") from None
        return {"platform": platform, "user": {"id": own}, "status": ONLINE}


def login_of(meta: object, wanted: str) -> Json:
    """The login a form means; raises GivenUp `bad_setting` when it is none or not clear which."""
    logins = rows(meta.get("logins")) if isinstance(meta, dict) else []
    mine = [one for one in logins if _is_meant(one, wanted)]
    if len(mine) != 1:
        raise GivenUp("bad_setting")
    return mine[0]


def _is_meant(login: Json, wanted: str) -> bool:
    platform, own = text(login, "platform"), text(mapping(login, "user"), "id")
    return bool(own) and wanted in {"", platform, own, f"{platform}:{own}"}


@dataclass
class SatoriSession(Orders):
    """One account on one server."""

    api: Api
    config: Config
    places: Places
    inbox: Inbox | None = None

    @property
    def own(self) -> str:
        """The account's own id."""
        return text(mapping(self.api.login, "user"), "id")

    async def listen(self, inbox: Inbox) -> None:
        """What was missed, then what comes; an event counts as read when it is stored."""
        self.inbox = inbox
        async with Line(self.api, number(self.config.cursor, "sn")) as line:
            if number(self.api.login, "status") != ONLINE:
                raise TryLater("signed_out", after=timedelta(seconds=30))
            await self._catch_up(inbox)
            while True:
                events = await line.some(AT_ONCE)
                await self._hand_in(inbox, [one for one in events if self._is_mine(one)])

    def _is_mine(self, event: Json) -> bool:
        """Whether an event is of this account: a server may carry others."""
        login = mapping(event, "login")
        own = text(mapping(login, "user"), "id") or text(event, "self_id")
        platform = text(login, "platform") or text(event, "platform")
        return own in {"", self.own} and platform in {"", text(self.api.login, "platform")}

    async def _hand_in(self, inbox: Inbox, events: Sequence[Json]) -> None:
        kept: dict[str, str] = {}
        found: list[Arrival | JoinRequest] = []
        for event in events:
            kept |= self.places.learn(mapping(event, "channel"), mapping(event, "guild"))
            found += decode(event, Context(self.own, self.places))
            kept["sn"] = text(event, "sn", "id")
        await self._put(inbox, found, kept)

    async def _put(
        self, inbox: Inbox, found: Iterable[Arrival | JoinRequest], kept: dict[str, str]
    ) -> None:
        listed = list(found)
        arrivals = [one for one in listed if isinstance(one, Arrival)]
        requests = [one for one in listed if isinstance(one, JoinRequest)]
        cursor = {**kept, **_read(arrivals)}
        if listed or cursor:
            await inbox.put(Parcel(arrivals=arrivals, requests=requests, cursor=cursor))

    async def _catch_up(self, inbox: Inbox) -> None:
        """Read back every channel from when it was last heard of."""
        kept = await self.learn_places()
        context, at = Context(self.own, self.places), now_ms()
        for channel in list(self.places.guilds):
            begun = number(self.config.cursor, CHANNEL + channel)
            if not begun:
                # New to us: what was said before is for an import to bring.
                kept[CHANNEL + channel] = str(at)
                continue
            try:
                old = await missed(self.api, channel, begun)
            except GivenUp as error:
                log.info("connection %s: no history: %s", self.config.connection, error)
                if str(error) == "not_possible":
                    break
                # This channel is closed to our account; the others are not.
                continue
            place = {"channel": {"id": channel}}
            chat = self.places.chat(place)
            found = [x for one in old if chat for x in message(chat, {"message": one}, context.own)]
            await self._put(inbox, found, {})
        await self._put(inbox, [], kept)

    async def learn_places(self) -> dict[str, str]:
        """Ask for guilds and their channels; what is to be kept. A server without lists is fine."""
        kept: dict[str, str] = {}
        with suppress(GivenUp):
            for guild in await self.api.every("guild.list"):
                kept |= await self._learn_guild(guild)
        return kept

    async def _learn_guild(self, guild: Json) -> dict[str, str]:
        kept: dict[str, str] = {}
        try:
            channels = await self.api.every("channel.list", guild_id=text(guild, "id"))
        except GivenUp:
            channels = [{"id": text(guild, "id"), "type": 0}]
        for one in channels:
            kept |= self.places.learn(one, guild)
        return kept

    async def say_so(self, order: Order, sent: Json, content: str) -> None:
        """Hand in what our account has said: not every server tells of it."""
        if self.inbox is None or not text(sent, "id"):
            return
        chat = self.places.chat({"channel": {"id": order.group}})
        body = {"created_at": now_ms(), **sent, "content": text(sent, "content") or content}
        event = {"message": body, "user": mapping(self.api.login, "user")}
        try:
            if chat is not None:
                await self._put(self.inbox, message(chat, event, self.own), {})
        except Exception:
            # It has been sent all the same, and that is what counts.
            log.exception("what the account said could not be stored")

    async def examine(self) -> Sequence[Step]:
        """Try the server, the account and what it offers."""
        return await examine(self)

    async def groups(self) -> Sequence[ChatRef]:
        """The text channels the account sees."""
        await self.learn_places()
        found = (self.places.chat({"channel": {"id": key}}) for key in self.places.guilds)
        return [one for one in found if one is not None]

    async def members(self, group: str) -> Sequence[Person]:
        """Who is in the guild; told of the channel in which comings and goings are seen."""
        guild = self.places.guild(group)
        hall = self.places.chat({"guild": {"id": guild}})
        if hall is None or hall.key != group:
            raise GivenUp("not_possible")
        listed = await self.api.every("guild.member.list", guild_id=guild)
        people = ((*who_of({"member": one}), number(one, "joined_at")) for one in listed)
        return [
            Person(account, name, is_bot=is_bot, is_self=account == self.own, joined_ms=joined_ms)
            for account, name, is_bot, joined_ms in people
            if account
        ]


def _read(arrivals: Iterable[Arrival]) -> dict[str, str]:
    """When each channel was last heard of; a clock that runs far ahead moves nothing."""
    latest = now_ms() + _DAY_MS
    found: dict[str, int] = {}
    for one in arrivals:
        if one.item.kind == Kind.MESSAGE and one.item.sent_ms <= latest:
            key = CHANNEL + one.chat.key
            found[key] = max(found.get(key, 0), one.item.sent_ms)
    return {key: str(at) for key, at in found.items()}

"""A session with a QQ account: events in, orders out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp

from weilu.chat.ports.connectors import Config
from weilu.chat.ports.orders import Arrival, Inbox, JoinRequest, Order, Parcel
from weilu.chat.ports.records import ChatRef, Kind, Platform
from weilu.chat.ports.sessions import Person, Step
from weilu.connectors.onebot.addresses import door_address, relay_address
from weilu.connectors.onebot.api import Api, HttpApi, LinkApi
from weilu.connectors.onebot.catchup import History, joins_between
from weilu.connectors.onebot.connector import TOKEN_CHARS
from weilu.connectors.onebot.decode import Context, decode, joined, message, named, pending
from weilu.connectors.onebot.desk import DESKS, Desk, Waiting, is_offline
from weilu.connectors.onebot.doctor import examine, is_online
from weilu.connectors.onebot.orders import Orders
from weilu.connectors.wire import Json, number, rows, text
from weilu.core.clock import now
from weilu.core.errors import GivenUp, TryLater, WeiluError

log = logging.getLogger(__name__)

AT_ONCE = 500
MOST_NAMES = 50_000
NAME_S = 3.0
# Cursor entries: when a group was last heard of, in seconds.
GROUP = "g:"
_DAY = timedelta(days=1)


def settings_of(config: Config) -> tuple[str, str, str, str]:
    """Account, token, secret of reports and address of the API; raises GivenUp `bad_setting`."""
    account = config.settings.get("account", "").strip()
    token = config.settings.get("token", "")
    api = config.settings.get("api", "").strip()
    is_web = not api or api.startswith(("http://", "https://"))
    if not account.isdecimal() or len(token) < TOKEN_CHARS or not is_web:
        raise GivenUp("bad_setting")
    return account, token, config.settings.get("secret") or token, api


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[OneBotSession]:
    """A session. In NoneBot's process it comes about when the account has connected.

    Elsewhere, where only the doctor opens one, calls go over HTTP. Raises GivenUp `bad_setting`.
    """
    account, token, secret, address = settings_of(config)
    async with aiohttp.ClientSession() as http:
        if not DESKS.is_open:
            api = HttpApi(http, address or relay_address(), token, account)
            yield OneBotSession(api, config, account, door="" if address else door_address())
            return
        desk = DESKS.reserve(account, token, secret)
        try:
            if not address:
                await desk.arrived.wait()
            direct = HttpApi(http, address, token, account) if address else LinkApi(desk)
            door = "" if address else door_address()
            session = OneBotSession(direct, config, account, desk=desk, door=door)
            await session.check()
            yield session
        finally:
            await DESKS.give_back(desk)


@dataclass
class OneBotSession(Orders):
    """One account."""

    api: Api
    config: Config
    account: str
    desk: Desk | None = None
    # Where the account is to connect, "" where it is called by HTTP.
    door: str = ""
    inbox: Inbox | None = None
    titles: dict[str, str] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    asks_names: bool = True

    async def check(self) -> None:
        """Whether it is this account and signed in; raises GivenUp or TryLater."""
        me = await self.api.call("get_login_info")
        if text(me if isinstance(me, dict) else {}, "user_id") != self.account:
            raise GivenUp("bad_setting")
        if not await is_online(self.api):
            raise _signed_out()

    async def listen(self, inbox: Inbox) -> None:
        """What was missed, then what comes; an event counts as read when it is stored."""
        if self.desk is None:
            raise TryLater("unreachable", after=timedelta(seconds=30))
        self.inbox = inbox
        await self._catch_up(inbox)
        while True:
            waiting: list[Waiting | None] = [await self.desk.came.get()]
            while not self.desk.came.empty() and len(waiting) < AT_ONCE:
                waiting.append(self.desk.came.get_nowait())
            await self._store(inbox, [one for one in waiting if one is not None])
            if None in waiting:
                raise TryLater("unreachable", after=timedelta(0))

    async def _store(self, inbox: Inbox, waiting: Sequence[Waiting]) -> None:
        """Hand in a batch; who reported by HTTP is told what became of it."""
        told = [stored for _event, stored in waiting if stored is not None]
        try:
            await self._hand_in(inbox, [event for event, _stored in waiting])
        except BaseException:
            for stored in told:
                if not stored.done():
                    stored.set_exception(TryLater("unreachable", after=timedelta(0)))
            raise
        for stored in told:
            if not stored.done():
                stored.set_result(None)

    async def _hand_in(self, inbox: Inbox, events: Sequence[Json]) -> None:
        found: list[Arrival | JoinRequest] = []
        for event in events:
            await self._learn(event)
            found += decode(event, self._context())
        await self._put(inbox, found)
        # What came before it is stored; the line stays open, and nothing more would come by it.
        if any(is_offline(event) for event in events):
            raise _signed_out()

    async def _put(self, inbox: Inbox, found: Iterable[Arrival | JoinRequest]) -> None:
        listed = list(found)
        arrivals = [one for one in listed if isinstance(one, Arrival)]
        requests = [one for one in listed if isinstance(one, JoinRequest)]
        if listed:
            await inbox.put(Parcel(arrivals=arrivals, requests=requests, cursor=_cursor(arrivals)))

    async def _catch_up(self, inbox: Inbox) -> None:
        """Read back every group from when it was last heard of; what nobody answered yet, too."""
        await self._learn_groups()
        history, at = History(self.api), int(now().timestamp())
        for group in self.titles:
            begun = number(self.config.cursor, GROUP + group)
            if not begun:
                # New to us: what was said before is for an import to bring.
                chat = ChatRef(Platform.QQ, group, self.titles[group])
                await inbox.put(Parcel(chats=[chat], cursor={GROUP + group: str(at)}))
                continue
            try:
                missed = await history.since(group, begun)
                joins = await joins_between(self.api, group, begun, at)
            except GivenUp as error:
                log.info("connection %s: no history: %s", self.config.connection, error)
                if str(error) == "not_possible":
                    break
                # This group is closed to our account; the others are not.
                continue
            for event in (*missed, *joins):
                self._note(event)
            met = [one for event in joins for one in joined(event, self._context())]
            told = [one for event in missed for one in message(event, self._context())]
            await self._put(inbox, [*met, *told])
        with suppress(GivenUp):
            answer = await self.api.call("get_group_system_msg")
            await self._put(inbox, pending(answer, self._context(), at))

    async def _learn_groups(self) -> None:
        for one in rows(await self.api.call("get_group_list")):
            self.titles[text(one, "group_id")] = text(one, "group_name")

    def _context(self) -> Context:
        return Context(self.account, self.titles, self.names)

    def _note(self, event: Json) -> None:
        """Remember a shown name that an event or a list tells."""
        found = named(event) or named({**event, "sender": event})
        if found is not None:
            if len(self.names) >= MOST_NAMES:
                self.names.clear()
            self.names[found[0]] = found[1]

    async def _learn(self, event: Json) -> None:
        """Learn from an event what it tells, and ask for what it does not."""
        if text(event, "post_type") in {"message", "message_sent"}:
            self._note(event)
            return
        group, who = text(event, "group_id"), text(event, "user_id")
        is_news = text(event, "notice_type") == "group_increase"
        is_news = is_news or text(event, "request_type") == "group"
        if group and is_news and who.isdecimal() and (group, who) not in self.names:
            await self._ask_name(group, who)
        if group and group not in self.titles and who == self.account:
            with suppress(WeiluError):
                await self._learn_groups()

    async def _ask_name(self, group: str, who: str) -> None:
        """Newcomers are told by number only; one silence is enough to ask no more."""
        if not self.asks_names:
            return
        try:
            async with asyncio.timeout(NAME_S):
                one = await self.api.call("get_stranger_info", user_id=int(who))
        except TimeoutError:
            self.asks_names = False
        except WeiluError:
            return
        else:
            if isinstance(one, dict) and text(one, "nickname", "nick"):
                self.names[(group, who)] = text(one, "nickname", "nick")

    async def say_so(self, order: Order, own: str, segments: list[Json]) -> None:
        """Hand in what our account has said: not every implementation tells of it."""
        if self.inbox is None or not own:
            return
        event = {
            "group_id": order.group,
            "user_id": self.account,
            "time": int(now().timestamp()),
            "message_id": own,
            "message": segments,
        }
        try:
            await self._put(self.inbox, message(event, self._context()))
        except Exception:
            # It has been sent all the same, and that is what counts.
            log.exception("what the account said could not be stored")

    async def examine(self) -> Sequence[Step]:
        """Try the door, the account, and its rights in every group."""
        return await examine(self.api, self.account, door=self.door)

    async def groups(self) -> Sequence[ChatRef]:
        """The groups the account is in."""
        await self._learn_groups()
        return [ChatRef(Platform.QQ, key, title) for key, title in self.titles.items()]

    async def members(self, group: str) -> Sequence[Person]:
        """Who is in a group."""
        # What the implementation remembers may lack who has just come.
        call = self.api.call("get_group_member_list", group_id=int(group), no_cache=True)
        listed = rows(await call)
        return [
            Person(
                text(one, "user_id"),
                text(one, "card") or text(one, "nickname"),
                is_staff=text(one, "role") in {"owner", "admin"},
                is_bot=bool(one.get("is_robot")),
                is_self=text(one, "user_id") == self.account,
                joined_ms=number(one, "join_time") * 1000,
            )
            for one in listed
        ]


def _signed_out() -> TryLater:
    return TryLater("signed_out", after=timedelta(seconds=30))


def _cursor(arrivals: Iterable[Arrival]) -> dict[str, str]:
    """When each group was last heard of; a clock that runs far ahead moves nothing."""
    latest = int((now() + _DAY).timestamp() * 1000)
    found: dict[str, int] = {}
    for one in arrivals:
        if one.item.kind == Kind.MESSAGE and one.item.sent_ms <= latest:
            key = GROUP + one.chat.key
            found[key] = max(found.get(key, 0), one.item.sent_ms // 1000)
    return {key: str(at) for key, at in found.items()}

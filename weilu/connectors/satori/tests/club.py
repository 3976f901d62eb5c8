"""A guild with one account in it, served by satori-python's own server.

What is satori-python's: the protocol, both its WebSocket and its HTTP side. What is ours: who is
there and what was said.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import uvicorn
from satori.const import Api, EventType
from satori.exception import ForbiddenException, NotFoundException
from satori.model import (
    Channel,
    ChannelType,
    Event,
    Guild,
    Login,
    LoginStatus,
    Member,
    MessageObject,
    PageDequeResult,
    PageResult,
    User,
)
from satori.server import Adapter, Request, Server
from starlette.middleware import Middleware
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

TOKEN = "club-token"
OWN = "10001"
GUILD, ROOM, SIDE = "500", "501", "502"
BORN_MS = 1_700_000_000_000


def at(ms: int) -> datetime:
    """A moment as satori-python wants it."""
    return datetime.fromtimestamp(ms / 1000, UTC)


@dataclass(eq=False)
class Club(Adapter[None]):
    """The guild; `answers` are given by method instead of carrying it out, first come first."""

    presence: LoginStatus = LoginStatus.ONLINE
    features: list[str] = field(default_factory=list)
    also: list[Login] = field(default_factory=list)
    page: int = 100
    people: dict[str, str] = field(default_factory=lambda: {"7": "Ada", "8": "Bo", OWN: "Weilu"})
    said: list[MessageObject] = field(default_factory=list)
    muted: dict[str, float] = field(default_factory=dict)
    banned: set[str] = field(default_factory=set)
    asks: set[str] = field(default_factory=set)
    answers: dict[str, list[Response | Exception]] = field(default_factory=dict)
    may_lead: bool = True
    numbers: int = 0
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take the calls."""
        super().__init__()  # type: ignore[no-untyped-call]  # its own
        known: dict[Api, Callable[[dict[str, Any]], object]] = {
            Api.MESSAGE_CREATE: self._create, Api.MESSAGE_DELETE: self._delete,
            Api.MESSAGE_LIST: self._list, Api.GUILD_LIST: self._guilds,
            Api.CHANNEL_LIST: self._channels, Api.GUILD_MEMBER_LIST: self._members,
            Api.GUILD_MEMBER_MUTE: self._mute, Api.GUILD_MEMBER_KICK: self._kick,
            Api.GUILD_MEMBER_APPROVE: self._approve,
        }  # fmt: skip
        for name, do in known.items():
            self.routes[name.value] = self._call(name.value, do)

    def _call(self, name: str, do: Callable[[dict[str, Any]], object]) -> Any:
        async def called(request: Request[dict[str, Any]]) -> object:
            self.calls.append((name, request.params))
            planned = self.answers.get(name)
            if planned:
                one = planned.pop(0)
                if isinstance(one, Exception):
                    raise one
                return one
            return do(request.params)

        return called

    @property
    def required(self) -> set[str]:
        """Needs no other service."""
        return set()

    @property
    def stages(self) -> set[str]:
        """Is not started: the server asks it."""
        return set()

    async def launch(self, manager: object) -> None:
        """Nothing to start."""

    def get_platform(self) -> str:
        """The platform's name."""
        return "club"

    def ensure(self, platform: str, self_id: str) -> bool:
        """Whether a call is for us."""
        return (platform, self_id) == ("club", OWN)

    async def handle_internal(self, request: Request[Any], path: str) -> Response:
        """There is nothing internal."""
        return Response(status_code=404)

    def login(self) -> Login:
        """The account."""
        return Login(platform="club", user=User(OWN, "Weilu"), status=self.presence,
                     features=self.features)  # fmt: skip

    async def get_logins(self) -> list[Login]:
        """All accounts on the server."""
        return [self.login(), *self.also]

    def say(self, content: str, who: str = "7", room: str = ROOM) -> MessageObject:
        """Somebody has said something; it is in the list of messages."""
        self.numbers += 1
        number = self.numbers
        made = MessageObject(
            f"m{number}", content, channel=Channel(room, ChannelType.TEXT, "Tea room"),
            guild=Guild(GUILD, "Tea lovers"), user=User(who, self.people.get(who)),
            created_at=at(BORN_MS + number * 1000),
        )  # fmt: skip
        self.said.append(made)
        return made

    def event(self, kind: EventType, message: MessageObject | None = None, **more: Any) -> Event:
        """An event, told to nobody yet."""
        fields = {"channel": Channel(ROOM, ChannelType.TEXT, "Tea room"),
                  "guild": Guild(GUILD, "Tea lovers"), **more}  # fmt: skip
        if message is not None:
            fields |= {"message": message, "channel": message.channel}
            fields.setdefault("user", message.user)
        return Event(kind, at(BORN_MS), self.login(), **fields)

    def told(self, content: str, who: str = "7") -> Event:
        """Something that is said now."""
        return self.event(EventType.MESSAGE_CREATED, self.say(content, who))

    def _leads(self) -> None:
        if not self.may_lead:
            raise ForbiddenException("no")

    def _create(self, params: dict[str, Any]) -> list[MessageObject]:
        return [self.say(params["content"], OWN, params["channel_id"])]

    def _delete(self, params: dict[str, Any]) -> None:
        self._leads()
        left = [m for m in self.said if m.id != params["message_id"]]
        if len(left) == len(self.said):
            raise NotFoundException("message")
        self.said = left

    def _list(self, params: dict[str, Any]) -> PageDequeResult[MessageObject]:
        mine = [m for m in self.said if m.channel and m.channel.id == params["channel_id"]]
        end = int(params.get("next") or len(mine))
        begin = max(0, end - min(self.page, params["limit"]))
        return PageDequeResult(mine[begin:end], prev=str(begin) if begin else None)

    def _guilds(self, params: dict[str, Any]) -> PageResult[Guild]:
        if "next" in params:
            return PageResult([])
        return PageResult([Guild(GUILD, "Tea lovers")], next="2")

    def _channels(self, _params: dict[str, Any]) -> PageResult[Channel]:
        return PageResult([
            Channel("500", ChannelType.CATEGORY, "All"),
            Channel(ROOM, ChannelType.TEXT, "Tea room"),
            Channel(SIDE, ChannelType.TEXT, "Side room"),
        ])  # fmt: skip

    def _members(self, _params: dict[str, Any]) -> PageResult[Member]:
        return PageResult([Member(User(who, name)) for who, name in self.people.items()])

    def _mute(self, params: dict[str, Any]) -> None:
        self._leads()
        assert params["guild_id"] == GUILD
        self.muted[params["user_id"]] = params["duration"]

    def _kick(self, params: dict[str, Any]) -> None:
        self._leads()
        assert params["guild_id"] == GUILD
        if self.people.pop(params["user_id"], None) is None:
            raise NotFoundException("member")
        if params["permanent"]:
            self.banned.add(params["user_id"])

    def _approve(self, params: dict[str, Any]) -> None:
        if params["message_id"] not in self.asks:
            raise NotFoundException("request")
        self.asks.discard(params["message_id"])


class _Signed:
    """Refuses calls without the token, as Koishi does and satori-python leaves to a proxy."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            given = HttpRequest(scope).headers.get("authorization")
            if given != f"Bearer {TOKEN}":
                await Response(status_code=401)(scope, receive, send)
                return
        await self.app(scope, receive, send)


class _Uvicorn(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        while not self.should_exit:
            await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(club: Club, port: int = 0) -> AsyncIterator[tuple[Server, str]]:
    """satori-python's server with the club, and its address."""
    server = Server(token=TOKEN)
    club.ensure_server(server)
    server._adapters.append(club)
    server.providers.append(club)
    server.app.routes.extend([
        WebSocketRoute("/v1/events", server.websocket_server_handler),
        Route("/v1/meta", server.meta_get_handler, methods=["POST"]),
        Route("/v1/{action:path}", server.http_server_handler, methods=["POST"]),
    ])  # fmt: skip
    server.app.user_middleware.append(Middleware(_Signed))
    door = socket.create_server(("127.0.0.1", port))
    one = _Uvicorn(
        uvicorn.Config(server.app, ws="websockets-sansio", lifespan="off", log_config=None,
                       log_level="critical", access_log=False, timeout_graceful_shutdown=1)
    )  # fmt: skip
    task = asyncio.create_task(one.serve(sockets=[door]))
    while not one.started:
        await asyncio.sleep(0.01)
    try:
        yield server, f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        one.should_exit = True
        await task
        door.close()
        server._tempdir.cleanup()

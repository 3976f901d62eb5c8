"""A small OneBot v11 implementation: one account in its groups, as NapCat shows QQ.

It connects by reverse WebSocket with NapCat's headers, or reports over HTTP with a signature and
serves its actions over HTTP. It knows of each action what the standard and NapCat's documentation
say: what must be there, rights, what exists. Whatever else is asked is 1404, so that no test can
pass by accident.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import aiohttp
from aiohttp import web

ACCOUNT = 10001
TOKEN = "0123456789abcdef"
GROUP = 20002
BORN = 1_700_000_000
Json = dict[str, Any]


class Refused(Exception):
    """A failed action: number and words."""

    def __init__(self, retcode: int, words: str = "") -> None:
        super().__init__(words)
        self.retcode, self.words = retcode, words


def member(who: int, role: str = "member", joined: int = BORN) -> Json:
    """Somebody in a group, as member lists have it."""
    return {
        "group_id": GROUP, "user_id": who, "nickname": f"Nick{who}", "card": "", "sex": "unknown",
        "age": 0, "area": "", "join_time": joined, "last_sent_time": BORN, "level": "1",
        "role": role, "unfriendly": False, "title": "", "title_expire_time": 0,
        "card_changeable": True, "is_robot": False,
    }  # fmt: skip


@dataclass
class QQ:
    """What the implementation knows and was asked.

    `answers` are given instead of carrying an action out, first come first served: Refused fails
    it, a dict or text is sent as it is, None says nothing at all, an Exception hangs up.
    """

    account: int = ACCOUNT
    token: str = TOKEN
    role: str = "admin"
    online: bool = True
    offers_history: bool = True
    turns_pages_by: bool = False
    groups: dict[int, str] = field(default_factory=lambda: {GROUP: "Tea lovers"})
    members: dict[int, Json] = field(
        default_factory=lambda: {ACCOUNT: member(ACCOUNT), 7: member(7), 8: member(8, "owner")}
    )
    messages: list[Json] = field(default_factory=list)
    asks: list[Json] = field(default_factory=list)
    muted: dict[int, int] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    notices: list[str] = field(default_factory=list)
    asked: list[tuple[str, Json]] = field(default_factory=list)
    answers: dict[str, list[object]] = field(default_factory=dict)
    socket: aiohttp.ClientWebSocketResponse | None = None
    comes_again: bool = True
    numbers: int = 0

    def event(self, post: str, at: int = 0, **more: object) -> Json:
        """An event, told to nobody yet."""
        return {"time": at or BORN, "self_id": self.account, "post_type": post, **more}

    def say(self, text: object, who: int = 7, *, at: int = 0, **more: object) -> Json:
        """Somebody writes into the group: the event."""
        self.numbers += 1
        number = self.numbers
        segments = [{"type": "text", "data": {"text": text}}] if isinstance(text, str) else text
        own = "message_sent" if who == self.account else "message"
        made = self.event(
            own,
            at or BORN + number,
            message_type="group",
            sub_type="normal",
            message_id=-1000 - number,
            message_seq=-1000 - number,
            real_id=-1000 - number,
            real_seq=str(number),
            group_id=GROUP,
            group_name=self.groups[GROUP],
            user_id=who,
            message=segments,
            message_format="array",
            raw_message="",
            font=14,
            sender={"user_id": who, "nickname": f"Nick{who}", "card": "", "role": "member"},
        )
        self.messages.append({**made, **more})
        return self.messages[-1]

    async def tell(self, *events: object) -> None:
        """Send what has happened; text goes as it is."""
        assert self.socket is not None
        for one in events:
            await self.socket.send_str(one if isinstance(one, str) else json.dumps(one))

    def calls(self, action: str) -> list[Json]:
        """The parameters with which an action was called."""
        return [params for name, params in self.asked if name == action]

    async def is_listened_to(self) -> None:
        """Wait until a session has asked for everything it asks for at the beginning."""
        while not self.calls("get_group_system_msg"):
            await asyncio.sleep(0.01)

    def do(self, action: str, params: Json) -> object:
        """Carry an action out; raises Refused."""
        self.asked.append((action, params))
        known: dict[str, Callable[[Json], object]] = {
            "get_login_info": lambda _p: {"user_id": self.account, "nickname": "Weilu"},
            "get_status": lambda _p: {"online": self.online, "good": True},
            "get_group_list": lambda _p: [
                {"group_id": key, "group_name": name, "member_count": 3}
                for key, name in self.groups.items()
            ],
            "get_group_member_list": lambda p: [*self.members.values()] * self._in(p),
            "get_group_member_info": self._member,
            "get_stranger_info": lambda p: {"user_id": p["user_id"], "nickname": "Newcomer"},
            "get_group_msg_history": self._history,
            "get_group_system_msg": lambda _p: {"join_requests": self.asks},
            "send_group_msg": self._send,
            "delete_msg": self._delete,
            "set_group_ban": self._ban,
            "set_group_kick": self._kick,
            "set_group_add_request": self._decide,
            "_send_group_notice": self._notice,
        }
        if action not in known:
            raise Refused(1404, "不支持的Api")
        return known[action](params)

    def _in(self, params: Json) -> bool:
        if params["group_id"] not in self.groups:
            raise Refused(1200, "群不存在或您不在群里, not in the group")
        return True

    def _leads(self, params: Json) -> None:
        if self._in(params) and self.role == "member":
            raise Refused(1200, "权限不足")

    def _member(self, params: Json) -> object:
        if self._in(params) and params["user_id"] not in self.members:
            raise Refused(1200, "群成员不存在")
        role = self.role if params["user_id"] == self.account else None
        found = self.members[params["user_id"]]
        return {**found, "role": role} if role else found

    def _history(self, params: Json) -> object:
        if not self.offers_history:
            raise Refused(1404, "不支持的Api")
        self._in(params)
        kept = [m for m in self.messages if m["group_id"] == params["group_id"]]
        numbers = [str(m["message_seq"]) for m in kept]
        anchor = str(params.get("message_seq", ""))
        if not anchor:
            return {"messages": kept[-params["count"] :]}
        at = numbers.index(anchor)
        if bool(params["reverseOrder"]) != self.turns_pages_by:
            return {"messages": kept[at : at + params["count"]]}
        return {"messages": kept[max(0, at + 1 - params["count"]) : at + 1]}

    def _send(self, params: Json) -> object:
        self._in(params)
        kinds = [one["type"] for one in params["message"]]
        if not kinds or any(k not in {"text", "image", "reply"} for k in kinds):
            raise Refused(1400, "消息体无法解析")
        return {"message_id": self.say(params["message"], self.account)["message_id"]}

    def _delete(self, params: Json) -> object:
        if self.role == "member":
            raise Refused(1200, "权限不足")
        kept = [m for m in self.messages if m["message_id"] != params["message_id"]]
        if len(kept) == len(self.messages):
            raise Refused(1200, "消息不存在")
        self.messages = kept
        return None

    def _ban(self, params: Json) -> object:
        self._leads(params)
        if not 0 <= params["duration"] < 30 * 86_400:
            raise Refused(1200, "duration")
        self.muted[params["user_id"]] = params["duration"]
        return None

    def _kick(self, params: Json) -> object:
        self._leads(params)
        if self.members.pop(params["user_id"], None) is None:
            raise Refused(1200, "群成员不存在")
        if params["reject_add_request"]:
            self.refused.add(params["user_id"])
        return None

    def _decide(self, params: Json) -> object:
        left = [a for a in self.asks if str(a["request_id"]) != params["flag"]]
        if len(left) == len(self.asks) or params["sub_type"] != "add":
            raise Refused(1200, "请求不存在")
        self.asks = left
        if params["approve"]:
            self.members[9] = member(9)
        return None

    def _notice(self, params: Json) -> object:
        self._leads(params)
        self.notices.append(params["content"])
        return None

    def answer(self, action: str, params: Json, echo: object) -> str | None:
        """What is answered, None for silence; raises what is to hang up."""
        planned = self.answers.get(action)
        if planned:
            one = planned.pop(0)
            if isinstance(one, Exception) and not isinstance(one, Refused):
                raise one
            if one is None or isinstance(one, str):
                return one
            if isinstance(one, Mapping):
                return json.dumps({**one, "echo": echo})
            assert isinstance(one, Refused)
            return _failed(one, echo)
        try:
            return json.dumps(
                {"status": "ok", "retcode": 0, "data": self.do(action, params), "echo": echo}
            )
        except Refused as error:
            return _failed(error, echo)

    async def live(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Answer calls until the other end hangs up."""
        self.socket = socket
        await self.tell(
            self.event("meta_event", meta_event_type="lifecycle", sub_type="connect"),
            self.event("meta_event", meta_event_type="heartbeat", interval=30_000,
                       status={"online": self.online, "good": True}),
        )  # fmt: skip
        async for frame in socket:
            call = json.loads(frame.data)
            try:
                said = self.answer(call["action"], call["params"], call["echo"])
            except ConnectionError:
                await socket.close()
                return
            if said is not None:
                await socket.send_str(said)

    async def http(self, request: web.Request) -> web.StreamResponse:
        """An action over HTTP."""
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.Response(status=403)
        action = request.match_info["action"]
        planned = self.answers.get(action)
        if planned and isinstance(planned[0], web.Response):
            found = planned.pop(0)
            assert isinstance(found, web.Response)
            return found
        try:
            said = self.answer(action, await request.json(), None)
        except ConnectionError:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if said is None:
            await asyncio.Event().wait()
        return web.Response(text=said, content_type="application/json")


def _failed(error: Refused, echo: object) -> str:
    return json.dumps(
        {
            "status": "failed",
            "retcode": error.retcode,
            "data": None,
            "message": error.words,
            "wording": error.words,
            "echo": echo,
        }
    )


@asynccontextmanager
async def connected(qq: QQ, port: int, **headers: str) -> AsyncIterator[None]:
    """The implementation, connected by reverse WebSocket while the block lasts.

    It comes again when it is not let in, or when the other end has hung up.
    """
    sent = {
        "X-Self-ID": str(qq.account),
        "X-Client-Role": "Universal",
        "User-Agent": "OneBot/11",
        "Authorization": f"Bearer {qq.token}",
        **headers,
    }

    async def keep() -> None:
        async with aiohttp.ClientSession() as http:
            while qq.comes_again or qq.socket is None:
                with suppress(aiohttp.ClientError):
                    url = f"ws://127.0.0.1:{port}/onebot/v11/ws"
                    async with http.ws_connect(url, headers=sent) as socket:
                        await qq.live(socket)
                await asyncio.sleep(0.01)

    task = asyncio.create_task(keep())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def serving(qq: QQ) -> AsyncIterator[str]:
    """The implementation's HTTP server; its address."""
    app = web.Application()
    app.router.add_post("/{action}", qq.http)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def report(port: int, body: bytes, secret: str, account: int = ACCOUNT) -> int:
    """Send an HTTP report; the status it is answered with."""
    given = "sha1=" + hmac.new(secret.encode(), body, "sha1").hexdigest()
    headers = {"X-Self-ID": str(account), "X-Signature": given, "Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession() as http,
        http.post(
            f"http://127.0.0.1:{port}/onebot/v11/", data=BytesIO(body), headers=headers
        ) as answer,
    ):
        return answer.status

"""A small Bot API server: one bot, its groups and people, errors as documented.

It knows what the documentation says of each method used here: parameters that must be there,
rights, what exists. Whatever else is asked is 404, so that a test cannot pass by accident.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

TOKEN = "42:" + "A" * 35
BOT = {"id": 42, "is_bot": True, "first_name": "Weilu", "username": "weilu_bot"}
GROUP = {"id": -1001234567890, "type": "supergroup", "title": "Tea lovers"}
DATE = 1_700_000_000
RIGHTS = ("can_delete_messages", "can_restrict_members", "can_invite_users", "can_pin_messages")
# What the type of an administrator must have to be valid.
OTHER_RIGHTS = (
    "can_be_edited", "is_anonymous", "can_manage_chat", "can_manage_video_chats",
    "can_promote_members", "can_change_info", "can_post_stories", "can_edit_stories",
    "can_delete_stories", "can_send_welcome_messages",
)  # fmt: skip
Form = Mapping[str, str]


class Refused(Exception):
    """An error as the Bot API gives it."""

    def __init__(self, code: int, said: str, **parameters: int) -> None:
        super().__init__(said)
        self.code, self.said, self.parameters = code, said, parameters


# An answer that does not come in time.
SILENCE = b"HTTP/1.1 200 OK\r\n"


@dataclass
class BotApi:
    """What the server knows and was asked; `answers` are given instead, first come first served.

    An answer is bytes to write as they are; b"" hangs up.
    """

    updates: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    answers: dict[str, list[bytes | Refused]] = field(default_factory=dict)
    rights: set[str] = field(default_factory=lambda: set(RIGHTS))
    messages: dict[int, str] = field(default_factory=dict)
    members: dict[int, str] = field(default_factory=dict)
    asks: set[int] = field(default_factory=set)
    reads_all: bool = True
    webhook: str = ""
    confirmed: int = 0
    numbers: int = 1000
    files: dict[str, bytes] = field(default_factory=dict)
    chat: dict[str, Any] = field(default_factory=lambda: dict(GROUP))

    def say(self, text: str, user: int = 7, **more: object) -> int:
        """Somebody writes into the group; the message's number."""
        self.numbers += 1
        self.messages[self.numbers] = text
        body = {
            "message_id": self.numbers,
            "from": {"id": user, "is_bot": False, "first_name": "Ada", "last_name": "L"},
            "chat": GROUP,
            "date": DATE + self.numbers,
            "text": text,
            **more,
        }
        self.tell("message", body)
        return self.numbers

    def tell(self, kind: str, body: object) -> None:
        """An update."""
        self.updates.append({"update_id": 500 + len(self.updates), kind: body})

    def calls(self, method: str) -> list[dict[str, str]]:
        """The parameters with which a method was called."""
        return [form for name, form in self.asked if name == method]

    def do(self, method: str, form: dict[str, str]) -> object:
        """Carry a method out; raises Refused."""
        self.asked.append((method, form))
        known: dict[str, Callable[[Form], object]] = {
            "getMe": lambda _f: {**BOT, "can_read_all_group_messages": self.reads_all},
            "getWebhookInfo": lambda _f: {
                "url": self.webhook, "has_custom_certificate": False, "pending_update_count": 0,
            },
            "getUpdates": self._get_updates,
            "sendMessage": self._send,
            "sendPhoto": self._send,
            "deleteMessage": self._delete,
            "restrictChatMember": self._restrict,
            "banChatMember": self._ban,
            "unbanChatMember": self._unban,
            "pinChatMessage": lambda f: self._right(f, "can_pin_messages"),
            "approveChatJoinRequest": self._answer_ask,
            "declineChatJoinRequest": self._answer_ask,
            "createChatInviteLink": self._invite,
            "getChat": self._chat,
            "getFile": self._file,
            "getChatMember": self._member,
        }  # fmt: skip
        if method not in known:
            raise Refused(404, "Not Found: method not found")
        if "chat_id" in form and int(form["chat_id"]) != self.chat["id"]:
            raise Refused(400, "Bad Request: chat not found")
        return known[method](form)

    def _get_updates(self, form: Form) -> object:
        offset = int(form.get("offset", "0"))
        self.confirmed = max(self.confirmed, offset)
        left = [u for u in self.updates if u["update_id"] >= self.confirmed]
        return left[: int(form["limit"])]

    def _send(self, form: Form) -> object:
        text = form.get("text") or form.get("caption", "")
        if len(text) > 4096:
            raise Refused(400, "Bad Request: message is too long")
        self.numbers += 1
        self.messages[self.numbers] = text
        return {
            "message_id": self.numbers, "from": BOT, "chat": GROUP, "date": DATE, "text": text,
        }  # fmt: skip

    def _right(self, form: Form, right: str) -> object:
        if right not in self.rights:
            raise Refused(400, f"Bad Request: not enough rights to {right}")
        return bool(form)

    def _delete(self, form: Form) -> object:
        self._right(form, "can_delete_messages")
        if self.messages.pop(int(form["message_id"]), None) is None:
            raise Refused(400, "Bad Request: message to delete not found")
        return True

    def _restrict(self, form: Form) -> object:
        self._right(form, "can_restrict_members")
        may = json.loads(form["permissions"])
        self.members[int(form["user_id"])] = "free" if may["can_send_messages"] else "muted"
        return True

    def _ban(self, form: Form) -> object:
        self._right(form, "can_restrict_members")
        is_super = self.chat["type"] == "supergroup"
        self.members[int(form["user_id"])] = "banned" if is_super else "removed"
        return True

    def _unban(self, form: Form) -> object:
        assert form["only_if_banned"].casefold() == "true"
        if self.chat["type"] != "supergroup":
            said = "Bad Request: method is available for supergroup and channel chats only"
            raise Refused(400, said)
        if self.members.get(int(form["user_id"])) == "banned":
            self.members[int(form["user_id"])] = "left"
        return True

    def _answer_ask(self, form: Form) -> object:
        if int(form["user_id"]) not in self.asks:
            raise Refused(400, "Bad Request: HIDE_REQUESTER_MISSING")
        self.asks.discard(int(form["user_id"]))
        return True

    def _invite(self, form: Form) -> object:
        self._right(form, "can_invite_users")
        return {
            "invite_link": "https://t.me/+abc", "creator": BOT, "creates_join_request": False,
            "is_primary": False, "is_revoked": False,
        }  # fmt: skip

    def _file(self, form: Form) -> object:
        data = self.files.get(form["file_id"])
        if data is None:
            raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        return {
            "file_id": form["file_id"], "file_unique_id": "u", "file_size": len(data),
            "file_path": f"photos/{form['file_id']}.jpg",
        }  # fmt: skip

    def _chat(self, _form: Form) -> object:
        return {
            **GROUP, "accent_color_id": 1, "max_reaction_count": 1,
            "accepted_gift_types": dict.fromkeys(
                ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription",
                 "gifts_from_channels"), False),
        }  # fmt: skip

    def _member(self, _form: Form) -> object:
        if not self.rights:
            return {"status": "member", "user": BOT}
        return {
            "status": "administrator",
            "user": BOT,
            **dict.fromkeys(OTHER_RIGHTS, False),
            **{right: right in self.rights for right in RIGHTS},
        }

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
        is_chunked = "transfer-encoding: chunked" in head.lower()
        body = await _chunks(reader) if is_chunked else b""
        if length:
            body = await reader.readexactly(int(length[1]))
        path = head.split(" ", 2)[1]
        answer = self.reply(path, head, body)
        if answer is SILENCE:
            # Until whoever asked has had enough and hangs up.
            await reader.read()
        writer.write(answer)
        with suppress(ConnectionError):
            await writer.drain()
        writer.close()

    def reply(self, path: str, head: str, body: bytes) -> bytes:
        """The whole answer to a request."""
        method = path.rsplit("/", 1)[1]
        if path.startswith(f"/file/bot{TOKEN}/photos/"):
            return _plain(self.files[method.removesuffix(".jpg")])
        planned = self.answers.get(method)
        answer = planned.pop(0) if planned else None
        if isinstance(answer, bytes):
            return answer
        try:
            _check(path, method, answer)
            return http(200, {"ok": True, "result": self.do(method, _form(head, body))})
        except Refused as error:
            said = {"ok": False, "error_code": error.code, "description": error.said}
            return http(error.code, {**said, "parameters": error.parameters})


def _check(path: str, method: str, answer: Refused | None) -> None:
    if path != f"/bot{TOKEN}/{method}":
        raise Refused(401, "Unauthorized")
    if answer is not None:
        raise answer


def http(status: int, body: object) -> bytes:
    """An answer as bytes."""
    data = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(data)}\r\nConnection: close\r\n\r\n".encode() + data


def _plain(data: bytes) -> bytes:
    head = f"HTTP/1.1 200 X\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n"
    return head.encode() + data


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


def _form(head: str, body: bytes) -> dict[str, str]:
    """The fields of a form, as aiogram sends it."""
    boundary = re.search(r"boundary=(\S+)", head)
    if boundary is None:
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    found = {}
    for part in body.split(b"--" + boundary[1].encode())[1:-1]:
        name = re.search(rb'name="([^"]+)"', part)
        if name:
            value = part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
            found[name[1].decode()] = value.decode("utf-8", "replace")
    return found


@asynccontextmanager
async def running(api: BotApi) -> AsyncIterator[str]:
    """The server's address, while it runs."""
    server = await asyncio.start_server(api.serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()

"""qq-chat-exporter's JSON on the wire, its generations side by side.

Source: shuakami/qq-chat-exporter, JsonExporter.ts and SimpleMessageParser.ts of V4, the chunked
writer of V5. V4 first wrote `messageId`, ISO times and the raw message; later ones write `id`
and milliseconds. Unknown keys are passed over.
"""

from __future__ import annotations

import msgspec

Number = str | int | None


class Sender(msgspec.Struct, gc=False, rename={"group_card": "groupCard"}):
    """Who sent it; `name` is what the program showed."""

    uid: str | None = None
    uin: str | int | None = None
    name: str | None = None
    nickname: str | None = None
    group_card: str | None = None


class ElementData(
    msgspec.Struct,
    gc=False,
    rename={
        "referenced": "referencedMessageId",
        "reply_id": "replyMsgId",
        "message_id": "msgId",
    },
):
    """What a reply points to, under the names of three generations."""

    referenced: Number = None
    reply_id: Number = None
    message_id: Number = None


class Element(msgspec.Struct, gc=False):
    """A part of a message."""

    type: str | int = ""
    data: ElementData | None = None


class Resource(msgspec.Struct, gc=False):
    """An attached file."""

    type: str = ""


class Content(msgspec.Struct, gc=False):
    """What was said."""

    text: str | None = None
    elements: list[Element] | None = None
    resources: list[Resource] | None = None


class RawMessage(
    msgspec.Struct,
    gc=False,
    rename={
        "uin": "senderUin",
        "uid": "senderUid",
        "nickname": "sendNickName",
        "card": "sendMemberName",
        "seconds": "msgTime",
    },
):
    """QQ's own record, which V4 writes beside its own."""

    uin: str | int | None = None
    uid: str | None = None
    nickname: str | None = None
    card: str | None = None
    seconds: str | int | None = None


class Message(
    msgspec.Struct,
    gc=False,
    rename={
        "old_id": "messageId",
        "old_recalled": "isRecalled",
        "old_system": "isSystemMessage",
        "raw": "rawMessage",
    },
):
    """A message of any generation."""

    id: Number = None
    old_id: Number = None
    timestamp: str | int | float | None = None
    time: str | None = None
    sender: Sender | None = None
    type: str | int | None = None
    content: Content | None = None
    recalled: bool | None = None
    old_recalled: bool | None = None
    system: bool | None = None
    old_system: bool | None = None
    raw: RawMessage | None = None

"""Reads the JSON of WeFlow and echotrace: one session a file (handbook K-4).

Source: ChatLab's public importer for the format; `localType` is unreliable, `type` is words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from weilu.chat.ports import (
    Answers,
    Bundle,
    ChatRef,
    Entry,
    Form,
    Inbound,
    Kind,
    Platform,
    Portion,
)
from weilu.connectors.formats.jsonbase import OneFileFormat
from weilu.connectors.formats.jsonnotices import system_items
from weilu.connectors.formats.jsonportions import (
    RecordError,
    any_unix_ms,
    iso_ms,
    over,
    portions,
    word,
)
from weilu.connectors.formats.jsonstream import At, outline, peek, walk
from weilu.connectors.formats.placeholders import form_of

TARGETS = (("messages",),)
_ABOUT = ("session",)
_SYSTEM_WORDS = frozenset({"系统消息", "撤回消息", "拍一拍消息"})
_FORMS = {
    "文本": Form.TEXT,
    "引用": Form.TEXT,
    "图片": Form.PICTURE,
    "语音": Form.VOICE,
    "视频": Form.VIDEO,
    "动画表情": Form.STICKER,
    "表情": Form.STICKER,
    "名片": Form.CARD,
    "位置": Form.LOCATION,
    "文件": Form.FILE,
    "链接": Form.LINK,
    "卡片": Form.LINK,
    "小程序": Form.LINK,
    "聊天记录": Form.FORWARD,
    "转账": Form.TRANSFER,
    "红包": Form.RED_PACKET,
    "通话": Form.CALL,
    "语音通话": Form.CALL,
    "视频通话": Form.CALL,
}


class Message(
    msgspec.Struct,
    gc=False,
    rename={
        "local_id": "localId",
        "seconds": "createTime",
        "written": "formattedTime",
        "account": "senderUsername",
        "name": "senderDisplayName",
        "replied": "replyToMessageId",
    },
):
    """A message as the program writes it."""

    local_id: int | str | None = None
    seconds: int | float | None = None
    written: str | None = None
    type: str | None = ""
    content: str | None = ""
    account: str | None = ""
    name: str | None = ""
    replied: int | str | None = None


def message_form(kind: str, text: str) -> Form:
    """Our form for the program's words; unknown words are other."""
    stem = kind.removesuffix("消息")
    known = _FORMS.get(stem)
    if known is None:
        return Form.OTHER if stem else form_of(text)
    return known or form_of(text)


class WeFlowFormat(OneFileFormat):
    """WeChat by WeFlow or echotrace."""

    name = "wechat_weflow"
    label = "WeChat (WeFlow, echotrace JSON)"

    def recognise(self, entry: Entry) -> int:
        """95 for a session with messages, 85 for messages before their session."""
        found = peek(entry)
        if found.top != "{":
            return 0
        session = found.fields.get(("session",))
        if word(session, "wxid") or (found.has("session", "weflow")):
            return 95
        return 85 if {"createTime", "senderUsername"} <= found.first().keys() else 0

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the records of one session."""

        def told(message: Message) -> Sequence[Inbound]:
            if message.seconds:
                sent_ms = any_unix_ms(message.seconds)
            elif message.written:
                sent_ms = iso_ms(message.written, answers.zone)
            else:
                raise RecordError("bad_record", message.local_id)
            return _told(message, sent_ms)

        def read(entry: Entry) -> Iterator[Portion]:
            chat = _chat(outline(entry, TARGETS, _ABOUT, _ABOUT))
            return portions(entry, walk(entry, TARGETS, Message), lambda _: chat, told)

        return over(bundle, read)


def _told(message: Message, sent_ms: int) -> Sequence[Inbound]:
    external_id = "" if message.local_id is None else str(message.local_id)
    text, kind = message.content or "", message.type or ""
    if kind in _SYSTEM_WORDS:
        return system_items(text, sent_ms, external_id)
    return (
        Inbound(
            Kind.MESSAGE,
            sent_ms,
            message.account or "",
            message.name or "",
            text,
            external_id,
            "" if message.replied is None else str(message.replied),
            form=message_form(kind, text),
        ),
    )


def _chat(known: dict[At, object]) -> ChatRef:
    session = known.get(("session",))
    name = word(session, "displayName") or word(session, "remark") or word(session, "nickname")
    return ChatRef(Platform.WECHAT, word(session, "wxid"), name)

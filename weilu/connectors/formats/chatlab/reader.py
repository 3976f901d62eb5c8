"""Reads ChatLab 0.0.2, JSON and JSON Lines (handbook K-4)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

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
from weilu.connectors.formats.chatlab.wire import FORM_OF, RECALLED, SYSTEM, Extra, Message
from weilu.connectors.formats.chinese_notices import parse_notices
from weilu.connectors.formats.jsonbase import OneFileFormat
from weilu.connectors.formats.jsonlines import lines
from weilu.connectors.formats.jsonnotices import system_items
from weilu.connectors.formats.jsonportions import (
    RecordError,
    any_unix_ms,
    over,
    portions,
    word,
)
from weilu.connectors.formats.jsonstream import outline, peek, walk

TARGETS = (("messages",),)
_ABOUT = ("meta",)
_PLATFORMS = {one.value: one for one in Platform}


def chat_of(meta: object) -> ChatRef:
    """The group a `meta` object names."""
    platform = _PLATFORMS.get(word(meta, "platform").lower(), Platform.OTHER)
    return ChatRef(platform, word(meta, "groupId"), word(meta, "name"))


def told(message: Message) -> Sequence[Inbound]:
    """What a message tells of; nothing for headers and members."""
    if message.line != "message":
        return ()
    if message.timestamp is None:
        raise RecordError("bad_record", message.content or "")
    if message.weilu is not None:
        return (_own(message, message.weilu, message.timestamp),)
    sent_ms = any_unix_ms(message.timestamp)
    account = "" if message.sender is None else str(message.sender)
    name = message.card or message.name or ""
    text = message.content or ""
    external_id = "" if message.id is None else str(message.id)
    if message.type == SYSTEM:
        return system_items(text, sent_ms, external_id, account=account, name=name)
    is_recall = message.type == RECALLED and (not text or _tells_recall(text))
    return (
        Inbound(
            Kind.RECALL if is_recall else Kind.MESSAGE,
            sent_ms,
            account,
            name,
            text,
            external_id,
            "" if message.replied is None else str(message.replied),
            "",
            FORM_OF.get(message.type, Form.TEXT if is_recall else Form.OTHER),
        ),
    )


def _tells_recall(text: str) -> bool:
    """Whether a text only says that a message was taken back."""
    return any(notice.kind == Kind.RECALL for notice in parse_notices(text))


def _own(message: Message, extra: Extra, seconds: float) -> Inbound:
    """A record of our own writing, exactly as it was."""
    sender = "" if message.sender is None else str(message.sender)
    try:
        form = FORM_OF.get(message.type, Form.TEXT) if extra.form is None else Form(extra.form)
        kind = Kind.MESSAGE if extra.kind is None else Kind(extra.kind)
    except ValueError as fault:
        raise RecordError("bad_record", fault) from None
    if not math.isfinite(seconds):
        raise RecordError("bad_time", seconds)
    return Inbound(
        kind,
        int(seconds) * 1000 + extra.rest_ms,
        sender if extra.account is None else extra.account,
        message.name or "",
        message.content or "",
        "" if message.id is None else str(message.id),
        "" if message.replied is None else str(message.replied),
        extra.target,
        form,
        extra.is_bot,
    )


class ChatLabFormat(OneFileFormat):
    """ChatLab 0.0.2 as one JSON object."""

    name = "chatlab"
    label = "ChatLab JSON"

    def recognise(self, entry: Entry) -> int:
        """97 for an object with `chatlab` and `meta`, 88 for messages before them."""
        found = peek(entry)
        if found.top != "{" or found.has("_type"):
            return 0
        if found.has("chatlab") and not found.keys.isdisjoint({"meta", "messages"}):
            return 97
        first = found.first()
        return 88 if {"sender", "accountName", "timestamp", "type"} <= first.keys() else 0

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the records of one group."""
        del answers

        def read(entry: Entry) -> Iterator[Portion]:
            chat = chat_of(outline(entry, TARGETS, _ABOUT, _ABOUT).get(_ABOUT))
            return portions(entry, walk(entry, TARGETS, Message), lambda _: chat, told)

        return over(bundle, read)


class ChatLabLinesFormat(OneFileFormat):
    """ChatLab 0.0.2 as JSON Lines."""

    name = "chatlab_lines"
    label = "ChatLab JSON Lines"

    def recognise(self, entry: Entry) -> int:
        """97 for a header line, 90 for a line of another of ChatLab's types."""
        found = peek(entry)
        if found.top != "{" or not found.has("_type"):
            return 0
        if found.has("chatlab"):
            return 97
        return 90 if found.fields.get(("_type",)) in ("message", "member") else 0

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the records of one group."""
        del answers
        return over(bundle, _lines)


def _lines(entry: Entry) -> Iterator[Portion]:
    chats = [ChatRef(Platform.OTHER, "", "")]

    def followed(message: Message) -> Sequence[Inbound]:
        if message.line == "header" and message.meta is not None:
            meta = message.meta
            chats[0] = chat_of(
                {"platform": meta.platform, "groupId": meta.group_id, "name": meta.name}
            )
        return told(message)

    return portions(entry, lines(entry, Message), lambda _: chats[0], followed)

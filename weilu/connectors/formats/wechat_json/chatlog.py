"""Reads the JSON of sjzar/chatlog: an array of messages (handbook K-4).

Source: sjzar/chatlog, internal/model/message.go (Apache-2.0).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

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
from weilu.connectors.formats.jsonportions import iso_ms, over, portions
from weilu.connectors.formats.jsonstream import At, Batch, Field, peek, walk

TARGETS = ((),)
_FORMS = {
    1: Form.TEXT,
    3: Form.PICTURE,
    34: Form.VOICE,
    42: Form.CARD,
    43: Form.VIDEO,
    47: Form.STICKER,
    48: Form.LOCATION,
    50: Form.CALL,
}
_APP_FORMS = {
    1: Form.TEXT,
    5: Form.LINK,
    6: Form.FILE,
    8: Form.STICKER,
    17: Form.LOCATION,
    19: Form.FORWARD,
    33: Form.LINK,
    36: Form.LINK,
    57: Form.TEXT,
    87: Form.TEXT,
    2000: Form.TRANSFER,
    2001: Form.RED_PACKET,
}
_APP, _PAT, _SYSTEM = 49, 62, 10000


class Referred(msgspec.Struct, gc=False):
    """The message that is quoted."""

    seq: int | None = None


class Contents(msgspec.Struct, gc=False):
    """What a card holds."""

    title: str = ""
    url: str = ""
    refer: Referred | None = None


class Message(
    msgspec.Struct,
    gc=False,
    rename={
        "talker_name": "talkerName",
        "sender_name": "senderName",
        "sub_type": "subType",
    },
):
    """A message as chatlog answers it."""

    time: str
    seq: int | None = None
    talker: str = ""
    talker_name: str = ""
    sender: str = ""
    sender_name: str = ""
    type: int = 1
    sub_type: int = 0
    content: str | None = ""
    contents: Contents | None = None


def message_form(kind: int, sub_type: int) -> Form:
    """Our form for WeChat's numbers of a message's kind."""
    if kind == _APP:
        return _APP_FORMS.get(sub_type, Form.OTHER)
    return _FORMS.get(kind, Form.OTHER)


def told(message: Message) -> Sequence[Inbound]:
    """What a message tells of."""
    sent_ms = iso_ms(message.time)
    external_id = "" if message.seq is None else str(message.seq)
    text = message.content or _card_text(message.contents)
    if message.type == _SYSTEM or message.sender == "系统消息":
        return system_items(text, sent_ms, external_id)
    if message.type == _APP and message.sub_type == _PAT:
        return (
            Inbound(Kind.NOTICE, sent_ms, message.sender, message.sender_name, text, external_id),
        )
    refer = message.contents.refer if message.contents is not None else None
    return (
        Inbound(
            Kind.MESSAGE,
            sent_ms,
            message.sender,
            message.sender_name,
            text,
            external_id,
            "" if refer is None or refer.seq is None else str(refer.seq),
            form=message_form(message.type, message.sub_type),
        ),
    )


def _card_text(contents: Contents | None) -> str:
    if contents is None:
        return ""
    return " ".join(part for part in (contents.title, contents.url) if part)


class ChatlogFormat(OneFileFormat):
    """WeChat by chatlog."""

    name = "wechat_chatlog"
    label = "WeChat (chatlog JSON)"

    def recognise(self, entry: Entry) -> int:
        """95 for an array of messages with talker, sender and time."""
        found = peek(entry)
        first = found.first()
        is_ours = found.top == "[" and found.at == ()
        return 95 if is_ours and {"talker", "sender", "time", "type"} <= first.keys() else 0

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the records; an answer over several talkers changes its group on the way."""
        del answers
        names: dict[str, str] = {}

        def chat(at: At) -> ChatRef:
            talker = str(at[0]) if at else ""
            return ChatRef(Platform.WECHAT, talker, names.get(talker, ""))

        def read(entry: Entry) -> Iterator[Portion]:
            return portions(entry, _by_talker(entry, names), chat, told)

        return over(bundle, read)


def _by_talker(entry: Entry, names: dict[str, str]) -> Iterator[Field | Batch[Message]]:
    """The batches cut where the talker changes, its id as their place; `names` is filled."""
    for event in walk(entry, TARGETS, Message):
        if isinstance(event, Field):
            continue
        problems = event.problems
        pairs = zip(event.numbers, event.records, strict=True)
        for talker, run in groupby(pairs, key=lambda pair: pair[1].talker):
            taken = list(run)
            names.setdefault(talker, taken[0][1].talker_name)
            records = [record for _, record in taken]
            yield Batch((talker,), records, [number for number, _ in taken], problems, event.done)
            problems = ()
        if problems:
            yield Batch((next(iter(names), ""),), [], [], problems, event.done)

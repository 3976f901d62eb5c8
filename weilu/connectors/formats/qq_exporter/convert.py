"""What a record of qq-chat-exporter tells of (handbook K-4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from weilu.chat.ports import Form, Inbound, Kind
from weilu.connectors.formats.jsonnotices import system_items
from weilu.connectors.formats.jsonportions import RecordError, any_unix_ms, iso_ms, seconds_ms
from weilu.connectors.formats.placeholders import form_of
from weilu.connectors.formats.qq_exporter.wire import Content, Message, RawMessage, Sender

_RESOURCES = {
    "image": Form.PICTURE,
    "video": Form.VIDEO,
    "audio": Form.VOICE,
    "voice": Form.VOICE,
    "file": Form.FILE,
    "location": Form.LOCATION,
}
_STICKERS = frozenset({"market_face", "marketFace"})
_NO_SENDER = Sender()
_NO_RAW = RawMessage()
_NO_CONTENT = Content()
# What the program writes where QQ gave no number.
_NO_ACCOUNT = frozenset({"", "0", "None", "未知"})
_SYSTEM_ACCOUNTS = frozenset({"10000", "1000000"})


def converter(zone: ZoneInfo) -> Callable[[Message], Sequence[Inbound]]:
    """What turns messages into records; `zone` reads times written without one."""

    def told(message: Message) -> Sequence[Inbound]:
        return _told(message, _sent_ms(message, zone))

    return told


def _sent_ms(message: Message, zone: ZoneInfo) -> int:
    stamp = message.timestamp
    if isinstance(stamp, int | float):
        return any_unix_ms(stamp)
    if stamp:
        return any_unix_ms(int(stamp)) if stamp.isdecimal() else iso_ms(stamp, zone)
    if message.raw is not None and message.raw.seconds:
        return seconds_ms(message.raw.seconds)
    if message.time:
        return iso_ms(message.time, zone)
    raise RecordError("bad_record", message.id or message.old_id or "")


def _told(message: Message, sent_ms: int) -> Sequence[Inbound]:
    account, name = person(message)
    content = message.content or _NO_CONTENT
    text = content.text or ""
    number = message.id if message.id is not None else message.old_id
    external_id = "" if number is None else str(number)
    if (
        message.system
        or message.old_system
        or message.type == "system"
        or (account in _SYSTEM_ACCOUNTS)
    ):
        who = "" if account in _SYSTEM_ACCOUNTS else account
        return system_items(text, sent_ms, external_id, account=who, name=name if who else "")
    is_recalled = bool(message.recalled or message.old_recalled)
    recall = Inbound(Kind.RECALL, sent_ms, account, name, "", external_id)
    if is_recalled and not text and not content.resources:
        return (recall,)
    item = Inbound(
        Kind.MESSAGE,
        sent_ms,
        account,
        name,
        text,
        external_id,
        reply_of(content, external_id),
        form=content_form(content, text),
    )
    return (item, recall) if is_recalled else (item,)


def person(message: Message) -> tuple[str, str]:
    """QQ number (else QQ's internal id) and the name shown in the group at that moment."""
    sender, raw = message.sender or _NO_SENDER, message.raw or _NO_RAW
    for known in (sender.uin, raw.uin, sender.uid, raw.uid):
        if str(known or "") not in _NO_ACCOUNT:
            account = str(known)
            break
    else:
        account = ""
    name = sender.group_card or raw.card or sender.name or sender.nickname or raw.nickname or ""
    return account, name


def content_form(content: Content, text: str) -> Form:
    """What a message is made of, by its first file, its stickers, or its placeholder."""
    if content.resources:
        return _RESOURCES.get(content.resources[0].type, Form.FILE)
    if any(one.type in _STICKERS for one in content.elements or ()):
        return Form.STICKER
    return form_of(text)


def reply_of(content: Content, own_id: str) -> str:
    """The id of the message answered, "" for none; a reply never points to itself."""
    for element in content.elements or ():
        if element.type == "reply" and element.data is not None:
            data = element.data
            for known in (data.referenced, data.reply_id, data.message_id):
                if str(known or "0") not in {"0", own_id}:
                    return str(known)
    return ""

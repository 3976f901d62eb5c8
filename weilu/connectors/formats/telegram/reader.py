"""Reads Telegram Desktop's `result.json` (handbook K-4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

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
    Question,
    Survey,
    Unreadable,
)
from weilu.connectors.formats.jsonbase import OneFileFormat
from weilu.connectors.formats.jsonportions import (
    RecordError,
    iso_ms,
    portions,
    seconds_ms,
)
from weilu.connectors.formats.jsonstream import At, Batch, Field, Peek, outline, peek, walk
from weilu.connectors.formats.telegram.service import number_of, told
from weilu.connectors.formats.telegram.wire import Message, Part

TARGETS = (
    ("messages",),
    ("chats", "list", "*", "messages"),
    ("left_chats", "list", "*", "messages"),
)
_ABOUT = ("name", "type", "id")
_CHAT_TYPES = frozenset(
    {
        "personal_chat",
        "bot_chat",
        "saved_messages",
        "verification_codes",
        "replies",
        "private_group",
        "private_supergroup",
        "public_supergroup",
        "private_channel",
        "public_channel",
    }
)
_MEDIA = {
    "sticker": Form.STICKER,
    "video_message": Form.VIDEO,
    "video_file": Form.VIDEO,
    "voice_message": Form.VOICE,
    "audio_file": Form.VOICE,
    "animation": Form.STICKER,
}
_LINK_PARTS = frozenset({"link", "text_link"})


def plain(text: str | list[str | Part]) -> str:
    """The text of a message written as a string or as parts; the address of a named link follows.

    A link right after another styled part gets a blank before it, so that it stays a link.
    """
    if isinstance(text, str):
        return text
    written: list[str] = []
    is_styled = False
    for part in text:
        if isinstance(part, str):
            written.append(part)
            is_styled = False
            continue
        if is_styled and part.type in _LINK_PARTS and written and not written[-1][-1:].isspace():
            written.append(" ")
        written.append(part.text)
        if part.href and part.href != part.text:
            written.append(f" ({part.href})")
        is_styled = part.type != "plain"
    return "".join(written)


def form_of(message: Message) -> Form:
    """What a message is made of; a forwarded text is a forward."""
    if message.media_type or message.photo or message.file:
        return _file_form(message)
    if message.poll is not None:
        return Form.POLL
    if message.location_information is not None:
        return Form.LOCATION
    if message.contact_information is not None:
        return Form.CARD
    if message.type == "unsupported":
        return Form.OTHER
    return Form.TEXT if message.forwarded_from is msgspec.UNSET else Form.FORWARD


def _file_form(message: Message) -> Form:
    if message.media_type:
        return _MEDIA.get(message.media_type, Form.OTHER)
    is_picture = message.photo or (message.mime_type or "").startswith("image/")
    return Form.PICTURE if is_picture else Form.FILE


class _Converter:
    """What the messages of one file tell of."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self.bots: frozenset[str] = frozenset()

    def __call__(self, message: Message) -> Sequence[Inbound]:
        sent_ms = self._sent_ms(message)
        if message.type == "service":
            return told(message, sent_ms)
        account = str(message.account or "")
        text = plain(message.text)
        if not text and message.poll is not None:
            text = plain(message.poll.question)
        reply = message.reply_to_message_id
        item = Inbound(
            Kind.MESSAGE,
            sent_ms,
            account,
            message.name or "",
            text,
            number_of(message.id),
            number_of(reply),
            "",
            form_of(message),
            account in self.bots,
        )
        if not message.reactions:
            return (item,)
        return [item, *_reactions(message, item)]

    def _sent_ms(self, message: Message) -> int:
        if message.date_unixtime is not None:
            return seconds_ms(message.date_unixtime)
        if not message.date:
            raise RecordError("bad_record", message.id)
        return iso_ms(message.date, self._zone)


def _reactions(message: Message, item: Inbound) -> Iterator[Inbound]:
    """Reactions whose giver is named; their local times are moved as the message's own is."""
    shift_ms = item.sent_ms - _as_utc(message.date)
    for reaction in message.reactions or ():
        for reactor in reaction.recent:
            if not (reactor.name or reactor.account) or not item.external_id:
                continue
            when = _as_utc(reactor.date) + shift_ms if message.date and reactor.date else 0
            yield Inbound(
                Kind.REACTION,
                when or item.sent_ms,
                reactor.account or "",
                reactor.name or "",
                reaction.emoji,
                reply_to=item.external_id,
            )


def _as_utc(local: str | None) -> int:
    return iso_ms(local, ZoneInfo("UTC")) if local else 0


class TelegramFormat(OneFileFormat):
    """Telegram Desktop JSON."""

    name = "telegram"
    label = "Telegram Desktop JSON"

    def recognise(self, entry: Entry) -> int:
        """95 for a named chat with Telegram's messages, 90 for a whole account, 80 for less."""
        found = peek(entry)
        if found.top != "{":
            return 0
        if found.has("about", "personal_information") or found.at[-4:-3] in {
            ("chats",),
            ("left_chats",),
        }:
            return 90 if _is_message(found) or not found.records else 0
        kind = found.fields.get(("type",))
        if isinstance(kind, str) and kind in _CHAT_TYPES and found.has("messages"):
            return 95
        return 80 if found.at == ("messages",) and _is_message(found) else 0

    def survey(self, bundle: Bundle) -> Survey:
        """Ask for the zone where messages have local times only (before 2021)."""
        try:
            for event in walk(bundle.entries[0], TARGETS, Message):
                if isinstance(event, Batch) and event.records:
                    has_local = any(m.date_unixtime is None for m in event.records)
                    return Survey(frozenset({Question.ZONE} if has_local else ()))
        except Unreadable:
            pass
        return Survey()

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the records chat by chat."""
        yield from _Reading(bundle.entries[0], answers.zone).portions()


def _is_message(found: Peek) -> bool:
    first = found.first()
    return first.get("type") in ("message", "service", "unsupported") and (
        ("date_unixtime" in first or "date" in first)
        and not first.keys().isdisjoint({"text", "from", "from_id", "actor", "actor_id"})
    )


class _Reading:
    """One pass over one file, following which chat it is in."""

    def __init__(self, entry: Entry, zone: ZoneInfo) -> None:
        self._entry = entry
        self._convert = _Converter(zone)
        self._seen: dict[At, object] = {}
        self._chats: dict[At, ChatRef] = {}
        self._is_outlined = False

    def portions(self) -> Iterator[Portion]:
        return portions(self._entry, self._events(), self._chat, self._convert)

    def _events(self) -> Iterator[Field | Batch[Message]]:
        for event in walk(self._entry, TARGETS, Message, _ABOUT):
            if isinstance(event, Field):
                self._seen[event.at] = event.value
            else:
                self._chat(event.at)
                yield event

    def _chat(self, at: At) -> ChatRef:
        if at not in self._chats:
            self._chats[at] = self._named(at[:-1])
        kind, key = self._seen.get((*at[:-1], "type")), self._chats[at].key
        self._convert.bots = frozenset({f"user{key}"} if kind == "bot_chat" else ())
        return self._chats[at]

    def _named(self, at: At) -> ChatRef:
        """The chat at `at`; what names it may follow its messages, then the file is outlined."""
        if (*at, "id") not in self._seen and not self._is_outlined:
            self._seen = outline(self._entry, TARGETS, _ABOUT)
            self._is_outlined = True
        name, key = self._seen.get((*at, "name")), self._seen.get((*at, "id"))
        return ChatRef(
            Platform.TELEGRAM,
            "" if key is None else str(key),
            name if isinstance(name, str) else "",
        )

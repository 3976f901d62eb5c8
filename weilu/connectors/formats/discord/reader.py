"""Reads DiscordChatExporter's JSON (handbook K-4)."""

from __future__ import annotations

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
from weilu.connectors.formats.discord.wire import Message, User
from weilu.connectors.formats.jsonbase import OneFileFormat
from weilu.connectors.formats.jsonforms import file_form
from weilu.connectors.formats.jsonportions import iso_ms, portions, word
from weilu.connectors.formats.jsonstream import At, Batch, Field, outline, peek, walk

TARGETS = (("messages",),)
_ABOUT = ("guild", "channel")
# Numbers are message kinds the exporter has no word for: 20 and 23 are commands, 21 opens a thread.
_SPOKEN = frozenset({"Default", "Reply", "ThreadStarterMessage", "20", "21", "23"})
_LEFT_OR_JOINED = {
    "GuildMemberJoin": Kind.JOIN,
    "RecipientAdd": Kind.JOIN,
    "RecipientRemove": Kind.LEAVE,
}
_NOBODY = User()


def shown_name(user: User) -> str:
    """The name others see in this server."""
    return user.nickname or user.name


def form_of(message: Message) -> Form:
    """What a message is made of; text with an attachment is that attachment."""
    if message.forwarded is not None:
        return Form.FORWARD
    if message.attachments:
        return file_form(message.attachments[0].file_name)
    if message.stickers:
        return Form.STICKER
    return Form.LINK if message.embeds and not message.content else Form.TEXT


def told(message: Message) -> Sequence[Inbound]:
    """What a record tells of; reactions, which have no time, get the message's."""
    sent_ms = iso_ms(message.timestamp)
    kind = str(message.type)
    if kind not in _SPOKEN:
        return (_event(message, kind, sent_ms),)
    author = message.author or _NOBODY
    text = message.content or ""
    if not text and message.forwarded is not None:
        text = message.forwarded.content
    reference = message.reference if kind == "Reply" else None
    item = Inbound(
        Kind.MESSAGE,
        sent_ms,
        author.id,
        author.nickname or author.name,
        text,
        message.id,
        (reference.message_id or "") if reference is not None else "",
        "",
        form_of(message),
        author.is_bot,
    )
    return (item, *_reactions(message, sent_ms)) if message.reactions else (item,)


def _event(message: Message, kind: str, sent_ms: int) -> Inbound:
    """A join, a leave, a call or another notice."""
    author = message.author or _NOBODY
    whom, target = author, ""
    if kind in {"RecipientAdd", "RecipientRemove"} and message.mentions:
        whom = message.mentions[0]
        target = shown_name(author) if whom.id != author.id else ""
    is_call = kind == "Call"
    return Inbound(
        _LEFT_OR_JOINED.get(kind, Kind.MESSAGE if is_call else Kind.NOTICE),
        sent_ms,
        whom.id,
        shown_name(whom),
        message.content or "",
        message.id,
        target=target,
        form=Form.CALL if is_call else Form.TEXT,
        is_bot=whom.is_bot,
    )


def _reactions(message: Message, sent_ms: int) -> Iterator[Inbound]:
    for reaction in message.reactions:
        emoji = reaction.emoji.name if reaction.emoji is not None else ""
        for user in reaction.users or ():
            yield Inbound(
                Kind.REACTION,
                sent_ms,
                user.id,
                shown_name(user),
                emoji,
                reply_to=message.id,
                is_bot=user.is_bot,
            )


class DiscordFormat(OneFileFormat):
    """DiscordChatExporter JSON."""

    name = "discord"
    label = "DiscordChatExporter JSON"

    def recognise(self, entry: Entry) -> int:
        """95 for a channel of a guild, 80 for its messages before the head names the channel."""
        found = peek(entry)
        if found.top != "{":
            return 0
        if found.has("guild", "channel") and not found.keys.isdisjoint({"messages", "dateRange"}):
            return 95
        first = found.first()
        return 80 if {"timestampEdited", "isPinned", "author"} <= first.keys() else 0

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the records of one channel."""
        entry = bundle.entries[0]
        named: dict[str, ChatRef] = {}
        seen: dict[At, object] = {}

        def events() -> Iterator[Field | Batch[Message]]:
            for event in walk(entry, TARGETS, Message, _ABOUT):
                if isinstance(event, Field):
                    seen[event.at] = event.value
                else:
                    yield event

        def chat(_: At) -> ChatRef:
            if "" not in named:
                known = seen if ("channel",) in seen else outline(entry, TARGETS, _ABOUT)
                named[""] = _chat(known)
            return named[""]

        return portions(entry, events(), chat, told)


def _chat(known: dict[At, object]) -> ChatRef:
    """The channel; its name carries the server's, as many servers have the same channels."""
    channel, guild = known.get(("channel",)), known.get(("guild",))
    key = word(channel, "id")
    parts = (word(guild, "name"), word(channel, "name"))
    return ChatRef(Platform.DISCORD, key, " / ".join(part for part in parts if part))

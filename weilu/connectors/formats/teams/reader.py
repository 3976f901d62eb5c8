"""Reads messages of Teams as Microsoft Graph lists them, the only documented form (K-4).

Source: Microsoft Graph v1.0, resource chatMessage. What a private person downloads from Microsoft
is read as Skype's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from weilu.chat.ports import Answers, Bundle, ChatRef, Entry, Form, Inbound, Kind, Platform, Portion
from weilu.connectors.formats.html import parse, text_of
from weilu.connectors.formats.jsonbase import OneFileFormat
from weilu.connectors.formats.jsonforms import file_form
from weilu.connectors.formats.jsonportions import RecordError, iso_ms, portions
from weilu.connectors.formats.jsonstream import peek, walk

TARGETS = (("value",), ())
_JOINED = "membersAddedEventMessageDetail"
_LEFT = "membersDeletedEventMessageDetail"


class Who(msgspec.Struct, gc=False, rename={"name": "displayName"}):
    """A person or a program."""

    id: str | None = None
    name: str | None = None


class Sender(msgspec.Struct, gc=False):
    """Who sent it."""

    user: Who | None = None
    application: Who | None = None


class Body(msgspec.Struct, gc=False, rename={"kind": "contentType"}):
    """What was said."""

    kind: str | None = None
    content: str | None = None


class Attached(msgspec.Struct, gc=False, rename={"kind": "contentType"}):
    """A file, a card or a quoted message."""

    kind: str | None = None
    name: str | None = None
    id: str | None = None


class Reaction(msgspec.Struct, gc=False, rename={"kind": "reactionType", "at": "createdDateTime"}):
    """Who reacted how and when."""

    kind: str | None = None
    at: str | None = None
    user: Sender | None = None


class Event(msgspec.Struct, gc=False, rename={"kind": "@odata.type"}):
    """What happened to the chat."""

    kind: str | None = None
    members: list[Who] | None = None
    initiator: Sender | None = None


class Channel(msgspec.Struct, gc=False, rename={"team": "teamId", "channel": "channelId"}):
    """Where it was said."""

    team: str | None = None
    channel: str | None = None


class Message(
    msgspec.Struct,
    gc=False,
    rename={
        "kind": "messageType",
        "at": "createdDateTime",
        "deleted": "deletedDateTime",
        "sender": "from",
        "chat": "chatId",
        "channel": "channelIdentity",
        "reply_to": "replyToId",
        "event": "eventDetail",
    },
):
    """A message or an event."""

    id: str | None = None
    kind: str | None = None
    at: str | None = None
    deleted: str | None = None
    sender: Sender | None = None
    body: Body | None = None
    chat: str | None = None
    channel: Channel | None = None
    reply_to: str | None = None
    attachments: list[Attached] | None = None
    reactions: list[Reaction] | None = None
    event: Event | None = None


def _person(sender: Sender | None) -> tuple[str, str, bool]:
    """Account, name and whether it is a program."""
    who = (sender.user or sender.application) if sender is not None else None
    is_bot = sender is not None and sender.user is None and sender.application is not None
    return ((who.id or "") if who else ""), ((who.name or "") if who else ""), is_bot


def told(message: Message) -> Sequence[Inbound]:
    """A message with its reactions, or what happened to the chat."""
    if not message.at:
        raise RecordError("bad_record", message.id or "")
    sent, external_id = iso_ms(message.at), message.id or ""
    account, name, is_bot = _person(message.sender)
    if message.event is not None or (message.kind or "message") != "message":
        return _event(message, sent, external_id)
    if message.deleted:
        return (Inbound(Kind.RECALL, sent, account, name, "", external_id),)
    item = Inbound(
        Kind.MESSAGE,
        sent,
        account,
        name or account,
        _words(message.body),
        external_id,
        _answered(message),
        form=_form(message),
        is_bot=is_bot,
    )
    return (item, *_reactions(message, item)) if external_id else (item,)


def _words(body: Body | None) -> str:
    content = (body.content or "") if body is not None else ""
    if body is None or (body.kind or "").lower() != "html":
        return content
    return text_of(parse(content), collapse=True)


def _answered(message: Message) -> str:
    quoted = next((a.id for a in message.attachments or () if a.kind == "messageReference"), "")
    return message.reply_to or quoted or ""


def _form(message: Message) -> Form:
    files = [a for a in message.attachments or () if a.kind != "messageReference"]
    if not files:
        content = (message.body.content or "") if message.body is not None else ""
        return Form.PICTURE if "<img" in content and "hostedContents" in content else Form.TEXT
    is_card = (files[0].kind or "").startswith("application/vnd.microsoft.")
    return Form.LINK if is_card else file_form(files[0].name or "")


def _event(message: Message, sent: int, external_id: str) -> Sequence[Inbound]:
    event = message.event or Event()
    kind = (event.kind or "").rpartition(".")[2]
    by = _person(event.initiator)[1]
    if kind in {_JOINED, _LEFT} and event.members:
        return [
            Inbound(
                Kind.JOIN if kind == _JOINED else Kind.LEAVE,
                sent,
                one.id or "",
                one.name or one.id or "",
                "",
                f"{external_id}.{place}" if place and external_id else external_id,
                target="" if by == one.name else by,
            )
            for place, one in enumerate(event.members)
        ]
    return (Inbound(Kind.NOTICE, sent, "", "", kind or message.kind or "", external_id),)


def _reactions(message: Message, item: Inbound) -> Iterator[Inbound]:
    for one in message.reactions or ():
        account, name, _ = _person(one.user)
        if account or name:
            sent = iso_ms(one.at) if one.at else item.sent_ms
            yield Inbound(
                Kind.REACTION, sent, account, name, one.kind or "", reply_to=item.external_id
            )


class TeamsFormat(OneFileFormat):
    """Teams by Microsoft Graph."""

    name = "teams"
    label = "Microsoft Teams (Graph JSON)"

    def recognise(self, entry: Entry) -> int:
        """95 for a list of Graph's messages."""
        found = peek(entry)
        if found.at not in {("value",), ()}:
            return 0
        keys = found.first().keys()
        return 95 if {"messageType", "createdDateTime", "body"} <= keys else 0

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the messages; the chat is that of the first one."""
        del answers
        entry = bundle.entries[0]
        first = peek(entry).first()
        chat = ChatRef(Platform.TEAMS, _key(first), "")
        return portions(entry, walk(entry, TARGETS, Message), lambda _: chat, told)


def _key(first: dict[str, object]) -> str:
    channel = first.get("channelIdentity")
    if isinstance(channel, dict) and channel.get("channelId"):
        return str(channel["channelId"])
    return str(first.get("chatId") or "")

"""Reads what signal-cli received and sent, an envelope a line (handbook K-4).

Source: AsamK/signal-cli, JsonMessageEnvelope and what is in it. A message is known by its time and
its author, as Signal itself has it.
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
from weilu.connectors.formats.jsonforms import file_form
from weilu.connectors.formats.jsonlines import lines
from weilu.connectors.formats.jsonportions import mixed
from weilu.connectors.formats.jsonstream import peek


class Group(msgspec.Struct, gc=False, rename={"id": "groupId", "name": "groupName"}):
    """The group a message is of."""

    id: str | None = None
    name: str | None = None
    type: str | None = None


class Quote(msgspec.Struct, gc=False):
    """The message answered."""

    id: int | None = None
    author: str | None = None


class Reaction(
    msgspec.Struct,
    gc=False,
    rename={"at": "targetSentTimestamp", "author": "targetAuthor", "is_taken": "isRemove"},
):
    """What was given to a message."""

    emoji: str | None = None
    author: str | None = None
    at: int | None = None
    is_taken: bool | None = None


class Deleted(msgspec.Struct, gc=False):
    """The message taken back."""

    timestamp: int | None = None


class Attached(msgspec.Struct, gc=False, rename={"kind": "contentType", "name": "filename"}):
    """A file."""

    kind: str | None = None
    name: str | None = None


class Data(msgspec.Struct, gc=False, rename={"group": "groupInfo", "deleted": "remoteDelete"}):
    """What was said or done."""

    timestamp: int | None = None
    message: str | None = None
    group: Group | None = None
    quote: Quote | None = None
    reaction: Reaction | None = None
    deleted: Deleted | None = None
    sticker: object = None
    attachments: list[Attached] | None = None
    destination: str | None = None


class Sync(msgspec.Struct, gc=False, rename={"sent": "sentMessage"}):
    """What this account sent from another device."""

    sent: Data | None = None


class Envelope(
    msgspec.Struct,
    gc=False,
    rename={
        "number": "sourceNumber",
        "uuid": "sourceUuid",
        "name": "sourceName",
        "data": "dataMessage",
        "sync": "syncMessage",
    },
):
    """Who sent it."""

    source: str | None = None
    number: str | None = None
    uuid: str | None = None
    name: str | None = None
    timestamp: int | None = None
    data: Data | None = None
    sync: Sync | None = None


class Line(msgspec.Struct, gc=False):
    """One line."""

    envelope: Envelope | None = None


class SignalCliFormat(OneFileFormat):
    """Signal by signal-cli."""

    name = "signal_cli"
    label = "Signal (signal-cli JSON)"

    def recognise(self, entry: Entry) -> int:
        """95 by the keys of its lines."""
        found = peek(entry)
        envelope = found.fields.get(("envelope",))
        is_known = isinstance(envelope, dict) and "timestamp" in envelope
        return 95 if found.top == "{" and is_known else 0

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the messages of all groups and talks as they come."""
        del answers
        entry = bundle.entries[0]
        yield from mixed(entry, lines(entry, Line), _told, ChatRef(Platform.SIGNAL, "", ""))


def _told(line: Line) -> Sequence[tuple[ChatRef, Inbound]]:
    """The group and the record; none for receipts, typing and what else says nothing."""
    envelope = line.envelope
    if envelope is None:
        return ()
    data = envelope.data or (envelope.sync.sent if envelope.sync is not None else None)
    if data is None:
        return ()
    account = envelope.uuid or envelope.number or envelope.source or ""
    name = envelope.name or envelope.number or account
    sent = data.timestamp or envelope.timestamp or 0
    return ((_chat(data, account, name), _item(data, sent, account, name)),)


def _chat(data: Data, account: str, name: str) -> ChatRef:
    if data.group is not None and data.group.id:
        return ChatRef(Platform.SIGNAL, data.group.id, data.group.name or "")
    return ChatRef(Platform.SIGNAL, data.destination or account, data.destination or name)


def _item(data: Data, sent: int, account: str, name: str) -> Inbound:
    number = f"{sent}.{account}"
    if data.reaction is not None and data.reaction.at and not data.reaction.is_taken:
        of = f"{data.reaction.at}.{data.reaction.author or ''}"
        return Inbound(Kind.REACTION, sent, account, name, data.reaction.emoji or "", reply_to=of)
    if data.deleted is not None:
        of = f"{data.deleted.timestamp}.{account}"
        return Inbound(Kind.RECALL, sent, account, name, "", of)
    if data.group is not None and data.group.type == "QUIT":
        return Inbound(Kind.LEAVE, sent, account, name)
    has_words = data.message or data.sticker or data.attachments
    if not has_words:
        return Inbound(
            Kind.NOTICE, sent, account, name, data.group.type or "" if data.group else ""
        )
    quote = data.quote
    reply = f"{quote.id}.{quote.author or ''}" if quote is not None and quote.id else ""
    return Inbound(
        Kind.MESSAGE, sent, account, name, data.message or "", number, reply, form=_form(data)
    )


def _form(data: Data) -> Form:
    if data.sticker:
        return Form.STICKER
    if data.attachments:
        return file_form(data.attachments[0].name or "", data.attachments[0].kind or "")
    return Form.TEXT

"""Reads messages of Gitter as its interface listed them (handbook K-4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from weilu.chat.ports import Answers, Bundle, ChatRef, Entry, Form, Inbound, Kind, Platform, Portion
from weilu.connectors.formats.jsonbase import OneFileFormat
from weilu.connectors.formats.jsonportions import RecordError, iso_ms, portions
from weilu.connectors.formats.jsonstream import peek, walk

TARGETS = ((), ("messages",))


class User(msgspec.Struct, gc=False, rename={"name": "displayName"}):
    """Who wrote it."""

    id: str = ""
    username: str | None = None
    name: str | None = None


class Message(
    msgspec.Struct,
    gc=False,
    rename={"user": "fromUser", "parent": "parentId", "is_status": "status"},
):
    """A message."""

    id: str | None = None
    text: str | None = None
    sent: str | None = None
    user: User | None = None
    parent: str | None = None
    is_status: bool | None = None


def told(message: Message) -> Sequence[Inbound]:
    """The message; one without text was deleted."""
    if not message.sent:
        raise RecordError("bad_record", message.id or "")
    user = message.user or User()
    account = user.username or user.id
    name = user.name or account
    sent, external_id = iso_ms(message.sent), message.id or ""
    if not message.text:
        return (Inbound(Kind.RECALL, sent, account, name, "", external_id),)
    form = Form.ACTION if message.is_status else Form.TEXT
    return (
        Inbound(
            Kind.MESSAGE,
            sent,
            account,
            name,
            message.text,
            external_id,
            message.parent or "",
            form=form,
        ),
    )


class GitterFormat(OneFileFormat):
    """Gitter."""

    name = "gitter"
    label = "Gitter JSON"

    def recognise(self, entry: Entry) -> int:
        """95 for a list of Gitter's messages."""
        return 95 if {"fromUser", "sent", "text"} <= peek(entry).first().keys() else 0

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the messages of one room."""
        del answers
        entry = bundle.entries[0]
        chat = ChatRef(Platform.GITTER, "", "")
        return portions(entry, walk(entry, TARGETS, Message), lambda _: chat, told)

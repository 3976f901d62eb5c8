"""Reads Signal as signal-export and signal-cli write it, one object a line (handbook K-4).

Sources: carderne/signal-export (`data.json`), AsamK/signal-cli (`receive --json`). The text that
signal-export writes beside it is read by `signal`.
"""

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
)
from weilu.connectors.formats.jsonbase import OneFileFormat
from weilu.connectors.formats.jsonforms import file_form
from weilu.connectors.formats.jsonlines import lines
from weilu.connectors.formats.jsonportions import RecordError, iso_ms, portions
from weilu.connectors.formats.jsonstream import peek


class Attached(msgspec.Struct, gc=False):
    """A file."""

    name: str | None = None
    path: str | None = None


class Message(msgspec.Struct, gc=False):
    """A message as signal-export has it; a sticker is a word or an object."""

    date: str | None = None
    sender: str | None = None
    body: str | None = None
    sticker: str | dict[str, object] | None = None
    attachments: list[Attached] | None = None
    deleted: bool | None = None
    call: bool | None = None


class SignalExportFormat(OneFileFormat):
    """Signal by signal-export."""

    name = "signal_export"
    label = "Signal (signal-export JSON)"

    def recognise(self, entry: Entry) -> int:
        """95 by the keys of its lines."""
        found = peek(entry)
        is_known = found.has("date", "sender", "body", "reactions", "attachments")
        return 95 if found.top == "{" and is_known else 0

    def survey(self, bundle: Bundle) -> Survey:
        """Ask for the zone and for the group: the chat is known from its folder only."""
        del bundle
        return Survey(frozenset({Question.ZONE, Question.GROUP}))

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the messages of one chat."""
        entry = bundle.entries[0]
        chat = ChatRef(Platform.SIGNAL, "", "")

        def told(message: Message) -> Sequence[Inbound]:
            return _told(message, answers.zone)

        return portions(entry, lines(entry, Message), lambda _: chat, told)


def _told(message: Message, zone: ZoneInfo) -> Sequence[Inbound]:
    if not message.date:
        raise RecordError("bad_record", message.sender or "")
    sent, name = iso_ms(message.date, zone), message.sender or ""
    if message.deleted:
        return (Inbound(Kind.RECALL, sent, "", name),)
    form = Form.CALL if message.call else Form.TEXT
    if message.sticker:
        form = Form.STICKER
    elif message.attachments:
        form = file_form(message.attachments[0].name or message.attachments[0].path or "")
    return (Inbound(Kind.MESSAGE, sent, "", name, (message.body or "").strip(), form=form),)

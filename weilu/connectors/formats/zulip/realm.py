"""Reads Zulip's official realm export: `realm.json` and `messages-000001.json` … (K-4).

Source: zulip/zulip, zerver/lib/export.py. Messages outside streams are private and passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TypeVar

import msgspec

from weilu.chat.ports import (
    Answers,
    Bundle,
    ChatRef,
    Entry,
    Inbound,
    Kind,
    Platform,
    Portion,
    Survey,
)
from weilu.connectors.formats.jsonportions import by_folder, in_order, over, portions, seconds_ms
from weilu.connectors.formats.jsonstream import At, Batch, Field, Peek, peek, walk
from weilu.connectors.formats.zulip.markup import form_of, plain

T = TypeVar("T")

MESSAGES = (("zerver_message",),)
_USERS = (("zerver_userprofile",), ("zerver_userprofile_mirrordummy",))
_CROSS_USERS = (("zerver_userprofile_crossrealm",),)
_STREAMS = (("zerver_stream",),)
_RECIPIENTS = (("zerver_recipient",),)
_STREAM_TYPE = 2


class User(msgspec.Struct, gc=False):
    """A user of the realm."""

    id: int
    full_name: str = ""
    email: str = ""
    is_bot: bool = False


class Stream(msgspec.Struct, gc=False):
    """A stream."""

    id: int
    name: str = ""


class Recipient(msgspec.Struct, gc=False):
    """Where messages go; type 2 is a stream."""

    id: int
    type: int
    type_id: int


class Message(msgspec.Struct, gc=False):
    """A message of the realm."""

    id: int
    sender: int
    recipient: int
    date_sent: float
    content: str | None = None
    rendered_content: str | None = None


class _Realm:
    """Users and streams of a realm by their ids."""

    def __init__(self) -> None:
        self.users: dict[int, User] = {}
        self.streams: dict[int, Stream] = {}
        self.by_recipient: dict[int, int] = {}

    def learn(self, entry: Entry) -> None:
        """Take in `realm.json`."""
        for user in _records(entry, (*_USERS, *_CROSS_USERS), User):
            self.users[user.id] = user
        for stream in _records(entry, _STREAMS, Stream):
            self.streams[stream.id] = stream
        for one in _records(entry, _RECIPIENTS, Recipient):
            if one.type == _STREAM_TYPE:
                self.by_recipient[one.id] = one.type_id

    def chat(self, at: At) -> ChatRef:
        """The stream a run of messages stands in; `at` is its recipient."""
        number = self.by_recipient.get(int(at[0]), 0) if at else 0
        stream = self.streams.get(number)
        key = str(number) if number else ""
        return ChatRef(Platform.ZULIP, key, stream.name if stream is not None else "")

    def told(self, message: Message) -> Sequence[Inbound]:
        """What a message tells of; nothing for private ones."""
        if self.by_recipient and message.recipient not in self.by_recipient:
            return ()
        user = self.users.get(message.sender)
        text = plain(message.rendered_content or "") or message.content or ""
        return (
            Inbound(
                Kind.MESSAGE,
                seconds_ms(message.date_sent),
                str(message.sender),
                user.full_name if user is not None else "",
                text,
                str(message.id),
                form=form_of(message.rendered_content or ""),
                is_bot=user is not None and user.is_bot,
            ),
        )


def _records(entry: Entry, targets: Sequence[tuple[str, ...]], kind: type[T]) -> Iterator[T]:
    for event in walk(entry, targets, kind):
        if isinstance(event, Batch):
            yield from event.records


def _is_realm(found: Peek) -> bool:
    return found.top == "{" and not found.keys.isdisjoint({"zerver_realm", "zerver_userprofile"})


class ZulipRealmFormat:
    """Zulip official export."""

    name = "zulip_realm"
    label = "Zulip export"

    def recognise(self, entry: Entry) -> int:
        """95 for messages or the realm."""
        found = peek(entry)
        return 95 if found.top == "{" and (found.has("zerver_message") or _is_realm(found)) else 0

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """A realm with its message files is one export."""
        realms = [entry for entry in entries if _is_realm(peek(entry))]
        others = [entry for entry in entries if not _is_realm(peek(entry))]
        return [
            Bundle(self.name, self.label, (*head, *in_order(rest)))
            for head, rest in by_folder(realms, others)
        ]

    def survey(self, bundle: Bundle) -> Survey:
        """Nothing to ask: times are Unix seconds."""
        del bundle
        return Survey()

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the records file by file, cut where the stream changes."""
        del answers
        realm = _Realm()
        for entry in bundle.entries:
            if _is_realm(peek(entry)):
                realm.learn(entry)

        def read(entry: Entry) -> Iterator[Portion]:
            if _is_realm(peek(entry)):
                return iter(())
            return portions(entry, _by_recipient(entry), realm.chat, realm.told)

        return over(bundle, read)


def _by_recipient(entry: Entry) -> Iterator[Field | Batch[Message]]:
    """The batches sorted by where they go, stably, so that each run is of one stream."""
    for event in walk(entry, MESSAGES, Message):
        if isinstance(event, Field):
            continue
        problems = event.problems
        pairs = sorted(
            zip(event.numbers, event.records, strict=True), key=lambda pair: pair[1].recipient
        )
        for recipient, run in groupby(pairs, key=lambda pair: pair[1].recipient):
            taken = list(run)
            records = [record for _, record in taken]
            yield Batch(
                (recipient,), records, [number for number, _ in taken], problems, event.done
            )
            problems = ()
        if problems:
            yield Batch((0,), [], [], problems, event.done)

"""Reads public Zulip archives: `<stream id>-<stream name>/<topic>.json` (handbook K-4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

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
from weilu.connectors.formats.jsonportions import folder, over, portions, seconds_ms
from weilu.connectors.formats.jsonstream import peek, walk
from weilu.connectors.formats.zulip.markup import form_of, plain

TARGETS = ((),)
_STREAM = re.compile(r"(\d+)-(.*)")
_CODE = re.compile(r"\.([0-9A-F]{2})")


class Message(msgspec.Struct, gc=False, rename={"name": "sender_full_name"}):
    """A message of a topic; the archive has no account ids."""

    content: str
    id: int | str
    name: str
    timestamp: int | float


def told(message: Message) -> Sequence[Inbound]:
    """What a message tells of."""
    return (
        Inbound(
            Kind.MESSAGE,
            seconds_ms(message.timestamp),
            # One organisation, one directory: a full name is the same person in every stream.
            message.name,
            message.name,
            plain(message.content),
            str(message.id),
            form=form_of(message.content),
        ),
    )


def stream_of(path: str) -> ChatRef:
    """The stream that a topic's path names; codes such as `.20` are read as characters."""
    name = folder(path).rstrip("/").rpartition("/")[2]
    found = _STREAM.fullmatch(name)
    key, shown = (found[1], found[2]) if found else ("", name)
    return ChatRef(Platform.ZULIP, key, _decoded(shown))


def _decoded(shown: str) -> str:
    raw = _CODE.sub(lambda code: f"\\x{code[1]}", shown.replace("\\", "\\x5C"))
    if "\\x" not in raw:
        return shown
    parts = re.split(r"((?:\\x[0-9A-F]{2})+)", raw)
    return "".join(
        bytes.fromhex(part.replace("\\x", "")).decode("utf-8", "replace")
        if part.startswith("\\x")
        else part
        for part in parts
    )


class ZulipFormat:
    """Zulip public archive."""

    name = "zulip"
    label = "Zulip archive"

    def recognise(self, entry: Entry) -> int:
        """95 for an array of messages with full sender names and HTML content."""
        found = peek(entry)
        first = found.first()
        is_ours = found.top == "[" and found.at == ()
        known = {"content", "id", "sender_full_name", "timestamp"}
        return 95 if is_ours and known <= first.keys() else 0

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """All topics of a stream are one export, in order of their paths."""
        streams: dict[str, list[Entry]] = {}
        for entry in entries:
            streams.setdefault(folder(entry.path), []).append(entry)
        return [
            Bundle(self.name, self.label, tuple(sorted(topics, key=lambda e: e.path)))
            for topics in streams.values()
        ]

    def survey(self, bundle: Bundle) -> Survey:
        """Nothing to ask: times are Unix seconds."""
        del bundle
        return Survey()

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the records topic by topic."""
        del answers
        chat = stream_of(bundle.entries[0].path)

        def read(entry: Entry) -> Iterator[Portion]:
            return portions(entry, walk(entry, TARGETS, Message), lambda _: chat, told)

        return over(bundle, read)

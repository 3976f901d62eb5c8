"""Reads what shuakami/qq-chat-exporter writes: JSON files and chunked JSON Lines (K-4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from weilu.chat.ports import Answers, Bundle, ChatRef, Entry, Platform, Portion, Survey
from weilu.connectors.formats.jsonlines import lines
from weilu.connectors.formats.jsonportions import by_folder, in_order, over, portions, word
from weilu.connectors.formats.jsonstream import At, Peek, outline, peek, walk
from weilu.connectors.formats.qq_exporter.convert import converter
from weilu.connectors.formats.qq_exporter.wire import Message

TARGETS = (("messages",), ("chunks", "*", "messages"))
_ABOUT = ("chatInfo",)
_AVATARS = re.compile(rb'\s*\{\s*"\w{1,40}"\s*:\s*"data:image/')


class QQExporterFormat:
    """QQ by qq-chat-exporter: V4, V5, current, chunked."""

    name = "qq_exporter"
    label = "QQ (qq-chat-exporter JSON)"

    def recognise(self, entry: Entry) -> int:
        """95 for an export or a manifest, 90 for a chunk, 60 for the pictures beside them."""
        found = peek(entry)
        if found.top != "{":
            return 0
        if found.has("metadata", "chatInfo") or found.has("metadata", "chunkInfo"):
            return 95
        if _is_line(found):
            return 90
        if found.has("chatInfo", "messages"):
            return 85
        return 60 if _AVATARS.match(entry.head) else 0

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """A manifest with its chunks is one export; other files are exports of their own."""
        manifests, chunks, found = [], [], []
        for entry in entries:
            shape = peek(entry)
            if _is_manifest(shape):
                manifests.append(entry)
            elif _is_line(shape) or _AVATARS.match(entry.head):
                chunks.append(entry)
            else:
                found.append(Bundle(self.name, self.label, (entry,)))
        for head, rest in by_folder(manifests, chunks):
            found.append(Bundle(self.name, self.label, (*head, *in_order(rest))))
        return found

    def survey(self, bundle: Bundle) -> Survey:
        """Nothing to ask: all generations write absolute times."""
        del bundle
        return Survey()

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the records, chunks in order of their numbers."""
        told = converter(answers.zone)
        first = bundle.entries[0]
        chat = ChatRef(Platform.QQ, "", "")
        if not _is_line(peek(first)):
            chat = _chat(outline(first, TARGETS, _ABOUT, _ABOUT))

        def named(_: At) -> ChatRef:
            return chat

        def read(entry: Entry) -> Iterator[Portion]:
            shape = peek(entry)
            if _is_line(shape):
                return portions(entry, lines(entry, Message), named, told)
            if _is_manifest(shape) or _AVATARS.match(entry.head):
                return iter(())
            return portions(entry, walk(entry, TARGETS, Message), named, told)

        return over(bundle, read)


def _is_manifest(found: Peek) -> bool:
    metadata = found.fields.get(("metadata",))
    return found.has("chunked") or word(metadata, "format") == "chunked-jsonl"


def _is_line(found: Peek) -> bool:
    return found.has("timestamp", "sender", "content") and not found.keys.isdisjoint(
        {"id", "messageId", "seq"}
    )


def _chat(known: dict[At, object]) -> ChatRef:
    """The chat, under its QQ number where the program wrote one."""
    about = known.get(("chatInfo",)) or known.get(("chunks", 0, "chatInfo"))
    key = word(about, "peerUin") or word(about, "peerUid")
    return ChatRef(Platform.QQ, "" if key == "0" else key, word(about, "name"))

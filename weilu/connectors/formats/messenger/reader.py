"""Reads Facebook's and Instagram's downloads of messages, and Messenger's own (handbook K-4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weilu.chat.ports import Answers, Bundle, ChatRef, Entry, Platform, Portion, Survey
from weilu.connectors.formats.jsonportions import folder, in_order, over, portions, word
from weilu.connectors.formats.jsonstream import outline, peek, walk
from weilu.connectors.formats.messenger.convert import told
from weilu.connectors.formats.messenger.wire import Message
from weilu.connectors.formats.mojibake import mended

TARGETS = (("messages",),)
_ABOUT = ("title", "thread_path", "threadName")


class MessengerFormat:
    """Messenger and Instagram: `message_1.json` and so on, or one file a chat."""

    name = "messenger"
    label = "Messenger, Instagram JSON"

    def recognise(self, entry: Entry) -> int:
        """95 for people and their messages under Meta's keys."""
        found = peek(entry)
        if found.top != "{" or not found.has("participants"):
            return 0
        if found.has("threadName") or {"sender_name", "timestamp_ms"} <= found.first().keys():
            return 95
        return 80 if found.has("messages", "thread_path") else 0

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """The files of one folder with the same people are one chat."""
        chats: dict[tuple[str, str], list[Entry]] = {}
        for entry in entries:
            people = str(peek(entry).fields.get(("participants",)))
            chats.setdefault((folder(entry.path), people), []).append(entry)
        return [Bundle(self.name, self.label, in_order(group)) for group in chats.values()]

    def survey(self, bundle: Bundle) -> Survey:
        """Nothing to ask: times are absolute."""
        del bundle
        return Survey()

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the messages, newest first as the files have them."""
        del answers
        chat = _chat(bundle.entries[0])

        def read(entry: Entry) -> Iterator[Portion]:
            return portions(entry, walk(entry, TARGETS, Message), lambda _: chat, told)

        return over(bundle, read)


def _chat(entry: Entry) -> ChatRef:
    known = {at[-1]: value for at, value in outline(entry, TARGETS, _ABOUT).items() if len(at) == 1}
    name = mended(word(known, "title") or word(known, "threadName"))
    is_instagram = "instagram" in entry.path.lower()
    platform = Platform.INSTAGRAM if is_instagram else Platform.MESSENGER
    return ChatRef(platform, word(known, "thread_path"), name)

"""Gathers the records of one chat into portions of bounded size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weilu.chat.ports import Bundle, ChatRef, Entry, Inbound, Portion, Problem
from weilu.connectors.formats.lines import TextStream, excerpt
from weilu.connectors.formats.local_time import is_sane

PORTION_ITEMS = 5000
# Enough places to find a fault by; the rest of a broken file says the same.
PROBLEMS_PER_ENTRY = 200


class Gatherer:
    """Collects items and problems of one bundle and hands them out as portions of one chat each."""

    def __init__(self, bundle: Bundle, chat: ChatRef) -> None:
        self.chat = chat
        self.items: list[Inbound] = []
        # Items of the chats that are not the current one, for tables that mix chats.
        self._held: dict[ChatRef, list[Inbound]] = {}
        self.problems: list[Problem] = []
        self._size = max(1, bundle.size)
        self._before = 0
        self._stream: TextStream | None = None
        self._path = ""
        self._noted = 0

    def start(self, entry: Entry) -> TextStream:
        """Begin reading the next entry."""
        if self._stream is not None:
            self._before += self._stream.entry.size
        self._stream = TextStream(entry, self.problems)
        self._path = entry.path
        self._noted = 0
        return self._stream

    def at(self, path: str) -> None:
        """Say of what within the entry is read now, for places that are noted."""
        self._path = path

    def note(self, code: str, number: int, text: str, unit: str = "line") -> None:
        """Keep a problem of the entry being read, up to a bounded number."""
        if self._noted < PROBLEMS_PER_ENTRY:
            self.problems.append(Problem(code, self._path, unit, number, excerpt(text)))
        self._noted += 1

    def add(self, item: Inbound, number: int) -> None:
        """Keep a record, or note that its time cannot be."""
        if is_sane(item.sent_ms):
            self.items.append(item)
        else:
            self.note("time_range", number, item.text or item.name)

    def switch(self, chat: ChatRef) -> None:
        """Make `chat` the one that records are added to."""
        if chat != self.chat:
            if self.items:
                self._held[self.chat] = self.items
            self.items = self._held.pop(chat, [])
            self.chat = chat

    def full(self) -> Iterator[Portion]:
        """Portions that are complete; call after every batch of lines or rows."""
        while len(self.items) >= PORTION_ITEMS:
            yield self._portion(self.items[:PORTION_ITEMS])
            del self.items[:PORTION_ITEMS]
        if self._held and sum(map(len, self._held.values())) >= PORTION_ITEMS:
            yield from self._release()

    def rest(self) -> Iterator[Portion]:
        """Everything that is left, full portions first; nothing when there is nothing."""
        yield from self.full()
        yield from self._release()
        if self.items or self.problems:
            yield self._portion(self.items)
            self.items = []

    def _release(self) -> Iterator[Portion]:
        current, items = self.chat, self.items
        held, self._held = self._held, {}
        for self.chat, self.items in held.items():
            yield from self.full()
            if self.items:
                yield self._portion(self.items)
        self.chat, self.items = current, items

    def _portion(self, items: Sequence[Inbound]) -> Portion:
        problems = tuple(self.problems)
        self.problems.clear()
        return Portion(self.chat, tuple(items), problems, self.done)

    @property
    def done(self) -> float:
        """Share of the bundle's bytes read so far."""
        consumed = self._stream.consumed if self._stream is not None else 0
        return min(1.0, (self._before + consumed) / self._size)

"""What text exports share in which a line says when and who, and the lines below it what."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from weilu.chat.ports import (
    Answers,
    Bundle,
    ChatRef,
    Entry,
    Inbound,
    Platform,
    Portion,
    Question,
    Survey,
)
from weilu.connectors.formats.gathering import Gatherer


@dataclass(frozen=True, slots=True)
class Heading:
    """Who spoke when; `note` is what else the layout says there."""

    sent_ms: int
    account: str = ""
    name: str = ""
    note: str = ""
    chat: ChatRef | None = None


class HeadedReader(ABC):
    """What one layout says of its lines; made anew for every reading.

    `above` is how many lines above the heading belong to it, as where the name has its own.
    """

    above: ClassVar[int] = 0

    @abstractmethod
    def heading(self, line: str, before: str) -> Heading | None:
        """What a line opens, None when it is no heading; `before` is the line above it.

        Raises ValueError for a heading whose time cannot be read.
        """

    @abstractmethod
    def told(self, heading: Heading, lines: Sequence[str]) -> Sequence[Inbound]:
        """The records of a heading and the lines below it, without blank ones at the end."""

    def is_frame(self, line: str) -> bool:
        """Whether a line outside the records is the export's own."""
        return not line.strip()

    def is_end(self, line: str) -> bool:
        """Whether a line ends the records, as a closing sum does."""
        del line
        return False


class HeadedFormat(ABC):
    """A layout of headings with text below; every file is one chat."""

    name = ""
    label = ""
    platform = Platform.OTHER

    @abstractmethod
    def recognise(self, entry: Entry) -> int:
        """How sure it is, 0 to 100."""

    @abstractmethod
    def reader(self, bundle: Bundle, answers: Answers) -> HeadedReader:
        """A reader of this bundle."""

    def chat_name(self, entry: Entry) -> str:
        """The name of the chat where the file tells it, else ""."""
        del entry
        return ""

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """Every file is an export of its own."""
        return [Bundle(self.name, self.label, (entry,)) for entry in entries]

    def survey(self, bundle: Bundle) -> Survey:
        """Ask for the zone, and for the group where the file does not name it."""
        named = self.chat_name(bundle.entries[0])
        return Survey(frozenset({Question.ZONE} if named else {Question.ZONE, Question.GROUP}))

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the records."""
        chat = ChatRef(self.platform, "", self.chat_name(bundle.entries[0]))
        return _Reading(bundle, chat, self.reader(bundle, answers)).portions()


class _Reading:
    """The state of one reading: the open heading and the lines below it."""

    def __init__(self, bundle: Bundle, chat: ChatRef, reader: HeadedReader) -> None:
        self._entry = bundle.entries[0]
        self._gather = Gatherer(bundle, chat)
        self._reader = reader
        self._number = 0
        self._heading: Heading | None = None
        self._lines: list[str] = []
        self._before = ""
        # What stands below a heading without a time that can be read is told with it.
        self._is_skipping = False

    def portions(self) -> Iterator[Portion]:
        stream = self._gather.start(self._entry)
        for first, lines in stream.batches():
            for number, line in enumerate(lines, first):
                self._take(number, line)
                self._before = line
            yield from self._gather.full()
        self._close()
        yield from self._gather.rest()

    def _take(self, number: int, line: str) -> None:
        try:
            heading = self._reader.heading(line, self._before)
        except ValueError:
            self._begin()
            self._is_skipping = True
            self._gather.note("bad_time", number, line)
            return
        if heading is not None:
            self._begin()
            self._heading, self._number, self._is_skipping = heading, number, False
        elif self._heading is not None:
            if self._reader.is_end(line):
                self._close()
            else:
                self._lines.append(line)
        elif not (self._is_skipping or self._reader.is_frame(line)):
            self._gather.note("bad_record", number, line)

    def _begin(self) -> None:
        """End the open record above a heading, without the lines that belong to the heading."""
        if self._reader.above:
            del self._lines[-self._reader.above :]
        self._close()

    def _close(self) -> None:
        heading, self._heading = self._heading, None
        lines, self._lines = self._lines, []
        if heading is None:
            return
        while lines and not lines[-1].strip():
            lines.pop()
        if heading.chat is not None:
            self._gather.switch(heading.chat)
        for item in self._reader.told(heading, lines):
            self._gather.add(item, self._number)

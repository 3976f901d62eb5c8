"""Chat history in files: what a format reader is given, and what it hands over (K-4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol
from zoneinfo import ZoneInfo

from weilu.chat.ports.records import ChatRef, Inbound


class Question(StrEnum):
    """What a file may leave open and only its owner can say."""

    ZONE = "zone"
    DAY_ORDER = "day_order"
    FIRST_DAY = "first_day"
    GROUP = "group"
    COLUMNS = "columns"


class DayOrder(StrEnum):
    """Order of day, month and year in written dates."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


@dataclass(frozen=True, slots=True)
class Answers:
    """What the operator said about a file.

    `first_day` is that of its first line, where none is written; `columns` maps our field names
    to column headings.
    """

    zone: ZoneInfo
    day_order: DayOrder | None = None
    columns: tuple[tuple[str, str], ...] = ()
    first_day: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a drop, possibly inside an archive; `path` uses "/" and is for showing only.

    `head` holds the first 64 KiB. `open` returns a new binary stream from the start, each time.
    `modified` is the day it was last written to, on the clock of the machine that says so.
    """

    path: str
    size: int
    head: bytes
    open: Callable[[], BinaryIO]
    modified: date | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """The entries that together are one export in one format, in reading order; never empty."""

    format: str
    label: str
    entries: tuple[Entry, ...]

    @property
    def size(self) -> int:
        """Bytes of all entries."""
        return sum(e.size for e in self.entries)


@dataclass(frozen=True, slots=True)
class Problem:
    """A place in a file that could not be read: a code from `PROBLEMS` and where.

    `place` is "line 12" or "record 5" style, 1-based `number` with `unit` "line", "record" or
    "byte"; `excerpt` is at most 80 characters of what stands there.
    """

    code: str
    path: str
    unit: str
    number: int
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Portion:
    """A run of records of one group, in file order; may carry only problems.

    `done` is the share of the bundle read so far (0-1), for the progress bar.
    """

    chat: ChatRef
    items: Sequence[Inbound]
    problems: Sequence[Problem] = ()
    done: float = 0.0


@dataclass(frozen=True, slots=True)
class Survey:
    """What a reader needs to be told before it can read a bundle, and what it guesses.

    `columns` and `rows` (at most 20) are filled for tables whose columns must be mapped.
    """

    asks: frozenset[Question] = frozenset()
    day_order: DayOrder | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    guesses: tuple[tuple[str, str], ...] = ()
    first_day: date | None = None


class Unreadable(Exception):
    """A bundle that cannot be read at all; `problem` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.path}: {problem.code} at {problem.unit} {problem.number}")
        self.problem = problem


class Format(Protocol):
    """A chat-export layout; one folder in `connectors/formats`, one line in its registry."""

    name: str
    label: str

    def recognise(self, entry: Entry) -> int:
        """How sure this entry is of this format, 0 (not) to 100, from content, not from name."""

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """Group recognised entries into exports; every entry stands in exactly one bundle."""

    def survey(self, bundle: Bundle) -> Survey:
        """What must be asked; may read the whole bundle once."""

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the records: portions of at most 5,000 items, deterministic, constant memory.

        Raises Unreadable when nothing can be made of it; damaged places become problems.
        """


class Writer(Protocol):
    """A format that can also be written."""

    def write(self, chat: ChatRef, items: Iterable[Inbound], out: BinaryIO) -> int:
        """Write one group's records; returns how many were written."""


class Found(Protocol):
    """What a drop of files turned out to hold."""

    @property
    def bundles(self) -> Sequence[Bundle]:
        """The exports found, in reading order."""

    @property
    def problems(self) -> Sequence[Problem]:
        """What no reader takes, and why."""


def _nothing_opens(paths: Sequence[Path]) -> Found:
    """Stands in until `connectors` is installed."""
    message = f"no opener is registered for {len(paths)} paths"
    raise RuntimeError(message)


def _nothing_opens_as(paths: Sequence[Path], name: str) -> Found:
    """Stands in until `connectors` is installed."""
    message = f"no opener is registered for {len(paths)} paths of {name}"
    raise RuntimeError(message)


@dataclass
class FormatRegistry:
    """All known formats by name, and how files are opened; filled by `connectors` when ready."""

    formats: dict[str, Format] = field(default_factory=dict)
    open: Callable[[Sequence[Path]], Found] = _nothing_opens
    # Takes every file as the format of this name, whatever it looks like.
    open_as: Callable[[Sequence[Path], str], Found] = _nothing_opens_as

    def add(self, one: Format) -> None:
        """Register a format; a name taken twice is a programming error."""
        if one.name in self.formats:
            message = f"format {one.name} is registered twice"
            raise ValueError(message)
        self.formats[one.name] = one


FORMATS = FormatRegistry()


def _nothing_to_tell(until: date) -> Iterator[Portion]:
    """Stands in until `connectors` is installed."""
    message = f"no story is registered for the year until {until}"
    raise RuntimeError(message)


@dataclass
class DemoStory:
    """What happens in the demo community up to a day; filled by `connectors` when ready.

    `canvas` are the fields of its plan, `rules` a few words, the rules (title, words, what they
    forbid) and who answers for them.
    """

    tell: Callable[[date], Iterator[Portion]] = _nothing_to_tell
    canvas: Mapping[str, object] = field(default_factory=dict)
    rules: tuple[str, Sequence[tuple[str, str, str]], str] = ("", (), "")


DEMO = DemoStory()

# Problem codes; doors turn them into sentences in the reader's language.
PROBLEMS = (
    "empty",  # nothing in the file
    "not_text",  # binary data where text is expected
    "encoding",  # bytes that are not valid in the encoding found
    "truncated",  # the file ends in the middle of a record
    "bad_record",  # a record without the fields it needs
    "no_rows",  # a table of headings alone
    "no_writer",  # a row of a table that names nobody
    "other_columns",  # a sheet laid out otherwise than the one before it
    "bad_time",  # a time that does not exist or cannot be read
    "time_range",  # before 1970 or after tomorrow: kept out, or kept when the operator says so
    "long_line",  # a line over the limit: cut
    "too_deep",  # nested deeper than any export
    "archive_bomb",  # an archive that unpacks to far more than it should
    "archive_path",  # an archive member whose name points outside
    "archive_broken",  # an archive that cannot be opened or whose checksum fails
    "archive_unknown",  # an archive of a kind that is not opened
    "encrypted",  # a password is needed
    "unknown_format",  # no reader knows it
)

"""Score the links against hand-made ones: pairs `X.raw.txt` (chat log), `X.annotation.txt`.

They lie in a folder, below it, or in its zip archives, as the published ones are handed on.
"""

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from weilu.chat.replies.rules import link
from weilu.chat.replies.talk import Links, Talk

Pair: TypeAlias = tuple[Talk, list[tuple[int, int]]]
File: TypeAlias = Path | zipfile.Path

# The published logs write "[12:34]"; others add seconds, a date, an offset, or leave the brackets.
_STAMP = (
    r"[\[(]?(?:\d{4}-\d\d-\d\d[T ])?(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?"
    r"(?:Z|[+-]\d\d:?\d\d)?[\])]?[ \t]+"
)
_SAID = re.compile(_STAMP + r"<[ @+%&~!]?([^<>]+)>[ \t]?(.*)", re.DOTALL)
_DID = re.compile(_STAMP + r"\*[ \t]+(\S+) ?(.*)", re.DOTALL)
_RENAMED = re.compile(r"(?:=== |\S* ?\S*\d\d:\d\d\S* +\S{1,3}[ \t]+)(\S+) is now known as (\S+)")
# What follows the nick where a "*" tells of coming and going instead of doing.
_CAME_OR_WENT = re.compile(
    r"(?:[(\[]\S+@\S+[)\]] )?(?:has (?:joined|left|quit)|is now known as|sets? mode)\b"
)
_NOTICE = re.compile(
    r"=== \S+ +(?:\[[^\]]*\] +)?"
    r"(?:has (?:joined|left|quit|kicked|changed)|is now known as|was (?:kicked|banned)|"
    r"sets? mode|changed the topic|\[[^\]]*\]$)|=== (?:topic|mode|users?|you)\b",
    re.IGNORECASE,
)
_DID_OLD = re.compile(r"=== (\S+) (.*)", re.DOTALL)
_TWO_NUMBERS = re.compile(r"\s*(\d{1,9})[\s,;]+(\d{1,9})(?:[\s,;]|$)")
_RAW: Final = ".raw.txt"
_LINKS: Final = ".annotation.txt"
_HALF_DAY: Final = 720
_BACKWARD: Final = 5


@dataclass(frozen=True, slots=True)
class Scores:
    """Share of found links that are right, of hand-made links found, their mean, and counts.

    `links` counts the hand-made links of all `files`; a message that starts a talk is a link to
    itself, as in the published evaluation of these logs (Kummerfeld et al., ACL 2019).
    """

    precision: float
    recall: float
    f1: float
    links: int
    files: int


class _Log:
    """Reads log lines into columns; a new nick stays the same person."""

    def __init__(self) -> None:
        self.people: dict[str, int] = {}
        self.minute = 0
        self.clock = -1
        self.sent: list[int] = []
        self.speaker: list[int] = []
        self.text: list[str] = []

    def person(self, nick: str) -> int:
        """Number of the person who speaks under this nick."""
        return self.people.setdefault(nick.casefold(), len(self.people))

    def read(self, line: str) -> None:
        """Take one line: a message, an action or a notice."""
        said = _SAID.match(line) or _DID.match(line)
        if renamed := _RENAMED.match(line):
            self.people[renamed[2].casefold()] = self.person(renamed[1])
        if said:
            self._tick(int(said[1]) * 60 + int(said[2]))
            is_event = said.re is _DID and _CAME_OR_WENT.match(said[4])
            self._add(-1 if is_event else self.person(said[3]), said[4])
            return
        old = _DID_OLD.match(line)
        acted = old is not None and not _NOTICE.match(line)
        self._add(self.person(old[1]) if old and acted else -1, old[2] if old else line)

    def _tick(self, clock: int) -> None:
        # Logs know no date, some use a clock of twelve hours, and lines may swap by a minute.
        step = clock - self.clock if self.clock >= 0 else 0
        if step < -_BACKWARD:
            step %= _HALF_DAY
        self.minute += max(step, 0)
        self.clock = clock

    def _add(self, speaker: int, text: str) -> None:
        self.sent.append(self.minute * 60_000)
        self.speaker.append(speaker)
        self.text.append(text)


def read_pair(raw: File, annotation: File) -> Pair:
    """The talk of a log file and its hand-made links (earlier line, later line), sorted.

    Lines are counted from 0. Raises OSError when a file is missing, ValueError when the
    annotation is not made of two numbers of the log's lines a row.
    """
    log = _Log()
    text = raw.read_bytes().decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    for line in text.removesuffix("\n").split("\n"):
        log.read(line)
    links = _links(annotation, len(log.text))
    talk = Talk(
        sent_ms=np.asarray(log.sent, np.int64),
        speaker=np.asarray(log.speaker, np.int32),
        text=log.text,
        explicit=np.full(len(log.text), -1, np.int32),
        names=log.people,
    )
    return talk, links


def _links(annotation: File, lines: int) -> list[tuple[int, int]]:
    """The links of a file, each as (earlier line, later line), sorted, none twice."""
    links: set[tuple[int, int]] = set()
    written = annotation.read_bytes().decode("utf-8-sig", errors="replace")
    for number, row in enumerate(written.splitlines(), 1):
        if not row.strip():
            continue
        found = _TWO_NUMBERS.match(row)
        ends = sorted((int(found[1]), int(found[2]))) if found else [lines, lines]
        if ends[1] >= lines:
            message = f"{annotation.name}, line {number}: no two lines of the log: {row[:40]}"
            raise ValueError(message)
        links.add((ends[0], ends[1]))
    return sorted(links)


def evaluate(place: Path) -> Scores:
    """Scores of `link` over all pairs in a folder or an archive, over links, not over files.

    Raises ValueError when there is no pair or an archive is broken.
    """
    try:
        # An archive and what was unpacked beside it are the same pairs.
        raws = dict(_logs(place)).values()
        pairs = [(raw, annotation_of(raw)) for raw in raws]
        read = [read_pair(raw, links) for raw, links in pairs if links.exists()]
    except zipfile.BadZipFile as error:
        raise ValueError(str(error)) from error
    if not read:
        raise ValueError("no pairs X.raw.txt and X.annotation.txt in the folder")
    return score(read, link)


def _logs(place: Path) -> Iterator[tuple[str, File]]:
    """Log files by their paths; those in an archive as if it were unpacked where it lies."""
    for file in [place] if place.is_file() else sorted(place.rglob("*")):
        if file.name.endswith(_RAW):
            yield str(file), file
        elif file.suffix == ".zip":
            archive = zipfile.ZipFile(file)
            for name in sorted(archive.namelist()):
                if name.endswith(_RAW):
                    yield str(file.parent / name), zipfile.Path(archive, name)


def annotation_of(raw: File) -> File:
    """Where the hand-made links of a log file stand."""
    if isinstance(raw, zipfile.Path):
        return zipfile.Path(raw.root, raw.at.removesuffix(_RAW) + _LINKS)
    return raw.with_name(raw.name.removesuffix(_RAW) + _LINKS)


def score(pairs: Sequence[Pair], linker: Callable[[Talk], Links]) -> Scores:
    """Scores of any linker over pairs; only lines with a hand-made link are asked."""
    right = found = wanted = 0
    for talk, links in pairs:
        asked = sorted({child for _, child in links})
        parent = linker(talk).parent
        right += len({(int(parent[row]), row) for row in asked} & set(links))
        found += len(asked)
        wanted += len(links)
    precision, recall = right / max(found, 1), right / max(wanted, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-12)
    return Scores(precision, recall, f1, wanted, len(pairs))

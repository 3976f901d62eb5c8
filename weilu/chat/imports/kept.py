"""What looking at files has decoded, kept so that reading them in need not parse them again (K-4).

It lies in a file without a name, which goes with the process whatever happens, and is used only
while the files on disk and the answers are those it was made of; otherwise they are parsed anew.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec
from django.conf import settings

from weilu.chat.models import Import, ImportBundle
from weilu.chat.ports import Answers, Bundle, ChatRef, Inbound, Platform, Portion

# Of each import at most so many bytes are kept, of so many imports, for so long.
MOST_BYTES = 1 << 30
_MOST_RUNS = 4
_KEPT_S = 3600.0
_LENGTH_BYTES = 4

# What makes two readings of a bundle the same.
Mark = tuple[object, ...]


class _Frame(msgspec.Struct, array_like=True):
    """A portion as it is kept: without problems, which were shown when the file was looked at."""

    platform: str
    key: str
    name: str
    done: float
    items: Sequence[Inbound]


_DECODER = msgspec.msgpack.Decoder(_Frame)


@dataclass
class _Run:
    """What is kept of an import: the file, and by position a mark and where its frames lie.

    `files` tells the files on disk apart, as they were before they were looked at.
    """

    file: BinaryIO
    files: Mark
    since: float
    held: dict[int, tuple[Mark, int, int]] = field(default_factory=dict)


_runs: dict[int, _Run] = {}


def files_of(run: Import) -> Mark:
    """What the files of an import on disk are told apart by; it changes when one is written to.

    Nothing where they cannot be looked at.
    """
    try:
        return tuple(
            (str(path), told.st_size, told.st_mtime_ns, told.st_ino)
            for path in _all_files(run)
            for told in [path.stat()]
        )
    except OSError:
        return ()


def _all_files(run: Import) -> Iterator[Path]:
    for path in map(Path, run.paths):
        yield from sorted(path.rglob("*")) if path.is_dir() else [path]


def begin(run: Import) -> None:
    """Forget what was kept of an import: it is looked at anew."""
    forget(run.pk)
    tidy_kept(most=_MOST_RUNS - 1)
    files = files_of(run)
    try:
        folder = Path(settings.MEDIA_ROOT)
        folder.mkdir(parents=True, exist_ok=True)
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - lives as long as the run
    except OSError:
        return
    _runs[run.pk] = _Run(file, files, time.monotonic())


def keeping(
    one: ImportBundle, bundle: Bundle, answers: Answers, portions: Iterator[Portion]
) -> Iterator[Portion]:
    """The portions of a bundle as they come; kept when all of them have come and there is room."""
    kept = _runs.get(one.run_id)
    if kept is None or not kept.files:
        yield from portions
        return
    start = kept.file.seek(0, os.SEEK_END)
    write = _Writing(kept.file).add
    fits = True
    for portion in portions:
        fits = fits and write(portion)
        yield portion
    if fits:
        kept.held[one.position] = (_mark(bundle, answers), start, kept.file.tell())
    else:
        kept.file.truncate(start)


def again(
    one: ImportBundle, bundle: Bundle, answers: Answers, files: Mark
) -> Iterator[Portion] | None:
    """The portions of a bundle as it was looked at; None when they are not kept, or not of it.

    `files` is what `files_of` says now.
    """
    kept = _runs.get(one.run_id)
    if kept is None or kept.files != files:
        return None
    held = kept.held.get(one.position)
    if held is None or held[0] != _mark(bundle, answers):
        return None
    return _frames(kept.file, held[1], held[2])


def _frames(file: BinaryIO, start: int, end: int) -> Iterator[Portion]:
    at = start
    while at < end:
        file.seek(at)
        size = int.from_bytes(file.read(_LENGTH_BYTES), "little")
        frame = _DECODER.decode(file.read(size))
        at += _LENGTH_BYTES + size
        chat = ChatRef(Platform(frame.platform), frame.key, frame.name)
        yield Portion(chat, frame.items, (), frame.done)


def forget(run_id: int) -> None:
    """Let go of what is kept of an import."""
    kept = _runs.pop(run_id, None)
    if kept is not None:
        kept.file.close()


def tidy_kept(*, most: int = _MOST_RUNS) -> int:
    """Let go of what nobody has read in for an hour, and of the oldest beyond some; how many."""
    late = time.monotonic() - _KEPT_S
    old = [pk for pk, kept in _runs.items() if kept.since < late]
    rest = [pk for pk in _runs if pk not in old]
    gone = [*old, *rest[: max(len(rest) - most, 0)]]
    for pk in gone:
        forget(pk)
    return len(gone)


def _mark(bundle: Bundle, answers: Answers) -> Mark:
    """What makes two readings of a bundle the same, besides the files on disk."""
    return (bundle.format, tuple((e.path, e.size) for e in bundle.entries), answers)


class _Writing:
    """Writes portions to the end of a file, up to a size."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.encoder = msgspec.msgpack.Encoder()

    def add(self, portion: Portion) -> bool:
        """Whether the portion could be kept; nothing of its bundle is, when one cannot."""
        chat = portion.chat
        frame = _Frame(str(chat.platform), chat.key, chat.name, portion.done, portion.items)
        try:
            data = self.encoder.encode(frame)
            if self.file.tell() + len(data) > MOST_BYTES:
                return False
            self.file.write(len(data).to_bytes(_LENGTH_BYTES, "little") + data)
        except (OSError, ValueError, OverflowError):
            # No room on the disk, or a text that is no valid Unicode.
            return False
        return True

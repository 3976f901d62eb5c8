"""Dropped files, folders and archives as entries (handbook K-4).

Archives are untrusted: names that point outside, links, bombs, passwords and broken checksums
are refused with a problem, and declared sizes only ever lower what is read.
"""

from __future__ import annotations

import io
import re
import stat
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, BinaryIO, cast

from weilu.chat.ports import Entry, Problem, Unreadable
from weilu.connectors.formats.lines import is_binary
from weilu.connectors.formats.tarballs import (
    Part,
    Shared,
    is_packed,
    is_tar,
    parts,
    unpacked,
)

HEAD_BYTES = 64 * 1024
BINARY_HEAD_BYTES = 1024
# Heads of all entries together stay under this; later entries keep a short head only.
HEAD_BUDGET_BYTES = 48 * 1024 * 1024
SHORT_HEAD_BYTES = 4 * 1024
SPOOL_BYTES = 8 * 1024 * 1024

_HIDDEN = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini", "Icon\r"})
_DRIVE = re.compile(r"^[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may hold; text seldom shrinks more than thirtyfold when packed."""

    members: int = 100_000
    total_bytes: int = 64 * 1024**3
    ratio: int = 200
    # Small files may shrink by any factor without doing harm.
    ratio_free_bytes: int = 64 * 1024**2
    nested_bytes: int = 4 * 1024**3

    def most(self, packed: int) -> int:
        """How many bytes a file of so many may hold when it is packed whole."""
        return min(self.total_bytes, max(self.ratio_free_bytes, self.ratio * packed))


@dataclass(frozen=True, slots=True)
class Opened:
    """What a drop holds: readable entries in order, and what was refused."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()


class _Member(io.RawIOBase):
    """A stream out of an archive whose damage is told as Unreadable."""

    def __init__(self, inner: IO[bytes], path: str) -> None:
        self._inner = inner
        self._path = path
        self._position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            data = self._inner.read(len(buffer))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise Unreadable(at_byte(self._path, "archive_broken", self._position)) from error
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()


@dataclass
class _Drop:
    """The state of one walk: what was found and how much head memory is left."""

    limits: Limits
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    members: int = 0
    unpacked: int = 0
    head_bytes: int = 0

    def refuse(self, code: str, path: str) -> None:
        """Note a file or member that is not read."""
        self.problems.append(at_byte(path, code, 0))

    def add(self, entry: Entry) -> None:
        """Keep an entry, with less head for binaries and once the budget is used up."""
        head = entry.head
        if is_binary(head):
            head = head[:BINARY_HEAD_BYTES]
        elif self.head_bytes > HEAD_BUDGET_BYTES:
            head = head[:SHORT_HEAD_BYTES]
        self.head_bytes += len(head)
        self.entries.append(replace(entry, head=head))


def at_byte(path: str, code: str, position: int) -> Problem:
    """A problem at a place counted from 0."""
    return Problem(code, path, "byte", position + 1)


def entries(paths: Sequence[Path], limits: Limits | None = None) -> Opened:
    """Every readable file below `paths`, folders, zip (nested once) and tar archives expanded.

    Files keep the order given, folders and archives are walked in sorted order; hidden files
    and system droppings are skipped. Raises OSError when a given path cannot be opened.
    """
    drop = _Drop(limits or Limits())
    for path in paths:
        if path.is_dir():
            for below in _walk(path, drop):
                _add_file(drop, below, f"{path.name}/{below.relative_to(path).as_posix()}")
        else:
            _add_file(drop, path, path.name)
    return Opened(tuple(drop.entries), tuple(drop.problems))


def _walk(folder: Path, drop: _Drop) -> Iterator[Path]:
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if _is_hidden(path.name):
            continue
        if path.is_symlink():
            drop.refuse("archive_path", path.name)
        elif path.is_dir():
            yield from _walk(path, drop)
        elif path.is_file():
            yield path


def _is_hidden(name: str) -> bool:
    # A topic or chat may be called ".something.json"; a dot file proper has no ending.
    return name in _HIDDEN or name.startswith("._") or (name[:1] == "." and "." not in name[1:])


def _add_file(drop: _Drop, path: Path, shown: str) -> None:
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    try:
        archive = _as_archive(head, path, shown)
    except Unreadable as error:
        drop.problems.append(error.problem)
        return
    if archive is not None:
        _add_members(drop, archive, shown, nested=False)
    elif is_tar(head) or is_packed(head):
        _add_tarball(drop, path, head, shown)
    else:
        told = path.stat()
        drop.add(
            Entry(shown, told.st_size, head, lambda: path.open("rb"), _file_day(told.st_mtime))
        )


def _add_tarball(drop: _Drop, path: Path, head: bytes, shown: str) -> None:
    """Everything in a tar archive, or the one file that is packed."""
    try:
        if is_packed(head):
            shared = unpacked(path, head, shown, drop.limits.most)
        else:
            shared = Shared(path.open("rb"), path.stat().st_size)
        whole = Part(path.stem, shared.size, path.stat().st_mtime, True, 0, shared)  # noqa: FBT003
        with whole.open() as stream:
            is_archive = is_tar(stream.read(HEAD_BYTES))
        for part in parts(shared, shown) if is_archive else [whole]:
            drop.members += 1
            if drop.members > drop.limits.members:
                drop.refuse("archive_bomb", shown)
                return
            _add_part(drop, part, f"{shown}/{part.name}")
    except Unreadable as error:
        drop.problems.append(error.problem)


def _add_part(drop: _Drop, part: Part, shown: str) -> None:
    if _is_dropping(part.name):
        return
    if _is_outside(part.name) or not part.is_file:
        drop.refuse("archive_path", shown)
        return
    with part.open() as stream:
        head = stream.read(HEAD_BYTES)
    inner = _as_archive(head, part.open(), shown)
    if inner is None:
        drop.add(Entry(shown, part.size, head, part.open, _file_day(part.modified)))
    else:
        _add_members(drop, inner, shown, nested=True)


def _as_archive(head: bytes, source: Path | IO[bytes], shown: str) -> zipfile.ZipFile | None:
    """Archive opened, or None for what is not one; office files are zips but stay files.

    Raises Unreadable when it begins as an archive and cannot be opened.
    """
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return None
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable(at_byte(shown, "archive_broken", 0)) from error
    if "[Content_Types].xml" in archive.NameToInfo:
        archive.close()
        return None
    return archive


def _add_members(drop: _Drop, archive: zipfile.ZipFile, shown: str, *, nested: bool) -> None:
    infos = [i for i in archive.infolist() if not i.is_dir()]
    drop.members += len(infos)
    drop.unpacked += sum(i.file_size for i in infos)
    packed = sum(i.compress_size for i in infos)
    if _is_bomb(drop, infos, packed):
        drop.refuse("archive_bomb", shown)
        return
    if not infos:
        drop.refuse("empty", shown)
    for name, info in sorted(((member_name(i), i) for i in infos), key=lambda pair: pair[0]):
        _add_member(drop, archive, f"{shown}/{name}", info, nested=nested)


def _is_bomb(drop: _Drop, infos: Sequence[zipfile.ZipInfo], packed: int) -> bool:
    limits = drop.limits
    size = sum(i.file_size for i in infos)
    if drop.members > limits.members or drop.unpacked > limits.total_bytes:
        return True
    # Members that share their bytes in the archive count those bytes once.
    distinct = sum({i.header_offset: i.compress_size for i in infos}.values())
    return size > limits.ratio_free_bytes and size > limits.ratio * max(1, min(packed, distinct))


def member_name(info: zipfile.ZipInfo) -> str:
    """Name of the member as its writer meant it: UTF-8, GB18030 or cp437, with "/" between."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            return name.replace("\\", "/")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def _add_member(
    drop: _Drop, archive: zipfile.ZipFile, shown: str, info: zipfile.ZipInfo, *, nested: bool
) -> None:
    name = member_name(info)
    if _is_dropping(name):
        return
    if _is_outside(name) or _is_link(info):
        drop.refuse("archive_path", shown)
        return
    if info.flag_bits & 0x1:
        drop.refuse("encrypted", shown)
        return
    try:
        with _member_stream(archive, info, shown) as stream:
            head = stream.read(HEAD_BYTES)
        inner = None if nested else _nested(drop, archive, info, head)
    except Unreadable as error:
        drop.problems.append(Problem(error.problem.code, shown, "byte", error.problem.number))
        return
    if inner is None:
        drop.add(
            Entry(
                shown,
                info.file_size,
                head,
                lambda: _member_stream(archive, info, shown),
                _member_day(info),
            )
        )
    else:
        _add_members(drop, inner, shown, nested=True)


def _is_dropping(name: str) -> bool:
    return any(_is_hidden(part) and part not in {".", ".."} for part in name.split("/"))


def _is_outside(name: str) -> bool:
    return ".." in name.split("/") or name.startswith("/") or bool(_DRIVE.match(name))


def _file_day(modified: float) -> date | None:
    try:
        return datetime.fromtimestamp(modified, UTC).astimezone().date()
    except (OverflowError, OSError, ValueError):
        return None


def _member_day(info: zipfile.ZipInfo) -> date | None:
    """The day of a member; archives that do not know it write the first they can."""
    if info.date_time[:3] == (1980, 1, 1):
        return None
    try:
        return date(*info.date_time[:3])
    except ValueError:
        return None


def _is_link(info: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(info.external_attr >> 16)


def _member_stream(archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str) -> BinaryIO:
    try:
        inner = archive.open(info)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise Unreadable(at_byte(shown, "archive_broken", 0)) from error
    return cast("BinaryIO", io.BufferedReader(_Member(inner, shown), HEAD_BYTES))


def _nested(
    drop: _Drop, archive: zipfile.ZipFile, info: zipfile.ZipInfo, head: bytes
) -> zipfile.ZipFile | None:
    """Archive inside an archive, unpacked to memory or a temporary file that goes with it."""
    if not head.startswith(b"PK\x03\x04"):
        return None
    name = info.filename
    if info.file_size > drop.limits.nested_bytes:
        raise Unreadable(at_byte(name, "archive_bomb", 0))
    spool = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 closed with the archive
    try:
        with _member_stream(archive, info, name) as stream:
            while block := stream.read(1024 * 1024):
                spool.write(block)
        spool.seek(0)
        inner = _as_archive(head, cast("IO[bytes]", spool), name)
    except Unreadable:
        spool.close()
        raise
    if inner is None:
        spool.close()
        return None
    weakref.finalize(inner, spool.close)
    return inner

"""Dropped files, folders and archives as entries, and which format each entry is (handbook K-4).

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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, BinaryIO, cast

from weilu.chat.ports import FORMATS, Bundle, Entry, Format, Problem, Unreadable
from weilu.connectors.formats.lines import is_binary

HEAD_BYTES = 64 * 1024
BINARY_HEAD_BYTES = 1024
# Heads of all entries together stay under this; later entries keep a short head only.
HEAD_BUDGET_BYTES = 48 * 1024 * 1024
SHORT_HEAD_BYTES = 4 * 1024
SPOOL_BYTES = 8 * 1024 * 1024

_HIDDEN = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini", "Icon\r"})
_NOTHING = frozenset({b"[]", b"{}"})
_DRIVE = re.compile(r"^[A-Za-z]:")
_TEXT_NAME = re.compile(r"\.(json|jsonl|ndjson|txt|csv|tsv|log|md|html?|xml)$", re.IGNORECASE)
_MEDIA_NAME = re.compile(
    r"\.(jpe?g|png|gif|webp|heic|bmp|mp4|mov|3gp|webm|mkv|mp3|m4a|ogg|opus|oga|amr|silk|aac|wav|"
    r"pdf|docx?|pptx?|vcf|tgs|webmanifest|css|js|svg|ico|woff2?|ttf|dat)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may hold; text seldom shrinks more than thirtyfold when packed."""

    members: int = 100_000
    total_bytes: int = 64 * 1024**3
    ratio: int = 200
    # Small files may shrink by any factor without doing harm.
    ratio_free_bytes: int = 64 * 1024**2
    nested_bytes: int = 4 * 1024**3


@dataclass(frozen=True, slots=True)
class Opened:
    """What a drop holds: readable entries in order, and what was refused."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Claimed:
    """The exports found in a drop, in the order of their first entry, and what nobody claimed."""

    bundles: tuple[Bundle, ...]
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
            raise Unreadable(_byte(self._path, "archive_broken", self._position)) from error
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
        self.problems.append(_byte(path, code, 0))

    def add(self, entry: Entry) -> None:
        """Keep an entry, with less head for binaries and once the budget is used up."""
        head = entry.head
        if is_binary(head):
            head = head[:BINARY_HEAD_BYTES]
        elif self.head_bytes > HEAD_BUDGET_BYTES:
            head = head[:SHORT_HEAD_BYTES]
        self.head_bytes += len(head)
        self.entries.append(replace(entry, head=head))


def _byte(path: str, code: str, position: int) -> Problem:
    return Problem(code, path, "byte", position + 1)


def entries(paths: Sequence[Path], limits: Limits | None = None) -> Opened:
    """Every readable file below `paths`, folders and zip archives (nested once) expanded.

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
    if archive is None:
        told = path.stat()
        drop.add(
            Entry(shown, told.st_size, head, lambda: path.open("rb"), _file_day(told.st_mtime))
        )
    else:
        _add_members(drop, archive, shown, nested=False)


def _as_archive(head: bytes, source: Path | IO[bytes], shown: str) -> zipfile.ZipFile | None:
    """Archive opened, or None for what is not one; office files are zips but stay files.

    Raises Unreadable when it begins as an archive and cannot be opened.
    """
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return None
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable(_byte(shown, "archive_broken", 0)) from error
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
    parts = name.split("/")
    if any(_is_hidden(part) and part not in {".", ".."} for part in parts):
        return
    if ".." in parts or name.startswith("/") or _DRIVE.match(name) or _is_link(info):
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
        raise Unreadable(_byte(shown, "archive_broken", 0)) from error
    return cast("BinaryIO", io.BufferedReader(_Member(inner, shown), HEAD_BYTES))


def _nested(
    drop: _Drop, archive: zipfile.ZipFile, info: zipfile.ZipInfo, head: bytes
) -> zipfile.ZipFile | None:
    """Archive inside an archive, unpacked to memory or a temporary file that goes with it."""
    if not head.startswith(b"PK\x03\x04"):
        return None
    name = info.filename
    if info.file_size > drop.limits.nested_bytes:
        raise Unreadable(_byte(name, "archive_bomb", 0))
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


def claim(opened: Opened, formats: Iterable[Format] | None = None) -> Claimed:
    """Sort entries into exports: the surest format wins, ties go to the one registered first.

    `formats` defaults to all registered ones. Problems are those of `opened` and one for each
    entry that nobody claimed; pictures and other attachments beside an export are passed over.
    """
    known = list(FORMATS.formats.values() if formats is None else formats)
    taken: dict[str, list[Entry]] = {}
    left: list[Entry] = []
    for entry in opened.entries:
        best = _best(entry, known) if entry.size else None
        if best is None:
            left.append(entry)
        else:
            taken.setdefault(best.name, []).append(entry)
    bundles = [b for one in known if one.name in taken for b in one.bundle(taken[one.name])]
    order = {entry.path: number for number, entry in enumerate(opened.entries)}
    bundles.sort(key=lambda b: min(order[e.path] for e in b.entries))
    claimed = {e.path for group in taken.values() for e in group}
    problems = opened.problems + tuple(_unclaimed(left, claimed))
    return Claimed(tuple(bundles), problems)


def _best(entry: Entry, known: Sequence[Format]) -> Format | None:
    scored = [(one.recognise(entry), -number) for number, one in enumerate(known)]
    score, number = max(scored, default=(0, 0))
    return known[-number] if score > 0 else None


def _unclaimed(left: Sequence[Entry], claimed: set[str]) -> Iterator[Problem]:
    """Problems for entries without a reader, except what belongs beside a claimed one."""
    shapes = {_shape(path) for path in claimed}
    for entry in left:
        if entry.size == 0:
            # A quiet day in a folder of daily logs is no problem.
            if _shape(entry.path) not in shapes:
                yield _byte(entry.path, "empty", 0)
        elif claimed and entry.head.strip() in _NOTHING:
            # A list beside an export with nothing on it, as a workspace without groups has.
            continue
        elif is_binary(entry.head) and _TEXT_NAME.search(entry.path):
            yield _byte(entry.path, "not_text", 0)
        elif not (claimed and "/" in entry.path and _MEDIA_NAME.search(entry.path)):
            yield _byte(entry.path, "unknown_format", 0)


def _shape(path: str) -> str:
    return re.sub(r"\d+", "0", path)

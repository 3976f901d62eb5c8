"""Tar archives and packed single files, as parts that may be read any number of times (K-4).

What is packed whole (gzip, bzip2, xz) is unpacked once, into a file without a name that is gone
with the last who reads of it; no further than a text can have been packed.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import tempfile
import threading
import weakref
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO, cast

from weilu.chat.ports import Problem, Unreadable

_BLOCK = 1024 * 1024
_MAGIC_AT = 257
_PACKED: dict[bytes, Callable[[IO[bytes]], IO[bytes]]] = {
    b"\x1f\x8b": lambda file: cast("IO[bytes]", gzip.GzipFile(fileobj=file)),
    b"BZh": lambda file: cast("IO[bytes]", bz2.BZ2File(file)),
    b"\xfd7zXZ\x00": lambda file: cast("IO[bytes]", lzma.LZMAFile(file)),  # noqa: SIM115 - its caller does
}
# What begins like this is an archive that nothing here opens: 7z, rar, zstd.
UNKNOWN = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd")


@dataclass(slots=True, weakref_slot=True, eq=False)
class Shared:
    """A file that several parts are read from, one at a time; closed with the last of them."""

    file: IO[bytes]
    size: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        weakref.finalize(self, self.file.close)


class _Part(io.RawIOBase):
    """A stretch of a shared file, with a place of its own."""

    def __init__(self, shared: Shared, start: int, size: int) -> None:
        self._shared = shared
        self._start = start
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        wanted = min(len(buffer), max(0, self._size - self._at))
        with self._shared.lock:
            self._shared.file.seek(self._start + self._at)
            data = self._shared.file.read(wanted)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


@dataclass(frozen=True, slots=True)
class Part:
    """A file in a tar archive; `name` as its writer meant it, `is_file` unless a link or device."""

    name: str
    size: int
    modified: float
    is_file: bool
    start: int
    shared: Shared

    def open(self) -> BinaryIO:
        """A new stream from its start."""
        raw = _Part(self.shared, self.start, self.size)
        return cast("BinaryIO", io.BufferedReader(raw, 64 * 1024))


def is_tar(head: bytes) -> bool:
    """Whether a file begins as a tar archive; those of before 1988 are not told."""
    return head[_MAGIC_AT : _MAGIC_AT + 5] == b"ustar"


def is_packed(head: bytes) -> bool:
    """Whether a file is packed whole."""
    return head.startswith(tuple(_PACKED))


def unpacked(path: Path, head: bytes, shown: str, most: Callable[[int], int]) -> Shared:
    """What a packed file holds; `most` says how many bytes one of a size may hold.

    Raises Unreadable "archive_bomb" where it is more, "archive_broken" where it is damaged.
    """
    opener = next(one for magic, one in _PACKED.items() if head.startswith(magic))
    limit = most(path.stat().st_size)
    shared = Shared(cast("IO[bytes]", tempfile.TemporaryFile()))  # noqa: SIM115 - it closes it
    size = 0
    try:
        with path.open("rb") as packed, opener(packed) as stream:
            while block := stream.read(_BLOCK):
                size += len(block)
                if size > limit:
                    raise Unreadable(Problem("archive_bomb", shown, "byte", 1))
                shared.file.write(block)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise Unreadable(Problem("archive_broken", shown, "byte", size + 1)) from error
    shared.size = size
    return shared


def parts(shared: Shared, shown: str) -> Iterator[Part]:
    """Everything in a tar archive but folders, in its order.

    Raises Unreadable "archive_broken" at the place where it cannot be followed any further.
    """
    place = 0
    try:
        with tarfile.open(fileobj=_Part(shared, 0, shared.size), mode="r:") as archive:
            for info in archive:
                place = info.offset_data
                if not info.isdir():
                    is_file = info.isreg() and not info.issparse()
                    name = info.name.encode(errors="surrogateescape").decode(errors="replace")
                    start = info.offset_data
                    yield Part(name, info.size, float(info.mtime), is_file, start, shared)
    except (tarfile.TarError, ValueError, OSError, EOFError) as error:
        raise Unreadable(Problem("archive_broken", shown, "byte", place + 1)) from error

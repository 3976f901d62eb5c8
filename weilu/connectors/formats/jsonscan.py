"""JSON as UTF-8 chunks and as a sequence of structural characters, in constant memory (K-4).

The characters `{}[],` outside strings are found for a whole chunk at once with numpy, so that
finding where records end costs a few nanoseconds a byte; the records themselves are decoded by
msgspec in long runs (`jsonstream`).
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from weilu.chat.ports import Problem, Unreadable

CHUNK_BYTES = 512 * 1024
# A record longer than this is skipped: no chat message is, and memory must stay bounded.
RECORD_LIMIT_BYTES = 8 * 1024 * 1024
# Levels below the array of records; real exports need about ten.
DEPTH_LIMIT = 100

_STRUCTURE = b'"{}[],'
_MARKS = bytes(int(byte in _STRUCTURE) for byte in range(256))
_STEPS = np.zeros(256, dtype=np.int32)
_STEPS[[ord("{"), ord("[")]] = 1
_STEPS[[ord("}"), ord("]")]] = -1
_QUOTE = ord('"')
_COMMA = ord(",")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

Ints = npt.NDArray[np.int64]


def sniff(data: bytes) -> tuple[str, int]:
    """The encoding that a byte-order mark or the NULs around the first character tell of.

    Returns the encoding and the length of the mark; ("", 0) where nothing tells.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding, len(mark)
    if data[1:2] == b"\0" and data[:1] != b"\0":
        return "utf-16-le", 0
    if data[:1] == b"\0" and data[1:2] not in {b"\0", b""}:
        return "utf-16-be", 0
    return "", 0


def guess(data: bytes) -> str:
    """UTF-8 or GB18030, whichever reads `data` with fewer errors; UTF-8 when both do as well."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        errors = {e: _errors(data, e) for e in ("utf-8", "gb18030")}
        return min(errors, key=lambda e: errors[e])
    return "utf-8"


def _errors(data: bytes, encoding: str) -> int:
    text = codecs.getincrementaldecoder(encoding)("replace").decode(data)
    return text.count("\ufffd")


def utf8_chunks(stream: BinaryIO, size: int = CHUNK_BYTES) -> Iterator[tuple[bytes, int]]:
    """Chunks of a stream as UTF-8 without mark, each with how many bytes were read for it.

    UTF-16 and UTF-32 are told by mark or NULs, GB18030 by the first chunk that is not ASCII.
    Invalid UTF-8 is passed on as it is, so that the record that holds it can be named.
    """
    data = stream.read(size)
    encoding, mark = sniff(data)
    taken, data = len(data), data[mark:]
    while taken and not encoding:
        if data.isascii():
            yield data, taken
            data = stream.read(size)
            taken = len(data)
        else:
            encoding = guess(data)
    if encoding == "utf-8":
        while taken:
            yield data, taken
            data = stream.read(size)
            taken = len(data)
    elif encoding:
        yield from _transcoded(stream, data, taken, encoding)


def _transcoded(
    stream: BinaryIO, data: bytes, taken: int, encoding: str
) -> Iterator[tuple[bytes, int]]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while taken:
        yield decoder.decode(data).encode("utf-8", "replace"), taken
        data = stream.read(CHUNK_BYTES)
        taken = len(data)
    yield decoder.decode(b"", final=True).encode("utf-8", "replace"), 0


class Scanner:
    """Finds structural characters in successive chunks; remembers strings, escapes and depth."""

    def __init__(self) -> None:
        self.depth = 0
        self.is_quoted = False
        self._is_escaped = False

    def feed(self, chunk: bytes) -> tuple[Ints, npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
        """Positions, bytes and depths after them of the structural characters outside strings."""
        masked = self._without_escapes(chunk)
        spots = np.flatnonzero(np.frombuffer(masked.translate(_MARKS), dtype=np.bool_))
        kinds = np.frombuffer(masked, dtype=np.uint8)[spots]
        quotes = kinds == _QUOTE
        inside = np.cumsum(quotes, dtype=np.int32)
        if self.is_quoted:
            inside += 1
        if inside.size:
            self.is_quoted = bool(inside[-1] & 1)
        outside = ~(quotes | (inside & 1).astype(np.bool_))
        spots, kinds = spots[outside], kinds[outside]
        depths = np.cumsum(_STEPS[kinds], dtype=np.int32)
        depths += self.depth
        if depths.size:
            self.depth = int(depths[-1])
        return spots, kinds, depths

    def _without_escapes(self, chunk: bytes) -> bytes:
        """The chunk, equally long, with escaped quotes and backslashes blanked out."""
        if self._is_escaped and chunk:
            chunk = b"_" + chunk[1:]
            self._is_escaped = False
        if b"\\" in chunk:
            chunk = chunk.replace(b"\\\\", b"__").replace(b'\\"', b"__")
            self._is_escaped = chunk.endswith(b"\\")
        return chunk


class Tokens:
    """A JSON stream as tokens with the bytes before each.

    `buffer[start:]` is what has not been taken yet; `index` is the next token.
    """

    def __init__(self, stream: BinaryIO, path: str) -> None:
        self.path = path
        self.buffer = b""
        self.start = 0
        self.index = 0
        self.spots: Ints = np.empty(0, dtype=np.int64)
        self.kinds: npt.NDArray[np.uint8] = np.empty(0, dtype=np.uint8)
        self.depths: npt.NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self.bytes_read = 0
        self.opening = b""
        self.failure: Problem | None = None
        self._scanner = Scanner()
        self._chunks = utf8_chunks(stream)

    @property
    def pending(self) -> int:
        """Bytes held and not taken yet."""
        return len(self.buffer) - self.start

    @property
    def depth(self) -> int:
        """How many containers are open at the end of what was read."""
        return self._scanner.depth

    def drop(self) -> None:
        """Forget the bytes not taken yet; tokens already found among them go too."""
        self.start = len(self.buffer)
        self.index = len(self.spots)

    def more(self) -> bool:
        """Read one more chunk behind what is held; False at the end of the stream.

        Damage of the archive below ends the stream and is kept in `failure`.
        """
        try:
            chunk, taken = next(self._chunks)
        except StopIteration:
            return False
        except Unreadable as error:
            self.failure = error.problem
            return False
        held = self.buffer[self.start :]
        spots, kinds, depths = self._scanner.feed(chunk)
        left = self.index
        if left < len(self.spots):
            self.spots = np.concatenate((self.spots[left:] - self.start, spots + len(held)))
            self.kinds = np.concatenate((self.kinds[left:], kinds))
            self.depths = np.concatenate((self.depths[left:], depths))
        else:
            self.spots, self.kinds, self.depths = spots + len(held), kinds, depths
        self.buffer, self.start, self.index = held + chunk, 0, 0
        self.opening = self.opening or chunk[:400]
        self.bytes_read += taken
        return True

    def find(self, level: int) -> int:
        """Index of the first token from `index` on whose depth is at most `level`; -1 if none."""
        begin, window = self.index, 512
        while begin < len(self.depths):
            found = np.flatnonzero(self.depths[begin : begin + window] <= level)
            if found.size:
                return begin + int(found[0])
            begin += window
            window *= 8
        return -1

    def commas(self, level: int, stop: int) -> list[int]:
        """Places of the commas at depth `level` from `index` up to token `stop`, -1 for all."""
        part = slice(self.index, stop if stop >= 0 else None)
        found = (self.depths[part] == level) & (self.kinds[part] == _COMMA)
        places: list[int] = self.spots[part][found].tolist()
        return places

    def boundary(self, level: int) -> int:
        """Place of the next comma at `level` or of the end of that container; -1 if none.

        Takes the tokens before it; a comma stays in the bytes, an end stays a token.
        """
        while (found := self.find(level)) >= 0:
            if int(self.depths[found]) < level:
                self.index = found
                return int(self.spots[found])
            self.index = found + 1
            if self.kinds[found] == _COMMA:
                return int(self.spots[found]) + 1
        return -1

"""Text out of untrusted bytes: encoding, lines on LF only, and tables, in constant memory (K-4).

Lines end at LF and nowhere else: U+2028, NEL, VT and FF occur inside real messages. Only a file
without any LF may end them at CR, as old programs and spreadsheets of Macs do.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import BinaryIO

from weilu.chat.ports import Entry, Problem, Unreadable

BLOCK_BYTES = 512 * 1024
LINE_LIMIT_BYTES = 1024 * 1024
FIELD_LIMIT = 1024 * 1024
EXCERPT_LENGTH = 80
_SAMPLE_BYTES = 64 * 1024
_DELIMITERS = ",\t;|"
_TITLE_LINES = 10

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY_STARTS = (
    b"\x89PNG\r\n",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"OggS",
    b"ID3",
    b"%PDF-",
    b"SQLite format 3\x00",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
    b"#!AMR",
    b"#!SILK",
)
# Text has tabs, line ends and perhaps IRC's formatting codes; files with many of these are not.
_CONTROLS = bytes(range(9)) + bytes(range(14, 32))


def is_binary(head: bytes) -> bool:
    """Whether these first bytes are of something that is not text in any encoding known here."""
    if head.startswith(_BINARY_STARTS) or head[4:8] == b"ftyp":
        return True
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    if b"\x00" not in head or _wide(head):
        return False
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls * 20 > len(head)


def _wide(sample: bytes) -> str:
    """Name of the UTF-16 whose ASCII has NULs in every other place as here, or ""."""
    low, high = sample[0::2], sample[1::2]
    zeros_low, zeros_high = low.count(0), high.count(0)
    if zeros_high * 10 >= len(high) and zeros_low * 4 <= zeros_high:
        return "utf-16-le"
    if zeros_low * 10 >= len(low) and zeros_high * 4 <= zeros_low:
        return "utf-16-be"
    return ""


def guess_encoding(sample: bytes) -> str:
    """Likeliest Python codec of `sample`; "latin-1" when nothing else fits.

    UTF-8 by validity, GB18030 and Big5 by where their common characters lie; Big5 is weak.
    """
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name
    if b"\x00" in sample and (wide := _wide(sample)):
        return wide
    if sample.isascii() or _mostly_utf8(sample):
        return "utf-8"
    return _double_byte(sample)


def _mostly_utf8(sample: bytes) -> bool:
    text = sample.decode("utf-8", "replace")
    bad = text.count("\ufffd") - sample.count(b"\xef\xbf\xbd")
    # The cut at the end of the sample may leave one broken character.
    return (bad - 1) * 8 < len(text) - _ascii_count(sample) - bad


def _ascii_count(sample: bytes) -> int:
    return len(sample) - len(sample.translate(None, bytes(range(128))))


def _double_byte(sample: bytes) -> str:
    """Which of GB18030 and Big5 explains the pairs better, by their everyday characters."""
    pairs = common = narrow = big5 = 0
    position, end = 0, len(sample) - 1
    while position < end:
        lead = sample[position]
        if lead < 0x80:
            position += 1
            continue
        trail = sample[position + 1]
        pairs += 1
        common += trail >= 0xA1 and (0xB0 <= lead <= 0xD7 or 0xA1 <= lead <= 0xA9)
        narrow += 0x40 <= trail <= 0x7E or trail >= 0xA1
        big5 += 0xA1 <= lead <= 0xC6 and (0x40 <= trail <= 0x7E or trail >= 0xA1)
        position += 2
    if common * 10 >= pairs * 7:
        return "gb18030"
    if big5 * 20 >= pairs * 19 and narrow == pairs and pairs:
        return "big5"
    return "latin-1" if common * 2 < pairs else "gb18030"


def _ends_at_cr(head: bytes) -> bool:
    if b"\x00" in head:
        # In UTF-16 the byte of LF is half of many characters too.
        head = head.decode(guess_encoding(head), "replace").encode("utf-8", "replace")
    return b"\n" not in head and head.count(b"\r") > 1


@lru_cache(maxsize=8)
def _decoded_head(head: bytes, *, whole: bool) -> str:
    if is_binary(head):
        return ""
    text = head.decode(guess_encoding(head), "replace").removeprefix("\ufeff")
    # As in the stream: databases refuse NUL in the name of a chat too.
    text = text.replace("\x00", "\ufffd")
    if _ends_at_cr(head):
        text = text.replace("\r", "\n")
    if not whole:
        text = text[: text.rfind("\n") + 1] or text
    return text.replace("\r\n", "\n")


def head_text(entry: Entry) -> str:
    """Beginning of an entry for recognition: whole lines, LF only; "" for binaries."""
    return _decoded_head(entry.head, whole=entry.size <= len(entry.head))


def head_lines(entry: Entry, count: int = 200) -> list[str]:
    """Beginning of an entry as lines for recognition; empty for binaries."""
    return head_text(entry).split("\n", count)[:count]


def excerpt(text: str) -> str:
    """Text a problem shows of a place: one line of at most 80 characters."""
    return text[:EXCERPT_LENGTH].replace("\n", " ")


@dataclass
class TextStream:
    """One reading of an entry as text; `problems` gathers what is met and is emptied by readers.

    `consumed` counts the bytes read so far. Raises Unreadable for binaries.
    """

    entry: Entry
    problems: list[Problem] = field(default_factory=list)
    consumed: int = 0
    _codec: str = "utf-8"
    _bad: int = 0
    _bad_line: int = 0
    _bad_excerpt: str = ""

    def batches(self) -> Iterator[tuple[int, list[str]]]:
        """Yield lists of lines with the 1-based number of the first; a trailing CR is cut."""
        if is_binary(self.entry.head):
            raise Unreadable(Problem("not_text", self.entry.path, "byte", 1))
        encoding = find_encoding(self.entry)
        self._codec = "utf-8" if encoding.startswith("utf-16") else encoding
        number = 1
        with self.entry.open() as stream:
            for block in self._cut(self._blocks(stream, encoding)):
                lines = self._decode(block, number)
                yield number, lines
                number += len(lines)
        if self._bad:
            shown = excerpt(f"{self._bad} × {self._bad_excerpt}")
            path = self.entry.path
            self.problems.append(Problem("encoding", path, "line", self._bad_line, shown))

    def lines(self) -> Iterator[tuple[int, str]]:
        """Single lines with their 1-based numbers."""
        for number, lines in self.batches():
            yield from enumerate(lines, number)

    def _blocks(self, stream: BinaryIO, encoding: str) -> Iterator[bytes]:
        """Blocks without the byte order mark; UTF-16 is turned into UTF-8 on the way."""
        wide = encoding.startswith("utf-16")
        decoder = codecs.getincrementaldecoder(encoding)("replace") if wide else None
        first, at_cr = True, _ends_at_cr(self.entry.head)
        while block := stream.read(BLOCK_BYTES):
            self.consumed += len(block)
            if decoder is not None:
                block = decoder.decode(block).encode("utf-8", "replace")
            if at_cr:
                block = block.replace(b"\r", b"\n")
            if first:
                block = block.removeprefix(codecs.BOM_UTF8)
                first = False
            yield block

    def _cut(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the same bytes in runs of whole lines; a line over the limit loses its tail."""
        carry, skipping, number = b"", False, 1
        for read in blocks:
            block = carry + (read[read.find(b"\n") :] if skipping else read)
            if skipping and b"\n" not in read:
                continue
            end = block.rfind(b"\n") + 1
            carry, skipping = block[end:], False
            if end:
                number += block.count(b"\n", 0, end)
                yield block[:end]
            if len(carry) > LINE_LIMIT_BYTES:
                self._note_long(carry, number)
                # Through text and back, so that no character is cut in half.
                kept = carry[:LINE_LIMIT_BYTES].decode(self._codec, "ignore")
                carry, skipping = kept.encode(self._codec), True
        if carry:
            yield carry

    def _note_long(self, line: bytes, number: int) -> None:
        shown = excerpt(line[:EXCERPT_LENGTH].decode("utf-8", "replace"))
        self.problems.append(Problem("long_line", self.entry.path, "line", number, shown))

    def _decode(self, block: bytes, number: int) -> list[str]:
        try:
            text = block.decode(self._codec)
        except UnicodeDecodeError as error:
            text = block.decode(self._codec, "replace")
            self._note_bad(block, error, number)
            self._bad += text.count("\ufffd") - block.count(b"\xef\xbf\xbd")
        if "\x00" in text:
            if (nulls := text.count("\x00")) > 16 and nulls * 20 > len(text):
                raise Unreadable(Problem("not_text", self.entry.path, "line", number))
            # Databases refuse NUL in text.
            text = text.replace("\x00", "\ufffd")
        if "\r" in text:
            text = text.replace("\r\n", "\n").removesuffix("\r")
        lines = text.split("\n")
        if not lines[-1]:
            lines.pop()
        return lines

    def _note_bad(self, block: bytes, error: UnicodeDecodeError, number: int) -> None:
        if not self._bad:
            start = block.rfind(b"\n", 0, error.start) + 1
            line = block[start : start + 4 * EXCERPT_LENGTH].decode(error.encoding, "replace")
            self._bad_line = number + block.count(b"\n", 0, error.start)
            self._bad_excerpt = line.split("\n", 1)[0].rstrip("\r")

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Table rows with the number of the line each begins on; empty rows are left out.

        Line breaks inside quotes are kept as LF; a broken row becomes a problem.
        """
        csv.field_size_limit(FIELD_LIMIT)
        reader = csv.reader(
            (line.replace("\r", " ") + "\n" for _, line in self.lines()),
            delimiter=delimiter(head_text(self.entry)),
        )
        while True:
            number = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                path = self.entry.path
                self.problems.append(
                    Problem("bad_record", path, "line", number, excerpt(str(error)))
                )
                continue
            if row:
                yield number, row


def delimiter(text: str) -> str:
    """Sign that parts the columns: comma, tab, semicolon or bar, by the first line that has one.

    Above the headings there may be a title without any.
    """
    for line in text.lstrip().split("\n", _TITLE_LINES)[:_TITLE_LINES]:
        outside = "".join(line.split('"')[::2])
        if any(sign in outside for sign in _DELIMITERS):
            return max(_DELIMITERS, key=outside.count)
    return _DELIMITERS[0]


def find_encoding(entry: Entry) -> str:
    """Codec of an entry: by its head, or by the first place that is not plain ASCII."""
    if not entry.head.isascii() or b"\x00" in entry.head or len(entry.head) >= entry.size:
        return guess_encoding(entry.head)
    with entry.open() as stream:
        while block := stream.read(BLOCK_BYTES):
            if not block.isascii():
                return guess_encoding(_around(block))
    return "utf-8"


def _around(block: bytes) -> bytes:
    """Part of a block that begins with the line of its first byte above ASCII."""
    plain = len(block) - len(block.lstrip(bytes(range(128))))
    start = block.rfind(b"\n", 0, plain) + 1
    return block[start : start + _SAMPLE_BYTES]


def text_lines(entry: Entry, problems: list[Problem]) -> Iterator[tuple[int, str]]:
    """Numbered lines of an entry; what is wrong goes to `problems`. See TextStream."""
    return TextStream(entry, problems).lines()


def csv_rows(entry: Entry, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Numbered table rows of an entry; what is wrong goes to `problems`. See TextStream."""
    return TextStream(entry, problems).rows()

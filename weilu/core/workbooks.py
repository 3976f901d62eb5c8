"""Whether an office workbook may be opened at all (K-4).

Sheets are unfolded in memory, from the first cell written to the last, whatever lies between: a
file of a kilobyte whose two cells stand in opposite corners asks for half a terabyte, and the
process that opens it is killed. So the corners are looked up first.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO
from xml.parsers.expat import ExpatError, ParserCreate

# A workbook is unpacked in memory, so it must be modest; longer tables come as CSV.
UNPACKED_BYTES = 256 * 1024 * 1024
# From the first corner to the last: 32 bytes each once unfolded.
CELLS = 6_000_000
_BLOCK = 1024 * 1024
# Cells are looked for inside this only.
_SHEET = b"sheetData"
# Marks of markup in two bytes a letter.
_TWO_BYTES = (b"\xff\xfe", b"\xfe\xff")
_PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


class TooLarge(ValueError):
    """A workbook that unpacks, or unfolds, to more than any that people make."""


def check_workbook(file: IO[bytes]) -> None:
    """Let an xlsx pass that is safe to open; reads all of it.

    Raises TooLarge, zipfile.BadZipFile for what is damaged, ValueError for what is no xlsx.
    """
    unpacked = 0
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
        # What else is there would be opened as another kind, whose sheets nobody has looked at.
        if "xl/workbook.xml" not in names or names & {"xl/workbook.bin", "content.xml"}:
            raise ValueError("not_xlsx")
        for info in archive.infolist():
            corners = _Corners()
            with archive.open(info) as member:
                for block in _blocks(member):
                    unpacked += len(block)
                    if unpacked > UNPACKED_BYTES:
                        raise TooLarge("unpacked")
                    corners.add(block)
            corners.end()


def _blocks(member: IO[bytes]) -> Iterator[bytes]:
    try:
        while block := member.read(_BLOCK):
            yield block
    except (zlib.error, EOFError) as error:
        # The library lets what its own library says of damage through.
        raise zipfile.BadZipFile(str(error)) from error


class _Corners:
    """Follows a member of a workbook and knows the furthest row and column of its cells.

    What is no markup, or not from some place on, is no sheet as long as none is spoken of: drawings
    of Excel's own hold marks that are never closed.
    """

    def __init__(self) -> None:
        self._at = _Place()
        self._parser = ParserCreate()
        self._parser.StartElementHandler = self._at.start
        self._parser.StartDoctypeDeclHandler = _refuse
        self._is_markup: bool | None = None
        self._tail = b""

    def add(self, block: bytes) -> None:
        """Follow a block; raises TooLarge, or ValueError for a sheet that is no markup."""
        if self._is_markup is None and block.strip():
            start = block.lstrip(b"\xef\xbb\xbf \t\r\n")
            self._is_markup = start[:1] == b"<" or start[:2] in _TWO_BYTES
        if self._is_markup:
            self._parse(block)
        if not self._is_markup and _SHEET in self._tail + block:
            raise ValueError("bad_markup")
        self._tail = block[-len(_SHEET) :]

    def end(self) -> None:
        """Nothing follows."""
        if self._is_markup:
            self._parse(b"", is_last=True)

    def _parse(self, block: bytes, *, is_last: bool = False) -> None:
        try:
            self._parser.Parse(block, is_last)
        except ExpatError as error:
            # Two bytes a letter would hide what is looked for from here on.
            if self._at.is_sheet or b"\0" in block:
                raise ValueError("bad_markup") from error
            self._is_markup = False


def _refuse(*_declared: object) -> None:
    raise ValueError("bad_markup")


@dataclass
class _Place:
    """Where the cell at hand stands, and the furthest that any has stood."""

    row: int = 0
    column: int = 0
    bottom: int = 0
    right: int = 0
    is_sheet: bool = False

    def start(self, name: str, said: Mapping[str, str]) -> None:
        """A row or a cell begins; one that does not say where comes after the one before."""
        kind = name.rpartition(":")[2]
        self.is_sheet |= kind == "sheetData"
        if kind == "row":
            place = said.get("r", "")
            self.row = int(place) if place.isdecimal() and len(place) < 8 else self.row + 1
            self.column = 0
        elif kind == "c":
            found = _PLACE.fullmatch(said.get("r", ""))
            self.column = _number(found[1]) if found else self.column + 1
            self.row = int(found[2]) if found else self.row
            self.right, self.bottom = max(self.right, self.column), max(self.bottom, self.row)
            if self.right * self.bottom > CELLS:
                raise TooLarge("unfolded")


def _number(name: str) -> int:
    """A column's number by its letters: A is 1, AA 27."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number

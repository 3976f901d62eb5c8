"""Decoding JSON records with msgspec, and what to do where a record is damaged (handbook K-4)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec

from weilu.chat.ports import Problem

T = TypeVar("T")

EXCERPT_CHARACTERS = 80
BLANK = b" \t\r\n\0"
# Databases refuse NUL in text.
_NUL = b"\\u0000"
_NULS = re.compile(rb"(?<!\\)((?:\\\\)*+)\\u0000")


def storable(raw: bytes) -> bytes:
    """JSON in which a NUL within text is the sign for what cannot be read."""
    return _NULS.sub(rb"\1\\ufffd", raw) if _NUL in raw else raw


def excerpt(raw: bytes) -> str:
    """The first characters of what stands at a damaged place."""
    return raw.strip(BLANK + b",")[: 4 * EXCERPT_CHARACTERS].decode("utf-8", "replace")[
        :EXCERPT_CHARACTERS
    ]


class Records(Generic[T]):
    """Decodes raw records, in runs where all is well and one by one where it is not."""

    def __init__(self, kind: type[T], path: str) -> None:
        self._kind = kind
        self._one = msgspec.json.Decoder(kind)
        self._many = msgspec.json.Decoder(list[kind])  # type: ignore[valid-type] # a type value
        self._path = path
        self.count = 0

    def problem(self, code: str, raw: bytes = b"") -> Problem:
        """A problem with the record counted last."""
        return Problem(code, self._path, "record", max(1, self.count), excerpt(raw))

    def run(self, raw: bytes, cuts: Sequence[int]) -> tuple[list[T], Sequence[int], list[Problem]]:
        """Records of `raw`, which holds one record before each of `cuts` and one after the last."""
        try:
            records: list[T] = self._many.decode(b"[" + storable(raw) + b"]")
        except (ValueError, RecursionError):
            return self._one_by_one(raw, cuts)
        first = self.count + 1
        self.count += len(records)
        return records, range(first, first + len(records)), []

    def _one_by_one(
        self, raw: bytes, cuts: Sequence[int]
    ) -> tuple[list[T], list[int], list[Problem]]:
        records: list[T] = []
        numbers: list[int] = []
        problems: list[Problem] = []
        begin = 0
        for end in (*cuts, len(raw)):
            self.one(raw[begin:end], records, numbers, problems)
            begin = end + 1
        return records, numbers, problems

    def one(
        self, raw: bytes, records: list[T], numbers: list[int], problems: list[Problem]
    ) -> None:
        """Decode one record into `records` and `numbers`, or say in `problems` why not."""
        self.count += 1
        record, code = self.attempt(raw)
        if record is not None:
            records.append(record)
            numbers.append(self.count)
        if code:
            problems.append(self.problem(code, raw))

    def attempt(self, raw: bytes) -> tuple[T | None, str]:
        """The record, also from JSON a little outside the standard; and a problem code or ""."""
        raw = storable(raw)
        try:
            return self._one.decode(raw), ""
        except RecursionError:
            return None, "too_deep"
        except ValueError:
            return self._lenient(raw)

    def _lenient(self, raw: bytes) -> tuple[T | None, str]:
        """Reads NaN, raw control characters, lone surrogates and invalid bytes too."""
        try:
            text, code = raw.decode("utf-8"), ""
        except UnicodeDecodeError:
            text, code = raw.decode("utf-8", "replace"), "encoding"
        try:
            plain = without_surrogates(json.loads(text.replace("\0", "\ufffd"), strict=False))
            return msgspec.convert(plain, self._kind), code
        except RecursionError:
            return None, "too_deep"
        except ValueError:
            return None, "bad_record"


def without_surrogates(value: object) -> object:
    """The same value with halves of surrogate pairs, which no text can hold, replaced."""
    if isinstance(value, str):
        if value.isascii():
            return value
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [without_surrogates(one) for one in value]
    if isinstance(value, dict):
        return {without_surrogates(k): without_surrogates(v) for k, v in value.items()}
    return value

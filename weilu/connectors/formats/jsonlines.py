"""Streaming over JSON Lines of any size (handbook K-4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Generic, TypeVar

from weilu.chat.ports import Entry, Problem, Unreadable
from weilu.connectors.formats.jsonrecords import BLANK, Records, excerpt
from weilu.connectors.formats.jsonscan import RECORD_LIMIT_BYTES, utf8_chunks
from weilu.connectors.formats.jsonstream import Batch

T = TypeVar("T")


def lines(entry: Entry, kind: type[T]) -> Iterator[Batch[T]]:
    """Records of a JSON Lines file; blank lines and `#` comments are passed over.

    Numbers are those of lines; a line over the limit is a "long_line" problem, a last line that
    breaks off a "truncated" one. Raises Unreadable for an empty file.
    """
    with entry.open() as stream:
        yield from _Lines(entry, Records(kind, entry.path)).batches(stream)


class _Lines(Generic[T]):
    """One pass over JSON Lines."""

    def __init__(self, entry: Entry, records: Records[T]) -> None:
        self._entry = entry
        self._records = records
        self._read = 0
        self._is_skipping = False

    def batches(self, stream: BinaryIO) -> Iterator[Batch[T]]:
        held = b""
        try:
            for chunk, taken in utf8_chunks(stream):
                self._read += taken
                whole, newline, rest = chunk.rpartition(b"\n")
                if not newline:
                    held += chunk
                    held, problems = self._bounded(held)
                    if problems:
                        yield self._batch([], [], problems)
                    continue
                yield self._decoded(held + whole)
                held = rest
        except Unreadable as error:
            yield self._batch([], [], [error.problem])
        if not self._read:
            raise Unreadable(Problem("empty", self._entry.path, "byte", 1))
        if held.strip(BLANK):
            yield self._last(held)

    def _bounded(self, held: bytes) -> tuple[bytes, list[Problem]]:
        if len(held) <= RECORD_LIMIT_BYTES:
            return held, []
        is_new, self._is_skipping = not self._is_skipping, True
        if not is_new:
            return b"", []
        return b"", [self._problem("long_line", self._records.count + 1, held[:400])]

    def _decoded(self, raw: bytes) -> Batch[T]:
        records: list[T] = []
        numbers: list[int] = []
        problems: list[Problem] = []
        rows = raw.split(b"\n")
        if self._is_skipping:
            self._is_skipping = False
            self._records.count += 1
            del rows[0]
        for row in rows:
            self._records.count += 1
            text = row.strip(BLANK)
            if not text or text.startswith(b"#"):
                continue
            record, code = self._records.attempt(text)
            if record is not None:
                records.append(record)
                numbers.append(self._records.count)
            if code:
                problems.append(self._problem(code, self._records.count, text))
        return self._batch(records, numbers, problems)

    def _last(self, held: bytes) -> Batch[T]:
        """The last line, which may lack its end."""
        batch = self._decoded(held)
        cut = [
            p if p.code != "bad_record" else replace(p, code="truncated") for p in batch.problems
        ]
        return replace(batch, problems=cut)

    def _problem(self, code: str, number: int, raw: bytes) -> Problem:
        return Problem(code, self._entry.path, "line", number, excerpt(raw))

    def _batch(self, records: list[T], numbers: list[int], problems: list[Problem]) -> Batch[T]:
        size = self._entry.size
        return Batch((), records, numbers, problems, min(1.0, self._read / size) if size else 1.0)

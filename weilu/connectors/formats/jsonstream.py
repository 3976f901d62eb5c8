"""Streaming over JSON files of any size: typed records in batches, the fields around them (K-4).

`walk` follows a file once: it hands out the records of the wanted arrays as batches of msgspec
structs and the named fields beside them. What is damaged becomes a problem with the record's
number and reading goes on. `peek` reads the same way from an entry's head only, to recognise it;
`lines` reads JSON Lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from typing import Generic, TypeVar

from weilu.chat.ports import Entry, Problem, Unreadable
from weilu.connectors.formats.jsonrecords import (
    BLANK,
    Records,
    excerpt,
    storable,
    without_surrogates,
)
from weilu.connectors.formats.jsonscan import (
    DEPTH_LIMIT,
    RECORD_LIMIT_BYTES,
    Tokens,
)

T = TypeVar("T")

# Where something stands: keys of objects and indices of arrays from the top.
At = tuple[str | int, ...]
# Where records stand: keys, and "*" for any index of an array.
Target = tuple[str, ...]

# A field that is kept may be this long; longer ones (pictures of members) are passed over.
FIELD_LIMIT_BYTES = 4 * 1024 * 1024
_OPENERS = b"{["
_COMMA = ord(",")


@dataclass(frozen=True, slots=True)
class Field:
    """A wanted value beside the records; the last part of `at` is its key."""

    at: At
    value: object


@dataclass(frozen=True, slots=True)
class Batch(Generic[T]):
    """A run of records of the array at `at`, with their 1-based numbers in the file."""

    at: At
    records: Sequence[T]
    numbers: Sequence[int]
    problems: Sequence[Problem] = ()
    done: float = 0.0


@dataclass
class _Frame:
    """An open container on the way to the records."""

    at: At
    is_object: bool
    count: int = 0


@dataclass
class _Walk(Generic[T]):
    """One pass over a stream; `keep` None keeps every field."""

    tokens: Tokens
    targets: frozenset[Target]
    records: Records[T] | None
    keep: frozenset[str] | None
    size: int
    keys: list[str] = field(default_factory=list)
    top: str = ""
    within: At | None = None

    def events(self) -> Iterator[Field | Batch[T]]:
        """Fields and batches in file order; ends with the problem that ended it, if any."""
        tokens = self.tokens
        stack: list[_Frame] = []
        while True:
            if tokens.index >= len(tokens.spots):
                if tokens.pending > RECORD_LIMIT_BYTES:
                    tokens.drop()
                if tokens.more():
                    continue
                yield from self.ending(is_open=bool(stack) or self.within is not None)
                return
            spot = int(tokens.spots[tokens.index])
            kind = tokens.buffer[spot]
            before = tokens.buffer[tokens.start : spot]
            tokens.start, tokens.index = spot + 1, tokens.index + 1
            if not self.top and (kind not in _OPENERS or before.strip(BLANK)):
                return
            if kind in _OPENERS:
                yield from self._opened(stack, before, is_object=kind == _OPENERS[0])
            else:
                yield from self._separated(stack, before, is_close=kind != _COMMA)

    def _opened(
        self, stack: list[_Frame], before: bytes, *, is_object: bool
    ) -> Iterator[Field | Batch[T]]:
        if not stack:
            self.top = self.top or ("{" if is_object else "[")
            at: At = ()
        else:
            at = self._child(stack[-1], before)
        shape = tuple("*" if isinstance(part, int) else part for part in at)
        if shape in self.targets and not is_object:
            yield from self._items(at)
        elif any(target[: len(shape)] == shape for target in self.targets):
            stack.append(_Frame(at, is_object))
        else:
            yield from self._value(at, before, is_object=is_object)

    def _child(self, frame: _Frame, before: bytes) -> At:
        """Where a value in `frame` stands; "" as key where it cannot be read."""
        if not frame.is_object:
            frame.count += 1
            return (*frame.at, frame.count - 1)
        key, _ = _member(before)
        if not frame.at:
            self.keys.append(key)
        return (*frame.at, key)

    def _separated(self, stack: list[_Frame], before: bytes, *, is_close: bool) -> Iterator[Field]:
        """A comma or an end: the scalar before it, if it belongs to an object, is a field."""
        if stack and stack[-1].is_object and before.strip(BLANK):
            key, raw = _member(before)
            if not stack[-1].at:
                self.keys.append(key)
            yield from self._kept((*stack[-1].at, key), raw)
        if is_close and stack:
            stack.pop()

    def _value(self, at: At, before: bytes, *, is_object: bool) -> Iterator[Field]:
        """A container that holds no records: kept when wanted, else passed over."""
        tokens = self.tokens
        level = int(tokens.depths[tokens.index - 1]) - 1
        is_wanted = self._is_wanted(at)
        begin = tokens.start
        while (found := tokens.find(level)) < 0:
            tokens.start = begin
            tokens.index = len(tokens.spots)
            if not is_wanted or tokens.pending > FIELD_LIMIT_BYTES:
                is_wanted = False
                tokens.drop()
            if not tokens.more():
                tokens.drop()
                return
            begin = 0
        end = int(tokens.spots[found])
        raw = tokens.buffer[begin:end]
        tokens.start, tokens.index = end + 1, found + 1
        if is_wanted:
            yield from self._kept(at, b"{" + raw + b"}" if is_object else b"[" + raw + b"]")

    def _is_wanted(self, at: At) -> bool:
        return self.keep is None or (bool(at) and at[-1] in self.keep)

    def _kept(self, at: At, raw: bytes) -> Iterator[Field]:
        if not self._is_wanted(at):
            return
        try:
            plain = json.loads(storable(raw).decode("utf-8", "replace"))
            yield Field(at, without_surrogates(plain))
        except (ValueError, RecursionError):
            return

    def _items(self, at: At) -> Iterator[Batch[T]]:
        """The records of one array, up to its end or the end of the stream."""
        tokens = self.tokens
        level = int(tokens.depths[tokens.index - 1])
        self.within = at
        while True:
            found = tokens.find(level - 1)
            ends = tokens.commas(level, found)
            if found >= 0:
                end = int(tokens.spots[found])
                if ends or tokens.buffer[tokens.start : end].strip(BLANK):
                    yield from self._run(at, [*ends, end])
                tokens.start, tokens.index = end + 1, found + 1
                self.within = None
                return
            if ends:
                yield from self._run(at, ends)
                tokens.start = ends[-1] + 1
            tokens.index = len(tokens.spots)
            if tokens.pending > RECORD_LIMIT_BYTES:
                yield from self._overlong(at, level)
            elif not tokens.more():
                return

    def _run(self, at: At, ends: list[int]) -> Iterator[Batch[T]]:
        if self.records is None:
            return
        start = self.tokens.start
        raw = self.tokens.buffer[start : ends[-1]]
        found = self.records.run(raw, [end - start for end in ends[:-1]])
        yield Batch(at, *found, self.done)

    def _overlong(self, at: At, level: int) -> Iterator[Batch[T]]:
        """Pass over a record that is too long to hold, up to the comma or the end behind it."""
        tokens, records = self.tokens, self.records
        code = "too_deep" if tokens.depth > level + DEPTH_LIMIT else "long_line"
        if records is not None:
            records.count += 1
            problem = records.problem(code, tokens.buffer[tokens.start : tokens.start + 400])
            yield Batch(at, [], [], [problem], self.done)
        tokens.drop()
        while tokens.more():
            spot = tokens.boundary(level)
            if spot >= 0:
                tokens.start = spot
                return
            tokens.drop()
        self.within = None

    @property
    def done(self) -> float:
        """The share of the stream read so far."""
        return min(1.0, self.tokens.bytes_read / self.size) if self.size else 1.0

    def ending(self, *, is_open: bool) -> Iterator[Batch[T]]:
        """What is left at the end of the stream: a last whole record, and what is missing."""
        records, tokens = self.records, self.tokens
        if records is None or not (is_open or tokens.failure):
            return
        raw = tokens.buffer[tokens.start :]
        last, code = records.attempt(raw) if self.within is not None else (None, "bad_record")
        records.count += 1
        at = self.within or ()
        if last is not None and not code:
            yield Batch(at, [last], [records.count], (), self.done)
            records.count += 1
        problem = tokens.failure or records.problem("truncated", raw)
        yield Batch(at, [], [], [problem], self.done)


def _member(raw: bytes) -> tuple[str, bytes]:
    """The key and the rest of `"key": rest`; ("", b"") where it cannot be read."""
    text = raw.strip(BLANK)
    end = text.find(b'"', 1)
    while end > 0 and text[end - 1 : end] == b"\\":
        end = text.find(b'"', end + 1)
    rest = text[end + 1 :].lstrip(BLANK)
    if end < 0 or text[:1] != b'"' or rest[:1] != b":":
        return "", b""
    try:
        return str(json.loads(text[: end + 1])), rest[1:]
    except ValueError:
        return "", b""


def walk(
    entry: Entry, targets: Iterable[Target], kind: type[T], keep: Iterable[str] = ()
) -> Iterator[Field | Batch[T]]:
    """Records of the arrays at `targets` as batches of `kind`, and the fields named in `keep`.

    In file order, so a field may come after the records (`outline` looks ahead). A damaged
    record is a problem in its batch, a file cut short ends with a "truncated" problem.
    Raises Unreadable where there is no JSON container at all.
    """
    with entry.open() as stream:
        tokens = Tokens(stream, entry.path)
        one = _Walk(
            tokens, frozenset(targets), Records(kind, entry.path), frozenset(keep), entry.size
        )
        yield from one.events()
        if not one.top:
            raise Unreadable(tokens.failure or _unreadable(entry, tokens.opening))


def _unreadable(entry: Entry, opening: bytes) -> Problem:
    if not opening.strip(BLANK):
        return Problem("empty", entry.path, "byte", 1)
    code = "not_text" if b"\0" in opening else "bad_record"
    return Problem(code, entry.path, "byte", 1, excerpt(opening))


def outline(
    entry: Entry, targets: Iterable[Target], keep: Iterable[str], enough: At | None = None
) -> dict[At, object]:
    """The fields named in `keep` by where they stand, records passed over undecoded.

    Reads up to the field at `enough`, else the whole file once; used where records may come
    before what names their group.
    """
    seen: dict[At, object] = {}
    with entry.open() as stream:
        tokens = Tokens(stream, entry.path)
        one: _Walk[object] = _Walk(tokens, frozenset(targets), None, frozenset(keep), entry.size)
        for event in one.events():
            if isinstance(event, Field):
                seen[event.at] = event.value
                if event.at == enough:
                    break
    return seen


@dataclass(frozen=True, slots=True)
class Peek:
    """What the head of a JSON file shows: "{", "[" or "" for no JSON; keys and first records.

    `keys` are those of the top object, also of a field the head breaks off in.
    """

    top: str
    keys: frozenset[str]
    fields: dict[At, object]
    records: tuple[dict[str, object], ...]
    at: At = ()

    def has(self, *keys: str) -> bool:
        """Whether the top object has all these keys."""
        return self.keys.issuperset(keys)

    def first(self) -> dict[str, object]:
        """The first record, empty where none was found."""
        return self.records[0] if self.records else {}


PEEK_TARGETS: frozenset[Target] = frozenset(
    {
        (),
        ("messages",),
        ("chats", "list", "*", "messages"),
        ("left_chats", "list", "*", "messages"),
        ("zerver_message",),
        ("value",),
    }
)
_PEEK_RECORDS = 20
# A log whose lines begin with a time in brackets: each of them would be tried as a list.
_TIME = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*\[\d")
_COMMENTS = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:\s*#[^\n]*\n)+")


def peek(entry: Entry) -> Peek:
    """What an entry's head shows of its structure; never raises."""
    return _peek(entry.head)


@lru_cache(maxsize=8)
def _peek(head: bytes) -> Peek:
    if _TIME.match(head):
        return Peek("", frozenset(), {}, ())
    # JSON Lines may begin with comments.
    tokens = Tokens(BytesIO(_COMMENTS.sub(b"", head)), "")
    one = _Walk(tokens, PEEK_TARGETS, Records(dict[str, object], ""), None, len(head))
    fields: dict[At, object] = {}
    records: list[dict[str, object]] = []
    at: At = ()
    for event in one.events():
        if isinstance(event, Field):
            fields[event.at] = event.value
        elif len(records) < _PEEK_RECORDS:
            records.extend(event.records)
            at = event.at
    return Peek(one.top, frozenset(one.keys), fields, tuple(records[:_PEEK_RECORDS]), at)

"""From decoded JSON records to portions: times, ranges, cuts and progress (handbook K-4)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from weilu.chat.ports import Bundle, ChatRef, Entry, Inbound, Portion, Problem
from weilu.connectors.formats.jsonrecords import EXCERPT_CHARACTERS
from weilu.connectors.formats.jsonstream import At, Batch, Field

T = TypeVar("T")

PORTION_ITEMS = 5_000
# 1970 up to, not including, 2100; later than tomorrow is the business of whoever has a clock.
FIRST_MS = 0
LAST_MS = 4_102_444_800_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class RecordError(ValueError):
    """A record that cannot be told of; `code` is one of the problem codes."""

    def __init__(self, code: str, found: object = "") -> None:
        super().__init__(code)
        self.code = code
        self.found = str(found)[:EXCERPT_CHARACTERS]


def moment_ms(moment: datetime) -> int:
    """UTC milliseconds since 1970 of an aware moment, rounded down."""
    return (moment - _EPOCH) // _MILLISECOND


def iso_ms(text: str, zone: ZoneInfo | None = None) -> int:
    """UTC milliseconds of an ISO 8601 time; `zone` is used where it names no offset.

    Raises RecordError("bad_time") for anything else.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            if zone is None:
                raise RecordError("bad_time", text)
            moment = moment.replace(tzinfo=zone)
        return moment_ms(moment)
    except (ValueError, OverflowError):
        raise RecordError("bad_time", text) from None


def seconds_ms(value: float | str | None) -> int:
    """UTC milliseconds of Unix seconds, also written as a string.

    Raises RecordError("bad_time") for anything else.
    """
    try:
        if isinstance(value, str) and "." not in value:
            return int(value) * 1000
        return round(float(value or "") * 1000)
    except (ValueError, OverflowError):
        raise RecordError("bad_time", value) from None


def any_unix_ms(value: float) -> int:
    """UTC milliseconds of a Unix time in seconds or milliseconds, told apart by size.

    Seconds reach 100,000,000,000 only in the year 5138. Raises RecordError("bad_time") for what
    is no number.
    """
    if not math.isfinite(value):
        raise RecordError("bad_time", value)
    return round(value) if abs(value) >= 100_000_000_000 else round(value * 1000)


def portions(
    entry: Entry,
    batches: Iterator[Field | Batch[T]],
    chat: Callable[[At], ChatRef],
    convert: Callable[[T], Sequence[Inbound]],
) -> Iterator[Portion]:
    """Turn batches into portions; `convert` tells what a record says or raises RecordError.

    What `convert` cannot tell and what lies outside 1970 to 2100 becomes a problem.
    """
    for batch in batches:
        if isinstance(batch, Field):
            continue
        items: list[Inbound] = []
        problems = list(batch.problems)
        for number, record in zip(batch.numbers, batch.records, strict=True):
            try:
                found = convert(record)
            except RecordError as fault:
                problems.append(Problem(fault.code, entry.path, "record", number, fault.found))
                continue
            for item in found:
                if FIRST_MS <= item.sent_ms < LAST_MS:
                    items.append(item)
                else:
                    problems.append(
                        Problem("time_range", entry.path, "record", number, item.text[:80])
                    )
        yield from cut(chat(batch.at), items, problems, batch.done)


def mixed(
    entry: Entry,
    batches: Iterator[Batch[T]],
    told: Callable[[T], Iterable[tuple[ChatRef, Inbound]]],
    nowhere: ChatRef,
) -> Iterator[Portion]:
    """Turn batches whose records say each of which chat they are into portions.

    Problems come with the chat `nowhere`; otherwise as `portions`.
    """
    for batch in batches:
        held: dict[ChatRef, list[Inbound]] = {}
        problems = list(batch.problems)
        for number, record in zip(batch.numbers, batch.records, strict=True):
            try:
                for chat, item in told(record):
                    if FIRST_MS <= item.sent_ms < LAST_MS:
                        held.setdefault(chat, []).append(item)
                    else:
                        shown = item.text[:EXCERPT_CHARACTERS]
                        problems.append(Problem("time_range", entry.path, "line", number, shown))
            except RecordError as fault:
                problems.append(Problem(fault.code, entry.path, "line", number, fault.found))
        for chat, items in held.items():
            yield from cut(chat, items, (), batch.done)
        yield from cut(nowhere, (), problems, batch.done)


def cut(
    chat: ChatRef, items: Sequence[Inbound], problems: Sequence[Problem], done: float
) -> Iterator[Portion]:
    """Portions of at most 5,000 items; nothing for nothing."""
    for begin in range(0, len(items), PORTION_ITEMS):
        part = items[begin : begin + PORTION_ITEMS]
        yield Portion(chat, part, problems if begin == 0 else (), done)
    if problems and not items:
        yield Portion(chat, (), problems, done)


def over(bundle: Bundle, read: Callable[[Entry], Iterator[Portion]]) -> Iterator[Portion]:
    """Portions of all entries of a bundle in order, with the progress over all of them."""
    whole = max(1, bundle.size)
    before = 0
    for entry in bundle.entries:
        for one in read(entry):
            done = min(1.0, (before + one.done * entry.size) / whole)
            yield Portion(one.chat, one.items, one.problems, done)
        before += entry.size


def one_each(name: str, label: str, entries: Sequence[Entry]) -> list[Bundle]:
    """A bundle for each entry: for formats where every file is an export of its own."""
    return [Bundle(name, label, (entry,)) for entry in entries]


def word(value: object, key: str) -> str:
    """The value under `key` as text, "" where there is none or `value` is no object."""
    found = value.get(key) if isinstance(value, dict) else None
    return "" if found is None else str(found)


def natural(path: str) -> list[tuple[int, str]]:
    """Sort key under which `part_10` comes after `part_9`."""
    parts = re.split(r"([0-9]{1,18})", path)
    return [(int(part), "") if part.isdigit() else (0, part) for part in parts]


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The files of an export in the order of their numbers."""
    return tuple(sorted(entries, key=lambda entry: natural(entry.path)))


def folder(path: str) -> str:
    """The folder of a path with its "/", "" at the top."""
    return path[: path.rfind("/") + 1]


def by_folder(
    heads: Sequence[Entry], rest: Sequence[Entry]
) -> list[tuple[tuple[Entry, ...], list[Entry]]]:
    """Each head with the entries in its folder or below; those without a head by their folder."""
    below: dict[str, list[Entry]] = {folder(head.path): [] for head in heads}
    strays: dict[str, list[Entry]] = {}
    for entry in rest:
        owners = [place for place in below if entry.path.startswith(place)]
        if owners:
            below[max(owners, key=len)].append(entry)
        else:
            strays.setdefault(folder(entry.path), []).append(entry)
    firsts: dict[str, tuple[Entry, ...]] = {}
    for head in heads:
        place = folder(head.path)
        firsts[place] = (*firsts.get(place, ()), head)
    found = [(firsts[place], entries) for place, entries in below.items()]
    return found + [((), entries) for entries in strays.values()]

"""Which format each entry of a drop is (handbook K-4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from weilu.chat.ports import FORMATS, Bundle, Entry, Format, Problem
from weilu.connectors.formats.lines import is_binary
from weilu.connectors.formats.opening import Opened, at_byte
from weilu.connectors.formats.tarballs import UNKNOWN

# Empty lists, and what is left of white space and the mark some programs begin a text with.
_NOTHING = frozenset({b"", b"[]", b"{}"})
_BLANK = b"\xef\xbb\xbf \t\r\n"
_TEXT_NAME = re.compile(r"\.(json|jsonl|ndjson|txt|csv|tsv|log|md|html?|xml)$", re.IGNORECASE)
_MEDIA_NAME = re.compile(
    r"\.(jpe?g|png|gif|webp|heic|bmp|mp4|mov|3gp|webm|mkv|mp3|m4a|ogg|opus|oga|amr|silk|aac|wav|"
    r"pdf|docx?|pptx?|vcf|tgs|webmanifest|css|js|svg|ico|woff2?|ttf|dat)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """The exports found in a drop, in the order of their first entry, and what nobody claimed."""

    bundles: tuple[Bundle, ...]
    problems: tuple[Problem, ...] = ()


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
        if entry.size == len(entry.head) and entry.head.strip(_BLANK) in _NOTHING:
            # A quiet day in a folder of daily logs is no problem, nor a list beside an export with
            # nothing on it, as a workspace without groups has.
            is_beside = _shape(entry.path) in shapes if entry.size == 0 else bool(claimed)
            if not is_beside:
                yield at_byte(entry.path, "empty", 0)
        elif entry.head.startswith(UNKNOWN):
            yield at_byte(entry.path, "archive_unknown", 0)
        elif claimed and "/" in entry.path and _MEDIA_NAME.search(entry.path):
            continue
        elif is_binary(entry.head) or _MEDIA_NAME.search(entry.path):
            yield at_byte(entry.path, "not_text", 0)
        else:
            yield at_byte(entry.path, "unknown_format", 0)


def _shape(path: str) -> str:
    return re.sub(r"\d+", "0", path)

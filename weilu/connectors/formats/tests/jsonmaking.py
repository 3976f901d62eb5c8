"""Entries and readings for tests of the JSON formats."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from weilu.chat.ports import Answers, Bundle, Entry, Format, Inbound, Portion, Problem

SHANGHAI = ZoneInfo("Asia/Shanghai")


def entry(content: object, path: str = "export.json") -> Entry:
    """An entry holding bytes as they are, or any value as JSON."""
    data = (
        content
        if isinstance(content, bytes)
        else json.dumps(content, ensure_ascii=False, indent=1).encode()
    )
    return Entry(path, len(data), data[:65536], lambda: io.BytesIO(data))


def portions_of(one: Format, *entries: Entry, zone: ZoneInfo = SHANGHAI) -> list[Portion]:
    """Everything a format reads from entries it must recognise."""
    for each in entries:
        assert one.recognise(each) > 0, each.path
    return [p for bundle in one.bundle(entries) for p in read(one, bundle, zone)]


def read(one: Format, bundle: Bundle, zone: ZoneInfo = SHANGHAI) -> list[Portion]:
    """The portions of a bundle; checks what every reader promises."""
    portions = list(one.read(bundle, Answers(zone)))
    assert all(len(portion.items) <= 5_000 for portion in portions)
    done = [portion.done for portion in portions]
    assert done == sorted(done)
    return portions


def items_of(portions: Sequence[Portion]) -> list[Inbound]:
    """All records in order."""
    return [item for portion in portions for item in portion.items]


def problems_of(portions: Sequence[Portion]) -> list[Problem]:
    """All problems in order."""
    return [problem for portion in portions for problem in portion.problems]


def codes_of(portions: Sequence[Portion]) -> list[tuple[str, int]]:
    """Codes and numbers of all problems."""
    return [(problem.code, problem.number) for problem in problems_of(portions)]

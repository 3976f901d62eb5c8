"""Where the real data sets stand, and the smallest reader of one of them, for tests only."""

import json
import os
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyroaring import BitMap

PROJECT = Path(__file__).resolve().parents[4]
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_SPOKEN = re.compile(r"^\[(\d\d):(\d\d)\] (?: \* (\S+)|<([^>]+)>) ?(.*)$")


def folder(name: str) -> Path:
    """Folder of a data set; skips the test with a sentence where it is missing."""
    root = Path(os.getenv("WEILU_DATA") or PROJECT.parent / "shared" / "data")
    if not (root / name).is_dir():
        pytest.skip(f"the real data set {name} is not beside the project")
    return root / name


def counts(name: str) -> dict[str, Any]:
    """Totals of a data set as published beside it."""
    loaded: dict[str, Any] = json.loads((folder(name) / "counts.json").read_text("utf-8"))
    return loaded


@dataclass
class Talk:
    """A log as columns, and as the roll-ups the analysis works on."""

    days: list[int] = field(default_factory=list)
    hours: list[int] = field(default_factory=list)
    nicks: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def people_by_day(self) -> dict[int, BitMap]:
        """Distinct nicks per day."""
        numbers: dict[str, int] = {}
        result: dict[int, BitMap] = defaultdict(BitMap)
        for day, nick in zip(self.days, self.nicks, strict=True):
            result[day].add(numbers.setdefault(nick, len(numbers)))
        return dict(result)

    def messages_per_person(self) -> list[int]:
        """Messages per nick."""
        result: dict[str, int] = defaultdict(int)
        for nick in self.nicks:
            result[nick] += 1
        return list(result.values())

    def hours_by_day(self) -> dict[int, list[int]]:
        """Messages by hour per day."""
        result: dict[int, list[int]] = defaultdict(lambda: [0] * 24)
        for day, hour in zip(self.days, self.hours, strict=True):
            result[day][hour] += 1
        return dict(result)


def _lines(archive: Path) -> Iterator[tuple[int, str]]:
    """Lines of all day files with their day."""
    with zipfile.ZipFile(archive) as opened:
        for name in sorted(opened.namelist()):
            found = re.search(r"(\d{4})[/-](\d\d)[/-](\d\d)", name)
            if found is None or name.endswith("/"):
                continue
            year, month, day = (int(part) for part in found.groups())
            number = date(year, month, day).toordinal() - EPOCH_ORDINAL
            for line in opened.read(name).decode("utf-8", "replace").split("\n"):
                yield number, line


def irc_ubuntu(name: str, archive: str) -> Talk:
    """Messages and actions of an Ubuntu channel log."""
    talk = Talk()
    for day, line in _lines(folder(name) / archive):
        found = _SPOKEN.match(line)
        if found:
            talk.days.append(day)
            talk.hours.append(int(found[1]))
            talk.nicks.append(found[3] or found[4])
            talk.texts.append(found[5])
    return talk

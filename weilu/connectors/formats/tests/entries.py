"""Entries made in memory, and one-line readings of them, for the tests of all formats."""

from __future__ import annotations

import io
import os
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from weilu.chat.ports import (
    Answers,
    Bundle,
    DayOrder,
    Entry,
    Form,
    Format,
    Inbound,
    Kind,
    Portion,
    Problem,
)

UTC_ZONE = ZoneInfo("UTC")


def entry(content: str | bytes, path: str = "chat.txt") -> Entry:
    """File of this content in memory."""
    data = content.encode() if isinstance(content, str) else content
    return Entry(path, len(data), data[: 64 * 1024], lambda: io.BytesIO(data))


@dataclass(frozen=True)
class Reading:
    """Everything a reader made of a bundle."""

    portions: tuple[Portion, ...]

    @property
    def items(self) -> list[Inbound]:
        return [item for portion in self.portions for item in portion.items]

    @property
    def problems(self) -> list[Problem]:
        return [problem for portion in self.portions for problem in portion.problems]

    @property
    def codes(self) -> list[str]:
        return [problem.code for problem in self.problems]

    def told(self) -> list[tuple[str, str, str, str]]:
        """Kind, time in UTC, name and text of each record."""
        return [(Kind(i.kind).name, when(i), i.name, i.text) for i in self.items]

    def people(self) -> list[tuple[str, str, str]]:
        """Kind, name and target of each record that is no message."""
        return [(Kind(i.kind).name, i.name, i.target) for i in self.items if i.kind != Kind.MESSAGE]

    def forms(self) -> list[str]:
        return [Form(i.form).name for i in self.items if i.kind == Kind.MESSAGE]


def when(item: Inbound) -> str:
    """Time of a record in UTC, to the second."""
    return datetime.fromtimestamp(item.sent_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def read(
    one: Format,
    content: str | bytes,
    *,
    path: str = "chat.txt",
    zone: str = "UTC",
    order: DayOrder | None = None,
) -> Reading:
    """Reading of one file."""
    bundle = one.bundle([entry(content, path)])[0]
    return read_bundle(one, bundle, zone=zone, order=order)


def read_bundle(
    one: Format, bundle: Bundle, *, zone: str = "UTC", order: DayOrder | None = None
) -> Reading:
    """Reading of a bundle."""
    return Reading(tuple(one.read(bundle, Answers(ZoneInfo(zone), order))))


def data_folder(name: str) -> Path:
    """Folder of a real data set; skips the test where it does not stand beside the project."""
    beside = Path(__file__).resolve().parents[4].parent / "shared" / "data"
    folder = Path(os.environ.get("WEILU_DATA", beside)) / name  # noqa: TID251 tests only
    if not folder.is_dir():
        pytest.skip(f"the data set {name} is not here (set WEILU_DATA to its parent folder)")
    return folder


def counted(items: list[Inbound], zone: str) -> tuple[dict[str, int], dict[str, int], set[str]]:
    """Messages per local day and per hour of the day, and the names of those who spoke."""
    local = ZoneInfo(zone)
    spoken = [item for item in items if item.kind == Kind.MESSAGE]
    moments = [datetime.fromtimestamp(item.sent_ms / 1000, local) for item in spoken]
    days = Counter(moment.date().isoformat() for moment in moments)
    hours = Counter(str(moment.hour) for moment in moments)
    return dict(days), dict(hours), {item.name for item in spoken}

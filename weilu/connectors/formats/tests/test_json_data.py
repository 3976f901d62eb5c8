"""The JSON readers against real and rendered exports (kept outside the project)."""

from __future__ import annotations

import json
import os
import zipfile
from collections import Counter
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import pytest

from weilu.chat.ports import Entry, Format, Inbound, Kind
from weilu.connectors.formats.discord import DiscordFormat
from weilu.connectors.formats.jsonformats import JSON_FORMATS
from weilu.connectors.formats.slack import SlackFormat
from weilu.connectors.formats.telegram import TelegramFormat
from weilu.connectors.formats.tests.jsonmaking import (
    SHANGHAI,
    entry,
    items_of,
    portions_of,
    problems_of,
    read,
)
from weilu.connectors.formats.zulip import ZulipFormat

pytestmark = pytest.mark.data


def data(name: str) -> Path:
    beside = Path(__file__).resolve().parents[5] / "shared" / "data"
    folder = Path(os.environ.get("WEILU_DATA", beside)) / name  # noqa: TID251 tests only
    if not folder.exists():
        pytest.skip(f"the data set {name} is not beside the project")
    return folder


def zipped(path: Path) -> list[Entry]:
    with zipfile.ZipFile(path) as archive:
        return [entry(archive.read(i), i.filename) for i in archive.infolist() if not i.is_dir()]


def counted(items: list[Inbound], zone: tzinfo) -> dict[str, object]:
    said = [item for item in items if item.kind == Kind.MESSAGE]
    moments = [datetime.fromtimestamp(item.sent_ms / 1000, zone) for item in said]
    return {
        "speaking_total": len(said),
        "distinct_speakers": len({item.name for item in said}),
        "messages_per_day": dict(Counter(m.date().isoformat() for m in moments)),
        "messages_per_hour_of_day": dict(Counter(str(m.hour) for m in moments)),
    }


@pytest.mark.parametrize(
    ("one", "name"),
    [(TelegramFormat(), "telegram_result"), (DiscordFormat(), "discord_chat_exporter")],
)
def test_rendered_exports_agree(one: Format, name: str) -> None:
    folder = data("rendered_exports_ubuntu_cn")
    expected = json.loads((folder / "counts.json").read_text())
    portions = portions_of(one, *zipped(folder / f"{name}.json.zip"))
    assert problems_of(portions) == []
    found = counted(items_of(portions), SHANGHAI)
    assert found == {key: expected[key] for key in found}
    assert found["speaking_total"] == 3197


def test_zulip_equals_its_counts() -> None:
    folder = data("zulip_lean_small")
    expected = json.loads((folder / "counts.json").read_text())
    one = ZulipFormat()
    entries = zipped(folder / "lean_zulip_3_streams.zip")
    portions = [p for bundle in one.bundle(entries) for p in read(one, bundle)]
    found = counted(items_of(portions), UTC)
    assert found == {key: expected[key] for key in found}


def test_samples_are_read() -> None:
    folder = data("export_samples")
    for name in ("test_single_export.json", "test_batch_export.json"):
        path = folder / "telegram_chat-miner" / name
        target = json.loads((path.parent / "target.json").read_text())
        items = items_of(portions_of(TelegramFormat(), entry(path.read_bytes())))
        found = [
            {
                "timestamp": datetime.fromtimestamp(i.sent_ms / 1000, UTC).isoformat()[:19],
                "author": i.name,
                "message": i.text,
            }
            for i in items
        ]
        assert [f["message"] for f in found] == [t["message"] for t in target]
        assert [f["author"] for f in found] == [t["author"] for t in target]
    general = (folder / "discord_chat_exporter" / "general.json").read_bytes()
    items = items_of(portions_of(DiscordFormat(), entry(general)))
    assert Counter(Kind(i.kind).name for i in items) == {"MESSAGE": 6, "JOIN": 1, "REACTION": 4}


def test_the_slack_sample_is_read_channel_by_channel() -> None:
    archive = data("export_samples") / "slack_export" / "testarchive.zip"
    portions = portions_of(SlackFormat(), *zipped(archive))
    assert problems_of(portions) == []
    assert {p.chat.name for p in portions} == {"enrique", "traveling-sailor"}
    kinds = Counter(Kind(i.kind).name for i in items_of(portions))
    assert kinds == {"MESSAGE": 147, "JOIN": 8, "NOTICE": 3, "REACTION": 1}


def test_each_sample_is_claimed_by_one_format_only() -> None:
    paths = sorted(data("export_samples").rglob("*.json"))
    for path in paths:
        one = entry(path.read_bytes(), path.name)
        claims = [form.name for form in JSON_FORMATS if form.recognise(one)]
        assert len(claims) <= 1, (path, claims)

"""`weilu import` and `weilu numbers` against totals that others counted from the same files."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from weilu.config.cli import build

DATA = Path(os.getenv("WEILU_DATA") or Path(__file__).parents[5] / "shared" / "data")

CASES = [
    ("irc_ubuntu_cn_2013", "ubuntu-cn_2013-01-01_to_15.zip", "UTC"),
    ("irc_ubuntu_en_2013", "ubuntu_2013-01.zip", "UTC"),
    ("irc_slackware_2013", "slackware_2013-01.zip", "UTC"),
    ("irc_raku_2023", "raku_2023.zip", "UTC"),
    ("zulip_lean_small", "lean_zulip_3_streams.zip", "UTC"),
    *[
        ("rendered_exports_ubuntu_cn", name, "Asia/Shanghai")
        for name in (
            "qq_pc.txt.zip",
            "whatsapp_android.txt.zip",
            "telegram_result.json.zip",
            "discord_chat_exporter.json.zip",
            "wechatmsg.csv.zip",
        )
    ],
]


def run(*words: str) -> dict[str, Any]:
    result = CliRunner().invoke(build(words[0]), list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


@pytest.mark.data
@pytest.mark.django_db
@pytest.mark.parametrize(("folder", "file", "zone"), CASES, ids=[c[1] for c in CASES])
def test_numbers_equal_those_counted_from_the_file(folder: str, file: str, zone: str) -> None:
    if not (DATA / folder / file).exists():
        pytest.skip("the shared data sets are not beside the project")
    expected = json.loads((DATA / folder / "counts.json").read_text("utf-8"))

    brought = run("import", str(DATA / folder / file), "--group", "g", "--tz", zone, "--json")
    found = run("numbers", "--group", "g", "--tz", zone, "--raw-identities", "--json")

    counts = expected["counts"]
    assert brought["messages"] == found["messages"] == expected["speaking_total"]
    assert brought["joins"] == found["joins"] == counts.get("join", 0)
    assert brought["leaves"] == found["leaves"] == counts.get("leave", 0)
    assert brought["duplicates"] == brought["unreadable"] == 0
    assert found["people_joined"] == expected.get("distinct_joiners", 0)
    assert found["speakers"] == expected["distinct_speakers"]
    assert found["first_day"] == expected["first_day"]
    assert found["last_day"] == expected["last_day"]
    assert found["messages_per_day"] == expected["messages_per_day"]
    assert found["speakers_per_day"] == expected["active_speakers_per_day"]
    firsts = expected["first_time_speakers_per_day"]
    assert found["first_time_speakers_per_day"] == firsts
    hours = expected["messages_per_hour_of_day"]
    assert {h: n for h, n in found["messages_per_hour"].items() if n} == {
        h: n for h, n in hours.items() if n
    }
    assert found["gini"] == pytest.approx(expected["gini_of_messages_per_speaker"], abs=2e-6)
    _same_top(found["top_speakers"], expected["top20_speakers"])


def _same_top(found: list[list[Any]], expected: list[list[Any]]) -> None:
    """The same counts, and the same names but among equals at the end of the list."""
    assert [n for _, n in found] == [n for _, n in expected]
    last = expected[-1][1]
    assert Counter(name for name, n in found if n > last) == Counter(
        name for name, n in expected if n > last
    )

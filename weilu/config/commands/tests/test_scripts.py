"""The commands scripts rely on, over small files written here."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from weilu.chat.models import Message
from weilu.communities.models import Community
from weilu.config.cli import build
from weilu.groups.models import Group

LOG = """[08:00] *** nine joined
[08:03] <nine> morning
[08:04] <ten> tea?
[08:05] *** nine left
[08:06] *** nine joined
[08:07] <nine> yes
"""
DATA = Path(os.getenv("WEILU_DATA") or Path(__file__).parents[5] / "shared" / "data")


def run(*words: str) -> Result:
    return CliRunner().invoke(build(words[0]), list(words), catch_exceptions=False)


def answer(*words: str) -> dict[str, Any]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "#tea_2026-01-02.log"
    path.write_text(LOG, "utf-8")
    return path


@pytest.mark.django_db
def test_import_ends_with_one_object(log: Path) -> None:
    assert answer("import", str(log), "--tz", "Asia/Shanghai") == {
        "files": 1,
        "groups": 1,
        "people": 2,
        "messages": 3,
        "duplicates": 0,
        "joins": 2,
        "leaves": 1,
        "unreadable": 0,
        "first": "2026-01-02T00:00:00Z",
        "last": "2026-01-02T00:07:00Z",
    }
    community = Community.objects.get()
    assert (community.name, community.time_zone) == ("#tea", "Asia/Shanghai")
    assert Group.objects.get().name == "#tea"

    again = answer("import", str(log), "--tz", "Asia/Shanghai")
    assert (again["messages"], again["duplicates"], again["groups"]) == (0, 6, 1)
    assert Message.objects.count() == 6


@pytest.mark.django_db
def test_numbers_count_people_or_names(log: Path) -> None:
    answer("import", str(log), "--group", "tea house", "--tz", "UTC")
    raw = answer("numbers", "--group", "tea house", "--raw-identities")
    assert (raw["messages"], raw["speakers"], raw["joins"], raw["leaves"]) == (3, 2, 2, 1)
    assert raw["messages_per_day"] == {"2026-01-02": 3}
    assert raw["messages_per_hour"]["8"] == 3
    assert raw["top_speakers"] == [["nine", 2], ["ten", 1]]
    # Dropping out for a minute is no leaving and no coming.
    people = answer("numbers", "--group", "tea house")
    assert (people["joins"], people["leaves"], people["people_joined"]) == (1, 0, 1)
    assert (people["joins_seen"], people["leaves_seen"]) == (2, 1)
    elsewhere = answer("numbers", "--group", "tea house", "--tz", "America/Los_Angeles")
    assert elsewhere["messages_per_hour"]["0"] == 3
    later = answer("numbers", "--group", "tea house", "--from", "2026-01-03")
    assert (later["messages"], later["first_day"], later["joins"]) == (0, None, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("import", "missing.txt"), "There is no file missing.txt."),
        (("import", "{log}", "--tz", "Moon/Base"), "Nobody knows this time zone"),
        (("import", "{log}", "--format", "smoke"), "There is no such format; known are"),
        (("import", "{picture}"), "Nothing in these files could be read"),
        (("numbers", "--group", "nowhere"), "There is no group"),
    ],
)
def test_what_cannot_be_done_is_said(
    words: tuple[str, ...], sentence: str, log: Path, tmp_path: Path
) -> None:
    picture = tmp_path / "chat.json"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    filled = [w.format(log=log, picture=picture) for w in words]
    result = run(*filled, "--json")
    assert result.exit_code == 2
    assert sentence in json.loads(result.stdout)["error"]
    assert Message.objects.count() == 0


@pytest.mark.django_db
def test_two_formats_of_one_named_group_merge(log: Path, tmp_path: Path) -> None:
    answer("import", str(log), "--group", "tea", "--tz", "UTC")
    chat = tmp_path / "chat.txt"
    chat.write_text(
        "02/01/2026, 08:03 - nine: morning\n02/01/2026, 08:04 - ten: tea?\n"
        "02/01/2026, 08:09 - elf: me too\n14/01/2026, 08:09 - elf: still here\n",
        "utf-8",
    )
    brought = answer("import", str(chat), "--group", "tea", "--tz", "UTC")
    assert (brought["messages"], brought["duplicates"]) == (2, 2)
    assert Group.objects.count() == 1
    assert answer("numbers", "--group", "tea", "--raw-identities")["messages"] == 5


@pytest.mark.django_db
def test_whoever_is_in_several_files_counts_once(tmp_path: Path) -> None:
    lines = [f"13/01/2023, 08:{k:02} - {'Ann' if k < 6 else 'Bob'}: {k}\n" for k in range(9)]
    halves = [tmp_path / "one.txt", tmp_path / "two.txt"]
    halves[0].write_text("".join(lines[:5]), "utf-8")
    halves[1].write_text("".join(lines[3:]), "utf-8")
    words = ("import", *map(str, halves), "--group", "tea", "--tz", "UTC")
    first, again = answer(*words), answer(*words)
    assert (first["people"], first["messages"], first["duplicates"]) == (2, 9, 2)
    assert (again["people"], again["messages"], again["duplicates"]) == (2, 0, 11)


@pytest.mark.django_db
def test_an_export_read_in_again_gives_the_same_numbers(log: Path, tmp_path: Path) -> None:
    answer("import", str(log), "--group", "tea", "--tz", "UTC")
    for name in ("tea.jsonl", "tea.json"):
        file = tmp_path / name
        assert run("export", str(file), "--group", "tea").exit_code == 0
        assert not file.with_name(name + ".part").exists()
        answer("import", str(file), "--group", name, "--tz", "UTC")
        for words in ((), ("--raw-identities",)):
            assert answer("numbers", "--group", name, *words) == answer(
                "numbers", "--group", "tea", *words
            )


@pytest.mark.django_db
def test_counted_anew_is_the_same(log: Path) -> None:
    answer("import", str(log), "--group", "tea", "--tz", "UTC")
    before = answer("numbers", "--group", "tea")
    result = run("rebuild", "--community", "tea")
    assert result.exit_code == 0
    assert "tea: 6 records counted anew." in result.output
    assert answer("numbers", "--group", "tea") == before
    assert run("rebuild", "--community", "coffee").exit_code == 2


def test_retention_reads_any_file(tmp_path: Path) -> None:
    rows = "when,who,what\n2026-01-01,a,x\n2026-01-01 23:59,b,x\n2026-01-02T10:00:00,a,y\n"
    file = tmp_path / "log.csv.gz"
    file.write_bytes(gzip.compress(("\ufeff" + rows).encode()))
    found = answer("retention", str(file), "--member", "who", "--time", "when")
    assert found["cohorts"] == [{"start": "2026-01-01", "size": 2, "counts": [2, 1]}]
    bad = tmp_path / "bad.csv"
    bad.write_text("member,time\na,soon\n", "utf-8")
    result = run("retention", str(bad))
    assert result.exit_code == 2
    assert "bad.csv: line 2 has no member and time." in result.output


@pytest.mark.parametrize(
    "written",
    [
        b"member;time\na;2026-01-01 10:00\nb;2026-01-01\na;2026-01-02\n",
        b"time\tuser\n1/1/2026 10:00\ta\n1/1/2026\tb\n1/2/2026\ta\n1/13/2026\t\n",
        "评分,会员,日期\n5,a,2026年1月1日\n4,b,2026年1月1日\n5,a,2026年1月2日\n".encode("gb18030"),
        "user,rating,created_on\na,5,20260101\nb,4,20260101\na,5,20260102\n".encode("utf-16"),
        b"uid,ts\na,1767225600\nb,1767225600.0\na,1767312000000\n",
        b"a 20260101 1\nb 20260101 2\na 20260102 1\n",
        b'user,at\na,"Jan 1, 2026"\nb,"Jan 1, 2026"\na,"Jan 2, 2026"\n,never\n',
    ],
)
def test_retention_reads_tables_of_any_kind(written: bytes, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes(written)
    found = answer("retention", str(file))
    assert found["cohorts"] == [{"start": "2026-01-01", "size": 2, "counts": [2, 1]}]
    assert found["unreadable"] == (1 if written.endswith((b"\t\n", b"never\n")) else 0)


def test_retention_says_what_it_leaves_out(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("member,time\na,2026-01-01\n,2026-01-01\nb,soon\n", "utf-8")
    result = run("retention", str(file))
    assert result.exit_code == 0
    assert "2 rows without member and time are left out, first line 3." in result.output
    picture = tmp_path / "log.png.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    refused = run("retention", str(picture))
    assert refused.exit_code == 2
    assert "log.png.csv: It is a picture, a document or a program, not text." in refused.output


@pytest.mark.data
def test_retention_equals_the_published_table() -> None:
    folder = DATA / "cohort_published"
    if not folder.exists():
        pytest.skip("the shared data sets are not beside the project")
    published = json.loads((folder / "published_answers.json").read_text("utf-8"))
    rows = next(v for k, v in published.items() if k.startswith("cohort rows 1..10"))
    found = answer("retention", str(folder / "gamelaunch.csv.gz"))["cohorts"]
    assert len(found) == 31
    assert [c["counts"][: len(row)] for c, row in zip(found, rows, strict=False)] == rows

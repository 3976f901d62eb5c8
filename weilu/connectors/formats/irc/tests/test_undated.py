"""Logs with times and no day: where midnight lies, and which file follows which."""

from __future__ import annotations

import os
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from weilu.chat.ports import Answers, Entry, Question
from weilu.connectors.formats.irc.reader import FORMAT
from weilu.connectors.formats.irc.undated import first_days, undated
from weilu.connectors.formats.opening import entries
from weilu.connectors.formats.tests.entries import UTC_ZONE, Reading, entry

FIRST = date(2024, 3, 8)
# Two midnights; a clock set back by five minutes is none.
LOG = (
    "[23:50] <ann> hi\n[23:58] <bob> yo\n[23:53] <ann> hm\n[00:03] * bob waves\n\n"
    "[09:00] <ann> 茶\n[08:00] <bob> next\n[08:00] *** cat joined #tea\n"
)


def told(*files: Entry, first_day: date = FIRST) -> list[str]:
    """Times of everything in the files, which are one export."""
    (bundle,) = FORMAT.bundle(files)
    portions = tuple(FORMAT.read(bundle, Answers(UTC_ZONE, first_day=first_day)))
    assert not [p for portion in portions for p in portion.problems]
    return [when[5:16] for _, when, _, _ in Reading(portions).told()]


def test_the_day_is_asked_for_and_guessed_by_when_the_file_was_written() -> None:
    (bundle,) = FORMAT.bundle([replace(entry(LOG, "#tea.log"), modified=date(2024, 3, 10))])
    survey = FORMAT.survey(bundle)

    assert Question.FIRST_DAY in survey.asks
    assert survey.first_day == FIRST


def test_every_midnight_begins_a_day() -> None:
    assert told(entry(LOG, "#tea.log")) == [
        "03-08 23:50",
        "03-08 23:58",
        "03-08 23:53",
        "03-09 00:03",
        "03-09 09:00",
        "03-10 08:00",
        "03-10 08:00",
    ]


def test_midnights_far_apart_are_found_in_long_files() -> None:
    day = "".join(f"[{k // 60:02d}:{k % 60:02d}] <ann> {'tea ' * 200}{k}\n" for k in range(1440))
    times = told(entry(day * 4, "#tea.log"))

    assert len(times) == 4 * 1440
    assert (times[1439], times[1440], times[-1]) == ("03-08 23:59", "03-09 00:00", "03-11 23:59")


@pytest.mark.parametrize(
    "content",
    [
        "--- Log opened Mon Jan 01 09:00:00 2024\n09:01 <ann> hi\n",
        "[2024-01-01 09:01] <ann> hi\n",
        "Jan 01 09:01:00 <ann>\thi\n",
        "no line here has a time\n",
    ],
)
def test_nothing_is_asked_where_a_day_is_named(content: str) -> None:
    assert undated(entry(content, "#tea.log")) is None
    assert undated(entry(LOG, "#tea_2024-01-01.log")) is None


def test_files_stand_as_far_apart_as_their_dates() -> None:
    files = [
        replace(entry("[09:00] <ann> hi\n", f"tea{k}/#tea.log"), modified=date(2024, 3, 1 + 3 * k))
        for k in range(3)
    ]
    found = first_days([one for one in map(undated, files) if one], FIRST)

    assert [day.day for day in found.values()] == [8, 11, 14]


def test_copied_files_follow_one_another() -> None:
    files = [
        replace(entry(text, f"log/{k}/#tea.log"), modified=date(2024, 3, 20))
        for k, text in enumerate(("[09:00] <ann> hi\n", LOG, "[10:00] <bob> yo\n"))
    ]

    assert [told(*files)[k] for k in (0, 1, -1)] == ["03-08 09:00", "03-09 23:50", "03-12 10:00"]


def test_the_day_of_a_file_comes_from_the_disk_and_from_the_archive(tmp_path: Path) -> None:
    plain, packed = tmp_path / "tea.log", tmp_path / "tea.zip"
    plain.write_text(LOG, "utf-8")
    noon = datetime(2024, 3, 10, 12, tzinfo=UTC).timestamp()
    os.utime(plain, (noon, noon))
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("told.log", (2023, 5, 6, 7, 8, 9)), LOG)
        archive.writestr(zipfile.ZipInfo("untold.log"), LOG)

    found = {one.path: one.modified for one in entries([plain, packed]).entries}
    assert found == {
        "tea.log": date(2024, 3, 10),
        "tea.zip/told.log": date(2023, 5, 6),
        "tea.zip/untold.log": None,
    }

"""Signal chats as text."""

from __future__ import annotations

import pytest

from weilu.chat.ports import Platform, Question
from weilu.connectors.formats.registry import ALL_FORMATS
from weilu.connectors.formats.signal.reader import FORMAT
from weilu.connectors.formats.tests.entries import data_folder, entry, read

TEXT = "[2026-01-13, 08:07] Ann Lee: tea?\n[2026-01-13, 20:08] Bob: yes: green\nand black\n"


def test_lines_become_messages() -> None:
    reading = read(FORMAT, TEXT, zone="Europe/Berlin")
    assert reading.portions[0].chat.platform is Platform.SIGNAL
    assert reading.told() == [
        ("MESSAGE", "2026-01-13 07:07:00", "Ann Lee", "tea?"),
        ("MESSAGE", "2026-01-13 19:08:00", "Bob", "yes: green\nand black"),
    ]
    assert reading.codes == []


def test_zone_and_group_are_asked() -> None:
    assert FORMAT.survey(FORMAT.bundle([entry(TEXT)])[0]).asks == {Question.ZONE, Question.GROUP}


def test_it_is_no_whatsapp() -> None:
    scores = {known.name: known.recognise(entry(TEXT, "x.txt")) for known in ALL_FORMATS}
    assert max(scores, key=lambda name: scores[name]) == "signal"
    assert scores["whatsapp"] == 0


def test_a_time_that_is_none_is_told() -> None:
    reading = read(FORMAT, f"{TEXT}[2026-13-13, 08:09] Ann: x\n")
    assert [(p.code, p.number) for p in reading.problems] == [("bad_time", 4)]
    assert len(reading.items) == 2


@pytest.mark.data
def test_the_real_sample() -> None:
    file = data_folder("export_samples") / "signal_chat-miner" / "test_export.txt"
    told = read(FORMAT, file.read_bytes()).told()
    assert told[0] == ("MESSAGE", "2019-12-24 12:23:00", "Jane Doe", "Hello John!")
    assert told[1] == ("MESSAGE", "2020-01-17 21:49:00", "John Doe", "Hello\nJane!")

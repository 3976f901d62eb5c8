"""DiscordChatExporter's text."""

from __future__ import annotations

import pytest

from weilu.chat.ports import DayOrder, Question
from weilu.connectors.formats.discord_text.reader import FORMAT
from weilu.connectors.formats.tests.entries import entry, read

RULE = "=" * 62
HEAD = f"{RULE}\nGuild: Tea\nChannel: Text / talk\nTopic: x\n{RULE}\n\n"


def test_attachments_stickers_and_events() -> None:
    text = (
        f"{HEAD}[31-Jan-24 02:05 PM] Ann#0000 (pinned)\n[1] is no heading\n\nmore\n\n\n"
        "[31-Jan-24 02:06 PM] bob#1234\n\n{Attachments}\nhttps://x.test/a.png?ex=1\n\n"
        "{Reactions}\n👍 (2)\n\n"
        "[31-Jan-24 02:07 PM] cleo\nJoined the server.\n\n\n"
        f"{RULE}\nExported 3 message(s)\n{RULE}\n"
    )
    reading = read(FORMAT, text)
    assert reading.told() == [
        ("MESSAGE", "2024-01-31 14:05:00", "Ann", "[1] is no heading\n\nmore"),
        ("MESSAGE", "2024-01-31 14:06:00", "bob#1234", ""),
        ("JOIN", "2024-01-31 14:07:00", "cleo", ""),
    ]
    assert (reading.forms(), reading.codes) == (["TEXT", "PICTURE"], [])
    assert reading.portions[0].chat.name == "Tea / talk"


@pytest.mark.parametrize(
    ("days", "asks", "guess"),
    [
        (("1/2/2024", "1/3/2024"), {Question.ZONE, Question.DAY_ORDER}, DayOrder.MDY),
        (("1/13/2024", "1/14/2024"), {Question.ZONE}, DayOrder.MDY),
        (("13.01.2024", "14.01.2024"), {Question.ZONE}, DayOrder.DMY),
    ],
)
def test_days_in_the_style_of_whoever_exported(
    days: tuple[str, str], asks: set[Question], guess: DayOrder
) -> None:
    text = HEAD + "".join(f"[{day} 2:05 PM] Ann\nhi\n\n\n" for day in days)
    survey = FORMAT.survey(FORMAT.bundle([entry(text)])[0])
    assert survey.asks == asks
    assert survey.day_order == guess
    assert len(read(FORMAT, text).items) == 2

"""DiscordChatExporter's table of one channel."""

from __future__ import annotations

import pytest

from weilu.chat.ports import Question
from weilu.connectors.formats.discord_csv.reader import FORMAT
from weilu.connectors.formats.tests.entries import entry, read

HEAD = '"AuthorID","Author","Date","Content","Attachments","Reactions"\n'
NAME = "Tea house - talk [123456789012345678] (part 1).csv"
TEXT = (
    f"{HEAD}"
    '"11","ann#0000","2026-01-13T08:07:00.1234567+08:00","tea?","",""\n'
    '"12","bob#1234","2026-01-13T00:08:00.0000000+00:00","","https://e.org/a.png?x=1","👍 (2)"\n'
    '"13","cleo","2026-01-13T00:09:00.0000000+00:00","Joined the server.","",""\n'
    '"12","bob#1234","2026-01-13T00:10:00.0000000+00:00","Pinned a message.","",""\n'
    '"11","ann","2026-01-13T00:11:00.0000000+00:00","one\nsaid ""two""","",""\n'
)


def test_rows_become_records() -> None:
    reading = read(FORMAT, TEXT, path=NAME)
    chat = reading.portions[0].chat
    assert (chat.key, chat.name) == ("123456789012345678", "talk")
    assert reading.told() == [
        ("MESSAGE", "2026-01-13 00:07:00", "ann", "tea?"),
        ("MESSAGE", "2026-01-13 00:08:00", "bob#1234", "https://e.org/a.png?x=1"),
        ("JOIN", "2026-01-13 00:09:00", "cleo", ""),
        ("NOTICE", "2026-01-13 00:10:00", "bob#1234", "Pinned a message."),
        ("MESSAGE", "2026-01-13 00:11:00", "ann", 'one\nsaid "two"'),
    ]
    assert [i.account for i in reading.items] == ["11", "12", "13", "12", "11"]
    assert reading.items[0].sent_ms % 1000 == 123
    assert reading.forms() == ["TEXT", "PICTURE", "TEXT"]
    assert reading.codes == []


def test_only_an_unnamed_file_is_asked_about() -> None:
    named = FORMAT.bundle([entry(TEXT, NAME)])[0]
    assert FORMAT.survey(named).asks == set()
    other = FORMAT.bundle([entry(TEXT, "export.csv")])[0]
    assert FORMAT.survey(other).asks == {Question.GROUP}


def test_a_row_without_time_is_told() -> None:
    reading = read(FORMAT, f'{HEAD}"1","ann","soon","x","",""\n', path=NAME)
    assert [(p.code, p.number) for p in reading.problems] == [("bad_time", 2)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("31-Jan-24 02:05 PM", "01-Feb-24 12:06 AM"),
        ("1/31/2024 2:05 PM", "2/1/2024 12:06 AM"),
        ("31.01.2024 14:05", "01.02.2024 00:06"),
    ],
)
def test_local_times_of_older_versions(first: str, second: str) -> None:
    text = f'{HEAD}"1","ann","{first}","a","",""\n"2","bob","{second}","b","",""\n'
    assert FORMAT.survey(FORMAT.bundle([entry(text, NAME)])[0]).asks == {Question.ZONE}
    assert [when for _, when, *_ in read(FORMAT, text, path=NAME).told()] == [
        "2024-01-31 14:05:00",
        "2024-02-01 00:06:00",
    ]

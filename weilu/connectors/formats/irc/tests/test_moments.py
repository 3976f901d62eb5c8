"""Logs that tell the whole moment of every line."""

from __future__ import annotations

import pytest

from weilu.chat.ports import Question
from weilu.connectors.formats.irc.reader import FORMAT
from weilu.connectors.formats.tests.entries import entry, read


@pytest.mark.parametrize(
    "day",
    [
        "Tuesday, 1 January 2013",
        "Tuesday 01 January 2013",
        "Tue Jan 1 2013",
        "2013年1月1日 星期二",
        "2013-01-01",
    ],
)
def test_konversation(day: str) -> None:
    lines = (
        f"[{day}] [12:00:00 CET] Join\tann has joined this channel (~a@host).\n"
        f"[{day}] [12:00:01 CET] <ann>\thi there: you\n"
        f"[{day}] [12:00:02 CET] *\tann waves\n"
        f"[{day}] [12:00:03 CET] Nick\tann is now known as ann_.\n"
        f"[{day}] [12:00:04 CET] Quit\tann_ has left this server (Quit: bye).\n"
        f"[{day}] [12:00:05 CET] Mode\tChannel modes: no colors\n"
    )
    one = entry(lines, "irc_#tea.log")
    assert FORMAT.recognise(one) == 90
    assert FORMAT.survey(FORMAT.bundle([one])[0]).asks == {Question.ZONE}
    reading = read(FORMAT, lines, path="irc_#tea.log")
    assert reading.told() == [
        ("JOIN", "2013-01-01 12:00:00", "ann", ""),
        ("MESSAGE", "2013-01-01 12:00:01", "ann", "hi there: you"),
        ("MESSAGE", "2013-01-01 12:00:02", "ann", "waves"),
        ("RENAME", "2013-01-01 12:00:03", "ann", ""),
        ("LEAVE", "2013-01-01 12:00:04", "ann_", ""),
        ("NOTICE", "2013-01-01 12:00:05", "", "Channel modes: no colors"),
    ]
    assert (reading.people()[1], reading.codes) == (("RENAME", "ann", "ann_"), [])


@pytest.mark.parametrize("stamp", ["1357041600", "[1357041600]", "@1357041600", "1357041600.250"])
def test_seconds_since_1970(stamp: str) -> None:
    lines = f"{stamp} <ann!a@host> hi\n{stamp} <+bob> yo\n{stamp} *** cleo has joined #tea\n"
    one = entry(lines, "#tea.log")
    assert FORMAT.recognise(one) == 90
    assert FORMAT.survey(FORMAT.bundle([one])[0]).asks == {Question.ZONE}
    for zone in ("UTC", "Asia/Shanghai"):
        assert read(FORMAT, lines, path="#tea.log", zone=zone).told() == [
            ("MESSAGE", "2013-01-01 12:00:00", "ann", "hi"),
            ("MESSAGE", "2013-01-01 12:00:00", "bob", "yo"),
            ("JOIN", "2013-01-01 12:00:00", "cleo", ""),
        ]


def test_a_day_that_is_none_is_told() -> None:
    reading = read(FORMAT, "[31 Feb 2013] [12:00:00] <ann>\thi\n1357041600 <ann> hi\n", path="#t")
    assert [(p.code, p.number) for p in reading.problems] == [("bad_time", 1)]
    assert len(reading.items) == 1


CLIENTS = {
    "weechat": """2013-01-01 12:00:00\tann\thi
2013-01-01 12:00:00\t-->\tbob (b@host) has joined #tea
""",
    "irssi": """--- Log opened Tue Jan 01 12:00:00 2013
12:00 <@ann> hi
12:00 -!- bob [b@host] has joined #tea
""",
    "hexchat": """**** BEGIN LOGGING AT Tue Jan  1 12:00:00 2013
Jan 01 12:00:00 <ann>\thi
Jan 01 12:00:00 *\tbob (b@host) has joined
""",
    "znc": """[2013-01-01 12:00:00] <ann> hi
[2013-01-01 12:00:00] *** Joins: bob (b@host)
""",
    "mirc": """Session Start: Tue Jan 01 12:00:00 2013
Session Ident: #tea
[12:00] <ann> hi
[12:00] * bob (b@host) has joined #tea
""",
    "textual": """[2013-01-01T12:00:00+0000] <ann> hi
[2013-01-01T12:00:00+0000] bob (b@host) joined the channel.
""",
    "eggdrop": """[2013-01-01 12:00] <ann> hi
[2013-01-01 12:00] bob (b@host) joined #tea.
""",
}


@pytest.mark.parametrize("name", CLIENTS)
def test_clients(name: str) -> None:
    lines = CLIENTS[name]
    assert FORMAT.recognise(entry(lines, f"{name}.log")) >= 60
    reading = read(FORMAT, lines, path="logs/#tea.log")
    assert [one for one in reading.told() if one[0] != "NOTICE"] == [
        ("MESSAGE", "2013-01-01 12:00:00", "ann", "hi"),
        ("JOIN", "2013-01-01 12:00:00", "bob", ""),
    ]
    assert reading.codes == []

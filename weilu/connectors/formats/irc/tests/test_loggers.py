"""What loggers write besides talk: topics, modes, notices, kicks, in their own ways."""

from __future__ import annotations

import pytest

from weilu.chat.ports import Kind
from weilu.connectors.formats.irc.grammar import parse_body
from weilu.connectors.formats.irc.places import path_channel, path_day
from weilu.connectors.formats.irc.reader import FORMAT
from weilu.connectors.formats.irc.undated import undated
from weilu.connectors.formats.tests.entries import entry, read


@pytest.mark.parametrize(
    "stamp",
    [
        "[2026.01.31 14:39:00]",
        "[2026/01/31 14:39:00]",
        "[2026-01-31] [14:39:00]",
        "2026-01-31 02:39:00 PM",
        "[2026-01-31 02:39 pm]",
    ],
)
def test_stamps_of_many_clients(stamp: str) -> None:
    one = entry(f"{stamp} <ann> hi\n{stamp} * bob waves\n", "#tea.log")
    assert FORMAT.recognise(one) == 90
    assert read(FORMAT, f"{stamp} <ann> hi\n{stamp} * bob waves\n", path="#tea.log").told() == [
        ("MESSAGE", "2026-01-31 14:39:00", "ann", "hi"),
        ("MESSAGE", "2026-01-31 14:39:00", "bob", "waves"),
    ]


def test_the_clock_of_twelve_hours_has_its_midnight_too() -> None:
    found = undated(entry("[11:59 PM] <ann> hi\n[12:01 AM] <ann> hi\n[01:00 PM] <ann> x\n"))
    assert found is not None
    assert found.midnights == (2,)


def test_a_table_with_tabs_is_no_log() -> None:
    table = "时间\t发送人\t内容\n2026-01-31 14:39:00\tann\thi\n2026-01-31 14:40:00\tbob\tyo\n"
    assert FORMAT.recognise(entry(table, "a.tsv")) == 0
    assert FORMAT.recognise(entry(table.split("\n", 1)[1], "a.weechatlog")) == 90


@pytest.mark.parametrize(
    "body",
    [
        "*\tTopic for #tea is: welcome",
        "*\tTopic for #tea set by alice (Wed Jan 31 14:05:00 2024)",
        "* dora has been kicked from #tea by bob (spam)",
        "* bob sets mode: +v alice",
        "-NickServ-\tThis nickname is registered.",
        "=!=\tirc: closing link",
    ],
)
def test_what_the_server_says_is_nobodys_word(body: str) -> None:
    assert parse_body(body).kind == Kind.NOTICE


@pytest.mark.parametrize(
    ("body", "nick", "text"),
    [
        ("• alice waves", "alice", "waves"),
        ("— alice waves", "alice", "waves"),
        ("* alice sets the table", "alice", "sets the table"),
        ("* Topic drifts again", "Topic", "drifts again"),
    ],
)
def test_actions(body: str, nick: str, text: str) -> None:
    said = parse_body(body)
    assert (said.kind, said.nick, said.text) == (Kind.MESSAGE, nick, text)


def test_arrows() -> None:
    lines = (
        "[2024-01-31 14:05:01] → alice joined (~a@host)\n"
        "[2024-01-31 14:05:02] <alice> hi\n"
        "[2024-01-31 14:05:03] ⇐ bob quit (~b@host): Quit: bye\n"
        "[2024-01-31 14:05:04] ← carl left (~c@host): bye\n"
        "[2024-01-31 14:05:05] — dora → dora_\n"
    )
    assert FORMAT.recognise(entry(lines)) == 90
    assert read(FORMAT, lines).people() == [
        ("JOIN", "alice", ""),
        ("LEAVE", "bob", ""),
        ("LEAVE", "carl", ""),
        ("RENAME", "dora", "dora_"),
    ]


def test_day_in_words_behind_the_ending() -> None:
    path = "logs/tea.log.31Jan2024"
    assert (path_channel(path), path_day(path)) == ("tea", (2024, 1, 31))
    told = read(FORMAT, "[14:05] <alice> hi\n", path=path).told()
    assert told == [("MESSAGE", "2024-01-31 14:05:00", "alice", "hi")]

"""IRC logs of many loggers, and the totals of the real ones."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from weilu.chat.ports import Form, Kind, Unreadable
from weilu.connectors.formats.claiming import claim
from weilu.connectors.formats.irc.reader import FORMAT, IrcFormat
from weilu.connectors.formats.opening import entries
from weilu.connectors.formats.tests.entries import (
    counted,
    data_folder,
    entry,
    read,
    read_bundle,
)

DAY = "2023/01/05/#tea.txt"


@pytest.mark.parametrize(
    ("line", "kind", "name", "text", "target"),
    [
        ("[08:00] <@ann> hello", Kind.MESSAGE, "ann", "hello", ""),
        ("[08:00:07] <ann> \x0304red\x03 leaf", Kind.MESSAGE, "ann", "red leaf", ""),
        ("08:00 <+ann> a <b> c", Kind.MESSAGE, "ann", "a <b> c", ""),
        ("[08:00]  * ann waves", Kind.MESSAGE, "ann", "waves", ""),
        ("[08:00:01] Action: ann waves", Kind.MESSAGE, "ann", "waves", ""),
        ("[08:00] * ann left the house", Kind.MESSAGE, "ann", "left the house", ""),
        ("[08:00] *** ann joined", Kind.JOIN, "ann", "", ""),
        ("08:00 -!- ann [a@host] has joined #tea", Kind.JOIN, "ann", "", ""),
        ("[08:00:01] ann (a@host) left irc: Quit: bye", Kind.LEAVE, "ann", "", ""),
        ("[08:00:01] ann (a@host) left #tea.", Kind.LEAVE, "ann", "", ""),
        ("[08:00:01] *** Quits: ann (a@host) (Ping)", Kind.LEAVE, "ann", "", ""),
        ("[08:00] *** ann is now known as ann_", Kind.RENAME, "ann", "", "ann_"),
        ("[08:00:01] Nick change: ann -> bob", Kind.RENAME, "ann", "", "bob"),
        ("[08:00:01] -*- ann waves", Kind.MESSAGE, "ann", "waves", ""),
        ("[08:00:01] <-> ann is now known as bob", Kind.RENAME, "ann", "", "bob"),
        ("[08:00] * ann (a@host) Quit (Quit: bye)", Kind.LEAVE, "ann", "", ""),
        ("2023-01-05T08:00:01  *** ann <ann!a@host> has joined #tea", Kind.JOIN, "ann", "", ""),
        ("2023-01-05T08:00:01  <ann> hello", Kind.MESSAGE, "ann", "hello", ""),
        ("[2023-01-05T08:00:01.123Z] *** ann (a@host) quit (bye)", Kind.LEAVE, "ann", "", ""),
        (
            "[08:00:01] ann kicked from #tea by op: spam",
            Kind.NOTICE,
            "ann",
            "ann kicked from #tea by op: spam",
            "op",
        ),
    ],
)
def test_lines(line: str, kind: Kind, name: str, text: str, target: str) -> None:
    (item,) = read(FORMAT, line + "\n\n", path=DAY).items
    assert (item.kind, item.name, item.text, item.target) == (kind, name, text, target)
    assert item.account == name


def test_actions_have_their_form() -> None:
    assert read(FORMAT, "[08:00]  * ann waves\n", path=DAY).forms() == ["ACTION"]


def test_untimed_lines_take_the_time_before() -> None:
    text = "=== a is now known as b\n[08:30] <b> hi\n=== b is now known as c\n"
    assert read(FORMAT, text, path=DAY).told() == [
        ("RENAME", "2023-01-05 00:00:00", "a", ""),
        ("MESSAGE", "2023-01-05 08:30:00", "b", "hi"),
        ("RENAME", "2023-01-05 08:30:00", "b", ""),
    ]


def test_local_zone_and_full_dates_and_day_lines() -> None:
    text = (
        "--- Log opened Thu Jan 05 23:58:00 2023\n23:59 <ann> old\n"
        "--- Day changed Fri Jan 06 2023\n00:01 <ann> new\n"
    )
    assert [t[1] for t in read(FORMAT, text, path="#tea.log", zone="Asia/Shanghai").told()] == [
        "2023-01-05 15:59:00",
        "2023-01-05 16:01:00",
    ]
    dated = "2023-01-05 08:00:01\tann\thello\n2023-01-06 09:00:00\t-->\tbob (b@h) has joined #tea\n"
    assert read(FORMAT, dated, path="#tea.weechatlog").told() == [
        ("MESSAGE", "2023-01-05 08:00:01", "ann", "hello"),
        ("JOIN", "2023-01-06 09:00:00", "bob", ""),
    ]


def test_repeats_are_a_notice_or_further_messages() -> None:
    text = "[08:00:00] <ann> tea\n[08:00:09] Last message repeated 2 time(s).\n"
    assert read(FORMAT, text, path=DAY).told()[1] == (
        "NOTICE",
        "2023-01-05 08:00:09",
        "ann",
        "Last message repeated 2 time(s).",
    )
    again = read(IrcFormat(expand_repeats=True), text, path=DAY).told()
    assert again[1:] == [("MESSAGE", "2023-01-05 08:00:09", "ann", "tea")] * 2


def test_days_of_a_channel_are_one_bundle_in_order() -> None:
    line = "[08:00] <ann> hi\n"
    paths = ["d/#a.20230102.log", "d/#b.20230101.log", "d/#a.20230101.log"]
    bundles = FORMAT.bundle([entry(line, path) for path in paths])
    assert [(b.label, [e.path for e in b.entries]) for b in bundles] == [
        ("#a", ["d/#a.20230101.log", "d/#a.20230102.log"]),
        ("#b", ["d/#b.20230101.log"]),
    ]


def test_channel_name_comes_from_the_lines() -> None:
    text = "[08:00:01] ann (a@host) joined ##tea.\n"
    (portion,) = read(FORMAT, text, path="logs/tea.20230105.log").portions
    assert (portion.chat.name, portion.chat.key) == ("##tea", "##tea")


def test_log_without_any_date_is_unreadable() -> None:
    with pytest.raises(Unreadable) as raised:
        read(FORMAT, "[08:00] <ann> hi\n", path="#tea.txt")
    assert raised.value.problem.code == "bad_time"


@pytest.mark.data
@pytest.mark.parametrize(
    ("folder", "pattern"),
    [
        ("irc_ubuntu_cn_2013", "ubuntu-cn*.zip"),
        ("irc_slackware_2013", "*.zip"),
        ("irc_raku_2023", "*.zip"),
        ("irc_ubuntu_en_2013", "*.zip"),
    ],
)
def test_totals_of_real_logs(folder: str, pattern: str) -> None:
    source = data_folder(folder)
    expected = json.loads((source / "counts.json").read_text())
    (bundle,) = claim(entries(sorted(source.glob(pattern))), [FORMAT]).bundles
    items = read_bundle(FORMAT, bundle).items
    days, hours, names = counted(items, "UTC")
    assert days == expected["messages_per_day"]
    assert hours == {h: n for h, n in expected["messages_per_hour_of_day"].items() if n}
    assert len(names) == expected["distinct_speakers"]
    kinds = Counter(item.kind for item in items)
    acts = sum(item.form == Form.ACTION for item in items)
    found = {
        "msg": kinds[Kind.MESSAGE] - acts,
        "act": acts,
        "join": kinds[Kind.JOIN],
        "leave": kinds[Kind.LEAVE],
        "nick": kinds[Kind.RENAME],
    }
    assert {key: found[key] for key in expected["counts"]} == expected["counts"]


def test_what_a_client_remarks_is_nobodys_word() -> None:
    text = (
        "**** BEGIN LOGGING AT Wed Jan 31 14:00:00 2024\n"
        "Jan 31 14:05:00 *\tNow talking on #tea\n"
        "Jan 31 14:05:01 *\tBob gives channel operator status to Ann\n"
        "Jan 31 14:05:02 *\tAnn has been to the market\n"
        "Jan 31 14:05:03 *\tDan has quit (Quit: x)\n"
        "Session Ident: #tea\n"
        "[14:06] * Joins: Bob (b@c)\n"
        "[14:07] * Carl was kicked by Bob (out)\n"
        "2024-01-31 14:08:00\t *\tAnn waves\n"
    )
    reading = read(FORMAT, text, path="#tea.log")
    assert [(kind, name) for kind, _, name, _ in reading.told()] == [
        ("NOTICE", ""),
        ("NOTICE", ""),
        ("MESSAGE", "Ann"),
        ("LEAVE", "Dan"),
        ("JOIN", "Bob"),
        ("NOTICE", "Carl"),
        ("MESSAGE", "Ann"),
    ]
    assert reading.forms() == ["ACTION", "ACTION"]
    assert reading.codes == []


def test_an_offset_in_the_stamp_decides_and_a_day_may_stand_behind_the_ending() -> None:
    text = (
        "[2024-01-31T14:05:00+0800] Ann (~ann@host) joined the channel.\n"
        "[2024-01-31T01:05:01-05:00] <Ann> hi\n"
        "[14:05] #tea: mode change '+o Ann' by Bob!b@c\n"
    )
    reading = read(FORMAT, text, path="#tea.log.20240131", zone="Asia/Tokyo")
    assert reading.portions[0].chat.name == "#tea"
    assert [(kind, when, name) for kind, when, name, _ in reading.told()] == [
        ("JOIN", "2024-01-31 06:05:00", "Ann"),
        ("MESSAGE", "2024-01-31 06:05:01", "Ann"),
        ("NOTICE", "2024-01-31 05:05:00", "Bob"),
    ]

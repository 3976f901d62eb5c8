"""Copies out of QQ windows: computer and phone, badges, system lines, orders of the day."""

from __future__ import annotations

import pytest

from weilu.chat.ports import DayOrder, Question
from weilu.connectors.formats.qq_window.reader import FORMAT
from weilu.connectors.formats.registry import ALL_FORMATS
from weilu.connectors.formats.tests.entries import data_folder, entry, read

SIDE = """
【冒泡】山楂 2/14/2026 9:16:13 PM
早
晚

【潜水】陈皮 2/14/2026 9:16:17 PM
[图片]

你和山楂有12个共同好友，点击添加好友。

陈皮撤回了一条消息

山楂 2/14/2026 9:17:31 PM
一段

还是这一段

山楂邀请桂圆加入了本群。

莲子加入本群。
"""
PHONE = """
— —  2026-11-1  — —

山楂  23:50:12
早

陈皮 皮  23:50:40
晚

— —  2026-11-2  — —

山楂  0:01:02
新的一天
"""


def test_a_computers_window() -> None:
    reading = read(FORMAT, SIDE)
    assert reading.told() == [
        ("MESSAGE", "2026-02-14 21:16:13", "山楂", "早\n晚"),
        ("MESSAGE", "2026-02-14 21:16:17", "陈皮", "[图片]"),
        ("NOTICE", "2026-02-14 21:16:17", "", "你和山楂有12个共同好友，点击添加好友。"),
        ("RECALL", "2026-02-14 21:16:17", "陈皮", ""),
        ("MESSAGE", "2026-02-14 21:17:31", "山楂", "一段\n\n还是这一段"),
        ("JOIN", "2026-02-14 21:17:31", "桂圆", ""),
        ("JOIN", "2026-02-14 21:17:31", "莲子", ""),
    ]
    assert reading.people()[2] == ("JOIN", "桂圆", "山楂")
    assert reading.forms() == ["TEXT", "PICTURE", "TEXT"]
    assert reading.codes == []


def test_a_phones_window() -> None:
    assert read(FORMAT, PHONE, zone="Asia/Shanghai").told() == [
        ("MESSAGE", "2026-11-01 15:50:12", "山楂", "早"),
        ("MESSAGE", "2026-11-01 15:50:40", "陈皮 皮", "晚"),
        ("MESSAGE", "2026-11-01 16:01:02", "山楂", "新的一天"),
    ]


@pytest.mark.parametrize(
    ("written", "order", "expected"),
    [
        ("2026/11/01 12:30:00", None, "2026-11-01 12:30:00"),
        ("2026-11-01 0:30:00", None, "2026-11-01 00:30:00"),
        ("2026/11/1 下午 2:30:00", None, "2026-11-01 14:30:00"),
        ("1/11/2026 12:30:00 AM", DayOrder.DMY, "2026-11-01 00:30:00"),
        ("11/1/2026 12:30:00 PM", DayOrder.MDY, "2026-11-01 12:30:00"),
    ],
)
def test_clocks_of_computers(written: str, order: DayOrder | None, expected: str) -> None:
    told = read(FORMAT, f"茶 客 {written}\n好\n", order=order).told()
    assert told == [("MESSAGE", expected, "茶 客", "好")]


def test_what_must_be_asked() -> None:
    asks = FORMAT.survey(FORMAT.bundle([entry(SIDE)])[0])
    assert asks.asks == {Question.ZONE, Question.GROUP}
    assert asks.day_order is DayOrder.MDY
    doubtful = FORMAT.bundle([entry("茶 1/2/2026 9:16:13 PM\n好\n")])[0]
    assert Question.DAY_ORDER in FORMAT.survey(doubtful).asks


@pytest.mark.parametrize("text", [SIDE, PHONE])
def test_it_is_recognised_by_content(text: str) -> None:
    scores = {known.name: known.recognise(entry(text, "x.txt")) for known in ALL_FORMATS}
    assert max(scores, key=lambda name: scores[name]) == "qq_window"


def test_dirt_is_told_with_its_place() -> None:
    reading = read(FORMAT, "what\n\n茶 31/31/2026 9:16:13\n好\n\n茶 2026/1/2 9:16:13\n好\n")
    assert [(p.code, p.number) for p in reading.problems] == [
        ("bad_record", 1),
        ("bad_time", 3),
        ("bad_record", 4),
    ]
    assert [i.text for i in reading.items] == ["好"]


@pytest.mark.data
def test_real_copies() -> None:
    folder = data_folder("export_samples") / "qq_pc"
    side = read(FORMAT, (folder / "copied_from_side_window.txt").read_bytes())
    assert [i.text for i in side.items if i.kind == 0] == ["（1", "2\n3", "3", "", "5"]
    assert (side.codes, len(side.people())) == ([], 5)
    phone = read(FORMAT, (folder / "copied_from_mobile.txt").read_bytes())
    assert [i.text for i in phone.items] == ["1", "2", "诶？"]

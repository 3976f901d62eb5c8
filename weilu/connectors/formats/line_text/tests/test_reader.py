"""LINE's text exports in Japanese, Traditional Chinese, Thai, Korean and English."""

from __future__ import annotations

import pytest

from weilu.chat.ports import DayOrder, Kind, Question
from weilu.connectors.formats.line_text.reader import FORMAT
from weilu.connectors.formats.registry import ALL_FORMATS
from weilu.connectors.formats.tests.entries import entry, read

JAPANESE = """[LINE] お茶の会とのトーク履歴
保存日時：2026/01/20 10:00

2026/01/13(火)
21:07\tアン\tこんばんは
21:08\tボブ\t[写真]
21:09\tボブがクレオを招待しました
21:10\t\tクレオが参加しました

2026/01/14(水)
0:01\tアン\t"一行目
二行目"
0:02\t\tボブが退会しました
"""
CHINESE = """[LINE] 與茶友的聊天記錄
儲存日期：2026/01/20 10:00

2026/01/13（二）
上午09:07\t安安\t早
下午09:08\t寶寶\t[貼圖]
下午09:09\t\t安安邀請寶寶加入
下午09:10\t\t寶寶已退出群組
下午09:11\t\t安安已收回訊息
"""
ENGLISH = """[LINE] Chat history in "Tea friends"
Saved on: 1/20/2026, 10:00

Tue, 1/13/2026
09:07 AM\tAnn\tmorning
12:08 AM\tBob\t[Sticker]
09:09 PM\t\tAnn invited Cleo to the group
09:10 PM\t\tBob left the group
09:11 PM\t\tAnn unsent a message
"""
THAI = """[LINE] ประวัติการแชทกลุ่ม เพื่อนชา
บันทึกเมื่อ: 20/1/2026 10:00

อ. 13/1/2026
21:07\tแอน\tสวัสดี
21:08\t\tแอน เชิญ บ๊อบ เข้าร่วมกลุ่ม
21:09\t\tบ๊อบ เข้าร่วมกลุ่ม
21:10\t\tบ๊อบ ออกจากกลุ่ม
"""
KOREAN = """[LINE] 차모임 님과의 대화
저장한 날짜 : 2026/01/20 10:00

2026.01.13 화요일
오후 9:07\t안나\t안녕
오후 9:08\t\t레오님이 나갔습니다.
"""


def test_japanese() -> None:
    reading = read(FORMAT, JAPANESE, zone="Asia/Tokyo")
    assert reading.portions[0].chat.name == "お茶の会"
    assert reading.told() == [
        ("MESSAGE", "2026-01-13 12:07:00", "アン", "こんばんは"),
        ("MESSAGE", "2026-01-13 12:08:00", "ボブ", "[写真]"),
        ("JOIN", "2026-01-13 12:09:00", "クレオ", ""),
        ("NOTICE", "2026-01-13 12:10:00", "クレオ", "クレオが参加しました"),
        ("MESSAGE", "2026-01-13 15:01:00", "アン", "一行目\n二行目"),
        ("LEAVE", "2026-01-13 15:02:00", "ボブ", ""),
    ]
    assert reading.people()[0] == ("JOIN", "クレオ", "ボブ")
    assert reading.forms() == ["TEXT", "PICTURE", "TEXT"]
    assert reading.codes == []


def test_traditional_chinese() -> None:
    reading = read(FORMAT, CHINESE, zone="Asia/Taipei")
    assert reading.portions[0].chat.name == "茶友"
    assert reading.told()[:2] == [
        ("MESSAGE", "2026-01-13 01:07:00", "安安", "早"),
        ("MESSAGE", "2026-01-13 13:08:00", "寶寶", "[貼圖]"),
    ]
    assert reading.people() == [
        ("JOIN", "寶寶", "安安"),
        ("LEAVE", "寶寶", ""),
        ("RECALL", "安安", ""),
    ]
    assert reading.forms() == ["TEXT", "STICKER"]


def test_english() -> None:
    reading = read(FORMAT, ENGLISH)
    assert reading.portions[0].chat.name == "Tea friends"
    assert reading.told()[:2] == [
        ("MESSAGE", "2026-01-13 09:07:00", "Ann", "morning"),
        ("MESSAGE", "2026-01-13 00:08:00", "Bob", "[Sticker]"),
    ]
    assert reading.people() == [
        ("JOIN", "Cleo", "Ann"),
        ("LEAVE", "Bob", ""),
        ("RECALL", "Ann", ""),
    ]


def test_thai() -> None:
    reading = read(FORMAT, THAI, zone="Asia/Bangkok")
    assert reading.portions[0].chat.name == "เพื่อนชา"
    assert reading.told()[0] == ("MESSAGE", "2026-01-13 14:07:00", "แอน", "สวัสดี")
    assert reading.people() == [
        ("JOIN", "บ๊อบ", "แอน"),
        ("NOTICE", "บ๊อบ", ""),
        ("LEAVE", "บ๊อบ", ""),
    ]


def test_several_are_invited_and_join_once() -> None:
    text = (
        "[LINE] Chat history in Tea\n\n1/31/2026\n14:07\t\tAnn invited Bob, Cleo to the group.\n"
        "14:08\t\tBob joined the group.\n14:09\t\tBob left the group.\n"
        "14:10\t\tBob joined the group.\n14:11\t\tDan joined the group.\n"
        "14:12\t\tクレオがグループを退会しました。\n"
    )
    assert read(FORMAT, text).people() == [
        ("JOIN", "Bob", "Ann"),
        ("JOIN", "Cleo", "Ann"),
        ("NOTICE", "Bob", ""),
        ("LEAVE", "Bob", ""),
        ("JOIN", "Bob", ""),
        ("JOIN", "Dan", ""),
        ("LEAVE", "クレオ", ""),
    ]


def test_korean() -> None:
    reading = read(FORMAT, KOREAN, zone="Asia/Seoul")
    assert reading.portions[0].chat.name == "차모임"
    assert reading.told()[0] == ("MESSAGE", "2026-01-13 12:07:00", "안나", "안녕")
    assert reading.people() == [("LEAVE", "레오", "")]


@pytest.mark.parametrize("text", [JAPANESE, CHINESE, ENGLISH, THAI, KOREAN])
def test_it_is_recognised_and_asked_about(text: str) -> None:
    scores = {known.name: known.recognise(entry(text, "x.txt")) for known in ALL_FORMATS}
    assert max(scores, key=lambda name: scores[name]) == "line_text"
    assert FORMAT.survey(FORMAT.bundle([entry(text)])[0]).asks == {Question.ZONE}


def test_an_open_order_is_asked() -> None:
    text = "[LINE] Chat history in Tea\n\n1/2/2026\n09:07\tAnn\tx\n2/2/2026\n09:07\tAnn\ty\n"
    survey = FORMAT.survey(FORMAT.bundle([entry(text)])[0])
    assert Question.DAY_ORDER in survey.asks
    assert read(FORMAT, text, order=DayOrder.MDY).told()[1][1] == "2026-02-02 09:07:00"


def test_lines_before_a_day_are_told() -> None:
    reading = read(FORMAT, "[LINE] Chat history in Tea\n09:07\tAnn\tx\n2026/1/2\n25:00\tAnn\ty\n")
    assert [(p.code, p.number) for p in reading.problems] == [("bad_time", 2), ("bad_time", 4)]
    assert reading.items == []


DESKTOP = """2026.01.13 火曜日
21:07 アン こんばんは みなさん
21:08 Bob Tea スタンプ
21:09 Bob Tea 写真
21:10 アン 元気？
21:11 Bob Tea そうだね 元気
二行目
21:12 アン はい
21:13 クレオが参加しました。
2026.01.14 水曜日
08:05 アン スタンプ
08:06 Bob Teaが退会しました。
"""


def test_an_export_from_a_computer_has_blanks() -> None:
    reading = read(FORMAT, DESKTOP)
    said = [(item.name, item.text) for item in reading.items if item.kind == Kind.MESSAGE]
    assert said == [
        ("アン", "こんばんは みなさん"),
        ("Bob Tea", "スタンプ"),
        ("Bob Tea", "写真"),
        ("アン", "元気？"),
        ("Bob Tea", "そうだね 元気\n二行目"),
        ("アン", "はい"),
        ("アン", "スタンプ"),
    ]
    assert reading.people() == [("JOIN", "クレオ", ""), ("LEAVE", "Bob Tea", "")]
    assert reading.forms()[1:3] == ["STICKER", "PICTURE"]


def test_three_stickers_do_not_make_a_name() -> None:
    lines = "".join(f"21:0{at} アン スタンプ\n" for at in range(5))
    assert {item.name for item in read(FORMAT, "2026.01.13 火曜日\n" + lines).items} == {"アン"}


def test_leaving_in_other_words() -> None:
    lines = JAPANESE + "0:03\t\tクレオがアンをグループから退会させました。\n0:04\t\t小張離開群組\n"
    assert read(FORMAT, lines).people()[-2:] == [("LEAVE", "アン", "クレオ"), ("LEAVE", "小張", "")]

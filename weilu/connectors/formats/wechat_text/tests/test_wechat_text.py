"""WeChat as text: MemoTrace, WeFlow, chatlog with and without years."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from weilu.chat.ports import Answers, Form, Question
from weilu.connectors.formats.qq_text.reader import FORMAT as QQ
from weilu.connectors.formats.tests.entries import UTC_ZONE, Reading, entry, read
from weilu.connectors.formats.wechat_text.chatlog import FORMAT as CHATLOG
from weilu.connectors.formats.wechat_text.plain import FORMAT as PLAIN
from weilu.connectors.formats.wechat_text.plain import form_of_text

MEMOTRACE = """2024-01-15 14:05:09 Ann
你好

2024-01-15 14:06:09
"Ann"邀请"Bob"加入了群聊

2024-01-15 14:07:09 Bob (采购)
一段

还有一段
"""
CHATLOG_TEXT = """Ann(wxid_a) 12-31 23:05:09
你好

我 12-31 23:06:00
ok

系统消息 01-01 00:00:01
"Ann"邀请"Bob"加入了群聊

Bob(wxid_b) 01-01 00:01:01
> Ann(wxid_a) 12-31 23:05:09
> 你好
在
"""


def test_memotrace() -> None:
    reading = read(PLAIN, MEMOTRACE)
    assert reading.told() == [
        ("MESSAGE", "2024-01-15 14:05:09", "Ann", "你好"),
        ("JOIN", "2024-01-15 14:06:09", "Bob", ""),
        ("MESSAGE", "2024-01-15 14:07:09", "Bob (采购)", "一段\n\n还有一段"),
    ]
    assert reading.codes == []
    assert PLAIN.survey(PLAIN.bundle([entry(MEMOTRACE)])[0]).asks == {Question.ZONE, Question.GROUP}
    assert QQ.recognise(entry(MEMOTRACE)) == 0


def test_weflow_has_its_names_in_quotes() -> None:
    text = (
        "2024-01-15 14:05:09 'Ann's'\n[图片]\n\n"
        "2024-01-15 14:06:09 '1@chatroom'\nBob退出了群聊\n\n"
        "2024-01-15 14:07:09 '我'\n[链接] 好东西\nhttps://a.test\n"
    )
    reading = read(PLAIN, text)
    assert [(k, n) for k, _, n, _ in reading.told()] == [
        ("MESSAGE", "Ann's"),
        ("LEAVE", "Bob"),
        ("MESSAGE", "我"),
    ]
    assert reading.forms() == ["PICTURE", "LINK"]


def test_forms() -> None:
    assert form_of_text("[文件: a.pdf]") == Form.FILE
    assert form_of_text("[微笑] 好") == Form.TEXT
    assert form_of_text("a [图片]") == Form.TEXT


def test_a_day_that_is_none_is_told_with_its_text() -> None:
    reading = read(PLAIN, "2024-02-31 14:05:09 Ann\nx\n\n2024-02-03 14:05:09 Ann\ny\n")
    assert [i.text for i in reading.items] == ["y"]
    assert [(p.code, p.number) for p in reading.problems] == [("bad_time", 1)]


def told(text: str, first_day: date | None) -> Reading:
    bundle = CHATLOG.bundle([entry(text)])[0]
    return Reading(tuple(CHATLOG.read(bundle, Answers(UTC_ZONE, first_day=first_day))))


def test_chatlog_without_years_asks_for_the_first_day() -> None:
    one = replace(entry(CHATLOG_TEXT), modified=date(2025, 1, 3))
    survey = CHATLOG.survey(CHATLOG.bundle([one])[0])
    assert survey.asks == {Question.ZONE, Question.GROUP, Question.FIRST_DAY}
    assert survey.first_day == date(2024, 12, 31)
    reading = told(CHATLOG_TEXT, date(2023, 12, 31))
    assert reading.told() == [
        ("MESSAGE", "2023-12-31 23:05:09", "Ann", "你好"),
        ("MESSAGE", "2023-12-31 23:06:00", "我", "ok"),
        ("JOIN", "2024-01-01 00:00:01", "Bob", ""),
        ("MESSAGE", "2024-01-01 00:01:01", "Bob", "在"),
    ]
    assert [i.account for i in reading.items] == ["wxid_a", "", "", "wxid_b"]


def test_chatlog_of_one_day_has_times_alone() -> None:
    text = "Ann(wxid_a) 23:05:09\n你好\n\nBob(wxid_b) 00:00:01\n早\n"
    one = replace(entry(text), modified=date(2025, 1, 3))
    assert CHATLOG.survey(CHATLOG.bundle([one])[0]).first_day == date(2025, 1, 2)
    assert [when for _, when, *_ in told(text, date(2025, 1, 2)).told()] == [
        "2025-01-02 23:05:09",
        "2025-01-03 00:00:01",
    ]


def test_chatlog_of_several_groups() -> None:
    text = (
        "Ann(wxid_a) [茶(1@chatroom)] 2024-01-15 14:05:09\n![图片](http://x/image/1)\n\n"
        "Bob(wxid_b) [咖啡(2@chatroom)] 2024-01-15 14:05:10\n[文件|a.pdf](http://x/file/2)\n"
    )
    reading = told(text, None)
    assert sorted((p.chat.key, p.chat.name, len(p.items)) for p in reading.portions) == [
        ("1@chatroom", "茶", 1),
        ("2@chatroom", "咖啡", 1),
    ]
    assert sorted(reading.forms()) == ["FILE", "PICTURE"]
    assert CHATLOG.survey(CHATLOG.bundle([entry(text)])[0]).asks == {Question.ZONE}

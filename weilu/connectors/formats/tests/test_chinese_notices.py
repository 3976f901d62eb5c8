"""System lines of WeChat and QQ."""

from __future__ import annotations

import pytest

from weilu.chat.ports import Kind
from weilu.connectors.formats.chinese_notices import parse_notice, parse_notices


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"甲"邀请"乙"加入了群聊', (Kind.JOIN, "乙", "甲")),
        ('"乙"通过扫描"甲"分享的二维码加入群聊', (Kind.JOIN, "乙", "甲")),
        ("你邀请“乙”加入了群聊", (Kind.JOIN, "乙", "")),
        ("乙加入本群。", (Kind.JOIN, "乙", "")),
        ('你将"乙"移出了群聊', (Kind.LEAVE, "乙", "")),
        ("乙被管理员甲移出本群", (Kind.LEAVE, "乙", "甲")),
        ("甲 拍了拍 小红", (Kind.NOTICE, "甲", "小红")),
        ("乙退出了群聊", (Kind.LEAVE, "乙", "")),
        ('"甲" 撤回了一条消息', (Kind.RECALL, "甲", "")),
        ("甲修改群名为“茶友”", (Kind.NOTICE, "甲", "茶友")),
        ("<sysmsg><![CDATA[甲撤回了一条消息]]></sysmsg>", (Kind.RECALL, "甲", "")),
        ('"Ann" invited "Bob" to the group chat', (Kind.JOIN, "Bob", "Ann")),
        ("管理员已将 乙 移出本群。", (Kind.LEAVE, "乙", "管理员")),
        ("乙(2345678) 已退出本群。", (Kind.LEAVE, "乙(2345678)", "")),
        ("欢迎 乙 加入本群", (Kind.JOIN, "乙", "")),
        ("Bob has joined this group.", (Kind.JOIN, "Bob", "")),
        ("今天天气很好", None),
        ("你撤回了一条消息", None),
    ],
)
def test_notices(text: str, expected: tuple[Kind, str, str] | None) -> None:
    assert parse_notice(text) == expected


def test_several_people_join_at_once() -> None:
    assert [n.name for n in parse_notices('"甲"邀请"乙、丙"加入了群聊')] == ["乙", "丙"]


def test_several_people_whom_the_exporter_invites() -> None:
    found = parse_notices('你邀请"丁、戊"加入了群聊')
    assert [(n.name, n.target) for n in found] == [("丁", ""), ("戊", "")]

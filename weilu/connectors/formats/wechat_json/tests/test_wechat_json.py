"""chatlog and WeFlow: kinds of messages, system lines, talkers."""

from __future__ import annotations

import pytest

from weilu.chat.ports import ChatRef, Form, Inbound, Kind, Platform
from weilu.connectors.formats.tests.jsonmaking import codes_of, entry, items_of, portions_of
from weilu.connectors.formats.wechat_json import ChatlogFormat, WeFlowFormat

AT = 1_700_000_000_000


def chatlog(**changes: object) -> dict[str, object]:
    return {
        "seq": 1700000000001,
        "time": "2023-11-15T06:13:20+08:00",
        "talker": "9@chatroom",
        "talkerName": "茶",
        "isChatRoom": True,
        "sender": "wxid_a",
        "senderName": "店主",
        "isSelf": False,
        "type": 1,
        "subType": 0,
        "content": "开团",
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Inbound(0, AT, "wxid_a", "店主", "开团", "1700000000001")),
        (
            {"type": 49, "subType": 57, "contents": {"refer": {"seq": 5, "content": "?"}}},
            Inbound(0, AT, "wxid_a", "店主", "开团", "1700000000001", "5"),
        ),
        (
            {"type": 49, "subType": 5, "content": "", "contents": {"title": "题", "url": "u"}},
            Inbound(0, AT, "wxid_a", "店主", "题 u", "1700000000001", form=Form.LINK),
        ),
        (
            {"type": 49, "subType": 2001},
            Inbound(0, AT, "wxid_a", "店主", "开团", "1700000000001", form=Form.RED_PACKET),
        ),
        (
            {"type": 3, "content": ""},
            Inbound(0, AT, "wxid_a", "店主", "", "1700000000001", form=Form.PICTURE),
        ),
        (
            {"type": 10000, "content": '"店主"邀请"铁粉"加入了群聊'},
            Inbound(
                Kind.JOIN,
                AT,
                "",
                "铁粉",
                "",
                "1700000000001",
                target="店主",
            ),
        ),
        (
            {"type": 49, "subType": 62},
            Inbound(Kind.NOTICE, AT, "wxid_a", "店主", "开团", "1700000000001"),
        ),
    ],
)
def test_chatlog(changes: dict[str, object], expected: Inbound) -> None:
    portions = portions_of(ChatlogFormat(), entry([chatlog(**changes)]))
    assert items_of(portions) == [expected]
    assert portions[0].chat == ChatRef(Platform.WECHAT, "9@chatroom", "茶")


def test_chatlog_over_several_talkers_and_a_bad_time() -> None:
    rows = [chatlog(), chatlog(time="soon"), chatlog(talker="8@chatroom", talkerName="乙")]
    portions = portions_of(ChatlogFormat(), entry(rows))
    assert [(p.chat.key, p.chat.name, len(p.items)) for p in portions] == [
        ("9@chatroom", "茶", 1),
        ("8@chatroom", "乙", 1),
    ]
    assert codes_of(portions) == [("bad_time", 2)]


def weflow(**changes: object) -> dict[str, object]:
    return {
        "localId": 5,
        "createTime": 1700000000,
        "formattedTime": "2023-11-15 06:13:20",
        "type": "文本消息",
        "localType": 1,
        "content": "开团",
        "isSend": 0,
        "senderUsername": "wxid_a",
        "senderDisplayName": "店主",
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Inbound(0, AT, "wxid_a", "店主", "开团", "5")),
        ({"createTime": None}, Inbound(0, AT, "wxid_a", "店主", "开团", "5")),
        ({"type": "图片消息"}, Inbound(0, AT, "wxid_a", "店主", "开团", "5", form=Form.PICTURE)),
        ({"type": "奇怪消息"}, Inbound(0, AT, "wxid_a", "店主", "开团", "5", form=Form.OTHER)),
        (
            {"type": "系统消息", "content": '"铁粉"退出了群聊', "isSend": None},
            Inbound(Kind.LEAVE, AT, "", "铁粉", "", "5"),
        ),
        (
            {"type": "撤回消息", "content": '"铁粉" 撤回了一条消息', "senderUsername": ""},
            Inbound(Kind.RECALL, AT, "", "铁粉"),
        ),
    ],
)
def test_weflow(changes: dict[str, object], expected: Inbound) -> None:
    session = {"wxid": "9@chatroom", "nickname": "n", "displayName": "茶", "type": "群聊"}
    for document in (
        {"session": session, "messages": [weflow(**changes)], "avatars": {"a": "data:"}},
        {"messages": [weflow(**changes)], "session": session},
    ):
        portions = portions_of(WeFlowFormat(), entry(document))
        assert items_of(portions) == [expected]
        assert portions[0].chat == ChatRef(Platform.WECHAT, "9@chatroom", "茶")

"""Every format's sample is taken by its own reader, in any order, and by no other as surely."""

from __future__ import annotations

import json

import pytest

from weilu.connectors.formats.registry import ALL_FORMATS
from weilu.connectors.formats.tests.entries import entry
from weilu.connectors.formats.tests.rendered import RENDERED
from weilu.connectors.formats.tests.test_readers import IRC_SAMPLE, SAMPLES

TALK = [
    (1_673_597_220_000, "Ann Lee", "morning: see [1] and 08:07"),
    (1_673_597_280_000, "王小明 (采购)", "茶\n\n多行"),
    (1_673_683_680_000, "Bob", "ok"),
]
_SLACK = {"type": "message", "user": "U1", "text": "hi", "ts": "1700000000.000100"}
_MATRIX = {
    "type": "m.room.message",
    "sender": "@ann:example.org",
    "content": {"msgtype": "m.text", "body": "hi"},
    "origin_server_ts": 1_700_000_000_000,
    "event_id": "$1",
    "room_id": "!r:example.org",
}
_ZULIP = {"content": "<p>hi</p>", "id": 1, "sender_full_name": "Ann", "timestamp": 1_700_000_000}
_TELEGRAM = {
    "id": 1,
    "type": "message",
    "date": "2023-11-15T06:13:20",
    "date_unixtime": "1700000000",
    "from": "Ann",
    "from_id": "user1",
    "text": "hi",
}
_DISCORD = {
    "id": "1",
    "type": "Default",
    "timestamp": "2023-11-15T06:13:20+00:00",
    "timestampEdited": None,
    "isPinned": False,
    "content": "hi",
    "author": {"id": "1", "name": "ann", "isBot": False},
}
_QQ = {
    "id": "1",
    "seq": "1",
    "timestamp": 1_700_000_000_000,
    "sender": {"uid": "u", "uin": "1001", "name": "Ann"},
    "content": {"text": "hi"},
}
_CHATLOG = {
    "seq": 1,
    "time": "2023-11-15T06:13:20+08:00",
    "talker": "1@chatroom",
    "talkerName": "茶",
    "isChatRoom": True,
    "sender": "wxid_a",
    "senderName": "Ann",
    "isSelf": False,
    "type": 1,
    "subType": 0,
    "content": "hi",
}
_WEFLOW = {
    "localId": 1,
    "createTime": 1_700_000_000,
    "type": "文本消息",
    "content": "hi",
    "senderUsername": "wxid_a",
    "senderDisplayName": "Ann",
}
_CHATLAB = {
    "sender": "a",
    "accountName": "Ann",
    "timestamp": 1_700_000_000,
    "type": 0,
    "content": "hi",
}
_META = {"name": "茶", "platform": "wechat", "type": "group"}

OBJECTS: dict[str, object] = {
    "chatlab": {
        "chatlab": {"version": "0.0.2", "exportedAt": 1},
        "meta": _META,
        "members": [],
        "messages": [_CHATLAB],
    },
    "telegram": {"name": "茶", "type": "private_group", "id": 1, "messages": [_TELEGRAM]},
    "discord": {
        "guild": {"id": "1", "name": "Tea"},
        "channel": {"id": "2", "name": "talk"},
        "dateRange": {},
        "messages": [_DISCORD],
    },
    "qq_exporter": {"metadata": {"name": "x"}, "chatInfo": {"name": "茶"}, "messages": [_QQ]},
    "wechat_chatlog": [_CHATLOG],
    "wechat_weflow": {"session": {"wxid": "1@chatroom", "type": "群聊"}, "messages": [_WEFLOW]},
    "slack": [_SLACK],
    "matrix": {"room_name": "茶", "room_creator": "@ann:example.org", "messages": [_MATRIX]},
    "zulip": [_ZULIP],
    "zulip_realm": {
        "zerver_message": [{"id": 1, "sender": 1, "content": "hi", "date_sent": 1.7e9}]
    },
}
_LINES = [
    {"_type": "header", "chatlab": {"version": "0.0.2", "exportedAt": 1}, "meta": _META},
    {"_type": "message", **_CHATLAB},
]
_WINDOW = "山楂 2/14/2026 9:16:13 PM\n早\n晚\n\n陈皮 2/14/2026 9:16:17 PM\n[图片]\n\n"

ALL: dict[str, str] = {
    **{name: render(TALK) for name, render in RENDERED.items()},
    **{one.name: text for one, _, text in SAMPLES.values() if one.name not in RENDERED},
    **{name: json.dumps(value, ensure_ascii=False) for name, value in OBJECTS.items()},
    "chatlab_lines": "".join(f"{json.dumps(line)}\n" for line in _LINES),
    "irc": IRC_SAMPLE,
    "qq_window": _WINDOW,
}


def test_every_format_has_a_sample() -> None:
    assert sorted(ALL) == sorted(one.name for one in ALL_FORMATS)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_sample_is_taken_by_its_own_reader(name: str, encoding: str) -> None:
    one = entry(ALL[name].encode(encoding), "x.bin")
    scores = {known.name: known.recognise(one) for known in ALL_FORMATS}
    mine = scores.pop(name)
    assert mine > max(scores.values()), {k: v for k, v in scores.items() if v >= mine}


@pytest.mark.parametrize("name", ALL)
def test_the_first_lines_are_enough(name: str) -> None:
    """Of a large file only the beginning is looked at, and of many files little of it."""
    data = ALL[name].encode()
    long = entry(data * (1 + 70_000 // len(data)), "x.bin")
    scores = {known.name: known.recognise(long) for known in ALL_FORMATS}
    best = max(scores.values())
    if name not in {"zulip_realm"}:
        assert scores[name] == best


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dear all,\nthis is a letter: it has a colon.\n\nAnn\n",
        "<!DOCTYPE html><html><head><title>Tea</title></head><body><p>hi</p></body></html>",
        '{"name": "package", "version": "1.0.0", "messages": {}}',
        '[{"id": 1, "value": 2}]',
        '{"type": "service_account", "participants": []}',
        "# Notes\n\n- 2024-01-15 buy tea\n- 2024-01-16 drink it\n",
        "2024-01-15 14:05:09 INFO server started\n2024-01-15 14:05:10 ERROR: no port\n",
        "1357041600 42\n1357041660 43\n1357041720 41\n",
    ],
)
def test_what_is_no_chat_is_nobodys(text: str) -> None:
    scores = {known.name: known.recognise(entry(text, "x.md")) for known in ALL_FORMATS}
    assert {name: score for name, score in scores.items() if score > 20} == {}

"""qq-chat-exporter: three generations and chunks."""

from __future__ import annotations

import json

import pytest

from weilu.chat.ports import ChatRef, Form, Inbound, Kind, Platform
from weilu.connectors.formats.qq_exporter import QQExporterFormat
from weilu.connectors.formats.tests.jsonmaking import entry, items_of, portions_of, read

QQ = QQExporterFormat()
AT = 1_700_000_000_000


def current(**changes: object) -> dict[str, object]:
    return {
        "id": "m2",
        "seq": "5",
        "timestamp": AT,
        "time": "2023-11-15 06:13:20",
        "sender": {"uid": "u_a", "uin": "10001000", "name": "店主", "nickname": "dz"},
        "type": "type_1",
        "content": {"text": "开团", "html": "", "elements": [], "resources": [], "mentions": []},
        "recalled": False,
        "system": False,
        **changes,
    }


def v4(**changes: object) -> dict[str, object]:
    return {
        "messageId": "m2",
        "timestamp": "2023-11-14T22:13:20.000Z",
        "sender": {"uid": "u_a", "name": "u_a"},
        "messageType": 2,
        "isSystemMessage": False,
        "isRecalled": False,
        "content": {"text": "开团"},
        "rawMessage": {"senderUin": "10001000", "sendNickName": "dz", "sendMemberName": "店主"},
        **changes,
    }


def export(*messages: dict[str, object]) -> dict[str, object]:
    return {
        "metadata": {"name": "QQChatExporter", "version": "5.0.0"},
        "chatInfo": {"name": "茶", "type": "group", "peerUin": "900"},
        "statistics": {},
        "messages": list(messages),
    }


MESSAGE = Inbound(0, AT, "10001000", "店主", "开团", "m2")
RECALL = Inbound(Kind.RECALL, AT, "10001000", "店主", "", "m2")


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (current(), [MESSAGE]),
        (v4(), [MESSAGE]),
        (
            current(sender={"uid": "u_a", "uin": "0", "name": "x", "groupCard": "卡"}),
            [Inbound(0, AT, "u_a", "卡", "开团", "m2")],
        ),
        (current(recalled=True), [MESSAGE, RECALL]),
        (v4(isRecalled=True, content={"text": ""}), [RECALL]),
        (
            current(content={"text": "", "resources": [{"type": "image"}]}),
            [Inbound(0, AT, "10001000", "店主", "", "m2", form=Form.PICTURE)],
        ),
        (
            current(content={"text": "好", "elements": [
                {"type": "reply", "data": {"replyMsgId": "m1", "msgId": "0"}}]}),
            [Inbound(0, AT, "10001000", "店主", "好", "m2", "m1")],
        ),
        (
            current(content={"text": "好", "elements": [
                {"type": "reply", "data": {"referencedMessageId": 7, "msgId": "m1"}}]}),
            [Inbound(0, AT, "10001000", "店主", "好", "m2", "7")],
        ),
        (
            current(system=True, content={"text": "铁粉加入本群"}),
            [Inbound(Kind.JOIN, AT, "", "铁粉", "", "m2")],
        ),
        (
            v4(isSystemMessage=True, content={"text": "今日无事"}),
            [Inbound(Kind.NOTICE, AT, "10001000", "店主", "今日无事", "m2")],
        ),
    ],
)  # fmt: skip
def test_generations(record: dict[str, object], expected: list[Inbound]) -> None:
    portions = portions_of(QQ, entry(export(record)))
    assert items_of(portions) == expected
    assert portions[0].chat == ChatRef(Platform.QQ, "900", "茶")


def test_chunks_are_read_with_their_manifest_in_order() -> None:
    manifest = {
        "metadata": {"format": "chunked-jsonl"},
        "chatInfo": {"name": "茶", "peerUid": "u_g"},
        "chunked": {"chunks": []},
    }
    chunks = [
        entry(json.dumps(current(id=f"m{n}")).encode() + b"\n", f"a/chunks/chunk_{n}.jsonl")
        for n in (10, 9)
    ]
    pictures = entry(b'{"10001000": "data:image/png;base64,AAAA"}', "a/avatars.json")
    stray = entry(json.dumps(current(id="s")).encode(), "b/chunk_1.jsonl")
    entries = [entry(manifest, "a/manifest.json"), *chunks, pictures, stray]
    assert all(QQ.recognise(one) > 0 for one in entries)
    bundles = QQ.bundle(entries)
    found = [
        [(p.chat.key, p.chat.name, i.external_id) for p in read(QQ, b) for i in p.items]
        for b in bundles
    ]
    assert found == [[("u_g", "茶", "m9"), ("u_g", "茶", "m10")], [("", "", "s")]]

"""Rocket.Chat: the interface, a room's own export, and the real sample."""

from __future__ import annotations

import json

import pytest

from weilu.chat.ports import Kind
from weilu.connectors.formats.rocketchat.reader import RocketChatFormat
from weilu.connectors.formats.tests.entries import data_folder
from weilu.connectors.formats.tests.jsonmaking import entry, items_of, portions_of

ONE = RocketChatFormat()


def message(**changes: object) -> dict[str, object]:
    user = {"_id": "u", "username": "ann", "name": "Ann"}
    return {"_id": "1", "rid": "r", "msg": "hi", "ts": "2023-11-14T22:13:20Z", "u": user, **changes}


def test_events() -> None:
    records = [
        message(t="uj", msg="ann"),
        message(t="au", msg="bob"),
        message(t="ul"),
        message(t="ru", msg="bob"),
        message(t="rm"),
        message(t="room_changed_topic", msg="tea"),
        message(_hidden=True),
        message(ts={"$date": 1_700_000_000_000}, tmid="0"),
    ]
    found = items_of(portions_of(ONE, entry({"messages": records})))
    assert [(Kind(i.kind).name, i.name, i.target, i.reply_to) for i in found] == [
        ("JOIN", "Ann", "", ""),
        ("JOIN", "bob", "Ann", ""),
        ("LEAVE", "Ann", "", ""),
        ("LEAVE", "bob", "Ann", ""),
        ("RECALL", "Ann", "", ""),
        ("NOTICE", "Ann", "", ""),
        ("MESSAGE", "Ann", "", "0"),
    ]
    assert found[-1].sent_ms == 1_700_000_000_000


def test_a_rooms_own_export() -> None:
    records = [
        {"msg": "hi", "username": "ann", "ts": "2023-11-14T22:13:20Z"},
        {"msg": "bob", "username": "bob", "ts": "2023-11-14T22:13:21Z", "type": "user-join"},
    ]
    lines = "".join(f"{json.dumps(one)}\n" for one in records).encode()
    for content in (records, lines):
        found = items_of(portions_of(ONE, entry(content)))
        assert [(Kind(i.kind).name, i.name) for i in found] == [("MESSAGE", "ann"), ("JOIN", "bob")]


@pytest.mark.data
def test_the_real_sample() -> None:
    folder = data_folder("export_samples") / "rocketchat_api"
    files = [entry(path.read_bytes(), path.name) for path in sorted(folder.iterdir())]
    found = items_of(portions_of(ONE, *files))
    told = [(i.name, i.text) for i in found if i.kind == Kind.MESSAGE]
    assert told == [
        ("Animesh Kumar", "Test message 1"),
        ("Animesh Kumar Singh", "Test reply 1 edited"),
        ("Animesh Kumar", "Test message 2"),
    ]

"""Messenger and Instagram: downloads of both kinds, people, and files of one chat."""

from __future__ import annotations

import pytest

from weilu.chat.ports import ChatRef, Form, Platform
from weilu.connectors.formats.messenger.reader import MessengerFormat
from weilu.connectors.formats.mojibake import mended
from weilu.connectors.formats.tests.jsonmaking import entry, items_of, portions_of

ONE = MessengerFormat()
AT = 1_700_000_000_000


def chat(*messages: dict[str, object], **changes: object) -> dict[str, object]:
    return {
        "participants": [{"name": "Zo\u00c3\u00ab"}, {"name": "Bob"}],
        "messages": [{"sender_name": "Bob", "timestamp_ms": AT, **m} for m in messages],
        "title": "\u00e8\u008c\u00b6\u00e5\u008f\u008b",
        "thread_path": "inbox/tea_1",
        **changes,
    }


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Zo\u00c3\u00ab", "Zoë"),
        ("Zoë", "Zoë"),
        ("茶", "茶"),
        ("a", "a"),
        ("\u00f0\u009f\u0091\u008d", "👍"),
    ],
)
def test_bytes_written_as_characters(written: str, meant: str) -> None:
    assert mended(written) == meant


@pytest.mark.parametrize(
    ("record", "text", "form"),
    [
        ({"content": "hi"}, "hi", Form.TEXT),
        ({"photos": [{"uri": "a.jpg"}]}, "", Form.PICTURE),
        ({"sticker": {"uri": "s.png"}}, "", Form.STICKER),
        ({"share": {"link": "https://a.test"}}, "https://a.test", Form.LINK),
        ({"content": "x", "call_duration": 5}, "x", Form.CALL),
        ({"audio_files": [{}]}, "", Form.VOICE),
    ],
)
def test_messages(record: dict[str, object], text: str, form: Form) -> None:
    portions = portions_of(ONE, entry(chat(record)))
    (item,) = items_of(portions)
    assert (item.sent_ms, item.name, item.text, item.form) == (AT, "Bob", text, form)
    assert portions[0].chat == ChatRef(Platform.MESSENGER, "inbox/tea_1", "茶友")


@pytest.mark.parametrize(
    ("record", "people"),
    [
        (
            {"content": "Bob added Ann and Cleo to the group."},
            [(1, "Ann", "Bob"), (1, "Cleo", "Bob")],
        ),
        ({"content": "Bob removed Ann from the group."}, [(2, "Ann", "Bob")]),
        ({"content": "Bob left the group."}, [(2, "Bob", "")]),
        ({"content": "Bob joined the group via link."}, [(1, "Bob", "")]),
        ({"type": "Subscribe", "users": [{"name": "Ann"}], "content": "x"}, [(1, "Ann", "Bob")]),
        ({"content": "Ann left the group."}, [(0, "Bob", "")]),
        ({"is_unsent": True, "content": "x"}, [(6, "Bob", "")]),
        ({"content": "Liked a message"}, [(4, "Bob", "")]),
    ],
)
def test_people(record: dict[str, object], people: list[tuple[int, str, str]]) -> None:
    found = items_of(portions_of(ONE, entry(chat(record))))
    assert [(int(i.kind), i.name, i.target) for i in found] == people


def test_files_of_one_chat_are_one_export() -> None:
    files = [entry(chat({"content": str(n)}), f"inbox/tea/message_{n}.json") for n in (10, 9)] + [
        entry(chat({"content": "x"}), "inbox/rice/message_1.json")
    ]
    assert [[e.path for e in b.entries] for b in ONE.bundle(files)] == [
        ["inbox/tea/message_9.json", "inbox/tea/message_10.json"],
        ["inbox/rice/message_1.json"],
    ]


def test_messengers_own_download() -> None:
    told = {"senderName": "Zoë", "text": "hi é", "timestamp": AT, "type": "text", "isUnsent": False}
    document = {"participants": ["Zoë", "Bob"], "threadName": "Bob_1", "messages": [told]}
    portions = portions_of(ONE, entry(document))
    assert [(i.sent_ms, i.name, i.text) for i in items_of(portions)] == [(AT, "Zoë", "hi é")]
    assert portions[0].chat.name == "Bob_1"

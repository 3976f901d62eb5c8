"""Skype: conversations, markup, people and what is gone."""

from __future__ import annotations

import pytest

from weilu.chat.ports import ChatRef, Form, Inbound, Kind, Platform
from weilu.connectors.formats.skype.reader import SkypeFormat
from weilu.connectors.formats.tests.jsonmaking import entry, items_of, portions_of

ONE = SkypeFormat()
AT = 1_700_000_000_000


def message(kind: str = "RichText", content: str = "hi", **changes: object) -> dict[str, object]:
    return {
        "id": "7",
        "displayName": None,
        "originalarrivaltime": "2023-11-14T22:13:20.000Z",
        "messagetype": kind,
        "content": content,
        "from": "8:live:bob",
        **changes,
    }


def document(*chats: dict[str, object]) -> dict[str, object]:
    return {"userId": "8:me", "exportDate": "x", "conversations": list(chats)}


def chat(*messages: dict[str, object], key: str = "19:a@thread.skype") -> dict[str, object]:
    return {"id": key, "displayName": "茶友", "properties": {}, "MessageList": list(messages)}


@pytest.mark.parametrize(
    ("kind", "content", "text", "form"),
    [
        ("RichText", "a &amp; <b raw_pre='*'>b</b>", "a & b", Form.TEXT),
        (
            "RichText",
            '<quote author="x">old<legacyquote>[1]</legacyquote></quote>new',
            "new",
            Form.TEXT,
        ),
        ("RichText", '<at id="8:x">Ann</at> <ss type="smile">:)</ss>', "Ann :)", Form.TEXT),
        ("RichText", '<a href="https://a.test">https://a.test</a>', "https://a.test", Form.TEXT),
        ("Text", "plain < text", "plain < text", Form.TEXT),
        ("RichText/UriObject", "<URIObject>x</URIObject>", "x", Form.PICTURE),
        ("RichText/Media_GenericFile", "<URIObject>a.pdf</URIObject>", "a.pdf", Form.FILE),
        ("Event/Call", "", "", Form.CALL),
    ],
)
def test_messages(kind: str, content: str, text: str, form: Form) -> None:
    portions = portions_of(ONE, entry(document(chat(message(kind, content)))))
    assert items_of(portions) == [Inbound(0, AT, "8:live:bob", "live:bob", text, "7", form=form)]
    assert portions[0].chat == ChatRef(Platform.SKYPE, "19:a@thread.skype", "茶友")


def test_people_reactions_and_what_is_gone() -> None:
    added = (
        "<addmember><eventtime>1</eventtime><initiator>8:ann</initiator>"
        "<target>8:bob</target><target>8:ann</target></addmember>"
    )
    loved = {"emotions": [{"key": "heart", "users": [{"mri": "8:cy", "time": AT + 5}]}]}
    records = [
        message("ThreadActivity/AddMember", added),
        message("ThreadActivity/DeleteMember", added.replace("addmember", "deletemember")),
        message("ThreadActivity/TopicUpdate", "<topicupdate><value>Tea</value></topicupdate>"),
        message(content="", properties={"deletetime": "1"}),
        message(displayName="Bob", properties=loved),
        message(),
    ]
    found = items_of(portions_of(ONE, entry(document(chat(*records)))))
    assert [(Kind(i.kind).name, i.name, i.target, i.external_id) for i in found] == [
        ("JOIN", "bob", "ann", "7"),
        ("JOIN", "ann", "", "7.1"),
        ("LEAVE", "bob", "ann", "7"),
        ("LEAVE", "ann", "", "7.1"),
        ("NOTICE", "live:bob", "", "7"),
        ("RECALL", "live:bob", "", "7"),
        ("MESSAGE", "Bob", "", "7"),
        ("REACTION", "cy", "", ""),
        ("MESSAGE", "Bob", "", "7"),
    ]
    assert found[7].sent_ms == AT + 5


def test_names_that_follow_the_messages() -> None:
    late: dict[str, object] = {"MessageList": [message()], "id": "19:b", "displayName": None}
    portions = portions_of(ONE, entry(document(chat(message()), late)))
    assert [(p.chat.key, p.chat.name) for p in portions] == [
        ("19:a@thread.skype", "茶友"),
        ("19:b", "b"),
    ]

"""Telegram Desktop: messages, service messages, whole accounts, times."""

from __future__ import annotations

import pytest

from weilu.chat.ports import ChatRef, Form, Inbound, Kind, Platform, Question
from weilu.connectors.formats.telegram import TelegramFormat
from weilu.connectors.formats.tests.jsonmaking import codes_of, entry, items_of, portions_of

TELEGRAM = TelegramFormat()
AT = 1_700_000_000_000


def message(**changes: object) -> dict[str, object]:
    return {
        "id": 1,
        "type": "message",
        "date": "2023-11-15T06:13:20",
        "date_unixtime": "1700000000",
        "from": "店主",
        "from_id": "user1",
        "text": "开团",
        "text_entities": [{"type": "plain", "text": "开团"}],
        **changes,
    }


def service(action: str, **changes: object) -> dict[str, object]:
    return {
        "id": 2,
        "type": "service",
        "date": "2023-11-15T06:13:20",
        "date_unixtime": "1700000000",
        "actor": "店主",
        "actor_id": "user1",
        "action": action,
        "text": "",
        **changes,
    }


def chat(*messages: dict[str, object], kind: str = "private_supergroup") -> dict[str, object]:
    return {"name": "茶", "type": kind, "id": 77, "messages": list(messages)}


@pytest.mark.parametrize(
    ("changes", "text", "form"),
    [
        ({}, "开团", Form.TEXT),
        (
            {"text": ["看", {"type": "link", "text": "https://a.test"}]},
            "看https://a.test",
            Form.TEXT,
        ),
        (
            {"text": [{"type": "text_link", "text": "这里", "href": "https://a.test"}, "!"]},
            "这里 (https://a.test)!",
            Form.TEXT,
        ),
        ({"text": "<b>&amp;"}, "<b>&amp;", Form.TEXT),
        ({"text": "", "photo": "photos/1.jpg"}, "", Form.PICTURE),
        ({"text": "", "file": "(File not included)", "media_type": "sticker"}, "", Form.STICKER),
        ({"media_type": "voice_message"}, "开团", Form.VOICE),
        ({"media_type": "video_file"}, "开团", Form.VIDEO),
        ({"file": "a.pdf", "mime_type": "application/pdf"}, "开团", Form.FILE),
        ({"text": "", "poll": {"question": "几点?", "answers": []}}, "几点?", Form.POLL),
        ({"text": "", "location_information": {"latitude": 1.0}}, "", Form.LOCATION),
        ({"text": "", "contact_information": {"first_name": "a"}}, "", Form.CARD),
        ({"forwarded_from": "某人"}, "开团", Form.FORWARD),
        ({"forwarded_from": None}, "开团", Form.FORWARD),
        ({"unknown": {"deep": [1]}}, "开团", Form.TEXT),
    ],
)
def test_messages(changes: dict[str, object], text: str, form: Form) -> None:
    portions = portions_of(TELEGRAM, entry(chat(message(**changes))))
    assert items_of(portions) == [Inbound(0, AT, "user1", "店主", text, "1", form=form)]
    assert portions[0].chat == ChatRef(Platform.TELEGRAM, "77", "茶")


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            service("join_group_by_link", inviter="管家"),
            [Inbound(Kind.JOIN, AT, "user1", "店主", "", "2", target="管家")],
        ),
        (
            service("invite_members", members=["甲", None, "乙"]),
            [
                Inbound(Kind.JOIN, AT, "", "甲", "", "2", target="店主"),
                Inbound(Kind.JOIN, AT, "", "乙", "", "2.1", target="店主"),
            ],
        ),
        (
            service("invite_members", members=["店主"]),
            [Inbound(Kind.JOIN, AT, "user1", "店主", "", "2")],
        ),
        (
            service("remove_members", members=["甲"]),
            [Inbound(Kind.LEAVE, AT, "", "甲", "", "2", target="店主")],
        ),
        (
            service("remove_members", members=["店主"]),
            [Inbound(Kind.LEAVE, AT, "user1", "店主", "", "2")],
        ),
        (
            service("create_group", title="茶", members=["店主", "甲"]),
            [
                Inbound(Kind.JOIN, AT, "user1", "店主", "", "2"),
                Inbound(Kind.JOIN, AT, "", "甲", "", "2.1", target="店主"),
            ],
        ),
        (
            service("edit_group_title", title="新茶"),
            [Inbound(Kind.NOTICE, AT, "user1", "店主", "edit_group_title 新茶", "2")],
        ),
        (
            service("phone_call"),
            [Inbound(Kind.MESSAGE, AT, "user1", "店主", "phone_call", "2", form=Form.CALL)],
        ),
    ],
)
def test_service_messages(record: dict[str, object], expected: list[Inbound]) -> None:
    assert items_of(portions_of(TELEGRAM, entry(chat(record)))) == expected


def test_replies_reactions_and_bots() -> None:
    reaction = {
        "type": "emoji",
        "count": 2,
        "emoji": "👍",
        "recent": [{"from": "铁粉", "from_id": "user3", "date": "2023-11-15T06:14:20"}],
    }
    record = message(reply_to_message_id=9, reactions=[reaction], from_id="user77")
    assert items_of(portions_of(TELEGRAM, entry(chat(record, kind="bot_chat")))) == [
        Inbound(0, AT, "user77", "店主", "开团", "1", "9", is_bot=True),
        Inbound(Kind.REACTION, AT + 60_000, "user3", "铁粉", "👍", reply_to="1"),
    ]


def test_whole_account_with_names_before_and_after_the_messages() -> None:
    late = {"messages": [message(id=5)], "name": "乙", "type": "private_group", "id": 8}
    document = {
        "about": "",
        "personal_information": {"user_id": 1},
        "chats": {"about": "", "list": [chat(message()), late]},
        "left_chats": {"list": [chat(message(id=6))]},
    }
    portions = portions_of(TELEGRAM, entry(document))
    assert [(p.chat.key, p.chat.name, [i.external_id for i in p.items]) for p in portions] == [
        ("77", "茶", ["1"]),
        ("8", "乙", ["5"]),
        ("77", "茶", ["6"]),
    ]


def test_local_times_ask_for_the_zone() -> None:
    old = message()
    del old["date_unixtime"]
    one = entry(chat(old))
    bundle = TELEGRAM.bundle([one])[0]
    assert TELEGRAM.survey(bundle).asks == {Question.ZONE}
    assert [item.sent_ms for item in items_of(portions_of(TELEGRAM, one))] == [AT]
    assert TELEGRAM.survey(TELEGRAM.bundle([entry(chat(message()))])[0]).asks == frozenset()


def test_bad_records_are_told_and_the_others_read() -> None:
    rows = [
        message(id=1, date_unixtime="x"),
        message(id=2, date_unixtime="-5"),
        message(id=3, text=5),
        message(id=4),
        message(id=5, date_unixtime=None, date=None),
    ]
    portions = portions_of(TELEGRAM, entry(chat(*rows)))
    assert [item.external_id for item in items_of(portions)] == ["4"]
    assert sorted(codes_of(portions), key=lambda pair: pair[1]) == [
        ("bad_time", 1),
        ("time_range", 2),
        ("bad_record", 3),
        ("bad_record", 5),
    ]


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        {"messages": []},
        [message()],
        {"messages": [{"id": 1}]},
        {"type": [], "messages": [{"id": 1}]},
    ],
)
def test_what_is_not_telegram(document: object) -> None:
    assert TELEGRAM.recognise(entry(document)) == 0


@pytest.mark.parametrize("kind", [["message"], {"a": 1}, 7, None])
def test_a_type_that_is_no_word_is_not_ours(kind: object) -> None:
    assert TELEGRAM.recognise(entry({"messages": [message(type=kind)]})) == 0

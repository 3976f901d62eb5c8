"""DiscordChatExporter: messages, events, replies, reactions."""

from __future__ import annotations

import pytest

from weilu.chat.ports import ChatRef, Form, Inbound, Kind, Platform
from weilu.connectors.formats.discord import DiscordFormat
from weilu.connectors.formats.tests.jsonmaking import codes_of, entry, items_of, portions_of

DISCORD = DiscordFormat()
AT = 1_782_302_663_180
USER = {"id": "3", "name": "owner", "nickname": "店主", "isBot": False}
GUEST = {"id": "4", "name": "guest", "nickname": None, "isBot": True}


def message(**changes: object) -> dict[str, object]:
    return {
        "id": "10",
        "type": "Default",
        "timestamp": "2026-06-24T19:04:23.18+07:00",
        "timestampEdited": None,
        "isPinned": False,
        "content": "开团",
        "author": USER,
        "attachments": [],
        "embeds": [],
        "stickers": [],
        "reactions": [],
        "mentions": [],
        **changes,
    }


def export(*messages: dict[str, object]) -> dict[str, object]:
    return {
        "guild": {"id": "1", "name": "茶馆"},
        "channel": {"id": "2", "type": "GuildTextChat", "name": "闲聊"},
        "dateRange": {"after": None, "before": None},
        "messages": list(messages),
        "messageCount": len(messages),
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Inbound(0, AT, "3", "店主", "开团", "10")),
        ({"author": GUEST}, Inbound(0, AT, "4", "guest", "开团", "10", is_bot=True)),
        (
            {"type": "Reply", "reference": {"messageId": "9"}},
            Inbound(0, AT, "3", "店主", "开团", "10", "9"),
        ),
        (
            {"content": "", "attachments": [{"id": "1", "fileName": "a.PNG"}]},
            Inbound(0, AT, "3", "店主", "", "10", form=Form.PICTURE),
        ),
        (
            {"attachments": [{"id": "1", "fileName": "a.txt"}]},
            Inbound(0, AT, "3", "店主", "开团", "10", form=Form.FILE),
        ),
        ({"stickers": [{"id": "1"}]}, Inbound(0, AT, "3", "店主", "开团", "10", form=Form.STICKER)),
        (
            {"content": "", "forwardedMessage": {"content": "转"}},
            Inbound(0, AT, "3", "店主", "转", "10", form=Form.FORWARD),
        ),
        ({"type": "GuildMemberJoin"}, Inbound(Kind.JOIN, AT, "3", "店主", "开团", "10")),
        (
            {"type": "RecipientAdd", "mentions": [GUEST]},
            Inbound(Kind.JOIN, AT, "4", "guest", "开团", "10", target="店主", is_bot=True),
        ),
        (
            {"type": "RecipientRemove", "mentions": [USER]},
            Inbound(Kind.LEAVE, AT, "3", "店主", "开团", "10"),
        ),
        ({"type": "ChannelPinnedMessage"}, Inbound(Kind.NOTICE, AT, "3", "店主", "开团", "10")),
        ({"type": "Call"}, Inbound(0, AT, "3", "店主", "开团", "10", form=Form.CALL)),
        ({"type": "20"}, Inbound(0, AT, "3", "店主", "开团", "10")),
    ],
)
def test_messages(changes: dict[str, object], expected: Inbound) -> None:
    portions = portions_of(DISCORD, entry(export(message(**changes))))
    assert items_of(portions) == [expected]
    assert portions[0].chat == ChatRef(Platform.DISCORD, "2", "茶馆 / 闲聊")


def test_reactions_name_who_gave_them() -> None:
    reactions = [{"emoji": {"name": "💯"}, "count": 1, "users": [USER]}, {"count": 3}]
    found = items_of(portions_of(DISCORD, entry(export(message(reactions=reactions)))))
    assert found[1:] == [Inbound(Kind.REACTION, AT, "3", "店主", "💯", reply_to="10")]


def test_channel_named_after_the_messages_and_bad_times() -> None:
    whole = export(message(), message(timestamp="yesterday"), message(id=5))
    late = {"messages": whole["messages"], "channel": whole["channel"], "guild": whole["guild"]}
    portions = portions_of(DISCORD, entry(late))
    assert portions[0].chat == ChatRef(Platform.DISCORD, "2", "茶馆 / 闲聊")
    assert len(items_of(portions)) == 1
    assert sorted(codes_of(portions)) == [("bad_record", 3), ("bad_time", 2)]

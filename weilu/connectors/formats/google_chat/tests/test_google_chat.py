"""Google Chat: times in two languages, spaces with their names, and what was deleted."""

from __future__ import annotations

import pytest

from weilu.chat.ports import ChatRef, Form, Kind, Platform
from weilu.connectors.formats.google_chat.reader import GoogleChatFormat, sent_ms
from weilu.connectors.formats.jsonportions import RecordError
from weilu.connectors.formats.tests.jsonmaking import entry, items_of, portions_of

ONE = GoogleChatFormat()
AT = 1_610_463_845_000
MESSAGE: dict[str, object] = {
    "creator": {"name": "Ann", "email": "ann@example.com", "user_type": "Human"},
    "created_date": "Tuesday, January 12, 2021 at 3:04:05\u202fPM UTC",
    "text": "hi",
    "message_id": "s/t/1",
}


@pytest.mark.parametrize(
    "written",
    [
        "Tuesday, January 12, 2021 at 3:04:05\u202fPM UTC",
        "Tuesday, January 12, 2021 at 3:04:05 PM UTC",
        "Tuesday, 12 January 2021 at 15:04:05 UTC",
        "2021年1月12日星期二 UTC 15:04:05",
        "2021年1月12日星期二 UTC 下午3:04:05",
    ],
)
def test_times(written: str) -> None:
    assert sent_ms(written) == AT


def test_a_time_in_another_language_is_told() -> None:
    with pytest.raises(RecordError):
        sent_ms("mardi 12 janvier 2021 à 15:04:05 UTC")


def test_a_space_takes_its_name_from_the_file_beside_it() -> None:
    group = {"name": "Tea", "members": [{"name": "Ann", "email": "a@x", "user_type": "Human"}]}
    user = {"user": {"name": "Ann", "email": "a@x"}, "membership_info": []}
    files = [
        entry({"messages": [MESSAGE]}, "Chat/Groups/Space 1/messages.json"),
        entry(group, "Chat/Groups/Space 1/group_info.json"),
        entry({"messages": [MESSAGE]}, "Chat/Groups/Space 2/messages.json"),
        entry(user, "Chat/Users/User 1/user_info.json"),
    ]
    portions = portions_of(ONE, *files)
    assert [p.chat for p in portions] == [
        ChatRef(Platform.GOOGLE_CHAT, "", "Tea"),
        ChatRef(Platform.GOOGLE_CHAT, "", ""),
    ]
    (item,) = portions[0].items
    assert (item.sent_ms, item.account, item.name, item.text) == (
        AT,
        "ann@example.com",
        "Ann",
        "hi",
    )


def test_files_reactions_and_what_was_deleted() -> None:
    records = [
        {**MESSAGE, "message_state": "DELETED"},
        {
            **MESSAGE,
            "attached_files": [{"original_name": "a.png"}],
            "reactions": [{"emoji": {"unicode": "👍"}, "reactor_emails": ["b@x"]}],
            "quoted_message_metadata": {"message_id": "s/t/0"},
        },
    ]
    found = items_of(portions_of(ONE, entry({"messages": records})))
    assert [(Kind(i.kind).name, Form(i.form), i.reply_to) for i in found] == [
        ("RECALL", Form.TEXT, ""),
        ("MESSAGE", Form.PICTURE, "s/t/0"),
        ("REACTION", Form.TEXT, "s/t/1"),
    ]

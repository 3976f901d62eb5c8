"""Slack's export: channels, days, threads, mark-up."""

from __future__ import annotations

import pytest

from weilu.chat.ports import ChatRef, Form, Inbound, Kind, Platform
from weilu.connectors.formats.slack import SlackFormat
from weilu.connectors.formats.slack.text import readable
from weilu.connectors.formats.tests.jsonmaking import codes_of, entry, items_of, portions_of

SLACK = SlackFormat()
AT = 1_700_000_000_123
TS = "1700000000.123456"
USERS = [
    {"id": "U1", "name": "owner", "real_name": "Owner", "profile": {"display_name": "店主"}},
    {"id": "U2", "name": "helper", "is_bot": True, "profile": {"real_name": "Helper"}},
]
CHANNELS = [{"id": "C1", "name": "tea", "created": 1, "members": []}]


def message(**changes: object) -> dict[str, object]:
    return {"type": "message", "user": "U1", "text": "开团", "ts": TS, **changes}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [Inbound(0, AT, "U1", "店主", "开团", TS)]),
        ({"user": "U9"}, [Inbound(0, AT, "U9", "U9", "开团", TS)]),
        ({"user": "U2"}, [Inbound(0, AT, "U2", "Helper", "开团", TS, is_bot=True)]),
        ({"thread_ts": "1.2"}, [Inbound(0, AT, "U1", "店主", "开团", TS, "1.2")]),
        ({"thread_ts": TS}, [Inbound(0, AT, "U1", "店主", "开团", TS)]),
        (
            {"subtype": "channel_join", "inviter": "U2", "text": "<@U1> has joined"},
            [Inbound(Kind.JOIN, AT, "U1", "店主", "@店主 has joined", TS, target="Helper")],
        ),
        ({"subtype": "channel_leave"}, [Inbound(Kind.LEAVE, AT, "U1", "店主", "开团", TS)]),
        ({"subtype": "channel_topic"}, [Inbound(Kind.NOTICE, AT, "U1", "店主", "开团", TS)]),
        (
            {"subtype": "bot_message", "user": None, "username": "Owl", "bot_id": "B1"},
            [Inbound(0, AT, "B1", "Owl", "开团", TS, is_bot=True)],
        ),
        (
            {"files": [{"name": "a.pdf", "mimetype": "application/pdf"}]},
            [Inbound(0, AT, "U1", "店主", "开团", TS, form=Form.FILE)],
        ),
        (
            {"text": "", "attachments": [{"fallback": "看 <https://a.test>"}]},
            [Inbound(0, AT, "U1", "店主", "看 https://a.test", TS, form=Form.LINK)],
        ),
        (
            {"reactions": [{"name": "tea", "users": ["U1"], "count": 1}]},
            [
                Inbound(0, AT, "U1", "店主", "开团", TS),
                Inbound(Kind.REACTION, AT, "U1", "店主", ":tea:", reply_to=TS),
            ],
        ),
        ({"subtype": "tombstone", "text": ""}, [Inbound(Kind.RECALL, AT, "U1", "", "", TS)]),
    ],
)
def test_messages(changes: dict[str, object], expected: list[Inbound]) -> None:
    portions = portions_of(
        SLACK,
        entry(CHANNELS, "x/channels.json"),
        entry([message(**changes)], "x/tea/2023-11-14.json"),
        entry(USERS, "x/users.json"),
    )
    assert items_of(portions) == expected
    assert portions[0].chat == ChatRef(Platform.SLACK, "C1", "tea")


def test_days_come_in_order_and_each_workspace_alone() -> None:
    entries = [
        entry([message(ts=f"{n}.0")], f"{w}/tea/2023-11-{n}.json") for n in (15, 14) for w in "xy"
    ]
    lists = [entry(CHANNELS, "x/channels.json"), entry(CHANNELS, "y/channels.json")]
    bundles = SLACK.bundle([*entries, *lists])
    assert [[one.path for one in bundle.entries] for bundle in bundles] == [
        [f"{w}/channels.json", f"{w}/tea/2023-11-14.json", f"{w}/tea/2023-11-15.json"] for w in "xy"
    ]


def test_a_bad_stamp_is_a_problem() -> None:
    portions = portions_of(SLACK, entry([message(ts="now"), message()], "tea/2023-11-14.json"))
    assert (len(items_of(portions)), codes_of(portions)) == (1, [("bad_time", 1)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("<@U1> <@U7|old> <@U8>", "@店主 @old @U8"),
        ("<#C1|tea> <!here> <!subteam^S1|@team>", "#tea @here @team"),
        ("<https://a.test|这里> <https://a.test>", "这里 (https://a.test) https://a.test"),
        ("<mailto:a@b.test|a@b.test>", "a@b.test"),
        ("1 < 2 > 1", "1 < 2 > 1"),
    ],
)
def test_readable(text: str, expected: str) -> None:
    assert readable(text, {"U1": "店主"}) == expected

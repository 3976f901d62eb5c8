"""Element's export: messages, members, redactions, edits."""

from __future__ import annotations

import pytest

from weilu.chat.ports import ChatRef, Form, Inbound, Kind, Platform
from weilu.connectors.formats.matrix import MatrixFormat
from weilu.connectors.formats.tests.jsonmaking import codes_of, entry, items_of, portions_of

MATRIX = MatrixFormat()
AT = 1_700_000_000_123
ANN = "@ann:example.org"


def event(kind: str, content: dict[str, object], **changes: object) -> dict[str, object]:
    return {
        "type": kind,
        "sender": ANN,
        "content": content,
        "origin_server_ts": AT,
        "event_id": "$1",
        "room_id": "!r:example.org",
        **changes,
    }


def member(membership: str, before: str | None = None, **changes: object) -> dict[str, object]:
    old = {"membership": before, "displayname": "安"} if before else None
    return event(
        "m.room.member",
        {"membership": membership, "displayname": "安"},
        state_key=ANN,
        unsigned={"prev_content": old} if old else {},
        **changes,
    )


REPLY = {"m.in_reply_to": {"event_id": "$0"}}
KICKED = member("leave", "join", sender="@bob:example.org")


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            event("m.room.message", {"msgtype": "m.text", "body": "开团"}),
            Inbound(0, AT, ANN, "ann", "开团", "$1"),
        ),
        (
            event("m.room.message", {"body": "> <@b:e> 几点\n\n八点", "m.relates_to": REPLY}),
            Inbound(0, AT, ANN, "ann", "八点", "$1", "$0"),
        ),
        (
            event("m.room.message", {"msgtype": "m.image", "body": "a.png"}),
            Inbound(0, AT, ANN, "ann", "a.png", "$1", form=Form.PICTURE),
        ),
        (
            event("m.room.message", {"msgtype": "m.notice", "body": "hi"}),
            Inbound(0, AT, ANN, "ann", "hi", "$1", is_bot=True),
        ),
        (
            event(
                "m.room.message",
                {
                    "body": "* 九点",
                    "m.new_content": {"body": "九点"},
                    "m.relates_to": {"rel_type": "m.replace", "event_id": "$0"},
                },
            ),
            Inbound(Kind.EDIT, AT, ANN, "ann", "九点", "$0"),
        ),
        (
            event("m.room.message", {}),
            Inbound(Kind.RECALL, AT, ANN, "ann", "", "$1"),
        ),
        (
            event("m.room.message", {}, unsigned={"redacted_because": {"event_id": "$2"}}),
            Inbound(Kind.RECALL, AT, ANN, "ann", "", "$1"),
        ),
        (
            event("m.room.redaction", {}, redacts="$0"),
            Inbound(Kind.RECALL, AT, ANN, "ann", "", "$0"),
        ),
        (
            event("m.reaction", {"m.relates_to": {"event_id": "$0", "key": "👍"}}),
            Inbound(Kind.REACTION, AT, ANN, "ann", "👍", reply_to="$0"),
        ),
        (member("join"), Inbound(Kind.JOIN, AT, ANN, "安", "", "$1")),
        (member("leave", "join"), Inbound(Kind.LEAVE, AT, ANN, "安", "", "$1")),
        (KICKED, Inbound(Kind.LEAVE, AT, ANN, "安", "", "$1", target="bob")),
        (member("invite"), Inbound(Kind.NOTICE, AT, ANN, "ann", "invite ann", "$1")),
        (
            event("m.room.topic", {"topic": "茶"}),
            Inbound(Kind.NOTICE, AT, ANN, "ann", "茶", "$1"),
        ),
    ],
)
def test_events(record: dict[str, object], expected: Inbound) -> None:
    portions = portions_of(MATRIX, entry({"room_name": "茶馆", "messages": [record]}))
    assert items_of(portions) == [expected]
    assert portions[0].chat == ChatRef(Platform.MATRIX, "!r:example.org", "茶馆")


def test_a_new_display_name_is_a_rename_and_shown_from_then_on() -> None:
    renamed = event(
        "m.room.member",
        {"membership": "join", "displayname": "安安"},
        state_key=ANN,
        unsigned={"prev_content": {"membership": "join", "displayname": "安"}},
    )
    said = event("m.room.message", {"body": "早"}, event_id="$2")
    rows = [member("join"), member("join", "join"), renamed, said, {"type": "m.room.message"}]
    portions = portions_of(MATRIX, entry({"room_name": "茶馆", "messages": rows}))
    assert items_of(portions) == [
        Inbound(Kind.JOIN, AT, ANN, "安", "", "$1"),
        Inbound(Kind.RENAME, AT, ANN, "安", "", "$1", target="安安"),
        Inbound(0, AT, ANN, "安安", "早", "$2"),
    ]
    assert codes_of(portions) == [("bad_record", 5)]


def test_a_poll_is_somebodys_message() -> None:
    poll = event("org.matrix.msc3381.poll.start", {"org.matrix.msc1767.text": "Which?\n1. A"})
    (item,) = items_of(portions_of(MATRIX, entry({"room_name": "tea", "messages": [poll]})))
    assert (item.kind, item.form, item.text) == (Kind.MESSAGE, Form.POLL, "Which?\n1. A")

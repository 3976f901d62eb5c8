"""Matrix events as records, garbage as nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.chat.ports.orders import Arrival, JoinRequest
from weilu.chat.ports.records import ChatRef, Form, Inbound, Kind, Platform
from weilu.connectors.matrix.decode import arrival

CHAT = ChatRef(Platform.MATRIX, "!tea", "Tea lovers")
NAMES = {"@a:x": "Ada", "@b:x": "Bo"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def event(kind: str, content: object, **more: object) -> dict[str, object]:
    base = {"type": kind, "sender": "@a:x", "origin_server_ts": 5, "event_id": "$1"}
    return {**base, "content": content, **more}


def record(kind: str, content: object, **more: object) -> Inbound:
    found = arrival(CHAT, event(kind, content, **more), NAMES, "@weilu:x")
    assert isinstance(found, Arrival)
    return found.item


def member(
    now: str, before: str, *, sender: str = "@b:x", **more: str
) -> Arrival | JoinRequest | None:
    content = {"membership": now, **more}
    unsigned = {"prev_content": {"membership": before, "displayname": "Bo"}} if before else {}
    told = event("m.room.member", content, state_key="@b:x", sender=sender, unsigned=unsigned)
    return arrival(CHAT, told, NAMES, "@weilu:x")


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("m.text", Form.TEXT), ("m.notice", Form.TEXT), ("m.emote", Form.ACTION),
        ("m.image", Form.PICTURE), ("m.audio", Form.VOICE), ("m.video", Form.VIDEO),
        ("m.file", Form.FILE), ("m.location", Form.LOCATION), ("m.new", Form.OTHER),
    ],
)  # fmt: skip
def test_messages(kind: str, form: Form) -> None:
    found = record("m.room.message", {"msgtype": kind, "body": "Hi"})
    assert (found.kind, found.form, found.text, found.name) == (Kind.MESSAGE, form, "Hi", "Ada")
    assert (found.external_id, found.is_bot) == ("$1", kind == "m.notice")


def test_the_quote_of_old_clients_is_not_said_again() -> None:
    relation = {"m.in_reply_to": {"event_id": "$0"}}
    body = "> <@b:x> tea?\n> green?\n\nYes\n> really"
    found = record("m.room.message", {"msgtype": "m.text", "body": body, "m.relates_to": relation})
    assert (found.text, found.reply_to) == ("Yes\n> really", "$0")


def test_what_weilu_said_itself_is_a_bots() -> None:
    assert record("m.room.message", {"body": "Hi"}, sender="@weilu:x").is_bot


def test_people_come_go_and_change_their_names() -> None:
    def kinds(found: Arrival | JoinRequest | None) -> tuple[int, str, str] | None:
        return (
            (found.item.kind, found.item.name, found.item.target)
            if isinstance(found, Arrival)
            else None
        )

    assert kinds(member("join", "", displayname="Bo")) == (Kind.JOIN, "Bo", "")
    assert kinds(member("join", "invite", displayname="Bo")) == (Kind.JOIN, "Bo", "")
    assert kinds(member("leave", "join")) == (Kind.LEAVE, "Bo", "")
    assert kinds(member("leave", "join", sender="@a:x")) == (Kind.LEAVE, "Bo", "Ada")
    assert kinds(member("ban", "join", sender="@a:x")) == (Kind.LEAVE, "Bo", "Ada")
    assert kinds(member("join", "join", displayname="Bob")) == (Kind.RENAME, "Bo", "Bob")
    assert kinds(member("join", "join", displayname="Bo")) is None
    assert kinds(member("leave", "invite")) is None
    assert kinds(member("invite", "")) is None
    asks = member("knock", "", reason="I like tea")
    assert isinstance(asks, JoinRequest)
    assert (asks.account, asks.words) == ("@b:x", "I like tea")


@given(
    JSON, JSON, st.sampled_from(["m.room.message", "m.room.member", "m.reaction", "m.poll.start"])
)
def test_garbage_is_nothing_or_something_but_never_a_crash(
    content: object, relation: object, kind: str
) -> None:
    arrival(CHAT, event(kind, content, unsigned=relation, state_key=relation), NAMES, "")
    arrival(CHAT, event(kind, {"m.relates_to": relation, "body": content}), NAMES, "")
    arrival(CHAT, {"type": kind, "content": content}, NAMES, "")

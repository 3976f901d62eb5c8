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


def test_where_a_picture_is_fetched() -> None:
    content = {"msgtype": "m.image", "body": "x.png", "url": "mxc://x/abc"}
    assert record("m.room.message", content).media == "mxc://x/abc"
    assert record("m.room.message", {**content, "msgtype": "m.file"}).media == ""


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
    assert (asks.account, asks.words, asks.request) == ("@b:x", "I like tea", "$1")


def test_who_invited_somebody_is_told_and_our_own_account_is_a_bot() -> None:
    before = {"prev_content": {"membership": "invite"}, "prev_sender": "@a:x"}
    content = {"membership": "join", "displayname": "Bo"}
    told = event("m.room.member", content, state_key="@b:x", sender="@b:x", unsigned=before)
    found = arrival(CHAT, told, NAMES, "@b:x")
    assert isinstance(found, Arrival)
    assert (found.item.target, found.item.is_bot) == ("Ada", True)
    assert isinstance(other := arrival(CHAT, told, NAMES, "@weilu:x"), Arrival)
    assert not other.item.is_bot


def test_a_server_that_does_not_tell_what_was_before() -> None:
    found = member("leave", "")
    assert isinstance(found, Arrival)
    assert (found.item.kind, found.item.name) == (Kind.LEAVE, "Bo")
    nobody = event("m.room.member", {"membership": "leave"}, state_key="@z:x", sender="@z:x")
    assert arrival(CHAT, nobody, NAMES, "@weilu:x") is None


def test_a_sender_without_a_known_name_has_none() -> None:
    assert record("m.room.message", {"body": "Hi"}, sender="@z:x").name == ""


@pytest.mark.parametrize(
    ("formatted", "said"),
    [
        ("<b>Tea</b> for <i>two</i> &amp; more", "Tea for two & more"),
        ("One<br/>two<p>three</p><p>four</p>", "One\ntwothree\nfour"),
        ('<a href="https://ad.example/x">cheap tea</a>', "cheap tea (https://ad.example/x)"),
        ('<a href="https://x.example">https://x.example</a>', "https://x.example"),
        ('<a href="https://matrix.to/#/@bo:x">Bo</a>: hi', "Bo: hi"),
        ('<a href="https://x.example"> </a>', "https://x.example"),
        ("<mx-reply><blockquote>old</blockquote></mx-reply>new", "new"),
        ("&lt;b&gt; 2 < 3", "<b> 2 < 3"),
    ],
)
def test_what_readers_see_counts_and_not_what_stands_beside_it(formatted: str, said: str) -> None:
    rich = {"format": "org.matrix.custom.html", "formatted_body": formatted}
    assert record("m.room.message", {"body": "A harmless word", **rich}).text == said
    edit = {"m.relates_to": {"rel_type": "m.replace", "event_id": "$0"}}
    found = record(
        "m.room.message", {"body": "* x", **edit, "m.new_content": {"body": "x", **rich}}
    )
    assert (found.kind, found.text, found.external_id) == (Kind.EDIT, said, "$0")


@pytest.mark.parametrize("part", ["<", "<a ", '<a href="', "<mx-reply>", "&lt", "<br", "</"])
def test_a_hostile_formatted_text_takes_no_longer_than_its_length(part: str) -> None:
    """A square of 64 k steps would be minutes: this test ending is the proof."""
    rich = {"format": "org.matrix.custom.html", "formatted_body": part * (65_536 // len(part))}
    record("m.room.message", {"body": "x", **rich})


def test_a_poll_is_its_question_and_answers() -> None:
    old = {"org.matrix.msc3381.poll.start": {
        "question": {"org.matrix.msc1767.text": "Tea?"},
        "answers": [{"org.matrix.msc1767.text": "Green"}, {"org.matrix.msc1767.text": "Black"}, 5],
    }}  # fmt: skip
    found = record("org.matrix.msc3381.poll.start", old)
    assert (found.form, found.text) == (Form.POLL, "Tea?\nGreen\nBlack")
    new = {"m.poll.start": {"question": {"m.text": [{"body": "Tea?"}]}, "answers": []}}
    assert record("m.poll.start", new).text == "Tea?"


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("m.room.name", {"name": "Tea"}, "Tea"),
        ("m.room.topic", {"topic": "Spring"}, "Spring"),
        ("m.room.tombstone", {"body": "Moved", "replacement_room": "!n"}, "Moved"),
    ],
)
def test_notices(kind: str, content: object, said: str) -> None:
    found = record(kind, content, state_key="")
    assert (found.kind, found.text) == (Kind.NOTICE, said)


def test_a_call_a_sticker_and_what_cannot_be_read() -> None:
    assert record("m.call.invite", {}).form == Form.CALL
    assert record("m.sticker", {"body": "smile"}).form == Form.STICKER
    found = record("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2"})
    assert (found.kind, found.form, found.text) == (Kind.MESSAGE, Form.OTHER, "")


@given(
    JSON, JSON, st.sampled_from(["m.room.message", "m.room.member", "m.reaction", "m.poll.start"])
)
def test_garbage_is_nothing_or_something_but_never_a_crash(
    content: object, relation: object, kind: str
) -> None:
    arrival(CHAT, event(kind, content, unsigned=relation, state_key=relation), NAMES, "")
    arrival(CHAT, event(kind, {"m.relates_to": relation, "body": content}), NAMES, "")
    arrival(CHAT, {"type": kind, "content": content}, NAMES, "")

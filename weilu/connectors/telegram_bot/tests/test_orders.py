"""Carrying orders out in Telegram groups, and what refusals mean."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from weilu.chat.live.performing import perform
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.orders import Order
from weilu.chat.ports.sessions import Session
from weilu.connectors.telegram_bot import session as session_module
from weilu.connectors.telegram_bot.session import TelegramSession
from weilu.connectors.telegram_bot.tests.botapi import (
    GROUP,
    SILENCE,
    TOKEN,
    BotApi,
    Refused,
    http,
)  # fmt: skip
from weilu.connectors.telegram_bot.tests.talking import (
    KEY,
    ordered,
    with_session,
)
from weilu.core.errors import GivenUp, TryLater, Unsure, WeiluError


def test_every_order(tmp_path: Path) -> None:
    api = BotApi()
    spam = api.say("buy")
    assert ordered(api, Deed.SEND, text="Please do not", reply_to=str(spam)) == str(spam + 1)
    reply = json.loads(api.calls("sendMessage")[0]["reply_parameters"])
    assert reply["message_id"] == spam
    ordered(api, Deed.RECALL, message=str(spam))
    ordered(api, Deed.RECALL, message=str(spam))
    assert spam not in api.messages
    ordered(api, Deed.MUTE, account="user7", seconds=600)
    assert api.members == {7: "muted"}
    assert "until_date" in api.calls("restrictChatMember")[0]
    ordered(api, Deed.UNMUTE, account="user7")
    assert api.members == {7: "free"}
    ordered(api, Deed.REMOVE, account="user7")
    assert api.members == {7: "left"}
    ordered(api, Deed.BAN, account="user7")
    assert api.members == {7: "banned"}
    ordered(api, Deed.UNBAN, account="user7")
    assert api.members == {7: "left"}
    api.asks = {7, 8}
    ordered(api, Deed.APPROVE, account="user7", request="user7")
    ordered(api, Deed.DECLINE, account="user8", request="user8")
    ordered(api, Deed.APPROVE, account="user7", request="user7")
    assert api.asks == set()
    picture = tmp_path / "tea.png"
    Image.new("RGB", (4, 4)).save(picture)
    ordered(api, Deed.SEND, text="Look", picture=picture)
    assert api.calls("sendPhoto")[0]["caption"] == "Look"
    pinned = ordered(api, Deed.ANNOUNCE, text="Spring tea")
    assert api.calls("pinChatMessage")[0]["message_id"] == pinned


@pytest.mark.parametrize(
    "answer",
    [
        Refused(429, "Too Many Requests: retry after 7", retry_after=7),
        Refused(502, "Bad Gateway"),
        b"",
    ],
)
def test_what_is_said_and_not_pinned_is_not_said_again(answer: bytes | Refused) -> None:
    api = BotApi(answers={"pinChatMessage": [answer]})
    with pytest.raises(Unsure):
        ordered(api, Deed.ANNOUNCE, text="Spring tea")
    assert len(api.calls("sendMessage")) == 1


def test_a_basic_group_keeps_nobody_out() -> None:
    api = BotApi(chat={"id": -4567, "type": "group", "title": "Old tea"})
    for deed in (Deed.REMOVE, Deed.BAN, Deed.UNBAN):
        order = Order("k1", deed, "4567", account="user7")
        with_session(api, lambda session, order=order: perform(session, order))  # type: ignore[misc]  # bound now
    assert api.members == {7: "removed"}
    assert api.calls("unbanChatMember") == []


def test_a_group_that_became_another_is_no_longer_ours() -> None:
    moved = Refused(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        migrate_to_chat_id=-1009999999999,
    )
    with pytest.raises(GivenUp, match="not_in_group"):
        ordered(BotApi(answers={"sendMessage": [moved]}), Deed.SEND, text="Hi")


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (Refused(400, "Bad Request: not enough rights to send"), GivenUp, "no_rights"),
        (Refused(403, "Forbidden: bot was kicked from the supergroup"), GivenUp, "not_in_group"),
        (Refused(400, "Bad Request: chat not found"), GivenUp, "not_in_group"),
        (Refused(400, "Bad Request: message is too long"), GivenUp, "too_long"),
        (Refused(413, "Request Entity Too Large"), GivenUp, "too_long"),
        (Refused(401, "Unauthorized"), TryLater, "unauthorised"),
        (Refused(502, "Bad Gateway"), Unsure, "timeout"),
        (http(200, {"ok": True, "result": 5}), Unsure, "bad_answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\ngarbage", Unsure, "bad_answer"),
        (b"", Unsure, "timeout"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", Unsure, "timeout"),
    ],
)
def test_failures(answer: bytes | Refused, kind: type[WeiluError], code: str) -> None:
    api = BotApi(answers={"sendMessage": [answer]})
    with pytest.raises(WeiluError) as caught:
        ordered(api, Deed.SEND, text="Hi")
    assert (type(caught.value), str(caught.value)) == (kind, code)
    assert TOKEN not in repr(caught.value.__cause__)


@pytest.mark.parametrize(("method", "kind"), [("sendMessage", Unsure), ("deleteMessage", TryLater)])
def test_an_answer_that_does_not_come_is_not_waited_for(
    method: str, kind: type[WeiluError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "REQUEST_S", 0.5)
    api = BotApi(answers={method: [SILENCE]})
    message = str(api.say("buy"))
    deed = Deed.SEND if method == "sendMessage" else Deed.RECALL
    with pytest.raises(kind, match="timeout"):
        ordered(api, deed, text="Hi", message=message)


def test_flood_control_says_how_long() -> None:
    wait = Refused(429, "Too Many Requests: retry after 7", retry_after=7)
    with pytest.raises(TryLater) as caught:
        ordered(BotApi(answers={"sendMessage": [wait]}), Deed.SEND, text="Hi")
    assert (str(caught.value), caught.value.after) == ("rate_limited", timedelta(seconds=7))


def test_texts_that_are_too_long_are_not_even_tried() -> None:
    api = BotApi()
    with pytest.raises(GivenUp, match="too_long"):
        ordered(api, Deed.SEND, text="x" * 4097)
    assert api.calls("sendMessage") == []


def test_an_invite_link() -> None:
    async def link(session: Session) -> str:
        assert isinstance(session, TelegramSession)
        return await session.invite_link(KEY, "k7m2")

    api = BotApi()
    assert with_session(api, link) == "https://t.me/+abc"
    # By this name Telegram tells who comes by it.
    assert api.calls("createChatInviteLink")[0]["name"] == "k7m2"


def test_groups_not_heard_yet_are_addressed_as_such_ids_are_made() -> None:
    async def ids(session: Session) -> list[int]:
        assert isinstance(session, TelegramSession)
        return [session.chat_id(key) for key in (KEY, "1234567891", "4567")]

    assert with_session(BotApi(), ids) == [GROUP["id"], -1001234567891, -4567]

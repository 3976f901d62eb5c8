"""The Telegram connector: aiogram talks to a small Bot API server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from PIL import Image

from weilu.chat.live.performing import perform
from weilu.chat.ports.abilities import Ability, Deed
from weilu.chat.ports.connectors import Config
from weilu.chat.ports.orders import Arrival, Order, Parcel
from weilu.chat.ports.records import Inbound
from weilu.chat.ports.sessions import FetchesPictures, Session, StepState
from weilu.connectors.telegram_bot import session as session_module
from weilu.connectors.telegram_bot.connector import TelegramConnector
from weilu.connectors.telegram_bot.decode import decode
from weilu.connectors.telegram_bot.session import TelegramSession
from weilu.connectors.telegram_bot.tests.botapi import (
    BOT,
    DATE,
    GROUP,
    SILENCE,
    TOKEN,
    BotApi,
    Refused,
    http,
    running,
)  # fmt: skip
from weilu.core.errors import GivenUp, TryLater, Unsure, WeiluError

T = TypeVar("T")
KEY = "1234567890"
CURSOR = {f"chat:{KEY}": str(GROUP["id"])}


def with_session(
    api: BotApi,
    do: Callable[[Session], Awaitable[T]],
    cursor: Mapping[str, str] = CURSOR,
    token: str = TOKEN,
) -> T:
    """Do something with a session on the server."""

    async def main() -> T:
        async with running(api) as url:
            config = Config(1, {"token": token, "server": url}, cursor)
            async with TelegramConnector().open(config) as session:
                return await do(session)

    return asyncio.run(main())


class Box:
    """Keeps parcels; fails as often as it is told."""

    def __init__(self, failures: int = 0, until: int = 1) -> None:
        self.parcels: list[Parcel] = []
        self.failures = failures
        self.until = until
        self.full = asyncio.Event()

    async def put(self, parcel: Parcel) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("no room")
        self.parcels.append(parcel)
        if len(self.parcels) >= self.until:
            self.full.set()

    @property
    def items(self) -> list[Inbound]:
        return [arrival.item for parcel in self.parcels for arrival in parcel.arrivals]

    @property
    def cursor(self) -> dict[str, str]:
        return {k: v for parcel in self.parcels for k, v in parcel.cursor.items()}


def heard(api: BotApi, cursor: Mapping[str, str] = CURSOR, box: Box | None = None) -> Box:
    """What a session hands in until the box is full, or its failure."""
    found = box or Box()

    async def listen(session: Session) -> None:
        task = asyncio.create_task(session.listen(found))
        full = asyncio.create_task(found.full.wait())
        await asyncio.wait({task, full}, return_when=asyncio.FIRST_COMPLETED, timeout=10)
        full.cancel()
        if task.done():
            task.result()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    with_session(api, listen, cursor)
    return found


def ordered(api: BotApi, deed: Deed, **more: object) -> str:
    order = Order("k1", deed, KEY, **more)  # type: ignore[arg-type]  # fields by name
    return with_session(api, lambda session: perform(session, order)).external_id


def test_messages_bear_the_ids_of_exports() -> None:
    api = BotApi()
    number = api.say("Is this green?")
    api.say("Yes", reply_to_message={"message_id": number, "date": DATE, "chat": GROUP})
    box = heard(api)
    first, second = box.items
    assert box.parcels[0].arrivals[0].chat.key == KEY
    assert (first.account, first.name, first.text) == ("user7", "Ada L", "Is this green?")
    assert (first.external_id, second.reply_to) == (str(number), str(number))
    assert first.sent_ms == (DATE + number) * 1000
    assert box.cursor == {"offset": "502"}


def test_what_could_not_be_stored_is_not_confirmed_and_comes_again() -> None:
    api = BotApi()
    api.say("first")
    box = Box(failures=1)
    with pytest.raises(OSError, match="no room"):
        heard(api, box=box)
    assert api.confirmed == 0
    assert [i.text for i in heard(api).items] == ["first"]


def test_a_session_goes_on_where_the_cursor_says() -> None:
    api = BotApi()
    api.say("old")
    api.say("new")
    assert [i.text for i in heard(api, {**CURSOR, "offset": "501"}).items] == ["new"]


def test_the_group_is_learnt_and_kept() -> None:
    api = BotApi()
    api.say("hello")
    assert heard(api, {}).cursor == {"offset": "501", f"chat:{KEY}": str(GROUP["id"])}


def test_people_come_and_go_once_however_it_is_told() -> None:
    api = BotApi()
    user = {"id": 9, "is_bot": False, "first_name": "Bo"}
    common = {"chat": GROUP, "date": DATE, "from": user}
    api.tell("message", {**common, "message_id": 1, "new_chat_members": [user]})
    change = {"old_chat_member": {"status": "left", "user": user},
              "new_chat_member": {"status": "member", "user": user}}  # fmt: skip
    api.tell("chat_member", {**common, **change})
    left = {"old_chat_member": {"status": "member", "user": user},
            "new_chat_member": {"status": "kicked", "user": user}}  # fmt: skip
    api.tell("chat_member", {**common, "from": {"id": 1, "first_name": "Ada"}, **left})
    items = heard(api).items
    assert [(i.kind, i.external_id) for i in items] == [
        (1, f"juser9-{DATE}"), (1, f"juser9-{DATE}"), (2, f"luser9-{DATE}"),
    ]  # fmt: skip
    assert items[2].target == "Ada"


def test_edits_reactions_and_requests() -> None:
    api = BotApi()
    common = {"chat": GROUP, "date": DATE, "from": {"id": 7, "first_name": "Ada"}}
    api.tell("edited_message", {**common, "message_id": 5, "text": "better", "edit_date": DATE})
    api.tell("message_reaction", {
        **common, "message_id": 5, "user": {"id": 8, "first_name": "Cai"},
        "old_reaction": [], "new_reaction": [{"type": "emoji", "emoji": "👍"}],
    })  # fmt: skip
    api.tell("chat_join_request", {**common, "user_chat_id": 7, "bio": "I like tea"})
    api.tell("poll", {"id": "1"})
    box = heard(api)
    assert [(i.kind, i.text, i.external_id or i.reply_to) for i in box.items] == [
        (5, "better", "5"), (7, "👍", f"r5-user8-{DATE}"),
    ]  # fmt: skip
    assert [(r.request, r.words) for r in box.parcels[0].requests] == [("user7", "I like tea")]


def test_what_the_bot_says_is_handed_in() -> None:
    api = BotApi()
    api.say("hello")
    box = Box(until=2)

    async def talk(session: Session) -> None:
        assert isinstance(session, TelegramSession)
        task = asyncio.create_task(session.listen(box))
        while not box.parcels:
            await asyncio.sleep(0)
        await session.send(Order("k", Deed.SEND, KEY, text="Welcome"))
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    with_session(api, talk)
    assert [(i.text, i.is_bot, i.account) for i in box.items] == [
        ("hello", False, "user7"), ("Welcome", True, f"user{BOT['id']}"),
    ]  # fmt: skip


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
    ("answer", "kind", "code"),
    [
        (Refused(400, "Bad Request: not enough rights to send"), GivenUp, "no_rights"),
        (Refused(403, "Forbidden: bot was kicked from the supergroup"), GivenUp, "not_in_group"),
        (Refused(400, "Bad Request: chat not found"), GivenUp, "not_in_group"),
        (Refused(400, "Bad Request: message is too long"), GivenUp, "too_long"),
        (Refused(413, "Request Entity Too Large"), GivenUp, "too_long"),
        (Refused(401, "Unauthorized"), TryLater, "unauthorised"),
        (Refused(502, "Bad Gateway"), TryLater, "platform_down"),
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


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (Refused(409, "Conflict: terminated by other getUpdates request"), TryLater, "in_use"),
        (Refused(500, "Internal Server Error"), TryLater, "platform_down"),
        (http(200, {"ok": True, "result": "x"}), TryLater, "bad_answer"),
        (b"", TryLater, "timeout"),
    ],
)
def test_listening_fails_so_that_it_is_tried_again(
    answer: bytes | Refused, kind: type[WeiluError], code: str
) -> None:
    with pytest.raises(kind, match=code):
        heard(BotApi(answers={"getUpdates": [answer]}))


def test_doubles_disorder_garbage_and_a_megabyte_go_by() -> None:
    long = "茶" * 350_000

    def update(number: int, message: object) -> dict[str, object]:
        return {"update_id": number, "message": message}

    def words(number: int, text: str, date: int = DATE) -> dict[str, object]:
        who = {"id": 7, "is_bot": False, "first_name": "Ada"}
        return {"message_id": number, "from": who, "chat": GROUP, "date": date, "text": text}

    garbage = [
        update(504, 5), update(505, {"chat": 5, "date": "x"}), update(506, words(6, "")),
        {"update_id": 507, "unheard_of": {}}, {"message": words(8, "without a number")},
        update(509, {**words(9, "x"), "from": 7, "reply_to_message": []}),
    ]  # fmt: skip
    first = [update(503, words(2, "later")), update(502, words(1, "sooner")), *garbage]
    second = [update(511, words(2, "later")), update(510, words(3, long, 2**40))]
    planned = [http(200, {"ok": True, "result": some}) for some in (first, second)]
    box = heard(BotApi(answers={"getUpdates": list(planned)}), box=Box(until=2))
    assert [(i.external_id, len(i.text)) for i in box.items] == [
        ("2", 5), ("1", 6), ("8", 16), ("9", 1), ("2", 5), ("3", 350_000),
    ]  # fmt: skip
    assert [parcel.cursor["offset"] for parcel in box.parcels] == ["510", "512"]


def test_updates_without_any_number_are_not_asked_for_at_once_again() -> None:
    answer = http(200, {"ok": True, "result": [{"message": {}}]})
    with pytest.raises(TryLater, match="bad_answer"):
        heard(BotApi(answers={"getUpdates": [answer]}))


def test_a_token_that_is_none_and_one_that_is_not_accepted() -> None:
    for token in ("nonsense", "43:" + "B" * 35):
        with pytest.raises(GivenUp, match="unauthorised"):
            with_session(BotApi(), lambda session: session.examine(), token=token)


def test_texts_that_are_too_long_are_not_even_tried() -> None:
    api = BotApi()
    with pytest.raises(GivenUp, match="too_long"):
        ordered(api, Deed.SEND, text="x" * 4097)
    assert api.calls("sendMessage") == []


def failed(api: BotApi, cursor: Mapping[str, str] = CURSOR) -> list[tuple[str, object]]:
    """The doctor's steps that are not fine."""
    steps = with_session(api, lambda session: session.examine(), cursor)
    return [(s.name, s.abilities) for s in steps if s.state != StepState.FINE]


def test_the_doctor() -> None:
    assert failed(BotApi()) == []
    some = BotApi(rights={"can_delete_messages", "can_invite_users", "can_pin_messages"})
    lacking = (Ability.MUTE, Ability.REMOVE, Ability.BAN)
    assert failed(some) == [("Rights in %(group)s", lacking)]
    none = BotApi(rights=set(), reads_all=False, webhook="https://x")
    assert [name for name, _ in failed(none)] == [
        "Receive updates", "See all messages", "Rights in %(group)s",
    ]  # fmt: skip
    assert [name for name, _ in failed(BotApi(), {})] == ["Find groups"]


def test_an_invite_link() -> None:
    async def link(session: Session) -> str:
        assert isinstance(session, TelegramSession)
        return await session.invite_link(KEY)

    assert with_session(BotApi(), link) == "https://t.me/+abc"


def test_groups_not_heard_yet_are_addressed_as_such_ids_are_made() -> None:
    async def ids(session: Session) -> list[int]:
        assert isinstance(session, TelegramSession)
        return [session.chat_id(key) for key in (KEY, "1234567891", "4567")]

    assert with_session(BotApi(), ids) == [GROUP["id"], -1001234567891, -4567]


def test_a_picture_is_fetched_by_its_largest_size() -> None:
    api = BotApi(files={"big": b"x" * 500})
    sizes = [
        {"file_id": "small", "width": 90, "height": 60},
        {"file_id": "big", "width": 900, "height": 600},
    ]
    api.say("", photo=sizes)
    found = next(iter(decode(api.updates[0])))
    assert isinstance(found, Arrival)
    assert found.item.media == "big"

    async def fetch(session: Session) -> bytes:
        assert isinstance(session, FetchesPictures)
        with pytest.raises(GivenUp, match="too_long"):
            await session.picture("big", 499)
        with pytest.raises(GivenUp):
            await session.picture("lost", 500)
        return await session.picture("big", 500)

    assert with_session(api, fetch) == b"x" * 500

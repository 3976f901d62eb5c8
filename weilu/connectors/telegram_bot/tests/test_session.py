"""The Telegram connector hears: aiogram talks to a small Bot API server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress

import pytest

from weilu.chat.ports.abilities import Ability, Deed
from weilu.chat.ports.orders import Arrival, Order
from weilu.chat.ports.sessions import FetchesPictures, Session, StepState
from weilu.connectors.telegram_bot.decode import decode
from weilu.connectors.telegram_bot.session import TelegramSession
from weilu.connectors.telegram_bot.tests.botapi import (
    BOT,
    DATE,
    GROUP,
    BotApi,
    Refused,
    http,
)  # fmt: skip
from weilu.connectors.telegram_bot.tests.talking import (
    CURSOR,
    KEY,
    Box,
    heard,
    with_session,
)
from weilu.core.errors import GivenUp, TryLater, WeiluError


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


def test_joins_tell_by_which_link_once_the_bot_leads_the_group() -> None:
    api = BotApi()
    common = {"chat": GROUP, "date": DATE, "from": {"id": 1, "first_name": "Ada"}}

    def came(number: int, link: str) -> None:
        user = {"id": number, "is_bot": False, "first_name": f"Bo{number}"}
        api.tell("message", {**common, "message_id": number, "new_chat_members": [user]})
        change = {"old_chat_member": {"status": "left", "user": user},
                  "new_chat_member": {"status": "member", "user": user}}  # fmt: skip
        more = {"invite_link": {"invite_link": "https://t.me/+x", "name": link}} if link else {}
        api.tell("chat_member", {**common, "from": user, **change, **more})

    def mine(status: str) -> None:
        change = {"old_chat_member": {"status": "member", "user": BOT},
                  "new_chat_member": {"status": status, "user": BOT}}  # fmt: skip
        api.tell("my_chat_member", {**common, **change})

    mine("administrator")
    came(9, "k7m2")
    came(10, "")
    box = heard(api)
    assert [(i.account, i.text) for i in box.items] == [("user9", "k7m2"), ("user10", "")]
    assert box.cursor[f"leads:{KEY}"] == "1"
    # Known again at the next start, and given up with the office.
    came(11, "k7m2")
    went_on = {**CURSOR, **box.cursor}
    assert [i.text for i in heard(api, went_on).items] == ["k7m2"]
    mine("member")
    user = {"id": 12, "is_bot": False, "first_name": "Cai"}
    api.tell("message", {**common, "message_id": 12, "new_chat_members": [user]})
    went_on["offset"] = str(500 + len(api.updates) - 2)
    last = heard(api, went_on)
    assert [i.account for i in last.items] == ["user12"]
    assert last.cursor[f"leads:{KEY}"] == ""


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


def test_a_group_that_becomes_a_supergroup_is_told_under_both_ids() -> None:
    old = {"id": -4321, "type": "group", "title": "Tea"}
    new = {"id": -1001987654321, "type": "supergroup", "title": "Tea"}
    common = {"date": DATE, "from": {"id": 7, "first_name": "Ada"}}
    told = [
        decode({"message": {**common, "message_id": 9, "chat": old,
                            "migrate_to_chat_id": new["id"]}}),
        decode({"message": {**common, "message_id": 1, "chat": new,
                            "migrate_from_chat_id": old["id"]}}),
    ]  # fmt: skip
    chats = [one.chat for arrivals in told for one in arrivals if isinstance(one, Arrival)]
    assert [(c.key, c.former) for c in chats] == [("1987654321", "4321")] * 2

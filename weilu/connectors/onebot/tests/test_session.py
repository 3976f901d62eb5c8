"""OneBot sessions by the real door of NoneBot's process."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest
from django.test import override_settings

from weilu.chat.ports.abilities import Ability, Deed
from weilu.chat.ports.connectors import Config
from weilu.chat.ports.orders import Order
from weilu.chat.ports.sessions import Session, StepState
from weilu.connectors.onebot import addresses, door, session
from weilu.connectors.onebot.connector import OneBotConnector
from weilu.connectors.onebot.desk import DESKS
from weilu.connectors.onebot.session import OneBotSession
from weilu.connectors.onebot.tests.house import (
    SETTINGS,
    Box,
    heard,
    listening,
    with_session,
)
from weilu.connectors.onebot.tests.qq import (
    ACCOUNT,
    BORN,
    GROUP,
    QQ,
    TOKEN,
    Refused,
    connected,
    member,
    report,
)
from weilu.core.errors import GivenUp, TryLater

# What the doctor last said is to be done.
mends: list[str] = []
LAST = {f"g:{GROUP}": str(BORN)}


def test_messages_come_as_they_are_said() -> None:
    qq = QQ()
    first = qq.say("Is this green?")
    reply = [{"type": "reply", "data": {"id": str(first["message_id"])}},
             {"type": "text", "data": {"text": "Yes"}}]  # fmt: skip
    box = heard(qq, first, qq.say(reply, who=8), qq.say("Hello", who=ACCOUNT), until="end")
    one, two, own, _end = box.items
    assert box.parcels[-1].arrivals[0].chat.key == str(GROUP)
    assert box.parcels[-1].arrivals[0].chat.name == "Tea lovers"
    assert (one.account, one.name, one.text, one.sent_ms) == (
        "7", "Nick7", "Is this green?", (BORN + 1) * 1000,
    )  # fmt: skip
    assert (one.external_id, two.reply_to, two.text) == ("-1001", "-1001", "Yes")
    assert (own.text, own.is_bot, one.is_bot) == ("Hello", True, False)
    assert box.cursor == {f"g:{GROUP}": str(BORN + 4)}


def test_what_was_missed_is_read_first_page_by_page_in_either_direction() -> None:
    for turns in (False, True):
        qq = QQ(turns_pages_by=turns)
        for number in range(250):
            qq.say(f"m{number}")
        cursor = {f"g:{GROUP}": str(BORN + 11)}
        box = heard(qq, qq.say("live"), until="end", cursor=cursor)
        assert [i.text for i in box.items][:240] == [f"m{n}" for n in range(10, 250)]
        assert box.items[-1].text == "end"
        assert len({i.external_id for i in box.items}) == 242


def test_a_group_that_is_closed_to_us_does_not_keep_the_others_unread() -> None:
    qq = QQ(
        groups={30003: "Not ours any more", GROUP: "Tea lovers"},
        answers={"get_group_msg_history": [Refused(1200, "您不在群里")]},
    )
    qq.say("what was missed")
    cursor = {f"g:{group}": str(BORN) for group in qq.groups}
    box = heard(qq, until="what was missed", cursor=cursor)
    assert [i.text for i in box.items] == ["what was missed"]


def test_joins_and_requests_that_were_missed() -> None:
    qq = QQ()
    qq.members |= {9: member(9, joined=BORN + 50), 5: member(5, joined=BORN - 50)}
    qq.asks = [
        {"request_id": 77, "requester_uin": 12, "requester_nick": "Bo", "message": "Tea!",
         "group_id": GROUP, "checked": False},
        {"request_id": 78, "requester_uin": 13, "group_id": GROUP, "checked": True},
    ]  # fmt: skip
    box = heard(qq, qq.say("x"), until="end", cursor=LAST)
    assert [(i.kind, i.account, i.name, i.external_id) for i in box.items if i.kind == 1] == [
        (1, "9", "Nick9", f"j9-{BORN + 50}"),
    ]  # fmt: skip
    asked = [one for parcel in box.parcels for one in parcel.requests]
    assert [(r.request, r.account, r.name, r.words) for r in asked] == [("77", "12", "Bo", "Tea!")]


def test_groups_are_there_before_anything_is_said_in_them() -> None:
    qq = QQ(groups={GROUP: "Tea lovers", 30003: "Quiet"})
    chats = [c for parcel in heard(qq, qq.say("x"), until="end").parcels for c in parcel.chats]
    assert [(one.key, one.name) for one in chats] == [
        (str(GROUP), "Tea lovers"),
        ("30003", "Quiet"),
    ]
    known = {f"g:{GROUP}": "1", "g:30003": "1"}
    again = heard(QQ(), QQ().say("x"), until="end", cursor=known)
    assert not any(parcel.chats for parcel in again.parcels)


def test_a_group_that_is_new_begins_now_and_history_may_be_missing() -> None:
    qq = QQ(offers_history=False)
    qq.say("long ago")
    assert [i.text for i in heard(qq, qq.say("a"), until="end").items] == ["a", "end"]
    assert [i.text for i in heard(qq, qq.say("b"), until="end", cursor=LAST).items] == ["b", "end"]


def test_newcomers_are_asked_for_by_name_and_garbage_is_passed_over() -> None:
    qq = QQ()
    join = qq.event("notice", notice_type="group_increase", sub_type="approve", group_id=GROUP,
                    user_id=30, operator_id=0)  # fmt: skip
    garbage = ["{", "[]", "7", "null", '{"post_type": 5}', '{"post_type": "message"}',
               '{"echo": "w1", "status": "ok", "retcode": 0, "data": 1}', "[" * 100_000,
               json.dumps({**qq.say("x"), "time": "NaN"}),
               json.dumps({**qq.say("y"), "group_id": None})]  # fmt: skip
    huge = qq.say("x" * 1_000_000)
    box = heard(qq, *garbage, join, huge, until="end")
    assert [(i.kind, i.name, len(i.text)) for i in box.items] == [
        (1, "Newcomer", 0), (0, "Nick7", 1_000_000), (0, "Nick7", 3),
    ]  # fmt: skip


def test_doubles_and_disorder_keep_their_ids_and_times() -> None:
    qq = QQ()
    older, newer = qq.say("older"), qq.say("newer")
    box = heard(qq, newer, older, newer, older, until="end")
    said = [(i.text, i.external_id, i.sent_ms) for i in box.items]
    known = {"older": ("-1001", (BORN + 1) * 1000), "newer": ("-1002", (BORN + 2) * 1000)}
    assert said[:4] == [(text, *known[text]) for text in ("newer", "older", "newer", "older")]


def test_a_clock_that_runs_ahead_moves_no_cursor() -> None:
    qq = QQ()
    box = heard(qq, qq.say("future", at=4_000_000_000), until="end")
    assert int(box.cursor[f"g:{GROUP}"]) < 2_000_000_000


def test_what_could_not_be_stored_comes_again_after_the_line_is_opened_anew() -> None:
    qq = QQ()
    box = Box(lambda items: len(items) > 0, failures=1)

    async def fails(session: Session, _port: int) -> None:
        with pytest.raises(OSError, match="no room"):
            await listening(session, box, lambda: qq.tell(qq.say("first")))

    with_session(qq, fails, LAST)
    assert [i.text for i in heard(qq, until="first", cursor=LAST).items] == ["first"]


def test_a_lost_line_ends_the_session_after_all_that_came() -> None:
    qq = QQ()
    box = Box(lambda _items: False)

    async def lose(session: Session, _port: int) -> None:
        async def talk() -> None:
            await qq.is_listened_to()
            await qq.tell(qq.say("one"), qq.say("two"))
            assert qq.socket is not None
            await qq.socket.close()

        with pytest.raises(TryLater, match="unreachable"):
            await listening(session, box, talk)

    with_session(qq, lose)
    assert [i.text for i in box.items] == ["one", "two"]


def test_a_second_line_takes_the_place_of_one_that_is_half_dead() -> None:
    qq = QQ(comes_again=False)
    box = Box(lambda items: [i.text for i in items] == ["hello"])

    async def twice(session: Session, port: int) -> None:
        assert isinstance(session, OneBotSession)
        desk = session.desk
        assert desk is not None

        async def come_again() -> None:
            await qq.is_listened_to()
            second = QQ()
            async with connected(second, port):
                while second.socket is None:
                    await asyncio.sleep(0.01)
                await second.tell(second.say("hello"))
                await box.full.wait()
            while desk.line is not None:
                await asyncio.sleep(0.01)

        # The second goes away in the end, and with it the session.
        with pytest.raises(TryLater, match="unreachable"):
            await listening(session, box, come_again)

    with_session(qq, twice)
    assert box.full.is_set()


def test_only_the_right_token_of_the_right_account_is_let_in() -> None:
    async def refused(_session: Session, port: int) -> list[bool]:
        found = []
        for stranger in (QQ(token="x" * 16), QQ(account=10002), QQ(token="")):
            async with connected(stranger, port):
                await asyncio.sleep(0.1)
                found.append(stranger.socket is None)
        return found

    assert with_session(QQ(), refused) == [True, True, True]


def test_signed_reports_are_stored_before_they_are_answered_others_are_not_read() -> None:
    qq, box = QQ(), Box(lambda items: len(items) == 1)
    event = json.dumps(qq.say("by HTTP")).encode()

    async def post(session: Session, port: int) -> list[int]:
        found: list[int] = []

        async def send() -> None:
            found.append(await report(port, event, "wrong"))
            found.append(await report(port, event, ""))
            found.append(await report(port, event, TOKEN, account=10002))
            found.append(await report(port, b"{garbage", TOKEN))
            found.append(await report(port, b"[]", TOKEN))
            box.failures = 1

        task = asyncio.create_task(session.listen(box))
        await send()
        found.append(await report(port, event, TOKEN))
        await asyncio.gather(task, return_exceptions=True)
        await listening(session, box, lambda: report(port, event, TOKEN))
        return found

    assert with_session(qq, post, over_http=True) == [403, 403, 403, 400, 400, 503]
    assert [i.text for i in box.items] == ["by HTTP"]


def test_a_report_that_is_too_large_is_not_kept() -> None:
    async def post(_session: Session, port: int) -> int:
        return await report(port, b"x" * (16 * 1024 * 1024 + 1), TOKEN)

    assert with_session(QQ(), post) == 413


@pytest.mark.parametrize(
    "wrong", [{"account": "me"}, {"token": "short"}, {"api": "ftp://x"}, {"account": ""}]
)
def test_settings_that_cannot_be_right(wrong: dict[str, str]) -> None:
    with pytest.raises(GivenUp, match="bad_setting"):
        session.settings_of(Config(1, {**SETTINGS, **wrong}))


def test_another_account_and_one_that_is_signed_out() -> None:
    with pytest.raises(GivenUp, match="bad_setting"):
        with_session(
            QQ(
                answers={"get_login_info": [{"status": "ok", "retcode": 0, "data": {"user_id": 5}}]}
            ),
            lambda s, _p: s.examine(),
        )
    with pytest.raises(TryLater, match="signed_out"):
        with_session(QQ(online=False), lambda s, _p: s.examine())


@pytest.mark.parametrize(
    "sign",
    [
        {"post": "notice", "notice_type": "bot_offline", "tag": "", "message": ""},
        {"post": "meta_event", "meta_event_type": "heartbeat", "interval": 30_000,
         "status": {"online": False, "good": True}},
    ],
)  # fmt: skip
def test_what_came_before_the_account_was_signed_out_is_stored(sign: dict[str, Any]) -> None:
    qq = QQ()
    post, more = str(sign["post"]), {k: v for k, v in sign.items() if k != "post"}
    # With the line still open, as implementations leave it.
    told = [qq.event("meta_event", meta_event_type="heartbeat", status={"online": True}),
            qq.say("the last words"), qq.event(post, **more)]  # fmt: skip
    qq.messages.clear()
    box = Box(lambda _items: False)

    async def listen(session: Session, _port: int) -> None:
        with pytest.raises(TryLater, match="signed_out"):
            await listening(session, box, lambda: qq.tell(*told))

    with_session(qq, listen)
    assert [item.text for item in box.items] == ["the last words"]


def examined(qq: QQ, *, over_http: bool = False, is_there: bool = True) -> list[tuple[str, str]]:
    """The doctor's steps, seen from another process, by name and state."""

    async def look(_session: Session, port: int) -> list[tuple[str, str]]:
        answers = {**SETTINGS, **({} if is_there else {"token": "y" * 16})}
        DESKS.is_open = False
        try:
            with override_settings(BOTS_ADDRESS=("127.0.0.1", port)):
                async with OneBotConnector().open(Config(1, answers)) as doctor:
                    steps = await doctor.examine()
        finally:
            DESKS.is_open = True
        mends.extend(step.mend % step.values for step in steps if step.mend)
        return [(step.name, step.state.value) for step in steps]

    mends.clear()
    return with_session(qq, look, over_http=over_http)


def test_the_doctor_sees_through_the_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "CALL_S", 0.5)
    assert examined(QQ()) == [
        ("Reach NapCat", "fine"), ("Sign in as %(account)s", "fine"),
        ("Read what was missed", "fine"), ("Rights in %(group)s", "fine"),
    ]  # fmt: skip
    assert examined(QQ(role="member", offers_history=False))[2:] == [
        ("Read what was missed", "failed"), ("Rights in %(group)s", "failed"),
    ]  # fmt: skip
    assert examined(QQ(groups={}))[-1] == ("Find groups", "warning")
    assert examined(QQ(), is_there=False) == [("Reach NapCat", "failed")]
    assert "Nobody waits for this QQ number" in mends[0]
    # Its session goes by HTTP: by the door nobody has come.
    assert examined(QQ(), over_http=True) == [("Reach NapCat", "failed")]
    assert re.search(r"client to ws://127\.0\.0\.1:\d+/onebot/v11/ws, with", mends[0])
    silent = QQ(answers={"get_group_list": [None]})
    assert examined(silent) == [("Reach NapCat", "failed")]
    assert mends == [
        "NapCat does not answer. Start it again; if that does not help, QQ may be hanging."
    ]


def test_what_the_doctor_lacks_in_a_group() -> None:
    async def look(session: Session, _port: int) -> object:
        steps = await session.examine()
        return [step.abilities for step in steps if step.state == StepState.FAILED]

    assert with_session(QQ(role="member"), look) == [
        (Ability.RECALL, Ability.MUTE, Ability.REMOVE, Ability.BAN, Ability.ANNOUNCE,
         Ability.APPROVE),
    ]  # fmt: skip


def test_the_relay_asks_only_what_changes_nothing() -> None:
    qq = QQ()

    async def kick(_session: Session, port: int) -> None:
        pages = {"api": f"http://127.0.0.1:{port}/onebot/v11/api"}
        DESKS.is_open = False
        try:
            async with OneBotConnector().open(Config(1, {**SETTINGS, **pages})) as doctor:
                assert isinstance(doctor, OneBotSession)
                await doctor.remove(Order("k", Deed.REMOVE, str(GROUP), account="7"))
        finally:
            DESKS.is_open = True

    with pytest.raises(GivenUp, match="not_possible"):
        with_session(qq, kick)
    assert qq.calls("set_group_kick") == []


def test_members_groups_and_where_the_door_is(settings: object) -> None:
    qq = QQ()

    async def lists(one: Session, _port: int) -> tuple[object, object]:
        assert isinstance(one, OneBotSession)
        groups = [(g.key, g.name) for g in await one.groups()]
        people = await one.members(str(GROUP))
        assert [p.account for p in people if p.is_self] == [str(ACCOUNT)]
        return groups, [(p.account, p.name, p.is_staff) for p in people if not p.is_self]

    assert with_session(qq, lists) == (
        [(str(GROUP), "Tea lovers")], [("7", "Nick7", False), ("8", "Nick8", True)],
    )  # fmt: skip
    settings.BOTS_ADDRESS = ("0.0.0.0", 9)  # type: ignore[attr-defined]  # noqa: S104
    assert addresses.relay_address() == "http://127.0.0.1:9/onebot/v11/api"
    settings.BOTS_ADDRESS = ("::1", 9)  # type: ignore[attr-defined]
    assert addresses.relay_address() == "http://[::1]:9/onebot/v11/api"
    assert addresses.door_address() == "ws://[::1]:9/onebot/v11/ws"

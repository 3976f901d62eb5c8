"""A session against a small WeCom: groups read, tasks made and followed, failures told apart."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import ClientTimeout
from wechatpy.work import WeChatClient

from weilu.chat.ports.abilities import Ability, Deed
from weilu.chat.ports.connectors import Config
from weilu.chat.ports.orders import Done, Fate, Order, Parcel, Receipt
from weilu.chat.ports.sessions import Person, StepState
from weilu.connectors.wecom import api, session
from weilu.connectors.wecom.connector import WeComConnector
from weilu.connectors.wecom.session import Task, WeComSession
from weilu.connectors.wecom.tests.server import COMPANY, SECRET, WeCom, member, running
from weilu.core.clock import now_ms
from weilu.core.errors import GivenUp, TryLater, Unsure, WeiluError

ORDER = Order("k-1", Deed.SEND, "g1", text="Good morning")
Do = Callable[[WeComSession], Awaitable[Any]]


class Box:
    """An inbox in memory, which callbacks write into as well."""

    def __init__(self, **cursor: str) -> None:
        self.parcels: list[Parcel] = []
        self.kept: dict[str, str] = cursor

    async def put(self, parcel: Parcel) -> None:
        self.parcels.append(parcel)
        self.kept.update(parcel.cursor)

    async def cursor(self) -> Mapping[str, str]:
        return dict(self.kept)

    def ids(self) -> list[str]:
        return [one.item.external_id for parcel in self.parcels for one in parcel.arrivals]

    def receipts(self) -> list[Receipt]:
        return [one for parcel in self.parcels for one in parcel.receipts]


def shop() -> WeCom:
    """Three groups, of which the first has people in it."""
    first = {
        "name": "Tea friends",
        "owner": "boss",
        "member_version": "v1",
        "member_list": [
            member("boss", 100, type=1),
            member("lin", 200, join_scene=3, state="till", group_nickname="Linlin"),
            member("bo", 300, join_scene=1, invitor={"userid": "lin"}),
        ],
    }
    return WeCom(
        {"g1": first, "g2": {"name": "2", "owner": "b"}, "g3": {"name": "3", "owner": "b"}}
    )


def do(
    wecom: WeCom, monkeypatch: pytest.MonkeyPatch, what: Do, cursor: Mapping[str, str] | None = None
) -> Any:
    """What came of something done in a session."""

    async def main() -> Any:
        async with running(wecom, monkeypatch):
            config = Config(7, {"company": COMPANY, "secret": SECRET}, cursor or {})
            async with WeComConnector().open(config) as opened:
                assert isinstance(opened, WeComSession)
                return await what(opened)

    return asyncio.run(main())


async def listen(one: WeComSession, box: Box, until: Callable[[], bool]) -> None:
    task = asyncio.create_task(one.listen(box))
    async with asyncio.timeout(10):
        while not until() and not task.done():
            await asyncio.sleep(0.005)
    task.cancel()
    for ended in await asyncio.gather(task, return_exceptions=True):
        if isinstance(ended, Exception):
            raise ended


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "ROUND_S", 0.005)
    monkeypatch.setattr(session, "TASKS_S", 0.01)


def test_everybody_there_is_handed_in_once_over_all_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    box = Box()
    read = {f"read:g{n}": "" for n in (1, 2, 3)}
    do(shop(), monkeypatch, lambda s: listen(s, box, lambda: read.items() <= box.kept.items()))
    assert box.ids() == ["jboss-100", "jlin-200", "jbo-300"]
    items = [one.item for parcel in box.parcels for one in parcel.arrivals]
    assert [(i.name, i.text, i.target, i.sent_ms) for i in items] == [
        ("Boss", "", "", 100_000),
        ("Linlin", "扫描群二维码入群 · till", "", 200_000),
        ("Bo", "由群成员邀请入群", "Linlin", 300_000),
    ]
    assert {p.arrivals[0].chat.name for p in box.parcels if p.arrivals} == {"Tea friends"}
    again = Box(**box.kept)
    wecom = shop()
    looked = [("externalcontact/groupchat/get", {"chat_id": "g3", "need_name": 1})]
    do(
        wecom,
        monkeypatch,
        lambda s: listen(s, again, lambda: looked[0] in wecom.asked),
        {k: v for k, v in box.kept.items() if k.startswith(("read:g1", "version:g1"))},
    )
    assert again.ids() == []


def test_a_callback_has_its_group_read_also_when_the_list_is_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wecom, box = shop(), Box()

    async def story(one: WeComSession) -> None:
        task = asyncio.create_task(listen(one, box, lambda: "jcy-400" in box.ids()))
        while "read:g3" not in box.kept:
            await asyncio.sleep(0.005)
        box.kept["rung:g1"] = "400-add_member-v2"
        while not one.behind:
            await asyncio.sleep(0.001)
        wecom.groups["g1"]["member_version"] = "v2"
        wecom.groups["g1"]["member_list"].append(member("cy", 400))
        await task

    do(wecom, monkeypatch, story)
    assert box.kept["read:g1"] == "400-add_member-v2"
    assert box.kept["version:g1"] == "v2"


def test_a_group_that_is_gone_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    wecom, box = shop(), Box(**{"rung:g9": "5-dismiss-"})
    do(wecom, monkeypatch, lambda s: listen(s, box, lambda: "read:g9" in box.kept))
    assert box.kept["read:g9"] == "5-dismiss-"


def test_a_message_is_a_task_whose_result_is_followed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wecom, box = shop(), Box()
    (tmp_path / "tea.png").write_bytes(b"x")
    order = Order("k", Deed.SEND, "g1", text="Hi", picture=tmp_path / "tea.png")

    async def story(one: WeComSession) -> Done:
        task = asyncio.create_task(listen(one, box, lambda: bool(box.receipts())))
        await asyncio.sleep(0)
        done = await one.send(order)
        asked = "externalcontact/get_groupmsg_send_result"
        while not any(path == asked for path, _body in wecom.asked):
            await asyncio.sleep(0.005)
        assert box.receipts() == []
        sent = {"chat_id": "g1", "userid": "boss", "status": 1, "send_time": 900}
        wecom.results["task-g1"] = [sent]
        await task
        return done

    assert do(wecom, monkeypatch, story) == Done("task-g1", awaits_person=True)
    body = next(b for path, b in wecom.asked if path.endswith("add_msg_template"))
    assert body == {
        "chat_type": "group", "sender": "boss", "chat_id_list": ["g1"], "text": {"content": "Hi"},
        "attachments": [{"msgtype": "image", "image": {"media_id": "m-1"}}],
    }  # fmt: skip
    assert box.receipts() == [Receipt("task-g1", Fate.SENT, 900_000)]
    assert box.kept["tasks"] == "[]"


@pytest.mark.parametrize(("status", "fate"), [(2, Fate.REFUSED), (3, Fate.REFUSED)])
def test_tasks_outlive_a_restart(monkeypatch: pytest.MonkeyPatch, status: int, fate: Fate) -> None:
    wecom = shop()
    wecom.results["a"] = [{"status": status}]
    tasks = [Task("a", "boss", now_ms()), Task("b", "boss", now_ms()), Task("c", "boss", 0)]
    kept = {"tasks": msgspec.json.encode(tasks).decode()}
    box = Box(**kept)
    do(wecom, monkeypatch, lambda s: listen(s, box, lambda: bool(box.receipts())), kept)
    assert [(r.external_id, r.fate) for r in box.receipts()] == [("a", fate), ("c", Fate.EXPIRED)]
    assert [t.id for t in msgspec.json.decode(box.kept["tasks"], type=list[Task])] == ["b"]


def test_an_expired_token_is_renewed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wecom = shop()

    async def story(one: WeComSession) -> object:
        wecom.tokens += 7
        return len(await one.groups())

    assert do(wecom, monkeypatch, story) == 3
    assert wecom.tokens == 9
    wecom = shop()
    wecom.fails = [42001, 42001]
    with pytest.raises(GivenUp, match="unauthorised"):
        do(wecom, monkeypatch, lambda s: s.groups())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (-1, TryLater), (45009, TryLater), (45033, TryLater), (48002, GivenUp),
        (60011, GivenUp), (60020, TryLater), (41063, GivenUp),
    ],
)  # fmt: skip
def test_error_codes(
    monkeypatch: pytest.MonkeyPatch, code: int, expected: type[WeiluError]
) -> None:
    wecom = shop()
    wecom.fails = [code]
    with pytest.raises(expected):
        do(wecom, monkeypatch, lambda s: s.groups())


@pytest.mark.parametrize("trouble", ["500", "429", "garbage", "late", "list"])
def test_only_what_would_be_seen_twice_is_unsure(
    monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    monkeypatch.setattr(api, "TIMEOUT", ClientTimeout(total=0.1))
    for what, expected in (("send", Unsure), ("groups", TryLater)):
        wecom = shop()

        async def story(one: WeComSession, wecom: WeCom = wecom, what: str = what) -> None:
            one.owners["g1"] = "boss"
            wecom.hangs = trouble == "late"
            wecom.raw = {"garbage": b"\xff<html>", "list": b"[]"}.get(trouble)
            wecom.statuses = [int(trouble)] if trouble.isdecimal() else []
            await (one.send(ORDER) if what == "send" else one.groups())

        with pytest.raises(TryLater if trouble == "429" else expected) as raised:
            do(wecom, monkeypatch, story)
        assert SECRET not in str(raised.value)
        assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_a_wrong_secret_is_final_and_no_text_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with running(shop(), monkeypatch):
            config = Config(7, {"company": COMPANY, "secret": "wrong"})
            async with WeComConnector().open(config):
                pass

    with pytest.raises(GivenUp, match="unauthorised"):
        asyncio.run(main())
    long = Order("k", Deed.SEND, "g1", text="茶" * 1334)
    with pytest.raises(GivenUp, match="too_long"):
        do(shop(), monkeypatch, lambda s: s.send(long))


def test_members_links_and_the_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(one: WeComSession) -> None:
        assert await one.members("g1") == [
            Person("boss", "Boss", is_staff=True, joined_ms=100_000),
            Person("lin", "Linlin", joined_ms=200_000),
            Person("bo", "Bo", joined_ms=300_000),
        ]
        assert await one.invite_link("g1") == "https://work.example.org/c-1"
        assert [s.state for s in await one.examine()] == [
            StepState.FINE, StepState.FINE, StepState.WARNING,
        ]  # fmt: skip

    wecom = shop()
    do(wecom, monkeypatch, story)
    way = next(b for path, b in wecom.asked if path.endswith("add_join_way"))
    assert (way["scene"], way["chat_id_list"], way["state"]) == (2, ["g1"], "weilu")


def test_the_small_server_speaks_as_wechatpy_expects(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> Any:
        async with running(shop(), monkeypatch) as wecom:
            return await asyncio.to_thread(by_wechatpy, wecom.address)

    def by_wechatpy(address: str) -> Any:
        monkeypatch.setattr(WeChatClient, "API_BASE_URL", address)
        client = WeChatClient(COMPANY, SECRET, access_token="stale")
        monkeypatch.setattr(
            client,
            "fetch_access_token",
            lambda: client._fetch_access_token(
                f"{address}gettoken", {"corpid": COMPANY, "corpsecret": SECRET}
            ),
        )
        chats = client.external_contact_group_chat
        found = [one["chat_id"] for one in chats.list_all()], chats.get("g1")["group_chat"]["name"]
        client._http.close()
        return found

    assert asyncio.run(main()) == (["g1", "g2", "g3"], "Tea friends")


def test_every_ability_has_its_row() -> None:
    assert {one.ability for one in WeComConnector().capabilities} == set(Ability)


def test_an_owner_is_reminded_by_day_and_three_times_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wecom, clock = shop(), {"ms": 1_700_000_000_000}
    monkeypatch.setattr(session, "now_ms", lambda: clock["ms"])
    assert (clock["ms"] // 3_600_000 + 8) % 24 == 6  # before anybody works in China
    kept = {"tasks": msgspec.json.encode([Task("a", "boss", clock["ms"])]).decode()}
    seen: list[int] = []

    async def story(one: WeComSession) -> None:
        one.inbox = Box()
        for hours in (0, 2, 3, 4, 4, 4, 12, 4):
            clock["ms"] += hours * 3_600_000
            await one._ask_tasks()
            seen.append(wecom.reminded.get("a", 0))

    do(wecom, monkeypatch, story, kept)
    # 6:00, 8:00, 11:00, 15:00, 19:00, 23:00, 11:00, 15:00 of the next day
    assert seen == [0, 0, 1, 2, 3, 3, 3, 3]
    told = next(body for path, body in wecom.asked if path.endswith("remind_groupmsg_send"))
    assert told == {"msgid": "a"}


def test_a_task_that_is_made_while_others_are_looked_at_is_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wecom = shop()
    wecom.results["a"] = [{"status": 1, "send_time": 5}]
    kept = {"tasks": msgspec.json.encode([Task("a", "boss", now_ms())]).decode()}
    box = Box(**kept)

    async def story(one: WeComSession) -> None:
        one.inbox = box
        await asyncio.gather(one._ask_tasks(), one.send(ORDER))

    do(wecom, monkeypatch, story, kept)
    left = msgspec.json.decode(box.kept["tasks"], type=list[Task])
    assert [one.id for one in left] == ["task-g1"]


def test_a_join_way_bears_our_mark_and_a_template_is_kept_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wecom = shop()

    async def story(one: WeComSession) -> list[str]:
        await one.invite_link("g1", "abcdefghjk")
        first = await one.keep_welcome(f"Hi {one.welcome_name}", "")
        again = await one.keep_welcome("Hello", first)
        lost = await one.keep_welcome("Anew", "t-99")
        return [first, again, lost]

    assert do(wecom, monkeypatch, story) == ["t-1", "t-1", "t-2"]
    way = next(b for path, b in wecom.asked if path.endswith("add_join_way"))
    assert way["state"] == "abcdefghjk"
    assert wecom.templates == {"t-1": "Hello", "t-2": "Anew"}
    assert ("externalcontact/group_welcome_template/add",
            {"text": {"content": "Hi %NICKNAME%"}, "notify": 1}) in wecom.asked  # fmt: skip


def test_the_templates_of_the_small_server_are_wechatpys(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> Any:
        async with running(shop(), monkeypatch) as wecom:
            return await asyncio.to_thread(by_wechatpy, wecom.address), wecom.templates

    def by_wechatpy(address: str) -> Any:
        monkeypatch.setattr(WeChatClient, "API_BASE_URL", address)
        client = WeChatClient(COMPANY, SECRET, access_token="stale")
        monkeypatch.setattr(
            client,
            "fetch_access_token",
            lambda: client._fetch_access_token(
                f"{address}gettoken", {"corpid": COMPANY, "corpsecret": SECRET}
            ),
        )
        calls = client.external_contact
        made = calls.add_group_welcome_template({"text": {"content": "Hi"}})
        calls.update_group_welcome_template({"text": {"content": "Ho"}}, made["template_id"])
        client._http.close()
        return made["template_id"]

    assert asyncio.run(main()) == ("t-1", {"t-1": "Ho"})

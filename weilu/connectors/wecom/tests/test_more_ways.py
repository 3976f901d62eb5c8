"""Tasks that are cancelled, and ways in that go on into new groups."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from weilu.chat.ports.orders import Fate
from weilu.connectors.wecom import session
from weilu.connectors.wecom.session import Task, WeComSession
from weilu.connectors.wecom.tests.test_session import Box, do, listen, shop
from weilu.core.clock import now_ms
from weilu.core.errors import GivenUp


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "ROUND_S", 0.005)
    monkeypatch.setattr(session, "TASKS_S", 0.01)


def test_a_task_is_cancelled_and_followed_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    wecom = shop()
    wecom.results["sent"] = [{"status": 1, "send_time": 5}]
    tasks = [Task("open", "boss", now_ms()), Task("sent", "boss", now_ms())]
    kept = {"tasks": msgspec.json.encode(tasks).decode()}

    async def story(one: WeComSession) -> None:
        await one.withdraw("open")
        with pytest.raises(GivenUp, match="too_old"):
            await one.withdraw("sent")
        with pytest.raises(GivenUp, match="gone"):
            await one.withdraw("never")

    do(wecom, monkeypatch, story, kept)
    assert wecom.cancelled == ["open", "sent"]
    # The gateway's session, which was open meanwhile, is told by the cursor.
    wecom, box = shop(), Box(**kept)

    async def follow(one: WeComSession) -> None:
        task = asyncio.create_task(listen(one, box, lambda: box.kept["tasks"] == "[]"))
        while not any(path.endswith("get_groupmsg_send_result") for path, _ in wecom.asked):
            await asyncio.sleep(0.001)
        box.kept["withdrawn"] = "other open"
        wecom.results["sent"] = [{"status": 1, "send_time": 5}]
        await task

    do(wecom, monkeypatch, follow, kept)
    assert [(one.external_id, one.fate) for one in box.receipts()] == [("sent", Fate.SENT)]


def test_a_way_in_goes_on_into_groups_that_wecom_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    wecom = shop()

    async def story(one: WeComSession) -> str:
        return await one.lasting_link("g1", "abcdefghjk", "茶" * 50, 4)

    assert do(wecom, monkeypatch, story) == "https://work.example.org/c-1"
    way = next(b for path, b in wecom.asked if path.endswith("add_join_way"))
    assert way == {
        "scene": 2, "chat_id_list": ["g1"], "state": "abcdefghjk", "auto_create_room": 1,
        "room_base_name": "茶" * 40, "room_base_id": 4,
    }  # fmt: skip
    plain = shop()
    do(plain, monkeypatch, lambda s: s.invite_link("g1"))
    way = next(b for path, b in plain.asked if path.endswith("add_join_way"))
    assert way["auto_create_room"] == 0
    assert "room_base_name" not in way

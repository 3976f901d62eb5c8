"""Tasks that wait for their owner: what a refusal says of them, and what it does not."""

from __future__ import annotations

from contextlib import suppress

import msgspec
import pytest

from weilu.chat.ports.orders import Fate, Receipt
from weilu.connectors.wecom.session import Task, WeComSession
from weilu.connectors.wecom.tests.test_session import ORDER, Box, do, shop
from weilu.core.clock import now_ms
from weilu.core.errors import GivenUp, TryLater


@pytest.mark.parametrize("code", [48002, 41063, 45009])
def test_a_call_that_is_refused_settles_no_task(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    wecom = shop()
    kept = {"tasks": msgspec.json.encode([Task("a", "boss", now_ms())]).decode()}
    box = Box(**kept)

    async def story(one: WeComSession) -> None:
        one.inbox = box
        wecom.fails = [code]
        with suppress(TryLater):
            await one._ask_tasks()
        assert (box.receipts(), [task.id for task in one.tasks]) == ([], ["a"])
        wecom.results["a"] = [{"status": 1, "send_time": 9}]
        await one._ask_tasks()

    do(wecom, monkeypatch, story, kept)
    assert box.receipts() == [Receipt("a", Fate.SENT, 9000)]


def test_a_secret_that_was_replaced_ends_the_session_and_settles_no_task(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With a task open its result is asked for; without one, the next message finds out."""
    kept = {"tasks": msgspec.json.encode([Task("a", "boss", now_ms())]).decode()}

    async def story(one: WeComSession) -> None:
        one.api.secret, one.api.token = "old", "stale"
        with suppress(TryLater):
            await one.send(ORDER)
        await one.listen(box)

    for cursor in (kept, {}):
        box = Box(**cursor)
        with pytest.raises(GivenUp, match="unauthorised"):
            do(shop(), monkeypatch, story, cursor)
        assert box.receipts() == []
        assert "tasks" not in box.kept or box.kept["tasks"] == kept["tasks"]

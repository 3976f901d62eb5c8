"""One look for all who watch, and only what changed to each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

from weilu.console.live.hub import Hub, Room, as_event


class Board:
    """A board that counts how often it is looked at."""

    def __init__(self) -> None:
        self.looks = 0
        self.parts = {"said": "a", "done": "x"}
        self.is_broken = False

    def look(self) -> dict[str, str]:
        """What it shows now."""
        self.looks += 1
        if self.is_broken:
            message = "database is locked"
            raise OSError(message)
        return dict(self.parts)


def running(story: Callable[[Board, Room], Awaitable[None]]) -> None:
    async def main() -> None:
        board = Board()
        async with asyncio.timeout(20):
            await story(board, Room(board.look, every_s=0.001))

    asyncio.run(main())


def test_many_watch_and_the_board_is_looked_at_once() -> None:
    async def story(board: Board, room: Room) -> None:
        streams = [room.watch() for _ in range(50)]
        first = await asyncio.gather(*(anext(one) for one in streams))
        assert first == [{"said": "a", "done": "x"}] * 50
        looks = board.looks
        board.parts["said"] = "b"
        again = await asyncio.gather(*(anext(one) for one in streams))
        assert again == [{"said": "b"}] * 50
        # Fifty watchers cost a look a turn, not fifty.
        assert board.looks - looks < 50
        for one in streams:
            await one.aclose()
        assert len(room) == 0

    running(story)


def test_who_comes_later_gets_everything_at_once() -> None:
    async def story(board: Board, room: Room) -> None:
        first = room.watch()
        await anext(first)
        later = room.watch()
        assert await anext(later) == {"said": "a", "done": "x"}
        await first.aclose()
        await later.aclose()

    running(story)


def test_who_reads_too_slowly_gets_the_newest_and_loses_nothing() -> None:
    async def story(board: Board, room: Room) -> None:
        slow, quick = room.watch(), room.watch()
        await anext(slow)
        await anext(quick)
        for n in range(40):
            board.parts["said"] = str(n)
            while (await anext(quick)).get("said") != str(n):
                pass
        seen: dict[str, str] = {}
        while seen.get("said") != "39":
            seen.update(await anext(slow))
        assert seen["said"] == "39"
        await slow.aclose()
        await quick.aclose()

    running(story)


def test_a_board_that_cannot_be_read_is_read_again() -> None:
    async def story(board: Board, room: Room) -> None:
        stream = room.watch()
        await anext(stream)
        board.is_broken = True
        before = board.looks
        while board.looks < before + 3:
            await asyncio.sleep(0.001)
        board.is_broken = False
        board.parts["said"] = "back"
        assert await anext(stream) == {"said": "back"}
        await stream.aclose()

    running(story)


def test_empty_rooms_are_given_up() -> None:
    hub, board = Hub(), Board()
    first = hub.room("one", board.look)
    assert hub.room("two", board.look) is not first
    assert hub.room("one", board.look) is not first


def test_who_comes_back_to_an_empty_room_is_not_shown_what_was() -> None:
    async def story(board: Board, room: Room) -> None:
        first = room.watch()
        await anext(first)
        await first.aclose()
        looks = board.looks
        await asyncio.sleep(0.02)
        assert board.looks <= looks + 1
        board.parts["said"] = "b"
        again = room.watch()
        assert await anext(again) == {"said": "b", "done": "x"}
        await again.aclose()

    running(story)


def test_events_are_one_line_and_a_beat_is_of_its_own_kind() -> None:
    event = as_event({"said": "<p>茶\n\ndata: x</p>"}).decode()
    assert event.count("\n") == 2
    assert json.loads(event.removeprefix("data: ")) == {"said": "<p>茶\n\ndata: x</p>"}
    # Without data a browser would drop it.
    assert as_event({}) == b"event: beat\ndata: 1\n\n"

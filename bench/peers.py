"""What bots elsewhere take to hand one message to one handler, measured beside ours.

They parse and dispatch only: nothing is stored, nothing judged. Each runs in a process of its own,
one after the other, and is fed the same messages: importing them changes logging and more. None of
them opens a socket.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from collections.abc import Awaitable, Callable, Sequence
from multiprocessing.connection import Connection

from bench.setting import Pace
from bench.traffic import Event

# Times as many messages a second as the peer's bare dispatch.
AIMS = {"NoneBot2": 20.0, "aiogram": 4.0}


def paces(made: Sequence[Event]) -> dict[str, Pace]:
    """How fast each peer hands all the messages to one handler."""
    said = [
        (e.group, int(e.item.account.strip("us")), e.item.sent_ms, e.item.text or "x") for e in made
    ]
    return {name: _apart(measure, said) for name, measure in MEASURES.items()}


Said = Sequence[tuple[int, int, int, str]]


def _apart(measure: Callable[[Said], Pace], said: Said) -> Pace:
    """What a measure gives in a process of its own."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_tell, args=(measure, said, there))
    child.start()
    there.close()
    try:
        pace: Pace = here.recv()
    finally:
        child.join()
    return pace


def _tell(measure: Callable[[Said], Pace], said: Said, there: Connection) -> None:
    there.send(measure(said))


async def _all(payload: Sequence[str], take: Callable[[str], Awaitable[object]]) -> Pace:
    """Hand every message in, and see how long it takes."""
    start, busy = time.perf_counter(), time.process_time()
    for body in payload:
        await take(body)
    took, busy = time.perf_counter() - start, time.process_time() - busy
    return Pace(len(payload) / took, busy / len(payload) * 1e6)


def nonebot(said: Said) -> Pace:
    """NoneBot2 with OneBot v11: JSON to event, event through one matcher."""
    import nonebot  # noqa: PLC0415 - only in the child
    from nonebot.adapters.onebot.v11 import (  # noqa: PLC0415 - as above
        Adapter,
        Bot,
        GroupMessageEvent,
    )

    nonebot.init(driver="~none", log_level="ERROR")
    nonebot.get_driver().register_adapter(Adapter)
    handled = 0

    async def count(event: GroupMessageEvent) -> None:
        nonlocal handled
        handled += 1

    nonebot.on_message(block=False).append_handler(count)
    bot = Bot(nonebot.get_adapter(Adapter), "1")
    payload = [json.dumps(_onebot(k, *one), ensure_ascii=False) for k, one in enumerate(said)]

    async def take(body: str) -> None:
        event = Adapter.json_to_event(json.loads(body))
        assert event is not None  # noqa: S101 - a bench that parses nothing measures nothing
        await bot.handle_event(event)

    pace = asyncio.run(_all(payload, take))
    _check(handled, len(said))
    return pace


def _onebot(number: int, group: int, person: int, sent_ms: int, text: str) -> dict[str, object]:
    return {
        "time": sent_ms // 1000,
        "self_id": 1,
        "post_type": "message",
        "message_type": "group",
        "sub_type": "normal",
        "message_id": number,
        "group_id": group,
        "user_id": person,
        "anonymous": None,
        "message": [{"type": "text", "data": {"text": text}}],
        "raw_message": text,
        "font": 0,
        "sender": {"user_id": person, "nickname": "n"},
    }


def aiogram(said: Said) -> Pace:
    """The aiogram way: JSON to update, update through one handler."""
    from aiogram import Bot, Dispatcher  # noqa: PLC0415 - only in the child
    from aiogram.types import Message, Update  # noqa: PLC0415 - as above

    dispatcher, bot = Dispatcher(), Bot("1:abc")
    handled = 0

    @dispatcher.message()
    async def count(message: Message) -> None:
        nonlocal handled
        handled += 1

    payload = [json.dumps(_telegram(k, *one), ensure_ascii=False) for k, one in enumerate(said)]

    async def take(body: str) -> None:
        update = Update.model_validate(json.loads(body), context={"bot": bot})
        await dispatcher.feed_update(bot, update)

    async def main() -> Pace:
        try:
            return await _all(payload, take)
        finally:
            await bot.session.close()

    pace = asyncio.run(main())
    _check(handled, len(said))
    return pace


def _telegram(number: int, group: int, person: int, sent_ms: int, text: str) -> dict[str, object]:
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": sent_ms // 1000,
            "chat": {"id": -group - 1, "type": "supergroup", "title": "g"},
            "from": {"id": person + 1, "is_bot": False, "first_name": "n"},
            "text": text,
        },
    }


def _check(handled: int, wanted: int) -> None:
    if handled != wanted:
        raise AssertionError(f"{handled} of {wanted} messages were handled")


MEASURES: dict[str, Callable[[Said], Pace]] = {"NoneBot2": nonebot, "aiogram": aiogram}

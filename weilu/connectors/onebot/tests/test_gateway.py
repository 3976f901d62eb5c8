"""OneBot through the gateway: from words in QQ to rows, and from rows to QQ."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from weilu.chat.live.connections import connect
from weilu.chat.live.gateway import Gateway
from weilu.chat.live.queue import Draft, Origin, answer_asks, enqueue
from weilu.chat.models import Message, Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.connectors import Host
from weilu.connectors.nonebot_host.host import running
from weilu.connectors.onebot.door import OneBotDoor
from weilu.connectors.onebot.tests.house import ANY_PORT, SETTINGS
from weilu.connectors.onebot.tests.qq import GROUP, QQ, connected
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection, Group, JoinAsk
from weilu.members.models import Identity

pytestmark = pytest.mark.django_db(transaction=True)


@asynccontextmanager
async def gateway() -> AsyncIterator[tuple[Gateway, int]]:
    """NoneBot's process with a gateway in it, stopped orderly in the end; with the door's port."""
    stop = asyncio.Event()
    async with asyncio.timeout(30), running(ANY_PORT, OneBotDoor) as port:
        one = Gateway(Host.NONEBOT, callback=str)
        task = asyncio.create_task(one.run(stop))
        try:
            yield one, port
        finally:
            stop.set()
            await task


async def wait_for(one: Gateway, is_true: Callable[[], bool]) -> None:
    """Look in the gateway's database thread until it is true."""
    while not await one.in_database(is_true):
        await asyncio.sleep(0.02)


def texts() -> list[str]:
    return list(Message.objects.order_by("sent_ms", "pk").values_list("text", flat=True))


def test_a_burst_is_stored_whole_and_once_though_line_and_process_are_lost(owner: Person) -> None:
    connect(owner.actor, connector="onebot", name="QQ", answers=SETTINGS)
    qq = QQ()

    def told(number: int) -> Callable[[], bool]:
        return lambda: Message.objects.filter(text=f"m{number}").exists()

    async def first() -> None:
        async with gateway() as (one, port), connected(qq, port):
            await wait_for(one, lambda: Connection.objects.get().cursor != {})
            await qq.tell(*(qq.say(f"m{n}") for n in range(100)))
            await wait_for(one, told(0))
            assert qq.socket is not None
            await qq.socket.close()
            for n in range(100, 130):
                qq.say(f"m{n}")
            await wait_for(one, told(129))
        for n in range(130, 400):
            qq.say(f"m{n}")

    async def second() -> None:
        async with gateway() as (one, port), connected(qq, port):
            await qq.is_listened_to()
            await wait_for(one, told(399))
            await qq.tell(*qq.messages[-50:], qq.say("m400"))
            await wait_for(one, told(400))
            await wait_for(one, lambda: Connection.objects.get().state == "running")

    asyncio.run(first())
    qq.asked.clear()
    asyncio.run(second())
    assert texts() == [f"m{n}" for n in range(401)]
    group = Group.objects.get()
    assert (group.name, group.external_key, group.platform) == ("Tea lovers", str(GROUP), "qq")
    assert Connection.objects.get().lease == ""


def test_moderation_and_requests_reach_qq(owner: Person) -> None:
    connect(owner.actor, connector="onebot", name="QQ", answers=SETTINGS)
    qq = QQ()
    spam = qq.say("cheap!!!")

    def order_all() -> None:
        group, message = Group.objects.get(), Message.objects.get()
        who = Identity.objects.get(account="7").pk
        deeds = (Deed.RECALL, Deed.MUTE, Deed.SEND)
        drafts = [
            Draft(
                key=f"k{deed.value}", group_id=group.pk, deed=deed, origin=Origin.MODERATION,
                identity_id=who, message_id=message.pk, seconds=600,
                text="Please do not" if deed == Deed.SEND else "",
            )
            for deed in deeds
        ]  # fmt: skip
        assert enqueue(group.workspace_id, drafts) == 3
        answer_asks(owner.actor, ask_ids=[JoinAsk.objects.get().pk], is_welcome=True)

    async def main() -> None:
        async with gateway() as (one, port), connected(qq, port):
            await qq.is_listened_to()
            qq.asks = [{"request_id": "77"}]
            ask = qq.event("request", request_type="group", sub_type="add", comment="Tea!",
                           flag="77", group_id=GROUP, user_id=9)  # fmt: skip
            await qq.tell(spam, ask)
            await wait_for(one, JoinAsk.objects.exists)
            await one.in_database(order_all)
            await wait_for(
                one, lambda: set(Outgoing.objects.values_list("state", flat=True)) == {"sent"}
            )
            await wait_for(one, lambda: Message.objects.count() == 2)

    asyncio.run(main())
    assert (qq.muted, qq.asks, qq.messages[-1]["user_id"]) == ({7: 600}, [], qq.account)
    assert spam["message_id"] not in [m["message_id"] for m in qq.messages]
    assert texts() == ["cheap!!!", "Please do not"]
    assert JoinAsk.objects.get().name == "Newcomer"

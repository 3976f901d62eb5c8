"""Satori through the gateway, from satori-python's server to rows and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from satori.const import EventType
from satori.model import Member, MessageObject, User

from weilu.chat.live.connections import connect
from weilu.chat.live.gateway import Gateway
from weilu.chat.live.queue import Draft, Origin, answer_asks, enqueue
from weilu.chat.models import Message, Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.connectors import Host
from weilu.connectors.satori.tests.club import OWN, ROOM, SIDE, TOKEN, Club, serving
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection, Group, JoinAsk
from weilu.members.models import Identity

pytestmark = pytest.mark.django_db(transaction=True)


@asynccontextmanager
async def gateway() -> AsyncIterator[Gateway]:
    """A gateway, stopped orderly in the end."""
    stop = asyncio.Event()
    one = Gateway(Host.GATEWAY, callback=str)
    task = asyncio.create_task(one.run(stop))
    try:
        yield one
    finally:
        stop.set()
        await task


async def wait_for(one: Gateway, is_true: Callable[[], bool]) -> None:
    """Look in the gateway's database thread until it is true."""
    async with asyncio.timeout(20):
        while not await one.in_database(is_true):
            await asyncio.sleep(0.02)


def has(text: str) -> Callable[[], bool]:
    return lambda: Message.objects.filter(text=text).exists()


def test_a_burst_is_stored_whole_and_once_though_the_server_and_the_process_go_away(
    owner: Person,
) -> None:
    club = Club()

    async def main() -> None:
        async with serving(club) as (server, url):
            port = int(url.rpartition(":")[2])
            answers = {"server": url, "token": TOKEN}
            async with gateway() as one:
                await one.in_database(
                    lambda: connect(owner.actor, connector="satori_qq", name="Q", answers=answers)
                )
                await wait_for(one, lambda: f"c:{ROOM}" in Connection.objects.get().cursor)
                for n in range(60):
                    await server.post(club.told(f"m{n}"))
                await wait_for(one, has("m59"))
            for n in range(60, 160):
                await server.post(club.told(f"m{n}"))
        # The server starts again and counts its events from nothing.
        async with serving(club, port) as (server, _url), gateway() as one:
            await wait_for(one, has("m159"))
            await server.post(club.event(EventType.MESSAGE_CREATED, club.said[-1]))
            await server.post(club.told("m160"))
            await wait_for(one, has("m160"))

    asyncio.run(main())
    texts = list(Message.objects.order_by("sent_ms", "pk").values_list("text", flat=True))
    assert texts == [f"m{n}" for n in range(161)]
    group = Group.objects.get()
    assert (group.platform, group.external_key, group.name) == ("qq", ROOM, "Tea room")
    assert f"c:{SIDE}" in Connection.objects.get().cursor


def test_moderation_and_requests_reach_the_platform(owner: Person) -> None:
    club = Club(asks={"r1"})

    def order_all() -> None:
        group, message = Group.objects.get(), Message.objects.get()
        who = Identity.objects.get(account="7").pk
        drafts = [
            Draft(
                key=f"k{deed.value}", group_id=group.pk, deed=deed, origin=Origin.MODERATION,
                identity_id=who, message_id=message.pk, seconds=600,
                text="Please do not" if deed == Deed.SEND else "",
            )
            for deed in (Deed.RECALL, Deed.MUTE, Deed.SEND, Deed.REMOVE)
        ]  # fmt: skip
        assert enqueue(group.workspace_id, drafts) == 4
        answer_asks(owner.actor, ask_ids=[JoinAsk.objects.get().pk], is_welcome=True)

    async def main() -> None:
        async with serving(club) as (server, url), gateway() as one:
            answers = {"server": url, "token": TOKEN}
            await one.in_database(
                lambda: connect(owner.actor, connector="satori", name="Club", answers=answers)
            )
            await wait_for(one, lambda: f"c:{ROOM}" in Connection.objects.get().cursor)
            ask = club.event(EventType.GUILD_MEMBER_REQUEST, MessageObject("r1", "Tea!"),
                             user=User("9", "Cai"), member=Member())  # fmt: skip
            ask.channel = None
            await server.post(club.told("cheap!!!"))
            await server.post(ask)
            await wait_for(one, JoinAsk.objects.exists)
            await one.in_database(order_all)
            await wait_for(
                one, lambda: set(Outgoing.objects.values_list("state", flat=True)) == {"sent"}
            )
            await wait_for(one, has("Please do not"))

    asyncio.run(main())
    assert (club.muted, club.asks, set(club.people)) == ({"7": 600_000}, set(), {"8", OWN})
    assert [m.content for m in club.said] == ['<quote id="m1"/>Please do not']

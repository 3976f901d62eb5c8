"""Discord through the gateway: from talk in simcord's Discord to rows, and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from weilu.chat.live.connections import connect
from weilu.chat.live.gateway import Gateway
from weilu.chat.live.queue import Draft, Origin, enqueue
from weilu.chat.models import Message, Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.connectors import Config, Host
from weilu.connectors.discord_bot import session as discord_session
from weilu.connectors.discord_bot.session import DiscordSession
from weilu.connectors.discord_bot.tests.hall import Hall, opened
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection, Group
from weilu.members.models import Identity

pytestmark = pytest.mark.django_db(transaction=True)


@asynccontextmanager
async def gateway(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gateway]:
    """A gateway whose Discord sessions are of the bot in the hall, stopped orderly in the end."""

    @asynccontextmanager
    async def session(config: Config) -> AsyncIterator[DiscordSession]:
        await hall.bot.on_connect()
        yield hall.session(config.cursor)

    monkeypatch.setattr(discord_session, "opened", session)
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


def test_a_burst_is_stored_whole_and_once_though_the_process_goes_away(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(owner.actor, connector="discord", name="Discord", answers={"token": "t"})

    async def say(hall: Hall, numbers: range) -> None:
        for number in numbers:
            hall.env.backend.create_message(hall.tea.id, hall.ada.id, f"m{number}")
        await hall.env.settle()

    def told(number: int) -> Callable[[], bool]:
        return lambda: Message.objects.filter(text=f"m{number}").exists()

    async def main() -> None:
        async with opened() as hall:
            async with gateway(hall, monkeypatch) as one:
                await wait_for(one, lambda: Connection.objects.get().cursor != {})
                await say(hall, range(100))
                await wait_for(one, told(0))
            await say(hall, range(100, 250))
            # Nobody was there to hear it.
            while not hall.bot.came.empty():
                hall.bot.came.get_nowait()
            async with gateway(hall, monkeypatch) as one:
                await wait_for(one, told(249))
                await say(hall, range(250, 260))
                await wait_for(one, told(259))

    asyncio.run(main())
    said = Message.objects.filter(kind=0).order_by("external_id").values_list("text", flat=True)
    assert list(said) == [f"m{n}" for n in range(260)]
    group = Group.objects.get()
    assert (group.platform, group.name) == ("discord", "Tea house / green")


def test_moderation_reaches_discord(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(owner.actor, connector="discord", name="Discord", answers={"token": "t"})

    def order_all() -> None:
        message = Message.objects.get(text="cheap!!!")
        who = Identity.objects.get(name="ada")
        drafts = [
            Draft(
                key=f"k{deed.value}", group_id=message.group_id, deed=deed,
                origin=Origin.MODERATION, identity_id=who.pk, message_id=message.pk, seconds=600,
                text="Please do not" if deed == Deed.SEND else "",
            )
            for deed in (Deed.SEND, Deed.RECALL, Deed.MUTE, Deed.BAN)
        ]  # fmt: skip
        assert enqueue(owner.actor.workspace_id, drafts) == 4

    async def main() -> None:
        async with opened() as hall, gateway(hall, monkeypatch) as one:
            await hall.ada.send(hall.tea, "cheap!!!")
            await wait_for(one, lambda: Message.objects.filter(text="cheap!!!").exists())
            await one.in_database(order_all)
            await wait_for(
                one, lambda: set(Outgoing.objects.values_list("state", flat=True)) == {"sent"}
            )
            await wait_for(one, lambda: Message.objects.filter(text="Please do not").exists())
            assert [m.content for m in hall.tea.history()] == ["Please do not"]
            assert hall.guild.get_ban(hall.ada) is not None

    asyncio.run(main())

"""The usual connected group of the tests, and a gateway that runs until something is true."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from weilu.chat.live.connections import connect
from weilu.chat.live.gateway import Gateway
from weilu.chat.live.queue import Draft, Origin
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.connectors import Host
from weilu.chat.tests.platform import GROUP, RecordingPlatform
from weilu.core.access import Actor
from weilu.groups.actions import adopt_group
from weilu.groups.models import Connection, Group

ANSWERS = {"server": "https://chat.example.org", "token": "very-secret"}


def connected(actor: Actor, kind: RecordingPlatform, name: str = "Our house") -> Connection:
    """A connection to the recording platform."""
    return connect(actor, connector=kind.name, name=name, answers=ANSWERS)


def group_of(connection: Connection, key: str = GROUP.key) -> Group:
    """A group of the connection."""
    assert connection.community_id is not None
    return adopt_group(
        workspace_id=connection.workspace_id,
        community_id=connection.community_id,
        connection_id=connection.pk,
        platform=GROUP.platform.value,
        external_key=key,
        name=f"Group {key}",
    )


def draft(group: Group, key: str, text: str = "Good morning", deed: Deed = Deed.SEND) -> Draft:
    """Something that moderation wants out, which no quiet hours stop."""
    return Draft(
        key=key, group_id=group.pk, deed=deed, origin=Origin.MODERATION, text=text, seconds=600
    )


def run_gateway(until: Callable[[], bool], within_s: float = 20.0) -> Gateway:
    """Run a gateway until `until` (asked in its database thread) is true, then stop it orderly.

    Raises TimeoutError when it never is.
    """
    gateway: list[Gateway] = []

    async def main() -> None:
        stop = asyncio.Event()
        one = Gateway(Host.GATEWAY, callback=lambda hook: f"https://weilu.example.org/{hook}")
        gateway.append(one)
        task = asyncio.create_task(one.run(stop))
        try:
            async with asyncio.timeout(within_s):
                while not await one.in_database(until):
                    await asyncio.sleep(0.02)
        finally:
            stop.set()
            await task

    asyncio.run(main())
    return gateway[0]

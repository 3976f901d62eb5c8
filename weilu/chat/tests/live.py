"""The usual connected group of the tests, and waiting for what a gateway or a worker does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from weilu.chat.live.connections import connect
from weilu.chat.live.gateway import Gateway
from weilu.chat.live.queue import Draft, Origin
from weilu.chat.models import Batch, Message, Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.connectors import Host
from weilu.chat.tests.platform import GROUP, RecordingPlatform
from weilu.core.access import Actor
from weilu.groups.actions import adopt_group
from weilu.groups.models import Connection, Group

# Longer than a process takes to start where eight others want the processor.
STILL_S = 60.0
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


def wait_for(until: Callable[[], bool]) -> None:
    """Look until it is true; raises TimeoutError when nothing has moved for `STILL_S`.

    How fast a loaded machine is says nothing: it is waited for as long as anything goes on.
    """
    seen, since = _progress(), time.monotonic()
    while not until():
        time.sleep(0.02)
        if time.monotonic() - since < STILL_S:
            continue
        found, before = _progress(), seen
        if found == before:
            message = f"nothing has moved for {STILL_S:.0f} s: {found}"
            raise TimeoutError(message)
        seen, since = found, time.monotonic()


def _progress() -> tuple[object, ...]:
    """What changes while a gateway or a worker gets on."""
    return (
        Message.objects.count(),
        Batch.objects.filter(staged=True).count(),
        sorted(Outgoing.objects.values_list("pk", "state")),
        sorted(Connection.objects.values_list("pk", "cursor"), key=str),
    )


def run_gateway(until: Callable[[], bool], within_s: float = 90.0) -> Gateway:
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

"""NoneBot2 inside a running event loop: its driver, its server, and a stop that is orderly."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import nonebot
import uvicorn
from nonebot.adapters import Adapter
from nonebot.drivers.fastapi import Driver
from nonebot.log import logger

MESSAGE_BYTES = 16 * 1024 * 1024
# A peer that answers no ping within this is gone, whatever its half-closed socket says.
PING_S = 20.0
CLOSE_S = 3


class Server(uvicorn.Server):
    """Leaves the signals to whoever runs the loop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Catch none."""
        yield


def driver() -> Driver:
    """NoneBot's driver, one in a process; the environment's and .env files' settings are not ours.

    Raises TypeError when somebody else has started NoneBot with another one.
    """
    logger.configure(extra={"nonebot_log_level": "WARNING"})
    nonebot.init(driver="~fastapi", log_level="WARNING", _env_file=())
    found = nonebot.get_driver()
    if not isinstance(found, Driver):
        message = "NoneBot runs with another driver"
        raise TypeError(message)
    return found


def adapter(kind: type[Adapter]) -> Adapter:
    """The one adapter of a kind, registered with NoneBot when it is first asked for."""
    host = driver()
    host.register_adapter(kind)
    found: dict[str, Adapter] = nonebot.get_adapters()
    return found[kind.get_name()]


@asynccontextmanager
async def running(address: tuple[str, int], *kinds: type[Adapter]) -> AsyncIterator[int]:
    """NoneBot with these adapters, serving while the block lasts; its port.

    Raises OSError when the address is taken.
    """
    for kind in kinds:
        adapter(kind)
    host, port = address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.create_server((host, port), family=family, backlog=256)
    server = Server(
        uvicorn.Config(
            driver().server_app,
            ws="websockets-sansio",
            ws_max_size=MESSAGE_BYTES,
            ws_ping_interval=PING_S,
            ws_ping_timeout=PING_S,
            lifespan="on",
            log_config=None,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=CLOSE_S,
        )
    )
    task = asyncio.create_task(server.serve(sockets=[door]))
    try:
        while not server.started and not task.done():
            await asyncio.sleep(0.01)
        yield int(door.getsockname()[1])
    finally:
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await task
        door.close()

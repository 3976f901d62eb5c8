"""`weilu gateway`: keeps connected platforms open until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from functools import partial
from typing import Annotated

import typer
from django.utils.translation import deactivate

from weilu.chat.live.gateway import Gateway
from weilu.chat.ports.connectors import Host
from weilu.config.commands import fail, options
from weilu.config.options import Options
from weilu.config.speech import gettext as _


def gateway(
    host: Annotated[
        str, typer.Option(help=_("Which kind of connections: gateway or nonebot."))
    ] = "gateway",
) -> None:
    """Keep connections open, store what they hear, send what is due; run as many as you like."""
    # What is written is in the installation's language, not in that of this terminal.
    deactivate()
    asyncio.run(_run(Host(host), partial(callback_address, options())))


async def _run(host: Host, callback: Callable[[str], str]) -> None:
    one = Gateway(host, callback)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if host == Host.GATEWAY:
        await one.run(stop)
        return
    # Two seconds and a web server: only this process needs them.
    from weilu.connectors.nonebot_host.host import running  # noqa: PLC0415
    from weilu.connectors.onebot.door import OneBotDoor  # noqa: PLC0415

    address = (options().bots_host, options().bots_port)
    try:
        async with running(address, OneBotDoor):
            await one.run(stop)
    except OSError as error:
        one.database.shutdown()
        fail(
            _("Bots cannot connect at %(host)s:%(port)s: %(error)s. Choose another WEILU_BOTS_PORT")
            % {"host": address[0], "port": address[1], "error": error.strerror}
        )


def callback_address(options: Options, hook: str) -> str:
    """Where a platform reaches a connection: under the public address, if there is one."""
    base = options.public_url.rstrip("/") or f"http://{options.host}:{options.port}"
    return f"{base}/api/hooks/{hook}/"

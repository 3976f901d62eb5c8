"""`weilu gateway`: keeps connected platforms open until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import Annotated

import typer
from django.utils.translation import deactivate

from weilu.chat.live.gateway import Gateway
from weilu.chat.ports.connectors import CONNECTORS, Host
from weilu.config.commands import fail, options
from weilu.config.options import Options
from weilu.config.speech import gettext as _
from weilu.core import garbage, outside
from weilu.moderation.judges import prepare_judges
from weilu.moderation.live import prepare_crowds


def gateway(
    host: Annotated[
        Host, typer.Option(help=_("Which kind of connections: gateway or nonebot."))
    ] = Host.GATEWAY,
) -> None:
    """Keep connections open, store what they hear, send what is due; run as many as you like."""
    # What is written is in the installation's language, not in that of this terminal.
    deactivate()
    prepare_judges(CONNECTORS.of(host))
    prepare_crowds(CONNECTORS.of(host))
    outside.prepare()
    asyncio.run(_run(host, partial(callback_address, options())))


async def _run(host: Host, callback: Callable[[str], str]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        if host == Host.NONEBOT:
            await _open_door(stack)
        garbage.take_over()
        await Gateway(host, callback).run(stop)


async def _open_door(stack: AsyncExitStack) -> None:
    """Have NoneBot serve; ends the command with a sentence when its address is taken."""
    # A second and a web server: only this process needs them.
    from weilu.connectors.nonebot_host.host import running  # noqa: PLC0415
    from weilu.connectors.onebot.door import OneBotDoor  # noqa: PLC0415

    found = options()
    try:
        await stack.enter_async_context(running((found.bots_host, found.bots_port), OneBotDoor))
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        fail(
            _("Bots cannot connect at %(host)s:%(port)s: %(error)s. Choose another WEILU_BOTS_PORT")
            % {"host": found.bots_host, "port": found.bots_port, "error": why}
        )


def callback_address(options: Options, hook: str) -> str:
    """Where a platform reaches a connection: under the public address, if there is one."""
    base = options.public_url.rstrip("/") or f"http://{options.host}:{options.port}"
    return f"{base}/api/hooks/{hook}/"

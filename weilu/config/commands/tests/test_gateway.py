"""`weilu gateway`: which hosts there are, and the door for bots."""

from __future__ import annotations

import asyncio
import os
import signal
import socket

import aiohttp
import pytest
import typer

from weilu.chat.ports.connectors import Host
from weilu.config.commands import gateway
from weilu.config.commands.tests.test_scripts import run


def test_a_host_that_is_none_is_refused_with_those_there_are() -> None:
    done = run("gateway", "--host", "moon")
    assert done.exit_code == 2
    assert "nonebot" in done.output


def test_a_door_whose_address_is_taken_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("WEILU_BOTS_PORT", str(port))
        with pytest.raises(typer.Exit) as ended:
            asyncio.run(gateway._run(Host.NONEBOT, str))
    assert ended.value.exit_code == 1
    assert f"127.0.0.1:{port}" in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_the_door_is_open_until_the_process_is_told_to_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("WEILU_BOTS_PORT", str(port))

    async def main() -> int:
        task = asyncio.create_task(gateway._run(Host.NONEBOT, str))
        async with asyncio.timeout(20), aiohttp.ClientSession() as http:
            while True:
                try:
                    answer = await http.post(f"http://127.0.0.1:{port}/onebot/v11/", data=b"{}")
                    break
                except aiohttp.ClientConnectorError:
                    await asyncio.sleep(0.02)
            os.kill(os.getpid(), signal.SIGTERM)
            await task
            return answer.status

    assert asyncio.run(main()) == 403

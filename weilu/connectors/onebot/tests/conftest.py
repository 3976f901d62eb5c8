"""A door that shuts at once: each test opens one of its own."""

from __future__ import annotations

import asyncio

import pytest

from weilu.connectors.nonebot_host import host


@pytest.fixture(autouse=True)
def _quick_to_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look more often than ten times a second whether the server is to stop."""

    async def main_loop(server: host.Server) -> None:
        while not server.should_exit:
            await asyncio.sleep(0.005)

    monkeypatch.setattr(host.Server, "main_loop", main_loop)

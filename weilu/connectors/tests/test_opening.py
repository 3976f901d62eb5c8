"""Opening a session by a module that nobody has imported yet."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from weilu.chat.ports.connectors import Config
from weilu.connectors.opening import opened_by

MODULE = """
import threading
from contextlib import asynccontextmanager

BY = threading.current_thread()

@asynccontextmanager
async def opened(config):
    yield BY is threading.main_thread()
"""


def test_what_takes_long_to_import_keeps_no_other_session_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a_heavy_client.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))

    async def main() -> object:
        async with opened_by("a_heavy_client", Config(1)) as session:
            return session

    assert asyncio.run(main()) is False

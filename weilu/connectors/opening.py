"""Opening a session by a module that is imported only then.

The client libraries of platforms take up to seconds to import, and only gateways and the doctor
need them: a connector itself stays light, and other sessions are not kept waiting meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module

from weilu.chat.ports.connectors import Config
from weilu.chat.ports.sessions import Session


@asynccontextmanager
async def opened_by(module: str, *arguments: Config | str) -> AsyncIterator[Session]:
    """The session that `opened` of the module gives for the arguments, until the block ends."""
    found = await asyncio.to_thread(import_module, module)
    opened: Callable[..., AbstractAsyncContextManager[Session]] = found.opened
    async with opened(*arguments) as session:
        yield session

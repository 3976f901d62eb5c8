"""A gateway and a worker in processes of their own, to be killed: on the test's database.

`python -m weilu.moderation.tests.process gateway|worker NAME FOLDER`: NAME is the database, FOLDER
holds what the platform has to tell (`said`, a line each) and what it was asked to do (`done`).
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import django
from django.conf import settings
from django.db import connection

from weilu.chat.ports.connectors import CONNECTORS, Config, Host
from weilu.chat.ports.orders import Arrival, Done, Inbox, Order, Parcel
from weilu.chat.ports.records import Inbound, Kind
from weilu.chat.ports.sessions import Step
from weilu.chat.tests.platform import GROUP, RecordingPlatform

MODULE = "weilu.moderation.tests.process"
AT_ONCE = 5


def start(what: str, folder: Path) -> subprocess.Popen[bytes]:
    """A process of its own on the database of the test that asks."""
    name = str(connection.settings_dict["NAME"])
    command = [sys.executable, "-W", "ignore", "-m", MODULE, what, name, str(folder)]
    return subprocess.Popen(command)  # noqa: S603 - our own code


class FileSession:
    """Tells what lies beyond the cursor, a few at a time; writes down what it is asked to do."""

    def __init__(self, folder: Path, at: int) -> None:
        self.folder = folder
        self.at = at

    async def listen(self, inbox: Inbox) -> None:
        """Hand in the lines that are there, then wait for more."""
        while True:
            lines = (self.folder / "said").read_text(encoding="utf-8").splitlines()
            some = lines[self.at : self.at + AT_ONCE]
            if some:
                said = [told(self.at + n, line) for n, line in enumerate(some)]
                self.at += len(some)
                await inbox.put(Parcel(said, cursor={"at": str(self.at)}))
            await asyncio.sleep(0.005)

    async def examine(self) -> Sequence[Step]:
        """There is nothing to look at."""
        return []

    async def _do(self, order: Order) -> Done:
        with (self.folder / "done").open("a", encoding="utf-8") as out:
            out.write(f"{order.key}\n")
        await asyncio.sleep(0.01)
        return Done(f"$done-{order.key}")

    send = recall = mute = unmute = remove = ban = unban = announce = approve = decline = _do


class FilePlatform(RecordingPlatform):
    """The recording platform with its story in a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def open(self, config: Config) -> AbstractAsyncContextManager[FileSession]:  # type: ignore[override]  # another session
        """A session that goes on where the cursor says."""

        @asynccontextmanager
        async def session() -> AsyncIterator[FileSession]:
            yield FileSession(self.folder, int(config.cursor.get("at", "0")))

        return session()


def told(number: int, line: str) -> Arrival:
    """A message of the story: `moment account text`."""
    moment, who, text = line.split(" ", 2)
    return Arrival(GROUP, Inbound(Kind.MESSAGE, int(moment), who, who, text, f"$e{number}"))


def main(what: str, database: str, folder: Path) -> None:
    """Run until killed."""
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from weilu.chat.live.gateway import Gateway  # noqa: PLC0415 - needs the apps loaded
    from weilu.config.commands.work import labour  # noqa: PLC0415 - as above

    if what == "worker":
        forever = threading.Event()
        is_file = connection.vendor == "sqlite"
        labour(forever.is_set, forever.wait, Path(database) if is_file else None)
    else:
        platform = FilePlatform(folder)
        CONNECTORS.connectors[platform.name] = platform
        asyncio.run(Gateway(Host.GATEWAY, callback=str).run(asyncio.Event()))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))

"""A gateway in a process of its own, to be killed: on the test's database, like any other.

`python -m weilu.connectors.matrix.tests.process NAME N`: NAME is the database; the N-th order it
has carried out kills it before it can write that down, 0: it lives until somebody else does.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys

import django
from django.conf import settings
from django.db import connection

MODULE = "weilu.connectors.matrix.tests.process"


def start(dies_after: int = 0) -> subprocess.Popen[bytes]:
    """A gateway of its own on the database of the test that asks."""
    name = str(connection.settings_dict["NAME"])
    command = [sys.executable, "-W", "ignore", "-m", MODULE, name, str(dies_after)]
    return subprocess.Popen(command)  # noqa: S603 - our own code


def main(database: str, dies_after: int) -> None:
    """Run until killed."""
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from weilu.chat.live import sending  # noqa: PLC0415 needs the apps loaded
    from weilu.chat.live.gateway import Gateway  # noqa: PLC0415 as above
    from weilu.chat.ports.connectors import Host  # noqa: PLC0415 as above
    from weilu.chat.ports.orders import Done  # noqa: PLC0415 as above

    write_down, carried_out = sending.settle_done, 0

    def settle_done(one: sending.Claimed, done: Done) -> None:
        nonlocal carried_out
        carried_out += 1
        if carried_out == dies_after:
            os.kill(os.getpid(), signal.SIGKILL)
        write_down(one, done)

    sending.settle_done = settle_done
    asyncio.run(Gateway(Host.GATEWAY, callback=str).run(asyncio.Event()))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

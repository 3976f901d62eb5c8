"""`weilu work`: a worker that delivers events and does due jobs until it is told to stop."""

from __future__ import annotations

import signal
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from weilu.config.commands import ready

# An empty round is three short look-ups; this often is felt as at once and costs next to nothing.
POLL_S = 0.3
CHECKPOINT_S = 1.0


def work() -> None:
    """Deliver events and do due jobs until stopped; run as many as you like."""
    options = ready()
    from django.utils.translation import deactivate  # noqa: PLC0415 - after ready()

    from weilu.core.worker import run_forever  # noqa: PLC0415 - after ready()

    # What jobs write is in the installation's language, not in that of this terminal.
    deactivate()

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if not options.database:
        path = options.base / "weilu.db"
        threading.Thread(target=checkpoint, args=(path, stop.wait), daemon=True).start()

    def wait() -> None:
        stop.wait(POLL_S)

    run_forever(stop.is_set, wait)


def checkpoint(path: Path, is_over: Callable[[float], bool]) -> None:
    """Move SQLite's log into the database file, off the commit path; `is_over` waits and tells.

    Passive: it waits for nobody and makes nobody wait; what it cannot move now, it moves later.
    """
    connection = sqlite3.connect(path, timeout=1)
    try:
        while not is_over(CHECKPOINT_S):
            try:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            except sqlite3.OperationalError:
                continue  # busy: the next round is a second away
    finally:
        connection.close()

"""`weilu work`: a worker that delivers events and does due jobs until it is told to stop."""

from __future__ import annotations

import signal
import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from weilu.config.commands import ready

# So often is felt as at once; where nobody wrote anything, it asks no more than that.
POLL_S = 0.05
CHECKPOINT_S = 1.0
# How long live messages gather before they are counted together.
BESIDE_S = 0.1
# How often it is looked for when nobody has written for a while: a laptop at rest stays cool.
CALM_S = 0.5
# Threads beside a long job get their turn soon: they hold the database while they wait for it.
SWITCH_S = 0.0005


def work() -> None:
    """Deliver events and do due jobs until stopped; run as many as you like."""
    options = ready()
    from django.utils.translation import deactivate  # noqa: PLC0415 - after ready()

    # What jobs write is in the installation's language, not in that of this terminal.
    deactivate()

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    labour(stop.is_set, stop.wait, None if options.database else options.base / "weilu.db")


def labour(
    stop: Callable[[], bool], wait: Callable[[float], bool], sqlite_file: Path | None
) -> None:
    """A worker's rounds, and beside them what may not wait for a long job, until told to stop.

    `wait` sleeps so many seconds, less when it is to stop, and says whether it is.
    """
    from weilu.core.beating import EVERY_S, beat  # noqa: PLC0415 - after ready()
    from weilu.core.garbage import spare_what_is_loaded  # noqa: PLC0415 - after ready()
    from weilu.core.worker import (  # noqa: PLC0415 - as above
        BESIDE,
        mend_plans,
        run_beside,
        run_forever,
        run_round,
    )

    spare_what_is_loaded()
    run_round(mend_plans)
    sys.setswitchinterval(SWITCH_S)
    beside = [
        threading.Thread(
            target=run_beside, args=(do, stop, lambda calm: wait(CALM_S if calm else BESIDE_S))
        )
        for do in BESIDE
    ]
    beside.append(
        threading.Thread(target=run_beside, args=(beat, stop, lambda _calm: wait(EVERY_S)))
    )
    if sqlite_file is not None:
        beside.append(threading.Thread(target=checkpoint, args=(sqlite_file, wait)))
    for thread in beside:
        thread.start()
    run_forever(stop, lambda: wait(POLL_S))
    for thread in beside:
        thread.join()


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

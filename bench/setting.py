"""A throw-away database for a benchmark, and the rows every benchmark needs."""

from __future__ import annotations

import gc
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from weilu.config.databases import postgres, sqlite
from weilu.config.founding import is_empty, make_tables


@dataclass(frozen=True, slots=True)
class Pace:
    """What a run reached: events a second, and processor time of this process an event."""

    rate: float
    busy_us: float


def settle_memory() -> None:
    """The writer runs with the collector off, as the worker does."""
    gc.collect()
    gc.freeze()
    gc.disable()


def thaw() -> None:
    """Undo `settle_memory`."""
    gc.enable()
    gc.unfreeze()


@contextmanager
def database(address: str = "") -> Iterator[Path]:
    """Point Django at a fresh SQLite file (or at the PostgreSQL `address`, emptied) and migrate."""
    from django.core.management import call_command  # noqa: PLC0415 - Django is set up by then
    from django.db import connections  # noqa: PLC0415 - as above

    from weilu.core import ids  # noqa: PLC0415 - as above

    folder = Path(tempfile.mkdtemp(prefix="weilu-bench-"))
    before = connections.settings["default"]
    connections["default"].close()
    settings = postgres(address) if address else sqlite(str(folder / "bench.db"))
    connections.settings["default"] = {**before, "OPTIONS": {}, **settings}
    del connections["default"]
    ids.forget()
    try:
        if address:
            call_command("flush", interactive=False, verbosity=0)
        if is_empty(connections["default"]):
            make_tables(connections["default"])
        call_command("migrate", verbosity=0)
        yield folder
    finally:
        connections["default"].close()
        connections.settings["default"] = before
        del connections["default"]
        ids.forget()
        shutil.rmtree(folder, ignore_errors=True)

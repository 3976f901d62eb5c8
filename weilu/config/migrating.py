"""Bringing the database up to date: commands started together wait for one another (K-4)."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from weilu.config.commands.folder import refuse_half_restored
from weilu.config.founding import is_empty, make_tables
from weilu.config.options import Options
from weilu.config.speech import gettext as _

# The advisory lock's key on PostgreSQL; with two numbers, apart from all other uses of such locks.
KEY = (20_002, 0)
LOCK_FILE = "migrate.lock"


def bring_up_to_date(options: Options, *, verbosity: int = 0) -> None:
    """Make or change the tables as this version needs them; waits for whoever does it already.

    Who waited finds the work done; where nothing is due nobody waits. `verbosity` is Django's: 1
    tells every step on stdout.
    """
    refuse_half_restored(options)
    if not (_is_due() or verbosity):
        return
    with alone(options):
        if is_empty(connection):
            make_tables(connection)
            if verbosity:
                typer.echo(_("All tables are made."))
        call_command("migrate", interactive=False, verbosity=verbosity)


def _is_due() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def alone(options: Options) -> Iterator[None]:
    """Be the one command that migrates this database; says so on stderr when it has to wait.

    A file in the data folder is locked on SQLite, an advisory lock is held on PostgreSQL: both are
    let go when their process ends, however it ends.
    """
    held = _on_postgres() if connection.vendor == "postgresql" else _on_sqlite(options.base)
    with held:
        yield


@contextmanager
def _on_sqlite(base: Path) -> Iterator[None]:
    base.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (base / LOCK_FILE).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say_it_waits()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _on_postgres() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", KEY)
        if cursor.fetchone() != (True,):
            _say_it_waits()
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", KEY)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", KEY)


def _say_it_waits() -> None:
    typer.echo(_("Another command brings the database up to date; waiting for it."), err=True)

"""A test database with every table, made once and copied, until a migration changes.

Making one takes a dozen seconds of a processor, and each worker of a run would make its own. On
SQLite the copy is kept in `build` for the runs to come; on PostgreSQL it lives as long as the
server does, which for `make test` is one run.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

FOLDER = Path(__file__).resolve().parents[3] / "build" / "tests"


def is_postgres() -> bool:
    """Whether the tests run on PostgreSQL."""
    return "postgresql" in settings.DATABASES["default"]["ENGINE"]


def prepare() -> None:
    """Let the test database begin as a copy of one that has every table."""
    with _alone():
        if is_postgres():
            _on_postgres(f"weilu_test_{_key()}")
        else:
            _on_sqlite(FOLDER / f"{_key()}.db")


def _key() -> str:
    """Stands for all that tables are made from: every app's migrations, and the machinery."""
    seen = hashlib.sha256(f"{django.VERSION} {sqlite3.sqlite_version}".encode())
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            seen.update(f"{app.label} {path.name}".encode())
            seen.update(path.read_bytes())
    return seen.hexdigest()[:16]


@contextmanager
def _alone() -> Iterator[None]:
    """Whoever comes second waits, and finds it made."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _on_sqlite(kept: Path) -> None:
    if not kept.exists():
        for older in FOLDER.glob("*.db*"):
            older.unlink()
        made = kept.with_suffix(f".db-{os.getpid()}")
        _migrate(str(made))
        made.replace(kept)
    wanted = connections["default"].settings_dict["TEST"]["NAME"]
    for end in ("", "-wal", "-shm"):
        Path(f"{wanted}{end}").unlink(missing_ok=True)
    shutil.copyfile(kept, wanted)


def _on_postgres(kept: str) -> None:
    connection = connections["default"]
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [kept])
        if not cursor.fetchone():
            made = f"{kept}_{os.getpid()}"
            cursor.execute(f'CREATE DATABASE "{made}"')
            _migrate(made)
            cursor.execute(f'ALTER DATABASE "{made}" RENAME TO "{kept}"')
    connection.settings_dict["TEST"]["TEMPLATE"] = kept
    connection.ops.sql_flush = _deletions  # type: ignore[method-assign, assignment]  # for this server alone


def _deletions(_style: object, tables: Sequence[str], **_how: object) -> list[str]:
    """Empty tables by deleting: the few rows of a test go in no time.

    TRUNCATE makes new files for every table and index, half a second of a processor each time.
    Foreign keys are looked at in the end, so the order does not matter.
    """
    return ["; ".join(f'DELETE FROM "{name}"' for name in tables)]  # noqa: S608 - our own tables


def _migrate(name: str) -> None:
    """Make every table in an empty database of that name."""
    connection: BaseDatabaseWrapper = connections["default"]
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "weilu.config.settings_test"
    django.setup()
    prepare()

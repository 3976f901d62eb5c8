"""`weilu restore FILE`: bring a backup into an empty data folder."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
import tarfile
import tempfile
import zlib
from pathlib import Path
from typing import Annotated

import typer

from weilu.config.commands import fail, options
from weilu.config.commands.backup import ALONGSIDE, DATABASE
from weilu.config.speech import gettext as _

_NULL_SAID = re.compile(r"NULL value in (\w+)\.(\w+)")


def restore(file: Annotated[Path, typer.Argument(help=_("Archive made by weilu backup."))]) -> None:
    """Bring a backup into an empty data folder; nothing is overwritten."""
    found = options()
    if found.database:
        fail(
            _("For PostgreSQL: %(command)s")
            % {"command": f"pg_restore --clean --if-exists --dbname=ADDRESS {file}"}
        )
    if (found.base / DATABASE).exists():
        fail(
            _(
                "%(folder)s has a database already. Move that folder away first, or restore into"
                " another one: WEILU_HOME=other-folder weilu restore %(file)s"
            )
            % {"folder": found.base, "file": file}
        )
    try:
        unpack(file, found.base)
    except (OSError, EOFError, zlib.error, tarfile.TarError, sqlite3.DatabaseError) as error:
        fail(
            _("%(file)s cannot be restored: %(error)s. Nothing was changed.")
            % {"file": file, "error": error}
        )
    typer.echo(_("Restored into %(folder)s. Start it with: weilu up") % {"folder": found.base})


def unpack(file: Path, base: Path) -> None:
    """Unpack beside the data folder, check the database, then move everything into its place.

    Raises OSError, TarError, DatabaseError, and EOFError or zlib.error for an archive that was
    cut off or damaged on its way; then the data folder is as it was.
    """
    base.mkdir(parents=True, exist_ok=True)
    base.chmod(0o700)
    with tempfile.TemporaryDirectory(dir=base, prefix=".restore-") as folder:
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
        source = Path(folder)
        _check(source / DATABASE)
        brought = [name for name in (*ALONGSIDE, DATABASE) if (source / name).exists()]
        for name in brought:
            if (base / name).exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(base / name))
        for name in brought:
            (source / name).rename(base / name)
    if "secret.key" in brought:
        (base / "secret.key").chmod(0o600)


def _check(database: Path) -> None:
    """Raise DatabaseError unless the file is a whole SQLite database."""
    if not database.is_file():
        message = "it holds no weilu.db"
        raise sqlite3.DatabaseError(message)
    connection = sqlite3.connect(database)
    try:
        # As many answers as there are: a hundred mistaken ones would hide what follows.
        rows = connection.execute(f"PRAGMA quick_check({2**31 - 1})")
        wrong = [one for one in {row[0] for row in rows} if not _is_fine(connection, one)]
    finally:
        connection.close()
    if wrong:
        raise sqlite3.DatabaseError(min(wrong))


def _is_fine(connection: sqlite3.Connection, answer: str) -> bool:
    """Whether an answer of SQLite's check says that nothing is wrong.

    SQLite 3.40 takes columns of tables that are kept by key (WITHOUT ROWID) for one another and
    finds NULLs where none are; so it is asked for them again, in a way it cannot shorten.
    """
    said = _NULL_SAID.fullmatch(answer)
    if not said:
        return answer == "ok"
    table, column = said.groups()
    found = connection.execute(
        f'SELECT 1 FROM "{table}" WHERE typeof("{column}") = \'null\' LIMIT 1'  # noqa: S608 - names of its own
    )
    return found.fetchone() is None

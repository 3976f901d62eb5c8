"""`weilu restore FILE`: bring a backup into an empty data folder."""

from __future__ import annotations

import sqlite3
import tarfile
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from weilu.config.commands import fail, options
from weilu.config.commands.backup import ALONGSIDE, DATABASE
from weilu.config.speech import gettext as _


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
    except (OSError, tarfile.TarError, sqlite3.DatabaseError) as error:
        fail(
            _("%(file)s cannot be restored: %(error)s. Nothing was changed.")
            % {"file": file, "error": error}
        )
    typer.echo(_("Restored into %(folder)s. Start it with: weilu up") % {"folder": found.base})


def unpack(file: Path, base: Path) -> None:
    """Unpack beside the data folder, check the database, then move everything into its place.

    Raises OSError, TarError or DatabaseError; then the data folder is as it was.
    """
    base.mkdir(parents=True, exist_ok=True)
    base.chmod(0o700)
    with tempfile.TemporaryDirectory(dir=base, prefix=".restore-") as folder:
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
        source = Path(folder)
        _check(source / DATABASE)
        for name in (*ALONGSIDE, DATABASE):
            if (source / name).exists():
                (source / name).rename(base / name)
    (base / "secret.key").chmod(0o600)


def _check(database: Path) -> None:
    """Raise DatabaseError unless the file is a whole SQLite database."""
    if not database.is_file():
        message = "it holds no weilu.db"
        raise sqlite3.DatabaseError(message)
    connection = sqlite3.connect(database)
    try:
        (answer,) = connection.execute("PRAGMA quick_check").fetchone()
    finally:
        connection.close()
    if answer != "ok":
        raise sqlite3.DatabaseError(str(answer))

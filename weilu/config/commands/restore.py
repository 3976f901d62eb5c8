"""`weilu restore FILE`: bring a backup into an empty data folder."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from pathlib import Path
from typing import Annotated

import typer

from weilu.config.commands import options, refuse
from weilu.config.commands.backup import ALONGSIDE, DATABASE
from weilu.config.commands.folder import RESTORING, working_in
from weilu.config.commands.soundness import check
from weilu.config.speech import gettext as _

SIGNING_KEY = "secret.key"


def restore(file: Annotated[Path, typer.Argument(help=_("Archive made by weilu backup."))]) -> None:
    """Bring a backup into an empty data folder; nothing is overwritten."""
    found = options()
    if found.database:
        refuse(
            _("For PostgreSQL: %(command)s")
            % {"command": f"pg_restore --clean --if-exists --dbname=ADDRESS {file}"}
        )
    if (found.base / DATABASE).exists() and not (found.base / RESTORING).exists():
        refuse(
            _(
                "%(folder)s has a database already. Move that folder away first, or restore into"
                " another one: WEILU_HOME=other-folder weilu restore %(file)s"
            )
            % {"folder": found.base, "file": file}
        )
    try:
        unpack(file, found.base)
    except (OSError, EOFError, zlib.error, tarfile.TarError, sqlite3.DatabaseError) as error:
        refuse(
            _("%(file)s cannot be restored: %(error)s. Nothing was changed.")
            % {"file": file, "error": error}
        )
    typer.echo(_("Restored into %(folder)s. Start it with: weilu up") % {"folder": found.base})


def unpack(file: Path, base: Path) -> None:
    """Unpack beside the data folder, check the database, then move everything into its place.

    Raises OSError, TarError, DatabaseError, and EOFError or zlib.error for an archive that was
    cut off or damaged on its way; then the data folder is as it was. Killed, the next one first
    takes away what this one brought.
    """
    base.mkdir(parents=True, exist_ok=True)
    base.chmod(0o700)
    with working_in(base), tempfile.TemporaryDirectory(dir=base, prefix=".restore-") as folder:
        _take_back(base)
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
        source = Path(folder)
        check(source / DATABASE)
        brought = [name for name in (*ALONGSIDE, DATABASE) if (source / name).exists()]
        for name in brought:
            # Without a database the key has signed nothing: whatever command looked here made it.
            if name != SIGNING_KEY and (base / name).exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(base / name))
        if SIGNING_KEY in brought:
            (source / SIGNING_KEY).chmod(0o600)
        (base / RESTORING).write_text(json.dumps(brought), encoding="utf-8")
        for name in brought:
            (source / name).rename(base / name)
        (base / RESTORING).unlink()


def _take_back(base: Path) -> None:
    """Take away what a restore brought that was killed while it moved things into place."""
    try:
        names = json.loads((base / RESTORING).read_text(encoding="utf-8") or "[]")
    except FileNotFoundError:
        return
    for name in names:
        if name in {*ALONGSIDE, DATABASE}:
            path = base / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    (base / RESTORING).unlink()

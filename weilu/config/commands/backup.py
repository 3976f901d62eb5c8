"""`weilu backup FILE`: database, uploads and key in one archive, while Weilu runs."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import tarfile
import tempfile
from pathlib import Path
from typing import IO, Annotated
from urllib.parse import urlsplit, urlunsplit

import typer

from weilu.config.commands import fail, options, refuse
from weilu.config.commands.folder import working_in
from weilu.config.commands.soundness import Unsound, check
from weilu.config.options import Options
from weilu.config.speech import gettext as _

DATABASE = "weilu.db"
ALONGSIDE = ("secret.key", "vault.keys", "marks.key", "weilu.env", "uploads", "history")


def backup(
    file: Annotated[Path, typer.Argument(help=_("Archive to write, e.g. weilu.tar.gz"))],
) -> None:
    """Write everything into one archive; Weilu may go on running meanwhile."""
    found = options()
    if found.database:
        refuse(
            _(
                "This Weilu keeps its data in PostgreSQL, which has its own tool:\n  %(command)s\n"
                "Keep %(folder)s too: the key and the uploads are in it."
            )
            % {
                "command": f"pg_dump --format=custom --file={file}"
                f" '{_without_password(found.database)}'",
                "folder": found.base,
            }
        )
    if not (found.base / DATABASE).is_file():
        refuse(
            _("There is no database in %(folder)s yet, so there is nothing to back up.")
            % {"folder": found.base}
        )
    if file.exists():
        refuse(
            _("%(file)s is there already. Choose another name: nothing is overwritten.")
            % {"file": file}
        )
    try:
        write(found, file)
    except Unsound as error:
        fail(
            _(
                "The database in %(folder)s is damaged (%(error)s): a backup of it could not be"
                " brought back, so none was written. Stop Weilu, keep a copy of the whole folder,"
                " and restore the last good backup into another one."
            )
            % {"folder": found.base, "error": error}
        )
    except (OSError, sqlite3.Error) as error:
        refuse(
            _("%(file)s could not be written: %(error)s. Nothing of it was left behind.")
            % {"file": file, "error": error}
        )
    typer.echo(
        _("Written: %(file)s (%(size)s MB). It holds the secret key.")
        % {"file": file, "size": f"{file.stat().st_size / 1e6:.1f}"}
    )


def write(found: Options, file: Path) -> None:
    """Write the archive beside its place, readable by its owner only, then move it there.

    Raises OSError or sqlite3.Error, for want of room or for a damaged database for instance, and
    leaves nothing behind.
    """
    with (
        working_in(found.base),
        tempfile.TemporaryDirectory(dir=found.base, prefix=".backup-") as folder,
    ):
        copy = Path(folder) / DATABASE
        with sqlite3.connect(found.base / DATABASE) as live, sqlite3.connect(copy) as target:
            # In one step: whoever writes between two steps has it begin anew, for ever.
            live.backup(target)
        live.close()
        target.close()
        check(copy)
        part = file.with_name(file.name + ".part")
        with _fresh(part) as raw:
            try:
                with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as archive:
                    archive.add(copy, DATABASE)
                    for name in ALONGSIDE:
                        _add(archive, found.base / name, name)
                raw.flush()
                # A name that is there after a power cut stands for what it names.
                os.fsync(raw.fileno())
                part.replace(file)
            finally:
                part.unlink(missing_ok=True)


def _fresh(part: Path) -> IO[bytes]:
    """A new file, locked while it is written; one that a killed backup left gives way.

    Raises FileExistsError when somebody is writing it.
    """
    if part.is_file() and not part.is_symlink():
        with part.open("rb") as left:
            try:
                fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(part)) from error
            part.unlink()
    raw = os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")
    fcntl.flock(raw, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return raw


def _add(archive: tarfile.TarFile, path: Path, name: str) -> None:
    """Add a file or folder; what Weilu has cleared away meanwhile is left out."""
    try:
        archive.add(path, name, recursive=False)
        inside = sorted(path.iterdir()) if path.is_dir() else []
    except FileNotFoundError:
        return
    for one in inside:
        _add(archive, one, f"{name}/{one.name}")


def _without_password(address: str) -> str:
    parts = urlsplit(address)
    who = f"{parts.username}@" if parts.username else ""
    where = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    return urlunsplit(parts._replace(netloc=who + where))

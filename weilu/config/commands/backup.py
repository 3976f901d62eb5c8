"""`weilu backup FILE`: database, uploads and key in one archive, while Weilu runs."""

from __future__ import annotations

import os
import sqlite3
import tarfile
import tempfile
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit

import typer

from weilu.config.commands import fail, options
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
        fail(
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
        fail(
            _("There is no database in %(folder)s yet, so there is nothing to back up.")
            % {"folder": found.base}
        )
    if file.exists():
        fail(
            _("%(file)s is there already. Choose another name: nothing is overwritten.")
            % {"file": file}
        )
    try:
        write(found, file)
    except (OSError, sqlite3.Error) as error:
        fail(
            _("%(file)s could not be written: %(error)s. Nothing of it was left behind.")
            % {"file": file, "error": error}
        )
    typer.echo(
        _("Written: %(file)s (%(size)s MB). It holds the secret key.")
        % {"file": file, "size": f"{file.stat().st_size / 1e6:.1f}"}
    )


def write(found: Options, file: Path) -> None:
    """Write the archive beside its place, readable by its owner only, then move it there.

    Raises OSError or sqlite3.Error, for want of room for instance, and leaves nothing behind.
    """
    with tempfile.TemporaryDirectory(dir=found.base, prefix=".backup-") as folder:
        copy = Path(folder) / DATABASE
        with sqlite3.connect(found.base / DATABASE) as live, sqlite3.connect(copy) as target:
            # In one step: whoever writes between two steps has it begin anew, for ever.
            live.backup(target)
        live.close()
        target.close()
        part = file.with_name(file.name + ".part")
        handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(handle, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz") as archive:
                archive.add(copy, DATABASE)
                for name in ALONGSIDE:
                    if (found.base / name).exists():
                        archive.add(found.base / name, name)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)


def _without_password(address: str) -> str:
    parts = urlsplit(address)
    who = f"{parts.username}@" if parts.username else ""
    where = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    return urlunsplit(parts._replace(netloc=who + where))

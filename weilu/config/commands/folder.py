"""The data folder in use: one Weilu runs with it; what killed commands left is cleared away."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from weilu.config.commands import fail
from weilu.config.commands.link import address
from weilu.config.options import Options
from weilu.config.speech import gettext as _

LOCK_FILE = "up.lock"
# Its being there says that a restore was broken off; it lists what that brought in.
RESTORING = "restoring"
# What backup and restore work in; a killed one leaves a whole copy of the database there.
SCRATCH = (".backup-", ".restore-")


@contextmanager
def running(options: Options) -> Iterator[None]:
    """Be the one `weilu up` of a data folder; ends the command with a sentence when one runs.

    The lock goes with its process, however that ends. Workers and gateways beside it are welcome.
    """
    options.base.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(options.base / LOCK_FILE, os.O_CREAT | os.O_RDWR, 0o600)
    with os.fdopen(handle, "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _refuse(options, file.read())
        file.truncate()
        where = address(options, "").removesuffix("start/")
        file.write(json.dumps({"process": os.getpid(), "address": where}))
        file.flush()
        yield


def runner(options: Options) -> tuple[str, str] | None:
    """Address and process number of the `weilu up` of a data folder; None when none runs."""
    try:
        file = (options.base / LOCK_FILE).open(encoding="utf-8")
    except OSError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _said(file.read())
    return None


def _said(text: str) -> tuple[str, str]:
    """What a running one wrote of itself; question marks when it has not come to that yet."""
    try:
        other = json.loads(text)
        return str(other["address"]), str(int(other["process"]))
    except (ValueError, KeyError, TypeError):
        return "?", "?"


def _refuse(options: Options, said: str) -> None:
    where, process = _said(said)
    fail(
        _(
            "Weilu runs already with the data folder %(folder)s: %(address)s, process"
            " %(process)s.\nOpen it there or stop it first. For a second, separate Weilu name"
            " another folder: WEILU_HOME=other-folder"
        )
        % {"folder": options.base, "address": where, "process": process}
    )


@contextmanager
def working_in(base: Path) -> Iterator[None]:
    """Be the one backup or restore of a data folder; clears what killed ones left behind.

    Ends the command with a sentence when another is at work. The folder itself is locked: no file
    is left by it.
    """
    handle = os.open(base, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fail(
                _("Another backup or restore works in %(folder)s. Wait for its end.")
                % {"folder": base}
            )
        _clear(base)
        yield
    finally:
        os.close(handle)


def clear_leftovers(base: Path) -> None:
    """Clear what killed backups and restores left behind, unless one is at work just now."""
    handle = os.open(base, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _clear(base)
    except BlockingIOError:
        pass
    finally:
        os.close(handle)


def _clear(base: Path) -> None:
    for one in base.iterdir():
        if one.name.startswith(SCRATCH) and one.is_dir() and not one.is_symlink():
            shutil.rmtree(one, ignore_errors=True)


def refuse_half_restored(options: Options) -> None:
    """End the command with a sentence when a restore into this folder was broken off."""
    if (options.base / RESTORING).exists():
        fail(
            _(
                "A restore into %(folder)s was broken off. Do it again first; it begins anew:"
                " weilu restore ARCHIVE"
            )
            % {"folder": options.base}
        )

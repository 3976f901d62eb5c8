"""What a machine is short of is said in a sentence; what is wrong in Weilu keeps its traceback."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest
from django.db import DatabaseError, OperationalError

from weilu.chat.models import Import
from weilu.config import cli
from weilu.config.commands import waiting
from weilu.config.commands.trouble import sentence_for
from weilu.core.clock import now
from weilu.core.errors import Invalid
from weilu.core.models import Job
from weilu.core.people import home_workspace

POSTGRES = 'connection failed: connection to server at "127.0.0.1", port 9 failed: refused'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of the commands."""
    monkeypatch.setenv("WEILU_HOME", str(tmp_path))
    return tmp_path


def caused(text: str) -> OperationalError:
    """An error as Django passes on what its driver said."""
    error = OperationalError(text)
    error.__cause__ = sqlite3.OperationalError(text)
    return error


def test_want_of_room_and_of_leave_are_said(home: Path) -> None:
    full, closed = f"There is no room left on the disk of {home}", f"{home} cannot be written"
    for error, begins in (
        (caused("database or disk is full"), full),
        (caused("attempt to write a readonly database"), closed),
        (caused("unable to open database file"), closed),
        (caused("database is locked"), f"Another process has kept the database of {home} to"),
        (DatabaseError("file is not a database"), f"The database in {home} is damaged (file is"),
        (caused("database disk image is malformed"), f"The database in {home} is damaged (data"),
        (OSError(errno.ENOSPC, "No space left on device"), full),
        (OSError(errno.EROFS, "Read-only file system", str(home / "secret.key")), closed),
        (PermissionError(errno.EACCES, "Permission denied", str(home)), closed),
        (OperationalError(POSTGRES), f"PostgreSQL does not answer: {POSTGRES}\n"),
    ):
        assert sentence_for(error).startswith(begins), error


def test_what_is_wrong_elsewhere_keeps_its_traceback(home: Path, tmp_path: Path) -> None:
    outside = str(tmp_path.parent / "export.txt")
    for error in (
        ValueError("no such thing"),
        OperationalError("no such table: tea"),
        PermissionError(errno.EACCES, "Permission denied", outside),
        FileNotFoundError(errno.ENOENT, "No such file", str(home / "x")),
    ):
        assert sentence_for(error) == "", error


def test_a_command_ends_with_the_sentence(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_asked: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cli, "build", full)
    with pytest.raises(SystemExit, match="no room left on the disk"):
        cli.main()


def test_a_command_that_is_broken_says_how(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_asked: str) -> None:
        message = "broken"
        raise ValueError(message)

    monkeypatch.setattr(cli, "build", broken)
    with pytest.raises(ValueError, match="broken"):
        cli.main()


@pytest.mark.django_db
def test_an_import_that_finds_no_room_says_so_in_a_sentence(home: Path) -> None:
    place = home_workspace()
    run = Import.objects.create(workspace=place, state=Import.State.RUNNING, created_at=now())
    Job.objects.create(
        workspace=place,
        name="run_import",
        key=str(run.pk),
        due_at=now(),
        error="Traceback\n…\ndjango.db.utils.OperationalError: database or disk is full\n",
    )
    with pytest.raises(Invalid, match="There is no room left on the disk of"):
        waiting._is_read(run)


def test_a_folder_of_somebody_else_is_said_by_every_command(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its settings file cannot even be looked for, so that nothing may need it to say so."""

    def refused(*_words: object, **_named: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(home / "weilu.env"))

    monkeypatch.setattr("weilu.config.options.Options.__init__", refused)
    for command in ("up", "check", "link", "migrate"):
        monkeypatch.setattr("sys.argv", ["weilu", command])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert str(ended.value.code).startswith(f"{home} cannot be written. Let this user")

"""The data folder when commands meet in it, or were killed in the middle of their work."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from weilu.config import cli
from weilu.config.commands import backup, folder, restore, up
from weilu.config.commands.tests.test_commands import a_home
from weilu.config.migrating import bring_up_to_date
from weilu.config.options import Options


def names(base: Path) -> list[str]:
    return sorted(one.name for one in base.iterdir())


def test_a_second_weilu_on_one_folder_is_told_where_the_first_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = Options(home=tmp_path / "home", port=8601)
    second = Options(home=tmp_path / "home", port=8701)
    with folder.running(options):
        with pytest.raises(typer.Exit), folder.running(second):
            pytest.fail("it let a second one in")
        said = capsys.readouterr().err
        assert said == (
            f"Weilu runs already with the data folder {options.base}: http://127.0.0.1:8601/,"
            f" process {os.getpid()}.\nOpen it there or stop it first. For a second, separate Weilu"
            " name another folder: WEILU_HOME=other-folder\n"
        )
    with folder.running(second):
        pass


def test_a_port_of_the_live_board_that_is_taken_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        options = Options(home=tmp_path, port=port - 2 if port > 1026 else 8420, live_port=port)
        with pytest.raises(typer.Exit):
            up._refuse_taken_ports(options)
    assert f"another port: WEILU_LIVE_PORT={port + 10}" in capsys.readouterr().err
    up._refuse_taken_ports(options)


def test_a_port_that_is_taken_while_tables_are_made_is_not_shared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
    options = Options(home=tmp_path, port=port)
    monkeypatch.setattr(up, "ready", lambda: options)
    monkeypatch.setattr(up, "_keep_running", lambda _options: pytest.fail("it was shared"))
    with socket.socket() as other:

        def meanwhile(_options: Options) -> None:
            other.bind(("127.0.0.1", port))
            other.listen()

        monkeypatch.setattr(up, "prepare", meanwhile)
        with pytest.raises(typer.Exit):
            up.up()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux ends them by itself")
def test_what_it_started_ends_with_a_weilu_that_is_killed(tmp_path: Path) -> None:
    told = tmp_path / "child"
    code = (
        "import sys, time; from weilu.config.commands.up import Child;"
        "child = Child('child', [sys.executable, '-c', 'import time; time.sleep(60)']);"
        f"child.tend(1.0); open({str(told)!r}, 'w').write(str(child.process.pid));"
        "time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code])  # noqa: S603 - our own code
    while not (told.exists() and told.read_text()):
        time.sleep(0.02)
    child = int(told.read_text())
    os.kill(child, 0)
    parent.kill()
    parent.wait()
    until = time.monotonic() + 10
    while _is_running(child) and time.monotonic() < until:
        time.sleep(0.02)
    assert not _is_running(child)


def _is_running(pid: int) -> bool:
    """Whether it is there and not just waiting to be noticed as dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_a_killed_child_left_running_goes_before_it_is_started_again(tmp_path: Path) -> None:
    told = tmp_path / "grandchild"
    code = (
        "import subprocess, sys, time;"
        "one = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        f"open({str(told)!r}, 'w').write(str(one.pid)); time.sleep(60)"
    )
    child = up.Child("child", [sys.executable, "-c", code])
    child.tend(1.0)
    assert child.process is not None
    while not (told.exists() and told.read_text()):
        time.sleep(0.02)
    child.process.send_signal(signal.SIGKILL)
    child.process.wait()
    child.tend(2.0)
    until = time.monotonic() + 10
    while _is_running(int(told.read_text())) and time.monotonic() < until:
        time.sleep(0.02)
    assert not _is_running(int(told.read_text()))


def test_what_killed_backups_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    options = a_home(tmp_path / "home")
    (options.base / ".backup-x1").mkdir()
    (options.base / ".backup-x1" / "weilu.db").write_bytes(b"a whole copy")
    archive = tmp_path / "weilu.tar.gz"
    archive.with_name("weilu.tar.gz.part").write_bytes(b"half of it")
    backup.write(options, archive)
    assert names(tmp_path) == ["home", "weilu.tar.gz"]
    assert names(options.base) == ["secret.key", "uploads", "weilu.db"]
    (options.base / ".restore-x1").mkdir()
    folder.clear_leftovers(options.base)
    assert names(options.base) == ["secret.key", "uploads", "weilu.db"]


def test_the_start_leaves_a_backup_at_work_alone(tmp_path: Path) -> None:
    options = a_home(tmp_path / "home")
    with folder.working_in(options.base):
        (options.base / ".backup-x1").mkdir()
        folder.clear_leftovers(options.base)
        assert (options.base / ".backup-x1").is_dir()
        with pytest.raises(typer.Exit):
            backup.write(options, tmp_path / "weilu.tar.gz")
    assert names(tmp_path) == ["home"]


def test_two_backups_into_one_file_do_not_mix(tmp_path: Path) -> None:
    options = a_home(tmp_path / "home")
    part = tmp_path / "weilu.tar.gz.part"
    with part.open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(FileExistsError):
            backup.write(options, tmp_path / "weilu.tar.gz")
    assert part.exists()


def test_an_upload_that_goes_meanwhile_stops_no_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = a_home(tmp_path / "home")
    (options.base / "uploads" / "b.json").write_text("{}", encoding="utf-8")
    add = tarfile.TarFile.add

    def adding(self: tarfile.TarFile, name: Path, arcname: str, *, recursive: bool = True) -> None:
        if arcname == "uploads/a.json":
            Path(name).unlink()
        add(self, name, arcname, recursive=recursive)

    monkeypatch.setattr(tarfile.TarFile, "add", adding)
    backup.write(options, tmp_path / "weilu.tar.gz")
    restore.unpack(tmp_path / "weilu.tar.gz", tmp_path / "other")
    assert names(tmp_path / "other" / "uploads") == ["b.json"]


def test_a_damaged_database_is_not_taken_for_a_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = a_home(tmp_path / "home")
    connection = sqlite3.connect(options.base / "weilu.db")
    connection.executescript(
        "CREATE TABLE cups (full INTEGER); INSERT INTO cups VALUES (NULL);"
        "PRAGMA writable_schema=ON;"
        "UPDATE sqlite_master SET sql = 'CREATE TABLE cups (full INTEGER NOT NULL)'"
        " WHERE name = 'cups';"
    )
    connection.close()
    monkeypatch.setenv("WEILU_HOME", str(options.base))
    done = CliRunner().invoke(cli.build("backup"), ["backup", str(tmp_path / "b.tar.gz")])
    assert done.exit_code == 1
    assert "is damaged (NULL value in cups.full)" in done.output
    assert names(tmp_path) == ["home"]


@pytest.mark.parametrize("moved", [0, 1, 2, 3])
def test_a_restore_killed_while_it_moves_begins_anew(
    tmp_path: Path, moved: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each of the moves, and after the last one but before it could say that it is done."""
    options = a_home(tmp_path / "home")
    archive = tmp_path / "weilu.tar.gz"
    backup.write(options, archive)
    base = tmp_path / "other"
    rename, count = Path.rename, 0

    def dying(self: Path, target: Path) -> Path:
        nonlocal count
        if count == moved:
            raise KeyboardInterrupt
        count += 1
        done = rename(self, target)
        if count == moved == 3:
            raise KeyboardInterrupt
        return done

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", dying)
        with pytest.raises(KeyboardInterrupt):
            restore.unpack(archive, base)
    assert (base / folder.RESTORING).exists()
    with pytest.raises(typer.Exit):
        bring_up_to_date(Options(home=base))
    monkeypatch.setenv("WEILU_HOME", str(base))
    done = CliRunner().invoke(cli.build("restore"), ["restore", str(archive)])
    assert done.exit_code == 0, done.output
    assert names(base) == ["secret.key", "uploads", "weilu.db"]
    assert Options(home=base).secret_key() == options.secret_key()


def test_a_key_made_by_looking_at_an_empty_folder_gives_way(tmp_path: Path) -> None:
    options = a_home(tmp_path / "home")
    backup.write(options, tmp_path / "weilu.tar.gz")
    other = Options(home=tmp_path / "other")
    assert other.secret_key() != options.secret_key()
    restore.unpack(tmp_path / "weilu.tar.gz", other.base)
    assert other.secret_key() == options.secret_key()
    shutil.rmtree(other.base / "uploads")
    with pytest.raises(FileExistsError):
        restore.unpack(tmp_path / "weilu.tar.gz", other.base)


def test_a_folder_that_a_command_makes_is_closed_to_others(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        options = Options(home=tmp_path / "home")
        options.secret_key()
        assert options.base.stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)

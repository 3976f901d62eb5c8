"""Backup, restore, the doctor and the supervisor."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import sys
import tarfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from weilu.config import cli
from weilu.config.commands import backup, check, link, restore, up, work
from weilu.config.options import Options


def a_home(base: Path) -> Options:
    base.mkdir(mode=0o700)
    options = Options(home=base)
    options.secret_key()
    connection = sqlite3.connect(base / "weilu.db")
    connection.executescript("CREATE TABLE tea (name TEXT); INSERT INTO tea VALUES ('Oolong');")
    connection.close()
    (base / "uploads").mkdir()
    (base / "uploads" / "a.json").write_text("{}", encoding="utf-8")
    return options


def test_a_backup_comes_back_whole(tmp_path: Path) -> None:
    options = a_home(tmp_path / "home")
    archive = tmp_path / "weilu.tar.gz"
    backup.write(options, archive)
    assert archive.stat().st_mode & 0o777 == 0o600
    restore.unpack(archive, tmp_path / "other")
    other = tmp_path / "other"
    connection = sqlite3.connect(other / "weilu.db")
    assert connection.execute("SELECT name FROM tea").fetchall() == [("Oolong",)]
    connection.close()
    assert (other / "uploads" / "a.json").read_text(encoding="utf-8") == "{}"
    assert Options(home=other).secret_key() == options.secret_key()
    assert sorted(p.name for p in other.iterdir()) == ["secret.key", "uploads", "weilu.db"]


def test_a_damaged_backup_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "weilu.db").write_bytes(b"SQLite format 3\0 and then nothing of the kind")
    archive = tmp_path / "bad.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        file.add(tmp_path / "weilu.db", "weilu.db")
    with pytest.raises(sqlite3.DatabaseError):
        restore.unpack(archive, tmp_path / "other")
    assert list((tmp_path / "other").iterdir()) == []


def test_a_table_kept_by_its_key_comes_back(tmp_path: Path) -> None:
    """SQLite 3.40 says of such a table that NULLs are in it, where none are."""
    options = a_home(tmp_path / "home")
    connection = sqlite3.connect(options.base / "weilu.db")
    connection.executescript(
        "CREATE TABLE cups (full INTEGER NOT NULL, chipped INTEGER, shelf INTEGER NOT NULL,"
        " place INTEGER NOT NULL, PRIMARY KEY (shelf, place)) WITHOUT ROWID;"
        "INSERT INTO cups VALUES (1, NULL, 2, 3), (4, NULL, 5, 6);"
    )
    connection.close()
    backup.write(options, tmp_path / "weilu.tar.gz")
    restore.unpack(tmp_path / "weilu.tar.gz", tmp_path / "other")
    assert (tmp_path / "other" / "weilu.db").exists()


def test_a_null_where_none_may_be_is_no_mistake(tmp_path: Path) -> None:
    options = a_home(tmp_path / "home")
    connection = sqlite3.connect(options.base / "weilu.db")
    connection.executescript(
        "CREATE TABLE cups (full INTEGER); INSERT INTO cups VALUES (NULL);"
        "PRAGMA writable_schema=ON;"
        "UPDATE sqlite_master SET sql = 'CREATE TABLE cups (full INTEGER NOT NULL)'"
        " WHERE name = 'cups';"
    )
    connection.close()
    with tarfile.open(tmp_path / "weilu.tar.gz", "w:gz") as file:
        file.add(options.base / "weilu.db", "weilu.db")
    with pytest.raises(sqlite3.DatabaseError, match=r"NULL value in cups\.full"):
        restore.unpack(tmp_path / "weilu.tar.gz", tmp_path / "other")
    assert list((tmp_path / "other").iterdir()) == []


def test_what_is_there_already_stops_a_restore_before_it_begins(tmp_path: Path) -> None:
    options = a_home(tmp_path / "home")
    backup.write(options, tmp_path / "weilu.tar.gz")
    other = tmp_path / "other"
    (other / "uploads").mkdir(parents=True)
    with pytest.raises(FileExistsError):
        restore.unpack(tmp_path / "weilu.tar.gz", other)
    assert [one.name for one in other.iterdir()] == ["uploads"]


def test_an_archive_cut_off_on_its_way_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    options = a_home(tmp_path / "home")
    (options.base / "uploads" / "noise").write_bytes(os.urandom(200_000))
    backup.write(options, tmp_path / "weilu.tar.gz")
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes((tmp_path / "weilu.tar.gz").read_bytes()[:100_000])
    monkeypatch.setenv("WEILU_HOME", str(tmp_path / "other"))
    done = CliRunner().invoke(cli.build("restore"), ["restore", str(cut)])
    assert done.exit_code == 2
    assert "cannot be restored" in done.output
    assert list((tmp_path / "other").iterdir()) == []


def test_a_backup_that_cannot_be_written_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    options = a_home(tmp_path / "home")
    monkeypatch.setenv("WEILU_HOME", str(options.base))
    before = sorted(one.name for one in options.base.iterdir())
    where = tmp_path / "nowhere" / "weilu.tar.gz"
    done = CliRunner().invoke(cli.build("backup"), ["backup", str(where)])
    assert done.exit_code == 2
    assert "could not be written" in done.output

    def torn(_self: tarfile.TarFile, name: Path, _arcname: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(name))

    monkeypatch.setattr(tarfile.TarFile, "add", torn)
    with pytest.raises(OSError, match="No space left"):
        backup.write(options, tmp_path / "weilu.tar.gz")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["home"]
    assert sorted(one.name for one in options.base.iterdir()) == before


def test_a_path_out_of_the_archive_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "bad.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        file.add(__file__, "../escaped.py")
    with pytest.raises(tarfile.TarError):
        restore.unpack(archive, tmp_path / "home" / "inner")
    assert not (tmp_path / "home" / "escaped.py").exists()


def test_postgres_is_sent_to_its_own_tool(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WEILU_HOME", str(tmp_path))
    monkeypatch.setenv("WEILU_DATABASE", "postgresql://weilu:hidden@db:5433/weilu")
    done = CliRunner().invoke(cli.build("backup"), ["backup", "x.dump"])
    assert done.exit_code == 2
    assert "pg_dump --format=custom --file=x.dump 'postgresql://weilu@db:5433/weilu'" in done.output
    assert "hidden" not in done.output


def test_the_doctor_sees_open_doors(tmp_path: Path) -> None:
    options = a_home(tmp_path / "home")
    assert (check.folder(options).mend, check.key(options).mend) == ("", "")
    options.base.chmod(0o755)
    options.secret_file.chmod(0o644)
    assert check.folder(options).mend == f"chmod 700 {options.base}"
    assert check.key(options).mend == f"chmod 600 {options.secret_file}"


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEILU_PORT", "many")
    done = CliRunner().invoke(cli.build("check"), ["check", "--json"])
    assert done.exit_code == 1
    assert "WEILU_PORT" in done.output


@pytest.mark.django_db
def test_the_doctor_answers_for_scripts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WEILU_HOME", str(a_home(tmp_path / "home").base))
    done = CliRunner().invoke(cli.build("check"), ["check", "--json"])
    answer = json.loads(done.stdout)
    assert (done.exit_code, answer["ok"]) == (1, False)
    mends = {a["name"]: a["mend"] for a in answer["answers"] if a["mend"]}
    assert mends["static files"] == "make install, then weilu up"
    assert {"tables", "events", "jobs", "failures"} <= {a["name"] for a in answer["answers"]}


def test_help_lists_every_command_without_importing_one() -> None:
    done = CliRunner().invoke(cli.build(), ["--help"])
    assert done.exit_code == 0
    assert all(one.name in done.output for one in cli.COMMANDS)


def test_links_name_an_address_a_browser_can_open(tmp_path: Path) -> None:
    hosts = {"0.0.0.0": "127.0.0.1", "::1": "[::1]", "10.1.2.3": "10.1.2.3"}  # noqa: S104 - as given
    for host, expected in hosts.items():
        assert (
            link.address(Options(home=tmp_path, host=host), "t")
            == f"http://{expected}:8420/start/t"
        )
    public = Options(home=tmp_path, public_url="https://weilu.example.org/")
    assert link.address(public, "t") == "https://weilu.example.org/start/t"


def test_a_child_that_keeps_ending_is_started_later_each_time() -> None:
    child = up.Child("short", [sys.executable, "-c", "pass"])
    waits: list[float] = []
    moment = 0.0
    for _ in range(3):
        child.tend(moment)
        assert child.process is not None
        child.process.wait()
        child.tend(moment)
        assert child.process is None
        waits.append(child.next_start - moment)
        child.tend(child.next_start - 0.01)
        assert child.process is None
        moment = child.next_start
    assert waits == [0.5, 1.0, 2.0]
    assert up.wait_after(20) == 30.0


def test_a_child_that_nobody_wants_is_asked_about_again_after_a_while() -> None:
    wanted = [False, True]
    child = up.Child("bots", [sys.executable, "-c", "pass"], is_wanted=lambda: wanted.pop(0))
    child.tend(0.0)
    child.tend(up.WANTED_EVERY_S - 0.1)
    assert (child.process, wanted) == (None, [True])
    child.tend(up.WANTED_EVERY_S)
    assert child.process is not None
    child.process.wait()


def test_a_child_stops_when_asked_and_is_ended_when_it_does_not() -> None:
    deaf = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True)"
    for code, end in (("import time; time.sleep(60)", -15), (f"{deaf}; time.sleep(60)", -9)):
        child = up.Child("child", [sys.executable, "-c", code])
        child.tend(1.0)
        assert child.process is not None
        if end == -9:
            _until_deaf(child.process.pid)
        child.ask_to_stop()
        child.see_off(0.0 if end == -9 else float("inf"))
        assert child.process.returncode == end


def _until_deaf(pid: int) -> None:
    """Wait until the process ignores SIGTERM (bit 14 of its mask)."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        pytest.skip("needs /proc to see when a process ignores a signal")
    while status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("SigIgn"))
        if int(line.split()[1], 16) >> 14 & 1:
            return


def test_checkpoints_move_the_log_into_the_file(tmp_path: Path) -> None:
    path = tmp_path / "weilu.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute("CREATE TABLE tea (name TEXT)")
    connection.commit()
    before = path.stat().st_size

    rounds = iter([False, True])
    work.checkpoint(path, lambda _seconds: next(rounds))
    assert path.stat().st_size > before
    connection.close()

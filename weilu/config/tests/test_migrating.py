"""Commands that bring the database up to date wait for one another."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connection

from weilu.config.migrating import KEY, LOCK_FILE, alone
from weilu.config.options import Options


def test_commands_started_together_on_a_new_folder_all_succeed(tmp_path: Path) -> None:
    """One makes the tables; the others wait for it, instead of making them once more."""
    environment = os.environ | {"WEILU_HOME": str(tmp_path / "home"), "LC_ALL": "C"}
    environment |= {"DJANGO_SETTINGS_MODULE": "weilu.config.settings", "WEILU_DATABASE": ""}
    command = [sys.executable, "-m", "weilu.config.cli", "migrate"]
    running = [
        subprocess.Popen(  # noqa: S603 - our own command
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for _ in range(2)
    ]
    told = [one.communicate()[0] for one in running]
    assert [one.returncode for one in running] == [0, 0], "\n".join(told)
    assert sum("All tables are made" in one for one in told) == 1, "\n".join(told)


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_who_comes_second_says_so_and_waits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = Options(home=tmp_path / "home")
    order: list[str] = []

    def second() -> None:
        with alone(options):
            order.append("second")

    other = threading.Thread(target=second)
    with alone(options):
        other.start()
        other.join(timeout=0.2)
        assert other.is_alive()
        order.append("first")
    other.join(timeout=10)
    assert order == ["first", "second"]
    assert "waiting for it" in capsys.readouterr().err
    assert (options.base / LOCK_FILE).exists()


@pytest.mark.skipif("connection.vendor != 'postgresql'")
@pytest.mark.django_db(transaction=True)
def test_on_postgresql_another_session_is_kept_out(tmp_path: Path) -> None:
    answers: list[object] = []

    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", KEY)
            answers.append(cursor.fetchone())
        connection.close()

    def elsewhere() -> None:
        other = threading.Thread(target=ask)
        other.start()
        other.join(timeout=10)

    with alone(Options(home=tmp_path / "home")):
        elsewhere()
    elsewhere()
    assert answers == [(False,), (True,)]

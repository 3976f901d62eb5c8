"""What Ctrl-C leaves of an import, whenever it comes, and what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from weilu.chat.imports.run import _Reader
from weilu.chat.models import Import, Message
from weilu.config.commands import counting, importing, waiting
from weilu.config.commands.tests.test_edges import LOG, error
from weilu.config.commands.tests.test_scripts import run
from weilu.core.worker import drain
from weilu.groups.models import Group
from weilu.members.models import Identity, Member

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "#tea_2026-01-02.log"
    path.write_text(LOG, "utf-8")
    return path


def test_ctrl_c_while_looking_stores_nothing(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(importing, "look", interrupted)
    assert error("import", str(log), "--tz", "UTC", code=130) == (
        "Stopped. What was read of these files was taken back."
    )
    assert {one.state for one in Import.objects.all()} == {Import.State.CANCELLED}


def test_ctrl_c_while_reading_takes_back(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted after the last portion: messages, people and groups go again."""
    finish = _Reader.finish

    def interrupted(reader: _Reader) -> None:
        finish(reader)
        raise KeyboardInterrupt

    monkeypatch.setattr(_Reader, "finish", interrupted)
    result = run("import", str(log), "--tz", "UTC", "--json")
    assert result.exit_code == 130
    assert Message.objects.count() == 0
    assert (Identity.objects.count(), Member.objects.count(), Group.objects.count()) == (0, 0, 0)


def test_ctrl_c_after_reading_leaves_what_is_in(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is told that all was taken back would bring it in once more for nothing."""

    def interrupted(one: Import, *, quiet: bool) -> bool:
        while not waiting._is_read(one):
            assert drain(limit=1)
        raise KeyboardInterrupt

    monkeypatch.setattr(importing, "work", interrupted)
    result = run("import", str(log), "--tz", "UTC", "--json")
    assert result.exit_code == 130
    told = json.loads(result.stdout)
    assert told["error"].startswith("Stopped. The files are read in; who answers whom, themes")
    assert told["messages"] == Message.objects.count() == 2


def test_ctrl_c_at_a_question_leaves_nothing_waiting(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> None:
        raise typer.Abort

    monkeypatch.setattr(importing, "_settle", interrupted)
    assert error("import", str(log), code=130).startswith("Stopped. What was read")
    assert {one.state for one in Import.objects.all()} == {Import.State.CANCELLED}


@pytest.mark.parametrize("how", [[], ["--json"]])
def test_ctrl_c_ends_any_command_with_a_sentence(
    how: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(counting, "find_group", interrupted)
    monkeypatch.setattr("sys.argv", ["weilu", "numbers", *how])
    result = run("numbers", "--group", "x", *how)
    assert result.exit_code == 130
    assert "Stopped. The same command begins anew." in (result.stdout if how else result.stderr)

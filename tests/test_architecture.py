"""The shape of the project: who may import whom, how long a file may be, what must not leak."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "weilu"
LONGEST = 400
DRAWERS = {"utils.py", "helpers.py", "common.py", "misc.py", "util.py"}
# Written so that this file does not hold what it looks for.
LEAKS = re.compile(
    r"(?<![\w.])/(?:work|root|home/\w+)/|/tmp/"
    r"|files\.pythonhosted|pypi\.|registry\.npm|deb\.debian",
)


def sources() -> list[Path]:
    """Every source file of the package but migrations, which are written by machine."""
    return sorted(p for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_packages_import_downward_only() -> None:
    # In a process of its own: it sets logging up anew and so would mute every logger of ours.
    done = subprocess.run(  # noqa: S603 - our own tool
        [Path(sys.executable).with_name("lint-imports"), "--config", ROOT / "pyproject.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", sources(), ids=named)
def test_each_file_is_short_and_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST
    assert path.name not in DRAWERS
    assert ast.get_docstring(ast.parse(text))


def rules() -> list[Path]:
    """The modules that decide: `rules.py`, or everything in a folder of that name."""
    code = [p for p in sources() if "tests" not in p.parts]
    return [p for p in code if p.stem == "rules" or "rules" in p.parts]


def imports(path: Path) -> set[str]:
    """The modules that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return found


@pytest.mark.parametrize("path", rules(), ids=named)
def test_rules_know_neither_django_nor_the_clock(path: Path) -> None:
    imported = imports(path)
    assert not {n for n in imported if n.split(".")[0] in {"django", "os", "socket", "sqlite3"}}
    assert "weilu.core.clock" not in imported


def test_today_is_asked_of_a_clock_that_somebody_has() -> None:
    """What day it is depends on the zone: `clock.today()`, or the zone of a community."""
    bare = re.compile(r"\bnow\(\)\.date\(\)")
    # The door's secret changes with the day of no zone in particular.
    allowed = {"weilu/public/door.py"}
    assert {
        named(p) for p in sources() if "tests" not in p.parts and bare.search(p.read_text("utf-8"))
    } <= allowed


def test_every_folder_of_code_is_a_package() -> None:
    assert [
        named(p) for p in {s.parent for s in sources()} if not (p / "__init__.py").exists()
    ] == []


def test_nothing_tells_of_a_machine_or_a_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - whichever git
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout: there is no list of the project's own files")
    leaks = []
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if not name or not path.is_file() or path == Path(__file__).resolve():
            continue
        found = LEAKS.search(path.read_bytes().decode("utf-8", "ignore"))
        if found:
            leaks.append(f"{name}: {found[0]}")
    assert leaks == []


def test_migrations_go_one_way_and_make_what_the_models_say() -> None:
    loader = MigrationLoader(None)
    assert not loader.detect_conflicts()
    found = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    ours = {one.label for one in apps.get_app_configs() if one.name.startswith("weilu.")}
    missing = {app: made for app, made in found.changes(loader.graph).items() if app in ours}
    assert not missing, "run makemigrations for these"

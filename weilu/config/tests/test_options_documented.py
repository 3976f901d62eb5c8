"""The operations guide names every setting with its default and meaning, and only those."""

from __future__ import annotations

import re
from pathlib import Path

from weilu.config.cli import COMMANDS
from weilu.config.options import Options

ROOT = Path(__file__).resolve().parents[3]
OPERATIONS = ROOT / "docs" / "operations.md"
# Read by the tests, not by Weilu.
OF_TESTS = {"WEILU_CHROMIUM", "WEILU_TEST_DATABASE", "WEILU_DATA"}
TEXTS = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").rglob("*.md"))]


def setting_rows() -> list[str]:
    """The lines of the settings table as they must stand in the guide."""
    return [
        f"| `WEILU_{name.upper()}` | `{shown}` | {field.description} |"
        if (shown := str(field.default))
        else f"| `WEILU_{name.upper()}` | | {field.description} |"
        for name, field in Options.model_fields.items()
    ]


def test_every_setting_is_in_the_table_as_it_is_in_the_code() -> None:
    lines = OPERATIONS.read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("| `WEILU_")]
    assert table == setting_rows()


def test_no_text_names_a_setting_that_is_not_there() -> None:
    known = {f"WEILU_{name.upper()}" for name in Options.model_fields} | OF_TESTS
    for path in TEXTS:
        named = set(re.findall(r"WEILU_[A-Z_]*[A-Z]", path.read_text(encoding="utf-8")))
        assert named - known == set(), path.name


def test_no_text_names_a_command_that_is_not_there() -> None:
    known = {command.name for command in COMMANDS}
    for path in TEXTS:
        named = set(re.findall(r"(?<=`weilu )[a-z]+", path.read_text(encoding="utf-8")))
        named |= set(re.findall(r"\.venv/bin/weilu ([a-z]+)", path.read_text(encoding="utf-8")))
        assert named - known == set(), path.name


def test_links_between_the_texts_lead_somewhere() -> None:
    for path in TEXTS:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_picture_of_the_readme_is_small() -> None:
    pictures = sorted((ROOT / "docs" / "images").glob("*.png"))
    assert len(pictures) >= 5
    assert [p.name for p in pictures if p.stat().st_size >= 300_000] == []

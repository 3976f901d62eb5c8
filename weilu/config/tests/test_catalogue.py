"""The Chinese catalogue is complete, and stays easy to merge."""

from __future__ import annotations

from pathlib import Path

import pytest

from weilu.config import catalogue

PYTHON = """
from django.utils.translation import gettext as _, ngettext, pgettext
one = _("Tea")
many = ngettext("%(n)s cup", "%(n)s cups", 2)
month = pgettext("month", "May")
"""
TEMPLATE = '{% trans "Stove" %}'
TEMPLATE += "{% blocktrans count n=n %}{{ n }} log{% plural %}{{ n }} logs{% endblocktrans %}"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    (tmp_path / "page.py").write_text(PYTHON, encoding="utf-8")
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE, encoding="utf-8")
    return tmp_path


def test_chinese_is_complete() -> None:
    assert catalogue.missing() == []


def test_the_file_is_written_as_the_program_writes_it() -> None:
    path = catalogue.path_of("zh_Hans")
    held = catalogue._read("zh_Hans", catalogue.LOCALE)
    held.header_comment = catalogue._HEAD
    assert path.read_bytes() == catalogue.written(held)


def test_messages_of_sources_and_templates(package: Path) -> None:
    assert list(catalogue.used(package)) == [
        (None, "Tea"),
        (None, ("%(n)s cup", "%(n)s cups")),
        ("month", "May"),
        (None, "Stove"),
        (None, ("%(n)s log", "%(n)s logs")),
    ]


def test_update_adds_empty_ones_and_drops_the_unused(package: Path) -> None:
    assert catalogue.update(package=package) == 5
    path = catalogue.path_of("zh_Hans", locale=package / "locale")
    text = path.read_text(encoding="utf-8")
    text = text.replace('msgid "Tea"\nmsgstr ""', 'msgid "Tea"\nmsgstr "茶"')
    path.write_text(text, encoding="utf-8")
    (package / "templates" / "page.html").write_text("", encoding="utf-8")
    assert "no longer used: 'Stove'" in catalogue.missing(package=package)
    assert catalogue.update(package=package) == 2
    assert catalogue.missing(package=package) == [
        "empty: 'May' (page.py)",
        "empty: ('%(n)s cup', '%(n)s cups') (page.py)",
    ]
    assert 'msgstr "茶"' in path.read_text(encoding="utf-8")


def test_fuzzy_and_wrong_entries_are_told(package: Path) -> None:
    catalogue.update(package=package)
    path = catalogue.path_of("zh_Hans", locale=package / "locale")
    text = path.read_text(encoding="utf-8").replace('msgstr[0] ""', 'msgstr[0] "%(m)s"')
    text = text.replace('msgid "Tea"\nmsgstr ""', '#, fuzzy\nmsgid "Tea"\nmsgstr "茶"')
    path.write_text(text, encoding="utf-8")
    faults = catalogue.missing(package=package)
    assert "fuzzy: 'Tea'" in faults
    assert len([fault for fault in faults if fault.startswith("wrong: ")]) == 2


def test_compiling_twice_writes_once(package: Path) -> None:
    catalogue.update(package=package)
    path = catalogue.path_of("zh_Hans", locale=package / "locale").with_suffix(".mo")
    assert catalogue.compile_all(package) == [path]
    assert catalogue.compile_all(package) == []

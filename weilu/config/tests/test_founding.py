"""Tables made at once are those that the migrations make."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import ConnectionHandler

from weilu.config.databases import sqlite
from weilu.config.founding import is_empty, make_tables

pytestmark = pytest.mark.django_db
# Names nobody gave: they tell how a constraint came, not what it is.
_UNNAMED = re.compile("^(?:fk_|__|sqlite_)|_(?:uniq|key)$")
_SCHEMA = re.compile(r" ON (?:fresh|public)\.")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a file of its own")
def test_a_new_file_has_the_tables_of_one_that_was_migrated(tmp_path: Path) -> None:
    """Columns, constraints, indexes and the way rows are stored; nothing is left to migrate."""
    new = ConnectionHandler({"default": sqlite(str(tmp_path / "new.db"))})["default"]
    try:
        assert is_empty(new)
        make_tables(new)
        _compare(new, _described(connection))
        assert "WITHOUT ROWID" in _described(new)["groups_participation"]["ending"]
    finally:
        new.close()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a schema of its own")
def test_a_new_schema_has_the_tables_of_one_that_was_migrated() -> None:
    """The same on PostgreSQL."""
    migrated = _described(connection)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA fresh")
            cursor.execute("SET LOCAL search_path TO fresh")
        assert is_empty(connection)
        make_tables(connection)
        _compare(connection, migrated)
        transaction.set_rollback(True)


def _compare(new: BaseDatabaseWrapper, expected: dict[str, dict[str, Any]]) -> None:
    """Whether a database has the expected tables, all in all."""
    found = _described(new)
    assert found.keys() == expected.keys()
    for name, table in expected.items():
        for part, things in table.items():
            assert found[name][part] == things, f"{part} of {name}"
    executor = MigrationExecutor(new)
    assert not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _described(one: BaseDatabaseWrapper) -> dict[str, dict[str, Any]]:
    """What the database says of every table; what it numbers by itself has no name."""
    with one.cursor() as cursor:
        look = one.introspection
        return {
            name: {
                "columns": sorted(map(str, look.get_table_description(cursor, name))),
                "constraints": sorted(
                    ("" if _UNNAMED.search(key) else key, _SCHEMA.sub(" ON ", str(value)))
                    for key, value in look.get_constraints(cursor, name).items()
                ),
                "ending": _ending(one, cursor, name),
            }
            for name in look.table_names(cursor)
        }


def _ending(one: BaseDatabaseWrapper, cursor: Any, name: str) -> str:
    """How SQLite was told to store a table."""
    if one.vendor != "sqlite":
        return ""
    cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [name])
    return str(cursor.fetchone()[0].rpartition(")")[2].strip())

"""Many rows in one go with the cursor: what the ORM does nine times slower on the hot path."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from itertools import chain
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, DateField, DateTimeField, Field, JSONField, Model

# Values in one statement; every SQLite takes 999.
_VALUES_AT_ONCE = 960
# Rows from which on a temporary table and COPY take less time than one INSERT.
_WORTH_COPYING = 50


def upsert(
    connection: BaseDatabaseWrapper,
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    conflict: str,
) -> int:
    """INSERT rows INTO `table` … ON CONFLICT `conflict`; returns how many rows it wrote.

    Names and `conflict` are our own text. No two rows may meet in the conflict's key. On
    PostgreSQL the rows go through COPY and one statement, which takes their locks in the order
    given; elsewhere through `put`.
    """
    if not rows:
        return 0
    if connection.vendor != "postgresql":
        return put(connection, table, columns, rows, conflict=conflict)
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        arriving = f"arriving_{table}"
        cursor.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {arriving} ON COMMIT DELETE ROWS"  # noqa: S608
            f" AS SELECT {names} FROM {table} LIMIT 0"
        )
        cursor.execute(f"TRUNCATE {arriving}")
        with cursor.cursor.copy(f"COPY {arriving} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM {arriving}"  # noqa: S608
            f" ON CONFLICT {conflict}"
        )
        return int(cursor.rowcount)


def upsert_columns(
    connection: BaseDatabaseWrapper,
    table: str,
    columns: Sequence[str],
    values: Sequence[Sequence[Any]],
    *,
    conflict: str,
) -> int:
    """`upsert` of the values of each column, all of one length."""
    if not len(values[0]):
        return 0
    if connection.vendor != "postgresql":
        return put_columns(connection, table, columns, values, conflict=conflict)
    return upsert(connection, table, columns, list(zip(*values, strict=True)), conflict=conflict)


def put(
    connection: BaseDatabaseWrapper,
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    conflict: str,
) -> int:
    """`upsert` on SQLite, dozens of rows a statement; returns how many rows it wrote.

    A tenth faster than executemany, which also lets other threads take turns after each row. Goes
    round Django's cursor, which would look for `%s` in every statement; so these show in no log of
    queries.
    """
    return _put(connection, table, columns, list(chain.from_iterable(rows)), conflict)


def put_columns(
    connection: BaseDatabaseWrapper,
    table: str,
    columns: Sequence[str],
    values: Sequence[Sequence[Any]],
    *,
    conflict: str,
) -> int:
    """`put` of the values of each column, all of one length: a third of the time rows take."""
    width = len(columns)
    whole: list[Any] = [None] * (width * len(values[0]))
    for place, column in zip(range(width), values, strict=True):
        whole[place::width] = column
    return _put(connection, table, columns, whole, conflict)


def _put(
    connection: BaseDatabaseWrapper,
    table: str,
    columns: Sequence[str],
    whole: Sequence[Any],
    conflict: str,
) -> int:
    """`put` of rows one after the other."""
    width = len(columns)
    connection.validate_no_broken_transaction()
    with connection.cursor() as wrapper, connection.wrap_database_errors:
        cursor, written, at, count = wrapper.cursor, 0, 0, len(whole) // width
        while at < count:
            size = _at_once(count - at, _VALUES_AT_ONCE // width)
            statement = _statement(table, tuple(columns), size, conflict)
            values = whole[at * width : (at + size) * width]
            sqlite3.Cursor.execute(cursor, statement, values)
            written += cursor.rowcount
            at += size
    return written


def _at_once(left: int, most: int) -> int:
    """How many rows the next statement takes: few different statements, so that they are kept."""
    return most if left >= most else 1 << (left.bit_length() - 1)


@lru_cache(maxsize=256)
def _statement(table: str, columns: tuple[str, ...], count: int, conflict: str) -> str:
    row = f"({','.join('?' * len(columns))})"
    values = ",".join([row] * count)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values} ON CONFLICT {conflict}"  # noqa: S608


def add_all(made: Sequence[Model]) -> None:
    """Insert objects of one model; those that exist already are passed over.

    What bulk_create with ignored conflicts does, several times as fast. Their ids are not set.
    """
    if not made:
        return
    model, connection = type(made[0]), connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql" and len(made) < _WORTH_COPYING:
        model._default_manager.bulk_create(made, ignore_conflicts=True)
        return
    fields = [one for one in model._meta.concrete_fields if not _is_numbered(one)]
    ways = [(one.attname, _way_of(one, connection)) for one in fields]
    rows = [[way(getattr(one, name)) for name, way in ways] for one in made]
    columns = [str(one.column) for one in fields]
    upsert(connection, model._meta.db_table, columns, rows, conflict="DO NOTHING")


def add_rows(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """Insert rows of a model, given by attribute; those that exist are passed over.

    What is not named has its default. Returns how many were new. No objects are made: for tables
    of many columns that is most of the work.
    """
    if not rows:
        return 0
    connection = connections[DEFAULT_DB_ALIAS]
    columns, ways, rest = _plan(model, tuple(names), connection.vendor)
    if ways:
        rows = [_written(row, ways) for row in rows]
    whole = [(*row, *rest) for row in rows]
    table = model._meta.db_table
    if connection.vendor != "postgresql" or len(whole) >= _WORTH_COPYING:
        return upsert(connection, table, columns, whole, conflict="DO NOTHING")
    slots = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(whole))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES {slots} ON CONFLICT DO NOTHING",  # noqa: S608
            list(chain.from_iterable(whole)),
        )
        return int(cursor.rowcount)


@lru_cache(maxsize=64)
def _plan(
    model: type[Model], names: tuple[str, ...], _vendor: str
) -> tuple[list[str], list[tuple[int, Callable[[Any], object]]], list[object]]:
    """All columns, the named first; how some of these are written; the defaults of the rest."""
    connection = connections[DEFAULT_DB_ALIAS]
    fields = {one.attname: one for one in model._meta.concrete_fields if not _is_numbered(one)}
    named = [fields.pop(name) for name in names]
    ways = [
        (place, _way_of(one, connection))
        for place, one in enumerate(named)
        if isinstance(one, JSONField | DateField)
    ]
    rest = [_way_of(one, connection)(one.get_default()) for one in fields.values()]
    return [str(one.column) for one in (*named, *fields.values())], ways, rest


def _written(
    row: Sequence[Any], ways: Sequence[tuple[int, Callable[[Any], object]]]
) -> list[object]:
    values = list(row)
    for place, way in ways:
        values[place] = way(values[place])
    return values


def _is_numbered(field: Field[Any, Any]) -> bool:
    """Whether the database gives the field its value."""
    return isinstance(field, AutoField)


def _way_of(field: Field[Any, Any], connection: BaseDatabaseWrapper) -> Callable[[Any], object]:
    """How a value of a field is written down."""
    if isinstance(field, JSONField):
        return lambda value: None if value is None else json.dumps(value, cls=field.encoder)
    if isinstance(field, DateField) and not isinstance(field, DateTimeField):
        return connection.ops.adapt_datefield_value
    if isinstance(field, DateTimeField):
        # Rows of one go mostly share a moment, which takes longer to write down than all the rest.
        return lru_cache(maxsize=64)(connection.ops.adapt_datetimefield_value)
    # A choice is its value.
    return lambda value: value.value if isinstance(value, Enum) else value


def insert_one(connection: BaseDatabaseWrapper, table: str, values: Mapping[str, Any]) -> int:
    """Insert a row by column; returns its number. A tenth of the time the ORM takes for one."""
    slots = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(values)}) VALUES ({slots}) RETURNING id",  # noqa: S608
            list(values.values()),
        )
        (number,) = cursor.fetchone()
    return int(number)

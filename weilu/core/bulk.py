"""Many rows in one go with the cursor: what the ORM does nine times slower on the hot path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def upsert(
    connection: BaseDatabaseWrapper,
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    conflict: str,
) -> None:
    """INSERT rows INTO `table` … ON CONFLICT `conflict`; names and `conflict` are our own text.

    No two rows may meet in the conflict's key. On PostgreSQL the rows go through COPY and one
    statement, which takes their locks in the order given; elsewhere through executemany.
    """
    if not rows:
        return
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            slots = ", ".join(["%s"] * len(columns))
            cursor.executemany(
                f"INSERT INTO {table} ({names}) VALUES ({slots}) ON CONFLICT {conflict}",  # noqa: S608
                rows,
            )
            return
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

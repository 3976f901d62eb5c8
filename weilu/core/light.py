"""A transaction that does not wait for the disk: for what is counted often and weighs little."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def lightly() -> Iterator[None]:
    """Change rows in a transaction that is kept when this process or Weilu dies.

    A power cut may take the last moments of it, never more than was written since anything else
    was committed (SQLite) or a fraction of a second (PostgreSQL); nothing is ever half there.
    Within another transaction it is that transaction's, whole and waited for.
    """
    if connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    if connection.vendor != "sqlite":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit TO off")
            yield
        return
    connection.ensure_connection()
    connection.connection.execute("PRAGMA synchronous = NORMAL")
    try:
        with transaction.atomic():
            yield
    finally:
        connection.connection.execute("PRAGMA synchronous = FULL")

"""A transaction that does not wait for the disk: for what is counted often and weighs little."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, Protocol

from django.db import connection, transaction

# A commit that is kept when a process dies, in SQLite's numbers.
_NORMAL = 1


class Hand(Protocol):
    """What statements are given to; `%s` stands for a value."""

    def execute(self, query: str, params: Sequence[Any] | None = None, /) -> object:
        """Execute one statement."""

    def fetchall(self) -> list[tuple[Any, ...]]:
        """The rows it found."""


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
    with _unsynced(connection.connection), transaction.atomic():
        yield


@contextmanager
def light_hand() -> Iterator[Hand]:
    """`lightly` for a few statements, given to the hand.

    On SQLite without what Django does around a transaction, which takes longer than they do; it
    knows nothing of this one, so that nobody opens another inside or leaves something to its end.
    """
    if connection.in_atomic_block or connection.vendor != "sqlite":
        with lightly(), connection.cursor() as cursor:
            yield cursor
        return
    connection.ensure_connection()
    house = connection.connection
    with connection.wrap_database_errors, _unsynced(house), closing(_cursor()) as hand:
        hand.execute("BEGIN IMMEDIATE")  # by the cursor, which waits for its turn
        try:
            yield hand
            house.commit()  # which fails, and leaves it open, where a row refers to none
        except BaseException:
            house.rollback()
            raise


@contextmanager
def _unsynced(house: Any) -> Iterator[None]:
    """Commits of a SQLite connection do not wait for the disk."""
    (before,) = house.execute("PRAGMA synchronous").fetchone()
    house.execute(f"PRAGMA synchronous = {min(before, _NORMAL)}")
    try:
        yield
    finally:
        house.execute(f"PRAGMA synchronous = {before}")


def _cursor() -> Any:
    """SQLite's own cursor, of the kind that waits as all do."""
    return connection.create_cursor()

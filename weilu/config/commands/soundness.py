"""Whether a SQLite file is whole: looked at before it is kept as a backup or brought back."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

_NULL_SAID = re.compile(r"NULL value in (\w+)\.(\w+)")


class Unsound(sqlite3.DatabaseError):
    """A database that is not whole; the text says what was found."""


def check(database: Path) -> None:
    """Raise Unsound unless the file is a whole SQLite database."""
    if not database.is_file():
        message = "it holds no weilu.db"
        raise Unsound(message)
    connection = sqlite3.connect(database)
    try:
        # As many answers as there are: a hundred mistaken ones would hide what follows.
        rows = connection.execute(f"PRAGMA quick_check({2**31 - 1})")
        wrong = [one for one in {row[0] for row in rows} if not _is_fine(connection, one)]
    except sqlite3.DatabaseError as error:
        raise Unsound(str(error)) from error
    finally:
        connection.close()
    if wrong:
        raise Unsound(min(wrong))


def _is_fine(connection: sqlite3.Connection, answer: str) -> bool:
    """Whether an answer of SQLite's check says that nothing is wrong.

    SQLite 3.40 takes columns of tables that are kept by key (WITHOUT ROWID) for one another and
    finds NULLs where none are; so it is asked for them again, in a way it cannot shorten.
    """
    said = _NULL_SAID.fullmatch(answer)
    if not said:
        return answer == "ok"
    table, column = said.groups()
    found = connection.execute(
        f'SELECT 1 FROM "{table}" WHERE typeof("{column}") = \'null\' LIMIT 1'  # noqa: S608 - names of its own
    )
    return found.fetchone() is None

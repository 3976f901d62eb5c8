"""SQLite for several processes that write: whoever waits for the others looks often.

SQLite's own waiting grows to a tenth of a second between two looks: who waits longest looks least
often, and comes last again and again while others write a little all the time. Here a writer looks
every millisecond or so, and gets in soon after the one before it has committed.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base

from weilu.config.sqlite import PATIENCE_S

# Between two looks: soon at first, seldomer when somebody writes for long.
SOONEST_S, LATEST_S = 0.0005, 0.005
_SHARE = 0.05


class Cursor(base.SQLiteCursorWrapper):
    """A cursor that waits for its turn to write: at a transaction's begin, or each statement."""

    def execute(  # type: ignore[override]  # Django's own differs from sqlite3's
        self, query: str, params: Iterable[Any] | None = None
    ) -> base.SQLiteCursorWrapper:
        """Execute one statement; raises OperationalError when others write for too long."""
        # Within a transaction the turn has come, and who only reads waits for nobody.
        if self.connection.in_transaction or query.startswith("SELECT"):
            return super().execute(query, params)
        begun = time.monotonic()
        self._let_wait(0)
        try:
            while True:
                try:
                    return super().execute(query, params)
                except sqlite3.OperationalError as error:
                    waited = time.monotonic() - begun
                    if not _is_busy(error) or waited >= PATIENCE_S:
                        raise
                time.sleep(min(max(SOONEST_S, waited * _SHARE), LATEST_S))
        finally:
            self._let_wait(PATIENCE_S)

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        """A statement as SQLite reads it; one of thousands of values is translated once."""
        if param_names is not None:
            return str(super().convert_query(query, param_names=param_names))
        return _converted(query)

    def _let_wait(self, seconds: int) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {seconds * 1000}")


@lru_cache(maxsize=256)
def _converted(query: str) -> str:
    """What Django makes of a statement, which needs no cursor for that."""
    return str(base.SQLiteCursorWrapper.convert_query(None, query))  # type: ignore[arg-type]


def _is_busy(error: sqlite3.OperationalError) -> bool:
    """Whether somebody else is writing; the lower byte is the kind of error."""
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection with such cursors."""

    def create_cursor(self, name: str | None = None) -> Cursor:
        """A new cursor; `name` is for other databases."""
        made: Cursor = self.connection.cursor(factory=Cursor)
        return made

"""Whether a database stands still: who only waits for work then need not ask what there is.

A round of the worker that finds nothing is some twenty statements. SQLite tells for next to nothing
that nobody else has committed since (https://www.sqlite.org/pragma.html#pragma_data_version), so a
laptop at rest stays cool; PostgreSQL has no such number, and is asked each time.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import Error, connection

# What time alone makes due comes at most so much later.
AT_LEAST_S = 2.0
# Rounds that find nothing while others go on committing take at most this part of the time.
EMPTY_SHARE = 1 / 50
# They come at least so often; where nothing tells of commits, that is how often it is asked.
EMPTY_S = 0.3


class Stillness:
    """Asked before each round: may it be left out? One for each thread, whose connection it asks.

    `clock` tells seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at = 0.0
        self._rests_until = 0.0
        # A number means something on the connection it was read on alone.
        self._seen: tuple[object, int] | None = None

    def is_still(self) -> bool:
        """Whether nobody committed anything since the last round, which was a moment ago.

        Also while it rests. False is the promise of a round now.
        """
        moment = self._clock()
        if moment < self._rests_until:
            return True
        seen = _commits_of_others()
        if seen is not None and seen == self._seen and moment - self._at < AT_LEAST_S:
            return True
        self._seen, self._at = seen, moment
        return False

    def disturb(self) -> None:
        """The round did something, which may have made more to do: let there be another."""
        self._seen = None

    def rest(self) -> None:
        """The round found nothing: the next one comes when that costs little, commit or not."""
        took = self._clock() - self._at
        pause = EMPTY_S if self._seen is None else min(took / EMPTY_SHARE, EMPTY_S)
        self._rests_until = self._clock() + pause


def _commits_of_others() -> tuple[object, int] | None:
    """The thread's connection and a number that others' commits change; None if nothing tells."""
    if connection.vendor != "sqlite":
        return None
    try:
        with connection.cursor() as cursor:
            return connection.connection, cursor.execute("PRAGMA data_version").fetchone()[0]
    except Error:
        return None  # the round will find out what is the matter, and tell

"""Telling of what keeps failing: in full once, then in a line now and then.

Whoever tries again every half second would else fill the log, and a disk that is full already.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Hashable

SAID_AGAIN_AFTER_S = 60.0
_KIND_CHARS = 200


class Failing:
    """What fails of several doings, each known by anything that stays the same."""

    def __init__(self, log: logging.Logger, words: str) -> None:
        self.log, self.words = log, words
        self._said: dict[Hashable, tuple[str, float]] = {}

    def failed(self, doing: Hashable, error: Exception) -> None:
        """Tell that a doing failed; the same failure again at most once a minute, in a line."""
        kind, moment = f"{type(error).__name__}: {error}"[:_KIND_CHARS], time.monotonic()
        before, last = self._said.get(doing, ("", 0.0))
        if before != kind:
            self.log.error(self.words, exc_info=error)
        elif moment - last >= SAID_AGAIN_AFTER_S:
            self.log.error("%s, still: %s", self.words, kind)
        else:
            return
        self._said[doing] = kind, moment

    def went_well(self, doing: Hashable) -> None:
        """Forget what was said of a doing: the next failure is a new one."""
        self._said.pop(doing, None)

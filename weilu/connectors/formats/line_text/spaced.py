"""LINE's exports from a computer: `HH:MM name text` with blanks, where only habit tells the name.

Source: the desktop app's exports. A name may hold blanks; nothing in a line says where it ends. It
ends where the lines that begin alike begin to differ.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

# Half of day in front or behind, then hours, minutes and the rest of the line.
LINE = re.compile(
    r"(?:(上午|下午|午前|午後|오전|오후) ?)?(\d{1,2}):(\d\d)(?: ?([AaPp])[Mm])? (\S.*)$"
)

# Words that a name has at most, and lines that must begin alike before a second word is believed.
_MOST_WORDS = 4
_LEAST_ALIKE = 3
# Beginnings held at most; beyond them names are taken as one word.
_MOST_BEGINNINGS = 200_000


class Names:
    """Where the name ends in lines that begin with one, learned from all of them."""

    def __init__(self, rests: Iterable[str]) -> None:
        self._seen: Counter[tuple[str, ...]] = Counter()
        # Beginnings after which some line ended: a name there leaves that line without a text.
        self._ended: set[tuple[str, ...]] = set()
        for rest in rests:
            self._count(rest)

    def _count(self, rest: str) -> None:
        words = rest.split(" ", _MOST_WORDS)
        if len(words) <= _MOST_WORDS:
            self._ended.add(tuple(words))
        if len(self._seen) < _MOST_BEGINNINGS:
            for length in range(1, min(len(words), _MOST_WORDS) + 1):
                self._seen[tuple(words[:length])] += 1

    def knows(self, name: str) -> bool:
        """Whether lines begin with this."""
        return tuple(name.split(" ")) in self._seen

    def split(self, rest: str) -> tuple[str, str | None]:
        """Name and text; None for the text where the line has but one word, as events do."""
        words = rest.split(" ")
        length = 1
        while length < min(len(words) - 1, _MOST_WORDS) and self._goes_on(words[: length + 1]):
            length += 1
        if len(words) == 1:
            return rest, None
        return " ".join(words[:length]), " ".join(words[length:])

    def _goes_on(self, words: list[str]) -> bool:
        longer = tuple(words)
        count = self._seen[longer]
        return (
            count >= _LEAST_ALIKE and count == self._seen[longer[:-1]] and longer not in self._ended
        )

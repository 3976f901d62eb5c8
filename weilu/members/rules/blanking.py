"""Taking a person's names out of what others wrote, without tearing other words apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BLANK = "[…]"
# A name shorter than this is taken out only where somebody is addressed by it.
_LEAST = 2
_LEAST_ASCII = 4


@dataclass(frozen=True, slots=True)
class Blanker:
    """Blanks names; `everywhere` finds them in any place, `addressed` after an @ or before a colon.

    Either may be None: there is nothing to look for.
    """

    everywhere: re.Pattern[str] | None
    addressed: re.Pattern[str] | None

    def blank(self, text: str) -> str:
        """The text without the names; the same object when it holds none."""
        for pattern in (self.everywhere, self.addressed):
            if pattern is not None and pattern.search(text):
                text = pattern.sub(BLANK, text)
        return text

    def blank_value(self, value: object) -> object:
        """A JSON value with every text in it blanked; keys stay."""
        if isinstance(value, str):
            return self.blank(value)
        if isinstance(value, list):
            return [self.blank_value(one) for one in value]
        if isinstance(value, dict):
            return {key: self.blank_value(one) for key, one in value.items()}
        return value


def is_distinctive(name: str) -> bool:
    """Whether a name is long enough to be looked for anywhere in a text."""
    return len(name) >= (_LEAST_ASCII if name.isascii() else _LEAST)


def blanker(names: Sequence[str], *, everywhere: bool) -> Blanker:
    """What blanks these names; `everywhere` False: only where somebody is addressed by them."""
    known = sorted({name for name in names if name.strip()}, key=lambda n: (-len(n), n))
    wide = [name for name in known if is_distinctive(name)] if everywhere else []
    return Blanker(
        everywhere=_pattern(_whole(name) for name in wide),
        addressed=_pattern(
            f"(?<=@){re.escape(n)}{_end(n)}|^{re.escape(n)}(?=\\s*[:：,，])" for n in known
        ),
    )


def _pattern(parts: Iterable[str]) -> re.Pattern[str] | None:
    listed = list(parts)
    return re.compile("|".join(listed), re.IGNORECASE | re.MULTILINE) if listed else None


def _whole(name: str) -> str:
    """The name where it is no part of a longer word of letters."""
    start = r"(?<![0-9A-Za-z_])" if re.match(r"[0-9A-Za-z_]", name) else ""
    return f"{start}{re.escape(name)}{_end(name)}"


def _end(name: str) -> str:
    return r"(?![0-9A-Za-z_])" if re.search(r"[0-9A-Za-z_]$", name) else ""

"""Day and channel of a log file, which most loggers write into its path only."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from weilu.connectors.formats.irc.grammar import MONTHS

_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-_./]?(0[1-9]|1[0-2])[-_./]?(0[1-9]|[12]\d|3[01])(?!\d)"
)
# Eggdrop's own way: ".31Jan2024".
_NAMED_DATE = re.compile(
    r"(?<![\dA-Za-z])(0[1-9]|[12]\d|3[01])(" + "|".join(MONTHS) + r")((?:19|20)\d\d)(?!\d)"
)
_DATE_LIKE = re.compile(r"(?<!\d)(?:19|20)\d\d(?:[-_.]?[01]\d(?:[-_.]?[0-3]\d)?)?(?!\d)")
_ENDING = re.compile(r"\.(?:txt|log|weechatlog|zip|irc)$", re.IGNORECASE)
_CHANNEL = re.compile(
    r"\b(?:joined|left|kicked from|topic of|talking (?:in|on)) (#+[^\s,:]*[^\s,:.])"
)


def path_day(path: str) -> tuple[int, int, int] | None:
    """Year, month and day that the path of a daily log ends with, or None."""
    found = _DATE.findall(path)
    if named := _NAMED_DATE.search(path):
        return int(named[3]), MONTHS[named[2]], int(named[1])
    if not found:
        return None
    year, month, day = found[-1]
    return int(year), int(month), int(day)


def path_channel(path: str) -> str:
    """Channel name out of the path: its last part that is not a date; "" when all are."""
    for part in reversed(path.split("/")):
        # Eggdrop writes the day behind the ending.
        undated = _DATE_LIKE.sub("", _NAMED_DATE.sub("", _ENDING.sub("", part)))
        name = _ENDING.sub("", undated.strip("._- "))
        if "#" in name:
            return name[name.index("#") :]
        if name and not name.isdigit():
            return name
    return ""


def spoken_channel(name: str, heads: Iterable[str]) -> str:
    """`name` with the hash signs that the lines themselves give it, or as it stands."""
    if name.startswith("#"):
        return name
    counted: Counter[str] = Counter(found for head in heads for found in _CHANNEL.findall(head))
    for spoken, _ in counted.most_common():
        if not name or spoken.lstrip("#").lower() == name.lower():
            return spoken
    return name

"""The dates and times of KakaoTalk's exports, which follow the language and the device."""

from __future__ import annotations

import re

_KOREAN = re.compile(
    r"(\d{4})(?:년|\.) ?(\d{1,2})(?:월|\.) ?(\d{1,2})(?:일|\.)?(?: ?[월화수목금토일]요일)?"
)
_HALF = re.compile(r"(오전|오후|AM|PM) ?(\d{1,2}:\d\d(?::\d\d)?)")
_HALVES = {"오전": "AM", "오후": "PM"}
_CLOCK = r"(?:(?:오전|오후|AM|PM) ?)?\d{1,2}:\d\d(?: ?[AaPp][Mm])?"
_DATE = (
    r"(?:\d{4}(?:년|\.) ?\d{1,2}(?:월|\.) ?\d{1,2}(?:일|\.)?(?: ?[월화수목금토일]요일)?"
    r"|(?:[A-Z][a-z]{5,8}, )?[A-Z][a-z]{2,8} \d{1,2}, \d{4}"
    r"|\d{1,2} [A-Z][a-z]{2,8} \d{4})"
)
# A line with a day alone; phones write the time behind it too.
DAY = re.compile(rf"(?:-{{5,}}\s?)?(?P<day>{_DATE})(?:,?(?: at)? {_CLOCK})?(?:\s?-{{5,}})?\s*")
# Computers: the day stands above.
BRACKETED = re.compile(rf"\[(?P<name>.{{1,200}}?)\] \[(?P<clock>{_CLOCK})\] (?P<text>.*)")
# Phones: every line has its day, and a system line has no name.
STAMPED = re.compile(
    rf"(?P<stamp>{_DATE},?(?: at)? {_CLOCK})"
    r"(?:, (?P<name>.{1,200}?) : (?P<text>.*)|[,:] (?P<told>.+))"
)


def written(stamp: str) -> str:
    """A date or a time as other programs write it: 2024-1-31 2:05 PM."""
    stamp = _KOREAN.sub(r"\1-\2-\3", stamp.strip())
    return _HALF.sub(lambda found: f"{found[2]} {_HALVES.get(found[1], found[1])}", stamp)

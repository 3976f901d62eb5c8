"""Logs that name no day, as many clients write them: where midnight lies, and when they began."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from weilu.chat.ports import Bundle, Entry
from weilu.connectors.formats.irc.grammar import DAY_LINE, DAY_STARTS, MONTH_STAMP, STAMP
from weilu.connectors.formats.irc.moments import whole
from weilu.connectors.formats.irc.places import path_day
from weilu.connectors.formats.lines import TextStream
from weilu.connectors.formats.local_time import twelve_hour

# A line earlier than the one before by more than this is of the next day; clocks are set back by
# less. Silence of a whole day leaves no trace, nor does a day that begins later than one ended.
JITTER_MINUTES = 10
_CLOCK = re.compile(r"\[?([0-2]\d):([0-5]\d)(?::[0-5]\d)?(?: ?([AaPp])[Mm]\b)?(?!\d)")


@dataclass(frozen=True, slots=True)
class Undated:
    """A file that names no day: the numbers of the lines that begin a further one."""

    entry: Entry
    midnights: tuple[int, ...]

    def days(
        self, first: int, lines: list[str], start: date
    ) -> Iterator[tuple[date, int, list[str]]]:
        """The day of each run of lines, the number of its first line, the lines.

        `first` is the number of the first of `lines`, `start` the day of the file's first line.
        """
        past = sum(number <= first for number in self.midnights)
        at = first
        for number in (*self.midnights[past:], first + len(lines)):
            end = min(number, first + len(lines))
            yield start + timedelta(days=past), at, lines[at - first : end - first]
            if end == first + len(lines):
                return
            at, past = end, past + 1


def undated(entry: Entry) -> Undated | None:
    """Where midnight lies in a file that has times and no day; None for every other file."""
    if path_day(entry.path):
        return None
    midnights: list[int] = []
    last = -1
    for number, line in TextStream(entry).lines():
        if _names_a_day(line):
            return None
        if found := _CLOCK.match(line):
            minute = _hour(found) * 60 + int(found[2])
            if last - minute > JITTER_MINUTES:
                midnights.append(number)
            last = minute
    return Undated(entry, tuple(midnights)) if last >= 0 else None


def _hour(clock: re.Match[str]) -> int:
    hour = int(clock[1])
    return twelve_hour(hour, afternoon=clock[3] in "Pp") if clock[3] else hour


def _names_a_day(line: str) -> bool:
    stamped = STAMP.match(line)
    if (stamped and stamped["date"]) or whole(line):
        return True
    body = stamped["body"] if stamped else line
    if body.startswith(DAY_STARTS) and DAY_LINE.match(body):
        return True
    return MONTH_STAMP.match(line) is not None


def undated_files(bundle: Bundle) -> list[Undated]:
    """The files of a bundle that name no day, in reading order."""
    return [found for found in map(undated, bundle.entries) if found]


def guess_first_day(files: Sequence[Undated]) -> date | None:
    """The day on which the first file begins, by when it was last written; None when unknown."""
    return _began(files[0]) if files else None


def first_days(files: Sequence[Undated], first_day: date) -> Mapping[str, date]:
    """The day each file begins on, by path, when the first begins on `first_day`.

    As far apart as the files' own dates where these put one after the other; else, as with files
    that were copied, each follows on the day after the one before it ended.
    """
    if not files:
        return {}
    written = [_began(one) for one in files]
    ended = [
        b and b + timedelta(days=len(f.midnights)) for b, f in zip(written, files, strict=True)
    ]
    apart = all(
        end is not None and begin is not None and end < begin
        for end, begin in zip(ended, written[1:], strict=False)
    )
    found: dict[str, date] = {}
    day = first_day
    for one, began in zip(files, written, strict=True):
        if apart and began and written[0]:
            day = first_day + (began - written[0])
        found[one.entry.path] = day
        day += timedelta(days=len(one.midnights) + 1)
    return found


def _began(file: Undated) -> date | None:
    written = file.entry.modified
    return written - timedelta(days=len(file.midnights)) if written else None

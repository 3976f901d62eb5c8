"""Reads IRC logs, one file a day or one for all, with or without joins, parts and nick changes.

Styles: eggdrop, supybot, irssi, WeeChat, ZNC, XChat, HexChat, mIRC, Textual, energymech,
Konversation, dircproxy (public documentation and logs). Nicks
are the accounts. Lines without a time take that of the line before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from weilu.chat.ports import (
    Answers,
    Bundle,
    ChatRef,
    Entry,
    Inbound,
    Kind,
    Platform,
    Portion,
    Question,
    Survey,
    Unreadable,
)
from weilu.connectors.formats.gathering import Gatherer
from weilu.connectors.formats.irc import grammar
from weilu.connectors.formats.irc.grammar import Said
from weilu.connectors.formats.irc.moments import Whole, said, whole
from weilu.connectors.formats.irc.places import path_channel, path_day, spoken_channel
from weilu.connectors.formats.irc.undated import (
    Undated,
    first_days,
    guess_first_day,
    undated_files,
)
from weilu.connectors.formats.lines import head_lines, head_text
from weilu.connectors.formats.local_time import LocalDays, twelve_hour
from weilu.connectors.formats.table.headings import field_of
from weilu.connectors.formats.written_times import offset_ms

# More repeats than this in one line are a damaged or forged count.
MOST_REPEATS = 1000
_WHOLE_STARTS = frozenset("[@123456789")


class IrcFormat:
    """IRC logs as text.

    "Last message repeated N time(s)." is a notice of its speaker; with `expand_repeats` it is N
    further messages. Counting lines is the default, so that totals agree with the file.
    """

    name = "irc"
    label = "IRC log"

    def __init__(self, *, expand_repeats: bool = False) -> None:
        self._expand_repeats = expand_repeats

    def recognise(self, entry: Entry) -> int:
        """Share of the first lines that look like a log, as 0 to 90."""
        lines = [line for line in head_lines(entry) if line.strip()]
        if not lines or _is_table(lines[0]):
            return 0
        known = sum(map(_is_known, lines))
        return 90 * known // len(lines) if known * 10 >= len(lines) * 6 else 0

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """One bundle for each channel of each dropped file or folder, its files by day."""
        groups: dict[tuple[str, str], list[Entry]] = {}
        for entry in entries:
            channel = path_channel(entry.path)
            top = entry.path.split("/", 1)[0] if "/" in entry.path else ""
            groups.setdefault((top, channel), []).append(entry)
        return [
            Bundle(self.name, channel or self.label, tuple(sorted(group, key=_by_day)))
            for (_, channel), group in groups.items()
        ]

    def survey(self, bundle: Bundle) -> Survey:
        """Ask for the zone, which logs never say, and for a group or day that is not named."""
        asks = {Question.ZONE}
        if not _chat(bundle).name:
            asks.add(Question.GROUP)
        files = undated_files(bundle)
        if files:
            asks.add(Question.FIRST_DAY)
        return Survey(frozenset(asks), first_day=guess_first_day(files))

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the channel's records; Unreadable when no line can be dated."""
        return _Reading(bundle, answers, expand_repeats=self._expand_repeats).portions()


def _by_day(entry: Entry) -> tuple[tuple[int, int, int], str]:
    return path_day(entry.path) or (0, 0, 0), entry.path


def _chat(bundle: Bundle) -> ChatRef:
    name = path_channel(bundle.entries[0].path)
    name = spoken_channel(name, (head_text(entry) for entry in bundle.entries))
    return ChatRef(Platform.IRC, name.lower() if name.startswith("#") else "", name)


def _is_table(line: str) -> bool:
    """Whether a first line is the headings of a table, whose rows look like a log with tabs."""
    return sum(field_of(cell) is not None for cell in line.split("\t")) > 1


def _is_known(line: str) -> bool:
    if grammar.MESSAGE.match(line) or grammar.DAY_LINE.match(line):
        return True
    if line.startswith("=== "):
        return True
    if (known := whole(line)) is not None:
        return said(known.body).kind != Kind.NOTICE or "\t" in known.body
    found = grammar.STAMP.match(line) or grammar.MONTH_STAMP.match(line)
    if found is None:
        return False
    body = found["body"]
    told = grammar.parse_body(body)
    return told.kind != Kind.NOTICE or body.startswith(("*** ", "-!- ", "--"))


def _clock(stamped: re.Match[str]) -> str:
    """The time as HH:MM of 24 hours, whichever clock wrote it."""
    minute: str = stamped["minute"]
    half = (stamped.groupdict().get("half") or "").strip().lower()
    if not half:
        return minute
    return f"{twelve_hour(int(minute[:2]), afternoon=half == 'pm'):02d}{minute[2:]}"


class _Reading:
    """The state of one reading: the day, the last moment and the last message."""

    def __init__(self, bundle: Bundle, answers: Answers, *, expand_repeats: bool) -> None:
        self._bundle = bundle
        self._expand_repeats = expand_repeats
        self._days = LocalDays(answers.zone)
        self._utc = LocalDays(ZoneInfo("UTC"))
        self._gather = Gatherer(bundle, _chat(bundle))
        self._day: tuple[int, int, int] | None = None
        self._date = ""
        self._hours: tuple[int, ...] = ()
        self._minutes: dict[str, int] = {}
        self._last_ms: int | None = None
        self._last: Inbound | None = None
        self._dated = False
        self._undated: dict[str, Undated] = {}
        self._begins: Mapping[str, date] = {}
        if answers.first_day:
            files = undated_files(bundle)
            self._undated = {one.entry.path: one for one in files}
            self._begins = first_days(files, answers.first_day)

    def portions(self) -> Iterator[Portion]:
        for entry in self._bundle.entries:
            stream = self._gather.start(entry)
            self._last = None
            self._set_day(path_day(entry.path))
            for first, lines in stream.batches():
                self._take_batch(entry, first, lines)
                yield from self._gather.full()
        if not self._dated and self._gather.problems:
            raise Unreadable(self._gather.problems[0])
        yield from self._gather.rest()

    def _take_batch(self, entry: Entry, first: int, lines: list[str]) -> None:
        """Read lines, those of a file that names no day from one midnight to the next."""
        begins = self._begins.get(entry.path)
        if begins is None:
            self._take_lines(first, lines)
            return
        for day, number, run in self._undated[entry.path].days(first, lines, begins):
            if (day.year, day.month, day.day) != self._day:
                self._set_day((day.year, day.month, day.day))
            self._take_lines(number, run)

    def _set_day(self, day: tuple[int, int, int] | None) -> None:
        try:
            self._hours = self._days.hours(*day) if day else ()
        except ValueError:
            day, self._hours = None, ()
        self._day = day
        self._date = f"{day[0]:04d}-{day[1]:02d}-{day[2]:02d}" if day else ""
        self._minutes = {}
        self._last_ms = self._hours[0] if self._hours else None

    def _take_lines(self, first: int, lines: list[str]) -> None:
        match, minutes, add = grammar.MESSAGE.match, self._minutes, self._gather.add
        for number, line in enumerate(lines, first):
            found = match(line)
            if found is None:
                if line and not line.isspace():
                    self._take_odd(number, line)
                    minutes = self._minutes
                continue
            date, minute, second, nick, text = found.groups()
            if date and date != self._date:
                self._full_day(date)
                minutes = self._minutes
            start = minutes.get(minute)
            if start is None:
                start = self._minute(minute, number, line)
                if start is None:
                    continue
            self._last_ms = sent = start + int(second) * 1000 if second else start
            if not text.isprintable():
                text = grammar.clean(text)
            self._last = Inbound(Kind.MESSAGE, sent, nick, nick, text)
            add(self._last, number)

    def _minute(self, minute: str, number: int, line: str) -> int | None:
        """UTC milliseconds of "HH:MM" on the current day; notes what cannot be dated."""
        hour = int(minute[:2])
        if not self._hours or hour > 23:
            self._gather.note("bad_time", number, line)
            return None
        self._dated = True
        start = self._minutes[minute] = self._hours[hour] + int(minute[3:]) * 60_000
        return start

    def _take_odd(self, number: int, line: str) -> None:
        """Read a line that is not a plain message of the current day."""
        known = whole(line) if line[:1] in _WHOLE_STARTS else None
        if known is not None:
            self._take_whole(number, line, known)
        else:
            self._take_other(number, line)

    def _take_other(self, number: int, line: str) -> None:
        """Read a line that leaves its day or its time to those before it."""
        stamped = grammar.STAMP.match(line)
        body = stamped["body"] if stamped else line
        if body.startswith(grammar.DAY_STARTS) and (found := grammar.DAY_LINE.match(body)):
            month = grammar.MONTHS.get(found["month"], 0)
            self._set_day((int(found["year"]), month, int(found["day"])))
            return
        if line.startswith("Session Ident: "):
            return
        if stamped is None and (stamped := grammar.MONTH_STAMP.match(line)):
            self._month_day(stamped["month"], int(stamped["day"]))
        elif stamped is not None and stamped["date"]:
            self._full_day(stamped["date"])
        if stamped is not None:
            start = self._minute(_clock(stamped), number, line)
            if start is not None:
                start = self._absolute(stamped.groupdict(), start)
                self._last_ms = start + int(stamped["second"] or 0) * 1000
                self._take_body(number, grammar.parse_body(stamped["body"]))
        elif line.startswith("=== ") and self._last_ms is not None:
            self._take_body(number, grammar.parse_event(line[4:]))
        else:
            self._gather.note("bad_record", number, line)

    def _take_whole(self, number: int, line: str, known: Whole) -> None:
        """Read a line that tells its day and time, or its moment."""
        if known.sent_ms is not None:
            self._dated = True
            self._last_ms = known.sent_ms
        else:
            if known.day != self._day:
                self._set_day(known.day)
            start = self._minute(known.minute, number, line)
            if start is None:
                return
            self._last_ms = start + known.second * 1000
        self._take_body(number, said(known.body))

    def _absolute(self, stamped: dict[str, str | None], start: int) -> int:
        """The minute's moment; a stamp with an offset from UTC is of no other zone."""
        written, has_date = stamped.get("offset"), stamped.get("date")
        if not (written and has_date and self._day):
            return start
        hour, _, minute = str(stamped["minute"]).partition(":")
        return self._utc.moment(self._day, int(hour), int(minute)) - offset_ms(written)

    def _month_day(self, month: str, day: int) -> None:
        """XChat writes no year: it is that of the last session line."""
        if self._day is not None:
            new = (self._day[0], grammar.MONTHS.get(month, 0), day)
            if new != self._day:
                year = new[0] + (1 if new[1:] < self._day[1:] else 0)
                self._set_day((year, new[1], day))

    def _full_day(self, text: str) -> None:
        day = (int(text[:4]), int(text[5:7]), int(text[8:10]))
        if day != self._day:
            self._set_day(day)

    def _take_body(self, number: int, said: Said) -> None:
        sent = self._last_ms or 0
        if said.kind == Kind.NOTICE and (repeated := grammar.REPEATED.match(said.text)):
            self._repeat(number, int(repeated[1]), sent)
            return
        text = grammar.clean(said.text)
        item = Inbound(
            said.kind, sent, said.nick, said.nick, text, target=said.target, form=said.form
        )
        if said.kind == Kind.MESSAGE:
            self._last = item
        self._gather.add(item, number)

    def _repeat(self, number: int, times: int, sent: int) -> None:
        last = self._last
        if last is None or times > MOST_REPEATS:
            self._gather.note("bad_record", number, f"Last message repeated {times}")
        elif self._expand_repeats:
            again = Inbound(last.kind, sent, last.account, last.name, last.text, form=last.form)
            for _ in range(times):
                self._gather.add(again, number)
        else:
            text = f"Last message repeated {times} time(s)."
            self._gather.add(Inbound(Kind.NOTICE, sent, last.account, last.name, text), number)


FORMAT = IrcFormat()

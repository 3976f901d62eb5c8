"""Lines of an IRC log that tell their moment whole: seconds since 1970, or the day in brackets.

Sources: Konversation's logs (`[Tuesday, 1 January 2013] [12:00:00 CET] <nick>`, in the words of its
language), dircproxy's, and others that write a Unix time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from weilu.chat.ports import Form, Kind
from weilu.connectors.formats.irc.grammar import MONTHS, Said, parse_body, parse_event
from weilu.connectors.formats.written_times import date_fields

EPOCH = re.compile(
    r"[@\[]?(?P<seconds>[1-9]\d{8,9})(?:\.?(?P<part>\d{3})\d{0,3})?\]?[ \t](?P<body>\S.*)"
)
BRACKETS = re.compile(
    r"\[(?P<day>[^\[\]]{6,48})\] \[(?P<minute>[0-2]\d:[0-5]\d)(?::(?P<second>[0-5]\d))?"
    r"[^\[\]]{0,12}\][ \t]{1,9}(?P<body>.*)"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DAY = re.compile(r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])(?!\d)")
_MONTH = re.compile(rf"\b({'|'.join(MONTHS)})[a-z]{{0,6}}\b")
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
# What kind of line it is, in the language of the program.
_LABEL = re.compile(r"[^\s<>*\t][^<>\t]{0,24}\t")
_LABELS = frozenset(
    {"Join", "Part", "Quit", "Nick", "Kick", "Mode", "Topic", "Notice", "Info", "Error", "Ban"}
    | {"Invite", "Away", "Welcome", "Help", "CTCP", "Whois", "Support", "URL", "Usage"}
)
_HOST = re.compile(
    r"[<\[](?P<nick>[^\s!<>\[\]]+)![^\s<>\[\]]+[>\]] (?P<action>ACTION )?(?P<text>.*)"
)


@dataclass(frozen=True, slots=True)
class Whole:
    """A line with its moment: UTC milliseconds, or the day and time of a local clock."""

    body: str
    sent_ms: int | None = None
    day: tuple[int, int, int] = (0, 0, 0)
    minute: str = ""
    second: int = 0


def whole(line: str) -> Whole | None:
    """The moment and what follows it; None for a line that does not tell its day."""
    if found := EPOCH.fullmatch(line):
        sent = int(found["seconds"]) * 1000 + int(found["part"] or 0)
        return Whole(found["body"], sent)
    if line[:1] == "[" and (found := BRACKETS.fullmatch(line)) and (day := _day(found["day"])):
        return Whole(found["body"], None, day, found["minute"], int(found["second"] or 0))
    return None


def _day(written: str) -> tuple[int, int, int] | None:
    """Year, month and day in the words of English or in numbers, year first."""
    if found := _CHINESE.search(written):
        return int(found[1]), int(found[2]), int(found[3])
    year, month = _YEAR.search(written), _MONTH.search(written)
    if year and month:
        day = _DAY.search(written.replace(year[0], ""))
        return (int(year[0]), MONTHS[month[1]], int(day[0])) if day else None
    fields = date_fields(written)
    return fields if fields and fields[0] > 31 else None


def said(body: str) -> Said:
    """What the rest of such a line says."""
    if found := _HOST.fullmatch(body):
        form = Form.ACTION if found["action"] else Form.TEXT
        return Said(Kind.MESSAGE, found["nick"], found["text"], form=form)
    if found := _LABEL.match(body):
        told = parse_event(body[found.end() :].strip().removesuffix("."))
        # Where it is none of these, it was a nick before the tab.
        if told.kind != Kind.NOTICE or " " in found[0].strip() or found[0].strip() in _LABELS:
            return told
    told = parse_body(body)
    return replace(told, nick=told.nick.partition("!")[0])

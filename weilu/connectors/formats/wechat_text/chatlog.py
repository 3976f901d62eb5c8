"""Reads chatlog's plain text, as its interface answers without a format (sjzar/chatlog).

Source: internal/model/message.go. A record is `name(wxid) time`, where several groups were asked
for with `[group(id)]` between, then its text and an empty line. The program leaves out what all
times have in common: the year, or the whole day. Then the first day is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from weilu.chat.ports import (
    Answers,
    Bundle,
    ChatRef,
    Entry,
    Inbound,
    Kind,
    Platform,
    Question,
    Survey,
)
from weilu.connectors.formats.headed import HeadedFormat, HeadedReader, Heading
from weilu.connectors.formats.jsonnotices import system_items
from weilu.connectors.formats.lines import TextStream, head_lines
from weilu.connectors.formats.local_time import LocalDays
from weilu.connectors.formats.wechat_text.plain import block_starts, form_of_text

_HEADING = re.compile(
    r"(?P<name>.{0,200}?)(?:\((?P<account>[^()\s]{1,80})\))?"
    r"(?: \[(?P<room>.{0,200}?)\((?P<key>[^()\s]+@chatroom)\)\])?"
    r" (?:(?:(?P<year>\d{4})-)?(?P<month>\d\d)-(?P<day>\d\d) )?"
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
)
_ACCOUNT = re.compile(r"wxid_\w+|\w+@chatroom|我|系统消息|[A-Za-z][\w-]{5,19}|\d{5,20}@openim")
_LONGEST_HEADING = 600
_SYSTEM = "系统消息"
_SELF = "我"
# How a picture, a voice message or a card stands in the text.
_MEDIA = re.compile(r"!?\[(?:分享|链接|文件|小程序|图片|语音|视频|视频号)[|\]]")


class ChatlogTextFormat(HeadedFormat):
    """WeChat as text of chatlog."""

    name = "chatlog_text"
    label = "WeChat text (chatlog)"
    platform = Platform.WECHAT

    def recognise(self, entry: Entry) -> int:
        """78 where what stands after empty lines are mostly its headings."""
        starts = block_starts(head_lines(entry))
        headings = sum(map(_is_heading, starts))
        if not starts or not _is_heading(starts[0]):
            return 0
        return 78 if headings * 2 >= len(starts) else 0

    def survey(self, bundle: Bundle) -> Survey:
        """Ask for zone and group; for the first day where the year or the day is left out."""
        asks = {Question.ZONE}
        if not any(
            found["key"]
            for line in head_lines(bundle.entries[0])
            if (found := _HEADING.fullmatch(line))
        ):
            asks.add(Question.GROUP)
        missing = _missing(bundle.entries[0])
        if missing is None:
            return Survey(frozenset(asks))
        asks.add(Question.FIRST_DAY)
        return Survey(frozenset(asks), first_day=missing.first_day(bundle.entries[0].modified))

    def reader(self, bundle: Bundle, answers: Answers) -> HeadedReader:
        """A reader whose days go on from the first one."""
        first_day = answers.first_day
        if first_day is None and (missing := _missing(bundle.entries[0])) is not None:
            first_day = missing.first_day(bundle.entries[0].modified)
        return _Reader(LocalDays(answers.zone), first_day)


def _is_heading(line: str) -> bool:
    found = _HEADING.fullmatch(line) if len(line) <= _LONGEST_HEADING else None
    if found is None:
        return False
    if found["account"]:
        return True
    return _ACCOUNT.fullmatch(found["name"]) is not None


@dataclass(frozen=True, slots=True)
class _Missing:
    """How far a file goes whose times lack the year or the day."""

    first: tuple[int, int] | None
    years: int
    midnights: int

    def first_day(self, written: date | None) -> date | None:
        """The day it begins on, when it was written right after its end."""
        if written is None:
            return None
        if self.first is None:
            return written - timedelta(days=self.midnights)
        for year in range(written.year - self.years, written.year - self.years - 8, -1):
            try:
                day = date(year, *self.first)
            except ValueError:
                continue
            if day <= written:
                return day
        return None


def _missing(entry: Entry) -> _Missing | None:
    """What the headings leave out; None where they have whole dates."""
    first: tuple[int, int] | None = None
    last, clock = (0, 0), ""
    years = midnights = count = 0
    before = ""
    for _, line in TextStream(entry).lines():
        found = _HEADING.fullmatch(line) if not before.strip() and _is_heading(line) else None
        before = line
        if found is None:
            continue
        count += 1
        if found["year"]:
            return None
        if found["month"]:
            day = (int(found["month"]), int(found["day"]))
            first = first or day
            years += day < last
            last = day
        else:
            now = f"{found['hour']}:{found['minute']}"
            midnights += now < clock
            clock = now
    return _Missing(first, years, midnights) if count else None


class _Reader(HeadedReader):
    def __init__(self, days: LocalDays, first_day: date | None) -> None:
        self._days = days
        self._day = first_day
        self._clock = ""

    def heading(self, line: str, before: str) -> Heading | None:
        """A name, an account and a time after an empty line."""
        if before.strip() or not _is_heading(line) or not (found := _HEADING.fullmatch(line)):
            return None
        clock = (int(found["hour"]), int(found["minute"]), int(found["second"]))
        sent = self._days.moment(self._dated(found), *clock)
        chat = ChatRef(Platform.WECHAT, found["key"], found["room"]) if found["key"] else None
        name, account = found["name"], found["account"] or ""
        if not account:
            name, account = ("", name) if name != _SELF else (name, "")
        return Heading(sent, "" if account == _SELF else account, name or account, chat=chat)

    def _dated(self, found: re.Match[str]) -> tuple[int, int, int]:
        if found["year"]:
            return int(found["year"]), int(found["month"]), int(found["day"])
        if self._day is None:
            message = "no day is known"
            raise ValueError(message)
        if found["month"]:
            month, day = int(found["month"]), int(found["day"])
            year = self._day.year + ((month, day) < (self._day.month, self._day.day))
            self._day = date(year, month, day)
        else:
            clock = f"{found['hour']}:{found['minute']}"
            self._day += timedelta(days=int(clock < self._clock))
            self._clock = clock
        return self._day.year, self._day.month, self._day.day

    def told(self, heading: Heading, lines: Sequence[str]) -> Sequence[Inbound]:
        """A message without the quote above it, or what a system line tells."""
        text = "\n".join(lines)
        if _SYSTEM in {heading.account, heading.name}:
            return system_items(text, heading.sent_ms)
        said = _without_quote(lines)
        form = form_of_text(said)
        if found := _MEDIA.match(said):
            form = form_of_text(found[0].lstrip("!").rstrip("|]") + "]")
        item = Inbound(
            Kind.MESSAGE, heading.sent_ms, heading.account, heading.name, said, form=form
        )
        return (item,)


def _without_quote(lines: Sequence[str]) -> str:
    """What was said, without the message it answers, whose lines begin with a mark."""
    at = next((k for k, line in enumerate(lines) if not line.startswith("> ")), len(lines))
    said = "\n".join(lines[at:])
    return said or "\n".join(lines)


FORMAT = ChatlogTextFormat()

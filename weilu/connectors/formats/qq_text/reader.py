"""Reads the text exports of QQ's message manager, also with several chats in one file.

Source: public exports and fixtures. A record is a header line after an empty line, then its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

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
)
from weilu.connectors.formats.chinese_notices import parse_notices
from weilu.connectors.formats.gathering import Gatherer
from weilu.connectors.formats.lines import head_lines, head_text
from weilu.connectors.formats.local_time import LocalDays, twelve_hour
from weilu.connectors.formats.placeholders import form_of

_HEADER = re.compile(
    r"(\d{4}[-/]\d{1,2}[-/]\d{1,2}) (?:([上下]午) ?)?(\d{1,2}):(\d\d):(\d\d)(?: ([AP]M))? ?"
    r"(.*?)(?:\(([^()]*)\)|<([^<>]*)>)?\s*$"
)
_LONGEST_HEADER = 300
_RULE = "=" * 20
_TITLES = ("消息对象:", "Message Object:")
_GROUPINGS = ("消息分组:", "Message Group:")
_FIRST_LINE = "消息记录"
_BADGE = re.compile(r"^【[^【】]{1,20}】(?=.)")
_SYSTEM_IDS = frozenset({"10000", "1000000"})
_SYSTEM_NAME = "系统消息"
_WITH_NUMBER = re.compile(r"(.+?)\s?\((\d{5,12})\)$")
# Remembered names per chat, so that "X left" finds the id X wrote under.
_NAMES_KEPT = 100_000


class QqTextFormat:
    """QQ text exports."""

    name = "qq_text"
    label = "QQ text"

    def recognise(self, entry: Entry) -> int:
        """Sure by the export's own first lines, else by header lines after empty lines."""
        text = head_text(entry).lstrip()
        if text.startswith(_FIRST_LINE) and _RULE in text:
            return 98
        lines = head_lines(entry)
        headers = [
            found
            for before, line in zip(["", *lines], lines, strict=False)
            if not before.strip() and (found := _header(line))
        ]
        # In other programs' exports a name may end in brackets, now and then.
        numbered = sum(_is_account(found[8] or found[9] or "") for found in headers)
        if not numbered:
            return 0
        # In other languages the export's own lines read otherwise.
        if _RULE in text[:1000]:
            return 80
        is_first = _header(text.split("\n", 1)[0]) is not None
        return 80 if is_first and numbered * 2 >= len(headers) else 0

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """Every file is an export of its own."""
        return [Bundle(self.name, self.label, (entry,)) for entry in entries]

    def survey(self, bundle: Bundle) -> Survey:
        """Ask for the zone; files copied out of a window do not name the group."""
        asks = {Question.ZONE}
        head = head_text(bundle.entries[0])
        if not any(title in head for title in _TITLES):
            asks.add(Question.GROUP)
        return Survey(frozenset(asks))

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the records of every chat in the file."""
        return _Reading(bundle, LocalDays(answers.zone)).portions()


def _header(line: str) -> re.Match[str] | None:
    """What a header line says; a longer line is none, and would be looked at for very long."""
    return _HEADER.match(line) if len(line) <= _LONGEST_HEADER else None


def _is_account(text: str) -> bool:
    """Whether this is a QQ number or an address, as stands behind a name."""
    return text.isdecimal() or "@" in text


class _Reading:
    """The state of one reading: the chat, the open record and the ids of names seen."""

    def __init__(self, bundle: Bundle, days: LocalDays) -> None:
        self._entry = bundle.entries[0]
        self._gather = Gatherer(bundle, ChatRef(Platform.QQ, "", ""))
        self._days = days
        self._dates: dict[str, tuple[int, ...] | None] = {}
        self._ids: dict[str, str] = {}
        self._number = 0
        self._sent = 0
        self._name = ""
        self._account = ""
        self._lines: list[str] = []
        self._after_blank = True
        self._after_rule = False
        # The lines under a header that could not be dated are told with it.
        self._is_skipping = False
        # What stands between rules before the first record is the export's own head.
        self._is_head = _RULE in head_text(self._entry)[:1000]

    def portions(self) -> Iterator[Portion]:
        stream = self._gather.start(self._entry)
        for first, lines in stream.batches():
            for number, line in enumerate(lines, first):
                if self._after_rule and line.startswith(_TITLES):
                    self._close()
                    yield from self._gather.rest()
                    self._change_chat(line.partition(":")[2].strip())
                else:
                    self._take(number, line)
                self._after_rule = line.startswith(_RULE)
                self._after_blank = not line or line.isspace()
            yield from self._gather.full()
        self._close()
        yield from self._gather.rest()

    def _change_chat(self, name: str) -> None:
        self._gather.chat = ChatRef(Platform.QQ, "", name)
        self._ids.clear()

    def _take(self, number: int, line: str) -> None:
        if self._after_blank and line[:1].isdigit() and (found := _header(line)):
            self._open(number, line, found)
        elif self._number:
            self._lines.append(line)
        elif not (self._is_skipping or self._is_frame(line) or self._is_head):
            self._gather.note("bad_record", number, line)

    def _is_frame(self, line: str) -> bool:
        """Whether a line outside records belongs to the export's own head."""
        return not line.strip() or line.startswith((_RULE, _FIRST_LINE, *_TITLES, *_GROUPINGS))

    def _open(self, number: int, line: str, found: re.Match[str]) -> None:
        date, chinese, hour, minute, second, english, name, number_id, mail = found.groups()
        half = chinese or english
        self._close()
        hours = self._dates[date] if date in self._dates else self._hours(date)
        of_day = int(hour)
        if half:
            of_day = twelve_hour(of_day, afternoon=half in {"PM", "下午"})
        if hours is None or of_day > 23 or minute > "59":
            self._gather.note("bad_time", number, line)
            self._is_skipping = True
            return
        self._is_skipping = self._is_head = False
        self._sent = hours[of_day] + int(minute) * 60_000 + int(second) * 1000
        self._number = number
        self._account = number_id or mail or ""
        self._name = _BADGE.sub("", name) if name.startswith("【") else name
        self._lines = []

    def _hours(self, date: str) -> tuple[int, ...] | None:
        year, month, day = date.replace("/", "-").split("-")
        try:
            hours: tuple[int, ...] | None = self._days.hours(int(year), int(month), int(day))
        except ValueError:
            hours = None
        self._dates[date] = hours
        return hours

    def _close(self) -> None:
        """Turn the open record into items; the rule lines of the next chat are not its text."""
        if not self._number:
            return
        lines = self._lines
        while lines and (not lines[-1].strip() or self._is_frame(lines[-1])):
            lines.pop()
        text = "\n".join(lines)
        number, self._number = self._number, 0
        is_nameless = self._name == _SYSTEM_NAME and not self._account
        if is_nameless or self._account in _SYSTEM_IDS:
            self._close_notice(text, number)
            return
        if self._account and len(self._ids) < _NAMES_KEPT:
            self._ids[self._name] = self._account
        self._gather.add(
            Inbound(Kind.MESSAGE, self._sent, self._account, self._name, text, form=form_of(text)),
            number,
        )

    def _close_notice(self, text: str, number: int) -> None:
        notices = parse_notices(text)
        for kind, name, target in notices:
            numbered = _WITH_NUMBER.match(name)
            who = numbered[1] if numbered else name
            account = numbered[2] if numbered else self._ids.get(name, "")
            shown = text if kind == Kind.NOTICE else ""
            item = Inbound(kind, self._sent, account, who, shown, target=target)
            self._gather.add(item, number)
        if not notices:
            self._gather.add(Inbound(Kind.NOTICE, self._sent, "", "", text), number)


FORMAT = QqTextFormat()

"""Reads messages copied out of a QQ window: the name first, then the moment, then the text.

Source: copies out of the clients. A computer writes `name 2026/11/01 12:30:00` in the order of its
own clock; a phone writes the day on a line of its own (`— —  2026-11-1  — —`) and then
`name  12:30:00`. An empty line ends a message; system lines stand between them.
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
from weilu.connectors.formats.day_order import DayOrderVote
from weilu.connectors.formats.gathering import Gatherer
from weilu.connectors.formats.lines import TextStream, head_lines
from weilu.connectors.formats.placeholders import form_of
from weilu.connectors.formats.written_times import WrittenTimes, date_fields

_DATE = r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
_CLOCK = r"(?:[上下]午 ?)?\d{1,2}:\d\d:\d\d(?: ?[AaPp][Mm])?"
_FULL = re.compile(rf"(?P<name>\S.{{0,80}}?)\s+(?P<date>{_DATE})\s+(?P<clock>{_CLOCK})\s*$")
_SHORT = re.compile(rf"(?P<name>\S.{{0,80}}?)(?: {{2,}}|\t)(?P<clock>{_CLOCK})\s*$")
_DAY = re.compile(
    rf"\s*[—–-]{{1,2}} ?[—–-]{{1,2}}\s+(?P<date>{_DATE})\s+[—–-]{{1,2}} ?[—–-]{{1,2}}\s*$"
)
_BADGE = re.compile(r"^【[^【】]{1,20}】(?=.)")
# The client's own remarks to whoever copied.
_ASIDE = re.compile(r"你和.{1,60}有\d+个共同好友|(?:你|您)(?:撤回|邀请|加入|已加入|被).{0,80}$")


class QqWindowFormat:
    """Copies out of a QQ window."""

    name = "qq_window"
    label = "QQ copy"

    def recognise(self, entry: Entry) -> int:
        """By a header as the first line, and headers only after empty lines or day lines."""
        lines = head_lines(entry)
        first = next((line for line in lines if line.strip()), "")
        if _DAY.match(first):
            return 84 if any(_SHORT.match(line) for line in lines) else 0
        return 72 if _FULL.match(first) and "\t" not in first else 0

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """Every file is a copy of its own."""
        return [Bundle(self.name, self.label, (entry,)) for entry in entries]

    def survey(self, bundle: Bundle) -> Survey:
        """Asks for the zone, the group, and the order of day and month where it is open."""
        vote = _vote(bundle.entries[0])
        asks = {Question.ZONE, Question.GROUP}
        if not vote.is_decided:
            asks.add(Question.DAY_ORDER)
        return Survey(frozenset(asks), day_order=vote.guess)

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the messages; the order of day and month is inferred where it was not answered."""
        order = answers.day_order or _vote(bundle.entries[0]).guess
        return _Reading(bundle, WrittenTimes(answers.zone, order)).portions()


def _vote(entry: Entry) -> DayOrderVote:
    vote = DayOrderVote()
    for _, lines in TextStream(entry).batches():
        for line in lines:
            found = _FULL.match(line) or _DAY.match(line)
            if found is not None and (fields := date_fields(found["date"])):
                vote.see(fields)
    return vote


class _Reading:
    """The state of one reading: the day of a phone's copy, and the open message's lines."""

    def __init__(self, bundle: Bundle, times: WrittenTimes) -> None:
        self._entry = bundle.entries[0]
        self._gather = Gatherer(bundle, ChatRef(Platform.QQ, "", ""))
        self._times = times
        self._day = ""
        self._number = 0
        self._sent = 0
        self._name = ""
        self._lines: list[str] = []
        self._after_blank = True

    def portions(self) -> Iterator[Portion]:
        stream = self._gather.start(self._entry)
        for first, lines in stream.batches():
            for number, line in enumerate(lines, first):
                self._take(number, line)
                self._after_blank = not line.strip()
            yield from self._gather.full()
        self._close()
        yield from self._gather.rest()

    def _take(self, number: int, line: str) -> None:
        if found := _DAY.match(line):
            self._close()
            self._day = found["date"]
        elif self._after_blank and (found := _FULL.match(line)):
            self._open(number, line, found["name"], f"{found['date']} {found['clock']}")
        elif self._after_blank and self._day and (found := _SHORT.match(line)):
            self._open(number, line, found["name"], f"{self._day} {found['clock']}")
        elif self._after_blank and self._is_notice(number, line.strip()):
            pass
        elif self._number:
            self._lines.append(line)
        elif line.strip():
            self._gather.note("bad_record", number, line)

    def _open(self, number: int, line: str, name: str, written: str) -> None:
        self._close()
        try:
            self._sent = self._times.moment(written)
        except ValueError:
            self._gather.note("bad_time", number, line)
            return
        self._number, self._lines = number, []
        self._name = _BADGE.sub("", name).strip()

    def _is_notice(self, number: int, line: str) -> bool:
        """Take a system line, at the moment of the message before it; there is none of its own."""
        notices = parse_notices(line)
        if not (notices or _ASIDE.match(line)) or not self._sent:
            return False
        self._close()
        for kind, name, target in notices:
            shown = line if kind == Kind.NOTICE else ""
            self._gather.add(Inbound(kind, self._sent, "", name, shown, target=target), number)
        if not notices:
            self._gather.add(Inbound(Kind.NOTICE, self._sent, "", "", line), number)
        return True

    def _close(self) -> None:
        """Turn the open lines into a message."""
        if not self._number:
            return
        number, self._number = self._number, 0
        text = "\n".join(self._lines).strip("\n")
        item = Inbound(Kind.MESSAGE, self._sent, "", self._name, text, form=form_of(text))
        self._gather.add(item, number)


FORMAT = QqWindowFormat()

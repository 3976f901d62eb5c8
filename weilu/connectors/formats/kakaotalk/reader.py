"""Reads KakaoTalk's text exports (handbook K-4).

Sources: public fixtures and importers. Computers write a day line, then `[name] [오후 4:17] text`,
phones `2024년 1월 31일 오후 4:17, name : text`, in the language of the device. A line without a
stamp continues the message before it. The Mac's tables are read by `table`.
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
from weilu.connectors.formats.gathering import Gatherer
from weilu.connectors.formats.kakaotalk import notices
from weilu.connectors.formats.kakaotalk.stamps import BRACKETED, DAY, STAMPED, written
from weilu.connectors.formats.lines import head_lines
from weilu.connectors.formats.written_times import WrittenTimes

_TITLES = (
    re.compile(r"(.+?) 님과 카카오톡 대화\s*$"),
    re.compile(r"(.+?)(?: \d+)? 카카오톡 대화\s*$"),
    re.compile(r"(.+?) with KakaoTalk Chats\s*$"),
    re.compile(r"KakaoTalk Chats with (.+?)\s*$"),
)
_SAVED = re.compile(r"(?:저장한 날짜|Date Saved) ?[:：]")
_HEAD_LINES = 5
_LONGEST_DAY = 60


class KakaoTalkFormat:
    """KakaoTalk chats as text."""

    name = "kakaotalk"
    label = "KakaoTalk text"

    def recognise(self, entry: Entry) -> int:
        """96 by the export's own first lines, else by the share of stamped lines."""
        lines = [line for line in head_lines(entry) if line.strip()]
        stamped = sum(_is_stamped(line) for line in lines)
        if not stamped:
            return 0
        head = lines[:_HEAD_LINES]
        if any(_SAVED.match(line) for line in head) or _title(head):
            return 96
        days = any(line.startswith("-----") and DAY.fullmatch(line) for line in lines)
        first = _is_stamped(lines[0]) or DAY.fullmatch(lines[0]) is not None
        return (
            82 if first and (days or STAMPED.match(lines[-1]) or stamped * 2 >= len(lines)) else 0
        )

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """Every file is an export of its own."""
        return [Bundle(self.name, self.label, (entry,)) for entry in entries]

    def survey(self, bundle: Bundle) -> Survey:
        """Ask for the zone, and for the group where the first lines do not name it."""
        named = _title(head_lines(bundle.entries[0], _HEAD_LINES))
        return Survey(frozenset({Question.ZONE} if named else {Question.ZONE, Question.GROUP}))

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the chat's records."""
        return _Reading(bundle, WrittenTimes(answers.zone)).portions()


def _is_stamped(line: str) -> bool:
    return (BRACKETED.match(line) or STAMPED.match(line)) is not None


def _title(head: Sequence[str]) -> str:
    for line in head:
        for pattern in _TITLES:
            if found := pattern.match(line):
                return found[1].strip()
    return ""


class _Reading:
    """The state of one reading: the day, the last moment and the open message."""

    def __init__(self, bundle: Bundle, times: WrittenTimes) -> None:
        self._entry = bundle.entries[0]
        head = head_lines(self._entry, _HEAD_LINES)
        self._gather = Gatherer(bundle, ChatRef(Platform.KAKAOTALK, "", _title(head)))
        self._times = times
        self._moments: dict[str, int] = {}
        self._day = ""
        self._sent: int | None = None
        # The open message: 0 is none, and "" the name of a system line.
        self._number = 0
        self._name = ""
        self._lines: list[str] = []
        self._is_head = True
        self._is_ruled = False

    def portions(self) -> Iterator[Portion]:
        stream = self._gather.start(self._entry)
        for first, lines in stream.batches():
            for number, line in enumerate(lines, first):
                self._take(number, line)
            yield from self._gather.full()
        self._close()
        yield from self._gather.rest()

    def _take(self, number: int, line: str) -> None:
        if line[:1] == "[" and (found := BRACKETED.fullmatch(line)):
            self._open(number, line, f"{self._day} {found['clock']}", found["name"], found["text"])
        elif found := STAMPED.fullmatch(line):
            said = found["text"] if found["name"] else found["told"]
            self._open(number, line, found["stamp"], found["name"] or "", said)
        elif self._may_be_day(line) and (found := DAY.fullmatch(line)):
            self._set_day(number, line, found["day"])
        elif self._sent is not None and notices.is_notice(line, sure=True):
            # Computers write these without a time: they stand at the message before them.
            self._close()
            self._number, self._name, self._lines = number, "", [line]
        elif self._number:
            self._lines.append(line)
        elif line.strip() and not (self._is_head and (_title([line]) or _SAVED.match(line))):
            self._gather.note("bad_record", number, line)

    def _may_be_day(self, line: str) -> bool:
        """Whether a line may begin a day: on computers these have dashes around them."""
        is_ruled = line.startswith("-----")
        self._is_ruled = self._is_ruled or is_ruled
        return len(line) <= _LONGEST_DAY and (is_ruled or not self._is_ruled)

    def _set_day(self, number: int, line: str, day: str) -> None:
        self._close()
        self._is_head = False
        self._day = day
        try:
            self._sent = self._moment(f"{day} 00:00")
        except ValueError:
            self._sent, self._day = None, ""
            self._gather.note("bad_time", number, line)

    def _moment(self, stamp: str) -> int:
        """UTC milliseconds of a written stamp; remembered, since many messages share a minute."""
        known = self._moments.get(stamp)
        if known is None:
            if len(self._moments) > 50_000:
                self._moments.clear()
            known = self._moments[stamp] = self._times.moment(written(stamp))
        return known

    def _open(self, number: int, line: str, stamp: str, name: str, text: str) -> None:
        self._close()
        self._is_head = False
        try:
            self._sent = self._moment(stamp)
        except ValueError:
            self._gather.note("bad_time", number, line)
            return
        self._number, self._name, self._lines = number, name, [text]

    def _close(self) -> None:
        """Turn the open lines into records."""
        number, self._number = self._number, 0
        if not number or self._sent is None:
            return
        text = "\n".join(self._lines).rstrip()
        if not self._name:
            # What follows a coming or going are the rules of the chat.
            for item in notices.told(self._lines[0].strip(), self._sent):
                self._gather.add(item, number)
            return
        if notices.is_deleted(text):
            item = Inbound(Kind.RECALL, self._sent, "", self._name)
        else:
            form = notices.form_of(text)
            item = Inbound(Kind.MESSAGE, self._sent, "", self._name, text, form=form)
        self._gather.add(item, number)


FORMAT = KakaoTalkFormat()

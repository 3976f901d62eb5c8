"""Reads LINE's text exports of phones and computers, in Chinese, Japanese, Korean, Thai, English.

Source: the app's own exports and public fixtures. Days stand on lines of their own, then follow
`HH:MM<tab>name<tab>text`; without a name it is a system line. Computers write blanks for tabs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from weilu.chat.ports import (
    Answers,
    Bundle,
    ChatRef,
    DayOrder,
    Entry,
    Inbound,
    Kind,
    Platform,
    Portion,
    Question,
    Survey,
)
from weilu.connectors.formats.day_order import DayOrderVote, Fields, arrange
from weilu.connectors.formats.gathering import Gatherer
from weilu.connectors.formats.line_text.spaced import LINE, Names
from weilu.connectors.formats.lines import TextStream, head_lines
from weilu.connectors.formats.local_time import LocalDays, twelve_hour
from weilu.connectors.formats.placeholders import form_of

_TITLE = re.compile(
    r"\[LINE\]\s*(?:Chat history (?:in|with) (?:[\"“]?)(.+?)[\"”]?"
    r"|與?(.+?)\s?(?:的聊天(?:記錄|记录)?|と?のトーク履歴|님?[와과]의 대화)"
    r"|ประวัติการแชท(?:กลุ่ม|กับ)?\s*(.+?))\s*$"
)
_HEAD = re.compile(
    r"\[LINE\]|(?:Saved on|Saved time|儲存日期|保存日期|保存日時|저장한 날짜|บันทึกเมื่อ)\s?[:：]",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"(?:[^\d\t\s]{1,12}[,.]? )?(\d{1,4})[./年-] ?(\d{1,2})[./月-] ?(\d{1,4})日?\.?"
    r"(?:\s?[(（]?[^\d\t]{1,12}[)）]?)?\s*$"
)
_LINE = re.compile(
    r"(?:(上午|下午|午前|午後|오전|오후) ?)?"
    r"(\d{1,2}):(\d\d)(?: ?([AaPp])[Mm])?\t([^\t]*)(?:\t(.*))?$"
)
_AFTERNOON = frozenset({"下午", "午後", "오후", "p", "P"})
_EVENTS = tuple(
    (kind, re.compile(rf"{text}[。.]?$"))
    for kind, text in (
        (Kind.JOIN, "(?P<by>.+?)(?:邀請|邀请)(?P<who>.+?)加入.*"),
        (Kind.JOIN, r"(?P<who>.+?)\s?(?:已?加入(?:群組|群组|聊天)?|が(?:グループに)?参加しました)"),
        (Kind.JOIN, "(?P<who>.+?) joined the (?:group|chat)"),
        (Kind.JOIN, "(?P<by>.+?)が(?P<who>.+?)を(?:グループに)?招待しました"),
        (Kind.JOIN, "(?P<by>.+?) (?:invited|added) (?P<who>.+?) to the (?:group|chat)"),
        (Kind.LEAVE, "(?P<by>.+?)(?:已將|已将|將|将)(?P<who>.+?)(?:退出|移出|刪除|删除).*"),
        (Kind.LEAVE, "(?P<by>.+?) removed (?P<who>.+?) from the group"),
        (
            Kind.LEAVE,
            r"(?P<who>.+?)\s?已?(?:退出(?:群組|群组|聊天)?|(?:離開|离开)(?:了)?(?:群組|群组|聊天))",
        ),
        (Kind.LEAVE, "(?P<by>.+?)が(?P<who>.+?)を(?:グループから)?退会させました"),
        (Kind.LEAVE, "(?P<who>.+?)が(?:グループ(?:を|から))?(?:退会|退出)しました"),
        (Kind.LEAVE, "(?P<who>.+?) left the (?:group|chat)"),
        (Kind.JOIN, "(?P<by>.+?)님이 (?P<who>.+?)님을 초대(?:했습니다|하였습니다)"),
        (Kind.JOIN, "(?P<who>.+?)님이 (?:그룹에 )?(?:참여|참가|들어)(?:했습니다|왔습니다)"),
        (Kind.LEAVE, "(?P<by>.+?)님이 (?P<who>.+?)님을 내보냈습니다"),
        (Kind.LEAVE, "(?P<who>.+?)님이 (?:그룹에서 )?나갔습니다"),
        (Kind.JOIN, r"(?P<by>.+?)\s?เชิญ\s?(?P<who>.+?)\s?เข้าร่วม.*"),
        (Kind.JOIN, r"(?P<who>.+?)\s?(?:ได้)?เข้าร่วม(?:กลุ่ม|แชท).*"),
        (Kind.LEAVE, r"(?P<by>.+?)\s?ลบ\s?(?P<who>.+?)\s?ออกจาก.*"),
        (Kind.LEAVE, r"(?P<who>.+?)\s?(?:ได้)?ออกจาก(?:กลุ่ม|แชท).*"),
        (Kind.RECALL, r"(?P<who>.+?)\s?ยกเลิกข้อความ.*"),
        (Kind.RECALL, "(?P<who>.+?)님이 메시지를 (?:취소|삭제)했습니다"),
        (Kind.RECALL, r"(?P<who>.+?)\s?(?:已收回訊息|收回了訊息|已收回讯息| unsent a message)"),
        (Kind.RECALL, "(?P<who>.+?)がメッセージの送信を取り消しました"),
    )
)


# Computers write the word for a sticker or a picture without brackets.
LONGEST_WORD = 8

_LISTED = re.compile(r",\s|、|，|님, ")
_INVITED = re.compile("邀請|邀请|招待|invited|초대|เชิญ")


class LineTextFormat:
    """LINE chats as text."""

    name = "line_text"
    label = "LINE text"

    def recognise(self, entry: Entry) -> int:
        """Sure by LINE's own first line, else by a day line followed by tabbed lines."""
        lines = [line for line in head_lines(entry) if line.strip()]
        if not lines:
            return 0
        if lines[0].startswith("[LINE]"):
            return 96
        if not _DAY.match(lines[0]):
            return 0
        tabbed = sum(_LINE.match(line) is not None for line in lines)
        if tabbed * 2 >= len(lines):
            return 75
        spaced = sum(LINE.match(line) is not None for line in lines)
        return 70 if spaced * 2 >= len(lines) else 0

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """Every file is an export of its own."""
        return [Bundle(self.name, self.label, (entry,)) for entry in entries]

    def survey(self, bundle: Bundle) -> Survey:
        """Ask for the zone; the day order is asked when the days leave it open."""
        vote = _vote(bundle.entries[0])
        asks = {Question.ZONE}
        if not vote.is_decided:
            asks.add(Question.DAY_ORDER)
        if not _chat_name(bundle.entries[0]):
            asks.add(Question.GROUP)
        return Survey(frozenset(asks), day_order=vote.guess)

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the chat's records."""
        entry = bundle.entries[0]
        order = answers.day_order or _vote(entry).guess
        chat = ChatRef(Platform.LINE, "", _chat_name(entry))
        names = _names(entry)
        return _Reading(bundle, chat, LocalDays(answers.zone), order, names).portions()


def _chat_name(entry: Entry) -> str:
    first = next((line for line in head_lines(entry) if line.strip()), "")
    found = _TITLE.match(first)
    return next((part for part in found.groups() if part), "").strip() if found else ""


def _day_fields(line: str) -> Fields | None:
    """Three numbers of a day line, or None for every other line."""
    if len(line) > 40 or "\t" in line:
        return None
    found = _DAY.match(line)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _vote(entry: Entry) -> DayOrderVote:
    vote = DayOrderVote()
    for _, lines in TextStream(entry).batches():
        for line in lines:
            if fields := _day_fields(line):
                vote.see(fields)
    return vote


def _names(entry: Entry) -> Names | None:
    """The names of an export from a computer; None for one with tabs."""
    if any(_LINE.match(line) for line in head_lines(entry)):
        return None
    batches = TextStream(entry).batches()
    found = (LINE.match(line) for _, lines in batches for line in lines)
    return Names(one[5] for one in found if one and not _event(one[5]))


def _event(text: str) -> tuple[Kind, re.Match[str]] | None:
    """What a system line tells, or None."""
    if len(text) >= 200:
        return None
    matches = ((kind, pattern.match(text)) for kind, pattern in _EVENTS)
    return next(((kind, found) for kind, found in matches if found), None)


class _Reading:
    """The state of one reading: the day, and the message being put together from its lines."""

    def __init__(
        self, bundle: Bundle, chat: ChatRef, days: LocalDays, order: DayOrder, names: Names | None
    ) -> None:
        self._entry = bundle.entries[0]
        self._gather = Gatherer(bundle, chat)
        self._days = days
        self._order = order
        self._names = names
        self._hours: tuple[int, ...] = ()
        self._number = 0
        self._sent = 0
        self._name = ""
        self._lines: list[str] = []
        # Who was invited and has not been seen to accept: both lines tell of one joining.
        self._invited: set[str] = set()

    def portions(self) -> Iterator[Portion]:
        stream = self._gather.start(self._entry)
        for first, lines in stream.batches():
            for number, line in enumerate(lines, first):
                self._take(number, line)
            yield from self._gather.full()
        self._close()
        yield from self._gather.rest()

    def _take(self, number: int, line: str) -> None:
        if "\t" in line and (found := _LINE.match(line)):
            self._open(number, line, found, found[5], found[6])
        elif self._names and (found := LINE.match(line)):
            self._open(number, line, found, *self._parted(self._names, found[5]))
        elif fields := _day_fields(line):
            self._close()
            self._set_day(number, line, fields)
        elif self._number:
            self._lines.append(line)
        elif line.strip() and not _HEAD.match(line):
            self._gather.note("bad_record", number, line)

    @staticmethod
    def _parted(names: Names, rest: str) -> tuple[str, str | None]:
        """Name and text of a line with blanks; a system line has no text of its own."""
        if told := _event(rest):
            parts = told[1].groupdict()
            if names.knows(parts.get("by") or parts["who"]):
                return rest, None
        return names.split(rest)

    def _set_day(self, number: int, line: str, fields: Fields) -> None:
        try:
            self._hours = self._days.hours(*arrange(fields, self._order))
        except ValueError:
            self._hours = ()
            self._gather.note("bad_time", number, line)

    def _open(
        self, number: int, line: str, found: re.Match[str], name: str, text: str | None
    ) -> None:
        before, hour, minute, half = found.groups()[:4]
        self._close()
        of_day = int(hour)
        if before or half:
            of_day = twelve_hour(of_day, afternoon=(before or half) in _AFTERNOON)
        if not self._hours or of_day > 23 or minute > "59":
            self._gather.note("bad_time", number, line)
            return
        self._sent = self._hours[of_day] + int(minute) * 60_000
        self._number = number
        # A system line has nothing between the tabs, or no second tab at all.
        self._name, self._lines = ("", [name]) if text is None else (name, [text])

    def _close(self) -> None:
        """Turn the open lines into records."""
        if not self._number:
            return
        number, self._number = self._number, 0
        text = "\n".join(self._lines).rstrip("\n")
        if "\n" in text and text.startswith('"') and text.endswith('"'):
            text = text[1:-1].replace('""', '"')
        if not self._name:
            self._close_notice(text, number)
            return
        form = form_of(f"[{text}]" if self._names and len(text) <= LONGEST_WORD else text)
        item = Inbound(Kind.MESSAGE, self._sent, "", self._name, text, form=form)
        self._gather.add(item, number)

    def _close_notice(self, text: str, number: int) -> None:
        if told := _event(text):
            kind, found = told
            by = (found.groupdict().get("by") or "").strip()
            names = _LISTED.split(found["who"]) if kind == Kind.JOIN and by else [found["who"]]
            for name in names:
                self._happened(kind, name.strip(), by, text, number)
            return
        self._gather.add(Inbound(Kind.NOTICE, self._sent, "", "", text), number)

    def _happened(self, kind: Kind, name: str, by: str, text: str, number: int) -> None:
        """Add what a system line tells of one person; accepting an invitation is a notice."""
        if kind == Kind.JOIN and by and _INVITED.search(text):
            self._invited.add(name)
        elif kind == Kind.JOIN and name in self._invited:
            self._invited.discard(name)
            self._gather.add(Inbound(Kind.NOTICE, self._sent, "", name, text), number)
            return
        elif kind == Kind.LEAVE:
            self._invited.discard(name)
        self._gather.add(Inbound(kind, self._sent, "", name, target=by), number)


FORMAT = LineTextFormat()

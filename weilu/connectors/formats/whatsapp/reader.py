"""Reads WhatsApp text exports of Android and iOS in all their date styles and languages.

Sources: the app's own exports and public samples. There are no ids and on Android no seconds; a
line without a stamp continues the message before it.
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
    Form,
    Inbound,
    Kind,
    Platform,
    Portion,
    Question,
    Survey,
)
from weilu.connectors.formats.day_order import DayOrderVote, arrange
from weilu.connectors.formats.gathering import Gatherer
from weilu.connectors.formats.lines import TextStream, head_lines
from weilu.connectors.formats.local_time import LocalDays
from weilu.connectors.formats.whatsapp import grammar
from weilu.connectors.formats.whatsapp.notices import (
    group_title,
    is_encryption_notice,
    parse_notices,
)

_SIGNAL = re.compile(r"\[\d{4}-\d\d-\d\d, \d\d:\d\d\] [^:]+: ")
_ENDING = r"\.(?:txt|zip)(?:/|$)"
_FILE_NAMES = (
    re.compile(rf"WhatsApp Chat(?: with| -|-) ?(.+?){_ENDING}", re.IGNORECASE),
    re.compile(rf"与[“\"]?(.+?)[”\"]?的 ?(?:WhatsApp ?)?(?:聊天|对话).*?{_ENDING}"),
    re.compile(
        rf"(?:Chat|Conversa|Discussion)(?: de| do)? WhatsApp (?:mit|con|com|avec) (.+?){_ENDING}"
    ),
)
# Older exports put the remark about encryption into somebody's mouth at the very start.
_OPENING_RECORDS = 5
# How system lines call the exporter.
_YOU = ("You ", "You'", "你", "您")
_NAMES_KEPT = 50_000
_QUOTES = frozenset('"“”「」«»„')
_MARKS = frozenset(grammar.MARKS)


class WhatsAppFormat:
    """WhatsApp chats as text; also the base of the Signal text format, which differs in little."""

    name = "whatsapp"
    label = "WhatsApp text"
    platform = Platform.WHATSAPP

    def recognise(self, entry: Entry) -> int:
        """Share of the first lines that carry a stamp; messages of many lines lower it."""
        lines = [line for line in head_lines(entry) if line.strip()]
        stamped = [found for line in lines if (found := grammar.LINE.match(line))]
        if not stamped or not grammar.LINE.match(lines[0]):
            return 0
        if sum(_SIGNAL.match(line) is not None for line in lines) * 2 > len(stamped):
            return 0
        spoken = sum(": " in found[3] and "<" not in found[3][:1] for found in stamped)
        if not spoken:
            return 0
        return 40 + 45 * len(stamped) // len(lines)

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """Every file is an export of its own."""
        return [Bundle(self.name, self.label, (entry,)) for entry in entries]

    def survey(self, bundle: Bundle) -> Survey:
        """Asks for the zone, the group where neither name nor lines tell it, and the day order."""
        vote = day_order_vote(bundle.entries[0])
        asks = {Question.ZONE}
        if not vote.is_decided:
            asks.add(Question.DAY_ORDER)
        title = self.chat_name(bundle.entries[0])
        if not title:
            asks.add(Question.GROUP)
        return Survey(frozenset(asks), day_order=vote.guess)

    def chat_name(self, entry: Entry) -> str:
        """Name of the chat by the file's name or its first lines, else ""."""
        for pattern in _FILE_NAMES:
            if found := pattern.search(entry.path.rsplit("/", 2)[-1]) or pattern.search(entry.path):
                return found[1].strip()
        for line in head_lines(entry):
            found = grammar.LINE.match(line)
            if found is None:
                continue
            text = grammar.plain(found[3])
            name, _, said = text.partition(": ")
            if said and is_encryption_notice(said):
                return name
            if not said and (title := group_title(text)):
                return title
        return ""

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the chat's records; the day order is inferred where it was not answered."""
        entry = bundle.entries[0]
        chat = ChatRef(self.platform, "", self.chat_name(entry))
        order = answers.day_order or day_order_vote(entry).guess
        return _Reading(bundle, chat, LocalDays(answers.zone), order).portions()


def day_order_vote(entry: Entry) -> DayOrderVote:
    """Vote of all dates in the file."""
    vote = DayOrderVote()
    match, seen = grammar.LINE.match, ""
    for _, lines in TextStream(entry).batches():
        for line in lines:
            found = match(line) if line[:1] in _STARTS else None
            if found is not None and found[2][:10] != seen:
                stamp = grammar.split_stamp(found[2])
                if stamp is not None:
                    seen = found[2][:10]
                    vote.see(stamp[0])
    return vote


# Arabic, Persian, Hindi, Bengali, Burmese and other exports write their own digits; the noughts.
_NOUGHTS = "0٠۰०০੦૦௦౦೦൦๐໐၀០"
_DIGITS = {chr(ord(nought) + k) for nought in _NOUGHTS for k in range(10)}
_STARTS = frozenset(_DIGITS | {"["} | set(grammar.MARKS))
_DASH = " - "
# On iPhones a stamp stands in brackets and ends with seconds.
_BRACKET_FROM, _BRACKET_TO = 12, 40
_HAS_SECONDS = re.compile(r"\d:\d\d:\d\d$")
_SECONDS = {f"{second:02d}": second * 1000 for second in range(60)}
# No stamp is shorter or longer than this before the dash.
_DASH_FROM, _DASH_TO = 11, 30


class _Reading:
    """The state of one reading: the message being put together from its lines."""

    def __init__(self, bundle: Bundle, chat: ChatRef, days: LocalDays, order: DayOrder) -> None:
        self._entry = bundle.entries[0]
        self._gather = Gatherer(bundle, chat)
        self._days = days
        self._order = order
        self._moments: dict[str, int | None] = {}
        self._names: dict[str, str] = {}
        # The open message: its line number, moment and lines; 0 means none.
        self._number = 0
        self._sent = 0
        self._lines: list[str] = []
        self._records = 0

    def portions(self) -> Iterator[Portion]:
        stream = self._gather.start(self._entry)
        for first, lines in stream.batches():
            self._take_lines(first, lines)
            yield from self._gather.full()
        self._close()
        yield from self._gather.rest()

    def _take_lines(self, first: int, lines: list[str]) -> None:
        match, moments, starts = grammar.LINE.match, self._moments, _STARTS
        for number, line in enumerate(lines, first):
            if line[:1] == "[" and self._open_bracketed(number, line):
                continue
            # On Android a stamp is good for a minute: most lines begin with one just read.
            cut = line.find(_DASH, _DASH_FROM, _DASH_TO)
            known = moments.get(line[:cut]) if cut > 0 else None
            if known is not None:
                self._close()
                self._number, self._sent = number, known
                self._lines = [line[cut + len(_DASH) :]]
                continue
            found = match(line) if line[:1] in starts else None
            if found is None:
                self._continue(number, line)
                continue
            stamp = found[2]
            sent = moments[stamp] if stamp in moments else self._moment(stamp)
            if sent is None:
                self._gather.note("bad_time", number, line)
                self._continue(number, line)
                continue
            self._close()
            self._number, self._sent, self._lines = number, sent, [found[3]]

    def _open_bracketed(self, number: int, line: str) -> bool:
        """Begin the message of "[stamp:SS] text" of a minute just read; False for others."""
        cut = line.find("]", _BRACKET_FROM, _BRACKET_TO)
        if cut < 0:
            return False
        start = self._moments.get(line[1 : cut - 3])
        second = _SECONDS.get(line[cut - 2 : cut])
        if start is None or second is None or line[cut - 3] != ":":
            return False
        self._close()
        self._number, self._sent = number, start + second
        self._lines = [line[cut + 1 :].removeprefix(" ")]
        return True

    def _continue(self, number: int, line: str) -> None:
        if self._number:
            self._lines.append(line)
        elif line.strip():
            self._gather.note("bad_record", number, line)

    def _moment(self, stamp: str) -> int | None:
        """UTC milliseconds of a written stamp, None when there is no such time; remembered."""
        if len(self._moments) > 50_000:
            self._moments.clear()
        parts = grammar.split_stamp(stamp)
        sent = None
        if parts is not None:
            fields, hour, minute, second = parts
            try:
                sent = self._days.moment(arrange(fields, self._order), hour, minute, second)
            except ValueError:
                sent = None
        self._moments[stamp] = sent
        into = _SECONDS.get(stamp[-2:])
        if sent is not None and into is not None and _HAS_SECONDS.search(stamp):
            # The other seconds of the minute need no second look.
            self._moments[stamp[:-3]] = sent - into
        return sent

    def _close(self) -> None:
        """Turn the open lines into records."""
        if not self._number:
            return
        lines = self._lines
        text = lines[0] if len(lines) == 1 else "\n".join(lines).rstrip("\n")
        number, self._number = self._number, 0
        self._records += 1
        name, colon, said = text.partition(": ")
        if not colon and text.endswith(":"):
            name, colon = text[:-1], ":"
        if not colon or "\n" in name or (not _QUOTES.isdisjoint(name) and group_title(text)):
            self._close_notice(grammar.plain(text), number)
            return
        is_marked = said[:1] in _MARKS
        shown = self._names.get(name) or self._shown(name)
        self._close_message(shown, grammar.plain(said), number, marked=is_marked)

    def _shown(self, written: str) -> str:
        """A name without marks and the sign of those who are not in the phone book; remembered."""
        name = grammar.plain(written)
        if name.startswith("~"):
            name = name[1:].strip(" \u202f\xa0")
        if len(self._names) < _NAMES_KEPT:
            self._names[written] = name
        return name

    def _close_message(self, name: str, said: str, number: int, *, marked: bool) -> None:
        if (marked or self._records <= _OPENING_RECORDS) and (
            _is_notice(said, marked=marked)
            or (marked and (self._is_of_group(name, said) or _is_of_self(name, said)))
        ):
            self._close_notice(said, number)
        elif grammar.is_deleted(said):
            self._gather.add(Inbound(Kind.RECALL, self._sent, "", name), number)
        else:
            form = grammar.form_of(said)
            self._gather.add(Inbound(Kind.MESSAGE, self._sent, "", name, said, form=form), number)

    def _is_of_group(self, name: str, said: str) -> bool:
        """Whether the group itself says a line: on iOS system lines come under its name.

        In a chat of two the other has that name, so attachments and deleted messages are theirs.
        """
        if name != self._gather.chat.name or "\n" in said or grammar.is_deleted(said):
            return False
        return grammar.form_of(said) == Form.TEXT

    def _close_notice(self, text: str, number: int) -> None:
        notices = parse_notices(text)
        for kind, name, target in notices:
            self._gather.add(Inbound(kind, self._sent, "", name, target=target), number)
        if not notices:
            self._gather.add(Inbound(Kind.NOTICE, self._sent, "", "", text), number)


def _is_of_self(name: str, said: str) -> bool:
    """Whether a marked text tells of its speaker: iPhones write system lines after their names."""
    told = said.removeprefix("~").lstrip(" \u202f\xa0")
    is_own = told.startswith(_YOU) or (told.startswith(name) and len(told) > len(name))
    if not is_own or "\n" in said or grammar.is_deleted(said):
        return False
    return grammar.form_of(said) == Form.TEXT


def _is_notice(said: str, *, marked: bool) -> bool:
    """Whether a text is a system line: on iOS somebody says it, after a direction mark."""
    if is_encryption_notice(said):
        return True
    return marked and bool(parse_notices(said) or group_title(said))


FORMAT = WhatsAppFormat()

"""Reads DiscordChatExporter's CSV (source: its CsvMessageWriter); times carry their offset.

Older versions wrote local times, as 31-Jan-24 02:05 PM or in the order of the reader's country.
The channel is known from the file's name only, as the tool writes it: "Guild - channel [id].csv".
"""

from __future__ import annotations

import re

from weilu.chat.ports import (
    Answers,
    Bundle,
    ChatRef,
    Entry,
    Form,
    Inbound,
    Kind,
    Platform,
    Question,
    Survey,
)
from weilu.connectors.formats.day_order import DayOrderVote
from weilu.connectors.formats.gathering import Gatherer
from weilu.connectors.formats.lines import TextStream
from weilu.connectors.formats.tables import Columns, RowFormat, RowReader, cell
from weilu.connectors.formats.written_times import WrittenTimes, date_fields

_FILE_NAME = re.compile(r"(?:^|/)(?:[^/]* - )?([^/]+?) \[(\d{15,21})\][^/]*\.csv$", re.IGNORECASE)
_NO_TAG = re.compile(r"#0{1,4}$")
_WITH_OFFSET = re.compile(r"(?:Z|[+-]\d\d:\d\d)$")
_ENDINGS = {
    Form.PICTURE: ("png", "jpg", "jpeg", "gif", "webp"),
    Form.VIDEO: ("mp4", "mov", "webm"),
    Form.VOICE: ("ogg", "mp3", "wav", "m4a"),
}
# What the exporter writes in place of words.
EVENTS = {
    "Joined the server.": Kind.JOIN,
    "Pinned a message.": Kind.NOTICE,
    "Started a thread.": Kind.NOTICE,
    "Changed the channel icon.": Kind.NOTICE,
}


class DiscordCsvFormat(RowFormat):
    """DiscordChatExporter's table of one channel."""

    name = "discord_csv"
    label = "Discord CSV (DiscordChatExporter)"
    platform = Platform.DISCORD
    headings = (frozenset({"AuthorID", "Author", "Date", "Content", "Attachments", "Reactions"}),)

    def survey(self, bundle: Bundle) -> Survey:
        """Asks for the channel where it is unknown; of older files for zone and day order too."""
        asks = set() if _chat(bundle.entries[0]).name else {Question.GROUP}
        vote, is_local = _vote(bundle)
        if is_local:
            asks.add(Question.ZONE)
        if not vote.is_decided:
            asks.add(Question.DAY_ORDER)
        return Survey(frozenset(asks), vote.guess)

    def reader(
        self, bundle: Bundle, columns: Columns, answers: Answers, gather: Gatherer
    ) -> RowReader:
        """Reader of one table."""
        gather.switch(_chat(bundle.entries[0]))
        order = answers.day_order or _vote(bundle)[0].guess
        return _Reader(columns, WrittenTimes(answers.zone, order), gather)


def _vote(bundle: Bundle) -> tuple[DayOrderVote, bool]:
    """Vote of all dates without an offset, and whether there are any."""
    vote, is_local, place = DayOrderVote(), False, -1
    for _, row in TextStream(bundle.entries[0]).rows():
        if place < 0:
            place = Columns(tuple(name.strip() for name in row)).at("Date")
            continue
        written = cell(row, place)
        if _WITH_OFFSET.search(written):
            # A version writes all its times alike.
            return vote, is_local
        is_local = True
        if fields := date_fields(written):
            vote.see(fields)
    return vote, is_local


def _chat(entry: Entry) -> ChatRef:
    found = _FILE_NAME.search(entry.path)
    name, key = (found[1], found[2]) if found else ("", "")
    return ChatRef(Platform.DISCORD, key, name)


class _Reader(RowReader):
    def __init__(self, columns: Columns, times: WrittenTimes, gather: Gatherer) -> None:
        names = ("AuthorID", "Author", "Date", "Content", "Attachments")
        self._places = tuple(columns.at(name) for name in names)
        self._times = times
        self._gather = gather

    def take(self, number: int, row: list[str]) -> None:
        account, author, date, content, attached = (cell(row, p) for p in self._places)
        try:
            sent = self._times.moment(date)
        except ValueError:
            self._gather.note("bad_time", number, date or ",".join(row))
            return
        name = _NO_TAG.sub("", author)
        kind = EVENTS.get(content, Kind.MESSAGE)
        text = content if kind != Kind.JOIN else ""
        form = Form.TEXT if content or not attached else _form(attached)
        self._gather.add(Inbound(kind, sent, account, name, text or attached, form=form), number)


def _form(attached: str) -> Form:
    ending = re.split("[,?]", attached, maxsplit=1)[0].rpartition(".")[2].lower()
    return next((form for form, endings in _ENDINGS.items() if ending in endings), Form.FILE)


FORMAT = DiscordCsvFormat()

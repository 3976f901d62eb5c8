"""Reads DiscordChatExporter's CSV (source: its CsvMessageWriter); times carry their offset.

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
from weilu.connectors.formats.gathering import Gatherer
from weilu.connectors.formats.tables import Columns, RowFormat, RowReader, cell
from weilu.connectors.formats.written_times import WrittenTimes

_FILE_NAME = re.compile(r"(?:^|/)(?:[^/]* - )?([^/]+?) \[(\d{15,21})\][^/]*\.csv$", re.IGNORECASE)
_NO_TAG = re.compile(r"#0{1,4}$")
_ENDINGS = {
    Form.PICTURE: ("png", "jpg", "jpeg", "gif", "webp"),
    Form.VIDEO: ("mp4", "mov", "webm"),
    Form.VOICE: ("ogg", "mp3", "wav", "m4a"),
}
_EVENTS = {
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
        """Only the channel may be unknown."""
        named = bool(_chat(bundle.entries[0]).name)
        return Survey(frozenset() if named else frozenset({Question.GROUP}))

    def reader(
        self, bundle: Bundle, columns: Columns, answers: Answers, gather: Gatherer
    ) -> RowReader:
        """Reader of one table."""
        gather.switch(_chat(bundle.entries[0]))
        return _Reader(columns, answers, gather)


def _chat(entry: Entry) -> ChatRef:
    found = _FILE_NAME.search(entry.path)
    name, key = (found[1], found[2]) if found else ("", "")
    return ChatRef(Platform.DISCORD, key, name)


class _Reader(RowReader):
    def __init__(self, columns: Columns, answers: Answers, gather: Gatherer) -> None:
        names = ("AuthorID", "Author", "Date", "Content", "Attachments")
        self._places = tuple(columns.at(name) for name in names)
        self._times = WrittenTimes(answers.zone)
        self._gather = gather

    def take(self, number: int, row: list[str]) -> None:
        account, author, date, content, attached = (cell(row, p) for p in self._places)
        try:
            sent = self._times.moment(date)
        except ValueError:
            self._gather.note("bad_time", number, date or ",".join(row))
            return
        name = _NO_TAG.sub("", author)
        kind = _EVENTS.get(content, Kind.MESSAGE)
        text = content if kind != Kind.JOIN else ""
        form = Form.TEXT if content or not attached else _form(attached)
        self._gather.add(Inbound(kind, sent, account, name, text or attached, form=form), number)


def _form(attached: str) -> Form:
    ending = re.split("[,?]", attached, maxsplit=1)[0].rpartition(".")[2].lower()
    return next((form for form, endings in _ENDINGS.items() if ending in endings), Form.FILE)


FORMAT = DiscordCsvFormat()

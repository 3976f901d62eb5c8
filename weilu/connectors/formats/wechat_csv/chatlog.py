"""Reads the CSV that chatlog serves; times are local to the machine that wrote it."""

from __future__ import annotations

import re

from weilu.chat.ports import Answers, Bundle, ChatRef, Form, Inbound, Kind, Platform, Question
from weilu.connectors.formats.gathering import Gatherer
from weilu.connectors.formats.tables import Columns, RowFormat, RowReader, cell
from weilu.connectors.formats.wechat_csv import kinds
from weilu.connectors.formats.wechat_csv.rows import NamedAccounts, add_message, add_system
from weilu.connectors.formats.written_times import WrittenTimes

_MEDIA = re.compile(r"!?\[([^\[\]|]{1,12})(?:\|([^\[\]]*))?\](?:\([^()]*\))?\s*$")
_SYSTEM = frozenset({"系统消息", "system"})


class ChatlogCsvFormat(RowFormat):
    """chatlog's table of messages."""

    name = "chatlog_csv"
    label = "WeChat CSV (chatlog)"
    platform = Platform.WECHAT
    asks = frozenset({Question.ZONE})
    headings = (frozenset({"Time", "SenderName", "Sender", "TalkerName", "Talker", "Content"}),)

    def reader(
        self,
        bundle: Bundle,
        columns: Columns,
        answers: Answers,
        gather: Gatherer,
    ) -> RowReader:
        """Reader of one table."""
        return _Reader(columns, answers, gather)


class _Reader(RowReader):
    def __init__(self, columns: Columns, answers: Answers, gather: Gatherer) -> None:
        names = ("Time", "SenderName", "Sender", "TalkerName", "Talker", "Content")
        self._places = tuple(columns.at(name) for name in names)
        self._times = WrittenTimes(answers.zone)
        self._gather = gather
        self._known = NamedAccounts()

    def take(self, number: int, row: list[str]) -> None:
        written, name, sender, title, talker, content = (cell(row, p) for p in self._places)
        try:
            sent = self._times.moment(written)
        except ValueError:
            self._gather.note("bad_time", number, written or ",".join(row))
            return
        self._gather.switch(ChatRef(Platform.WECHAT, talker, title))
        if sender in _SYSTEM or name in _SYSTEM:
            add_system(self._gather, self._known, sent, content, number)
            return
        form = form_of_content(content)
        item = Inbound(Kind.MESSAGE, sent, sender, name or sender, content, form=form)
        add_message(self._gather, self._known, item, number)


def form_of_content(content: str) -> Form:
    """Form by chatlog's way of writing attachments, `![图片](url)` or `[链接|title](url)`."""
    found = _MEDIA.match(content) if content[:1] in {"!", "["} else None
    form = kinds.form_of_word(found[1]) if found else Form.TEXT
    return Form.TEXT if form is Form.OTHER else form


FORMATS = (ChatlogCsvFormat(),)

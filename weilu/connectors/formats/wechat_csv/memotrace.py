"""Reads the CSV files of MemoTrace, formerly WeChatMsg: all chats, or one chat."""

from __future__ import annotations

from collections.abc import Mapping

from weilu.chat.ports import Answers, Bundle, ChatRef, Platform, Question, Survey
from weilu.connectors.formats.gathering import Gatherer
from weilu.connectors.formats.lines import TextStream
from weilu.connectors.formats.tables import Columns, RowFormat, RowReader, cell, header_of
from weilu.connectors.formats.wechat_csv import kinds
from weilu.connectors.formats.wechat_csv.rows import (
    SELF_NAME,
    NamedAccounts,
    add_message,
    add_system,
    message,
)
from weilu.connectors.formats.wechat_csv.talkers import Talker, chat_names
from weilu.connectors.formats.written_times import WrittenTimes


class MemoTraceFormat(RowFormat):
    """The full table; a file of several chats numbers them, see `talkers`."""

    name = "memotrace"
    label = "WeChat CSV (MemoTrace)"
    platform = Platform.WECHAT
    headings = (frozenset({"localId", "TalkerId", "Type", "SubType", "IsSender", "StrContent"}),)

    def survey(self, bundle: Bundle) -> Survey:
        """Ask for the group: times are absolute, the group of a file of one chat is not named."""
        asks = set() if len(_talkers(bundle)) > 1 else {Question.GROUP}
        if "CreateTime" not in header_of(bundle.entries[0]):
            asks.add(Question.ZONE)
        return Survey(frozenset(asks))

    def reader(
        self, bundle: Bundle, columns: Columns, answers: Answers, gather: Gatherer
    ) -> RowReader:
        """Reader of one table."""
        talkers = _talkers(bundle)
        names = chat_names(talkers.items()) if len(talkers) > 1 else {}
        return _FullReader(columns, answers, gather, names)


def _talkers(bundle: Bundle) -> dict[str, Talker]:
    """The chats in the file by their number, in order, with what tells of their names."""
    found: dict[str, Talker] = {}
    rows = TextStream(bundle.entries[0]).rows()
    header = next(rows, None)
    if header is None:
        return found
    row_of = _Row(Columns(tuple(name.strip() for name in header[1])))
    for _, row in rows:
        if len(row) <= row_of.needed:
            continue
        talker = found.setdefault(cell(row, row_of.talker), Talker())
        if kinds.is_system_type(row_of.type_number(row)):
            talker.hear(cell(row, row_of.content))
        elif cell(row, row_of.own) != "1":
            account, name = row_of.writer(row)
            talker.meet(account or name, name)
    return found


class _Row:
    """Where a row says what."""

    def __init__(self, columns: Columns) -> None:
        names = ("TalkerId", "Type", "SubType", "IsSender", "CreateTime", "StrContent", "StrTime")
        places = tuple(columns.at(name) for name in names)
        self.talker, self.type, self.sub, self.own, self.created, self.content, self.local = places
        self._nick, self._remark = columns.at("NickName"), columns.at("Remark")
        # Older files forgot the heading of the last column.
        width = len(columns.header)
        self._sender = columns.at("Sender") if "Sender" in columns.header else width
        self.needed = max((p for p in places if p < width), default=0)

    def type_number(self, row: list[str]) -> int:
        """Type of the message; what is none is text."""
        kind = cell(row, self.type)
        return int(kind) if kind.isdecimal() else 1

    def writer(self, row: list[str]) -> tuple[str, str]:
        """Account and name of who wrote."""
        account = cell(row, self._sender)
        name = cell(row, self._nick) or cell(row, self._remark) or account
        is_own = cell(row, self.own) == "1"
        return account, name or (SELF_NAME if is_own else cell(row, self.talker))


class _FullReader(RowReader):
    def __init__(
        self, columns: Columns, answers: Answers, gather: Gatherer, names: Mapping[str, str]
    ) -> None:
        self._row = _Row(columns)
        self._times = WrittenTimes(answers.zone)
        self._gather = gather
        self._known = NamedAccounts()
        self._names = names

    def take(self, number: int, row: list[str]) -> None:
        at = self._row
        if len(row) <= at.needed:
            self._gather.note("bad_record", number, ",".join(row))
            return
        written = cell(row, at.created) or cell(row, at.local)
        try:
            sent = self._times.moment(written)
        except ValueError:
            self._gather.note("bad_time", number, written)
            return
        if self._names:
            self._gather.switch(ChatRef(Platform.WECHAT, "", self._names[cell(row, at.talker)]))
        content, type_number = cell(row, at.content), at.type_number(row)
        if kinds.is_system_type(type_number):
            add_system(self._gather, self._known, sent, content, number)
            return
        sub = cell(row, at.sub)
        form = kinds.form_of_type(type_number, int(sub) if sub.isdecimal() else 0)
        item = message(sent, *at.writer(row), kinds.readable(content), form)
        add_message(self._gather, self._known, item, number)


class MemoTraceChatFormat(RowFormat):
    """The table of one chat, with Chinese headings."""

    name = "memotrace_chat"
    label = "WeChat CSV of one chat (MemoTrace)"
    platform = Platform.WECHAT
    asks = frozenset({Question.ZONE, Question.GROUP})
    headings = (frozenset({"消息ID", "类型", "发送人", "时间", "内容"}),)

    def reader(
        self,
        bundle: Bundle,
        columns: Columns,
        answers: Answers,
        gather: Gatherer,
    ) -> RowReader:
        """Reader of one table."""
        return _ChatReader(columns, answers, gather)


class _ChatReader(RowReader):
    def __init__(self, columns: Columns, answers: Answers, gather: Gatherer) -> None:
        self._places = tuple(
            columns.at(name) for name in ("类型", "发送人", "时间", "内容", "昵称")
        )
        self._times = WrittenTimes(answers.zone)
        self._gather = gather
        self._known = NamedAccounts()

    def take(self, number: int, row: list[str]) -> None:
        kind, sender, written, content, nick = (cell(row, p) for p in self._places)
        try:
            sent = self._times.moment(written)
        except ValueError:
            self._gather.note("bad_time", number, written or ",".join(row))
            return
        word = kind.strip()
        if word in kinds.SYSTEM_WORDS or (word.isdecimal() and kinds.is_system_type(int(word))):
            add_system(self._gather, self._known, sent, content, number)
            return
        form = kinds.form_of_type(int(word)) if word.isdecimal() else kinds.form_of_word(word)
        name = nick or sender or SELF_NAME
        add_message(
            self._gather,
            self._known,
            message(sent, "", name, kinds.readable(content), form),
            number,
        )


FORMATS = (MemoTraceFormat(), MemoTraceChatFormat())

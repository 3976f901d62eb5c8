"""Reads the CSV files of MemoTrace, formerly WeChatMsg: all chats, or one chat."""

from __future__ import annotations

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
from weilu.connectors.formats.written_times import WrittenTimes


class MemoTraceFormat(RowFormat):
    """The full table; a file of several chats has one number for each, and no names of groups."""

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
        return _FullReader(columns, answers, gather, several=len(_talkers(bundle)) > 1)


def _talkers(bundle: Bundle) -> set[str]:
    """Numbers of the chats in the file, up to two: more makes no difference."""
    found: set[str] = set()
    rows = TextStream(bundle.entries[0]).rows()
    header = next(rows, None)
    if header is None:
        return found
    index = Columns(tuple(header[1])).at("TalkerId")
    for _, row in rows:
        found.add(cell(row, index))
        if len(found) > 1:
            break
    return found


class _FullReader(RowReader):
    def __init__(
        self, columns: Columns, answers: Answers, gather: Gatherer, *, several: bool
    ) -> None:
        names = ("TalkerId", "Type", "SubType", "IsSender", "CreateTime", "StrContent", "StrTime")
        self._places = tuple(columns.at(name) for name in names)
        self._nick, self._remark = columns.at("NickName"), columns.at("Remark")
        # Older files forgot the heading of the last column.
        width = len(columns.header)
        self._sender = columns.at("Sender") if "Sender" in columns.header else width
        self._times = WrittenTimes(answers.zone)
        self._gather = gather
        self._known = NamedAccounts()
        self._several = several
        self._needed = max((p for p in self._places if p < width), default=0)

    def take(self, number: int, row: list[str]) -> None:
        if len(row) <= self._needed:
            self._gather.note("bad_record", number, ",".join(row))
            return
        talker, kind, sub, own, created, content, local = (cell(row, p) for p in self._places)
        try:
            sent = self._times.moment(created or local)
        except ValueError:
            self._gather.note("bad_time", number, created or local)
            return
        if self._several:
            self._gather.switch(ChatRef(Platform.WECHAT, "", f"TalkerId {talker}"))
        type_number = int(kind) if kind.isdecimal() else 1
        if kinds.is_system_type(type_number):
            add_system(self._gather, self._known, sent, content, number)
            return
        account = cell(row, self._sender)
        name = cell(row, self._nick) or cell(row, self._remark) or account
        name = name or (SELF_NAME if own == "1" else talker)
        form = kinds.form_of_type(type_number, int(sub) if sub.isdecimal() else 0)
        item = message(sent, account, name, kinds.readable(content), form)
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

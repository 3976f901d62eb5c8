"""Reads the tables KakaoTalk writes on a Mac: `Date,User,Message`, system lines among them."""

from __future__ import annotations

from weilu.chat.ports import Answers, Bundle, Inbound, Kind, Platform, Question
from weilu.connectors.formats.gathering import Gatherer
from weilu.connectors.formats.kakaotalk import notices
from weilu.connectors.formats.kakaotalk.stamps import written
from weilu.connectors.formats.tables import Columns, RowFormat, RowReader, cell
from weilu.connectors.formats.written_times import WrittenTimes


class KakaoTalkTableFormat(RowFormat):
    """KakaoTalk chats as tables."""

    name = "kakaotalk_csv"
    label = "KakaoTalk CSV"
    platform = Platform.KAKAOTALK
    asks = frozenset({Question.ZONE, Question.GROUP})
    headings = (frozenset({"Date", "User", "Message"}), frozenset({"날짜", "사용자", "메시지"}))

    def reader(
        self, bundle: Bundle, columns: Columns, answers: Answers, gather: Gatherer
    ) -> RowReader:
        """Reader of one table."""
        del bundle
        return _Reader(columns, WrittenTimes(answers.zone), gather)


class _Reader(RowReader):
    def __init__(self, columns: Columns, times: WrittenTimes, gather: Gatherer) -> None:
        english = ("Date", "User", "Message")
        names = english if english[0] in columns.header else ("날짜", "사용자", "메시지")
        self._places = tuple(columns.at(name) for name in names)
        self._times = times
        self._gather = gather

    def take(self, number: int, row: list[str]) -> None:
        date, name, text = (cell(row, place) for place in self._places)
        try:
            sent = self._times.moment(written(date))
        except ValueError:
            self._gather.note("bad_time", number, date or ",".join(row))
            return
        if notices.is_notice(text) and (not name or text.startswith(name)):
            for item in notices.told(text, sent):
                self._gather.add(item, number)
        elif notices.is_deleted(text):
            self._gather.add(Inbound(Kind.RECALL, sent, "", name), number)
        elif not name:
            self._gather.add(Inbound(Kind.NOTICE, sent, "", "", text), number)
        else:
            form = notices.form_of(text)
            self._gather.add(Inbound(Kind.MESSAGE, sent, "", name, text, form=form), number)


FORMAT = KakaoTalkTableFormat()

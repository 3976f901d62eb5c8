"""Reads Telegram Desktop's export as web pages, a thousand messages each (handbook K-4).

Source: telegramdesktop/tdesktop, export_output_html.cpp. Ids are those of the JSON export, so that
both count once. Pages name people without their accounts. Times carry their offset from UTC since
the end of 2021; service lines have none and stand at the message before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

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
from weilu.connectors.formats.gathering import Gatherer
from weilu.connectors.formats.html import Node, blocks, parse, text_of
from weilu.connectors.formats.jsonportions import folder, natural
from weilu.connectors.formats.lines import head_text
from weilu.connectors.formats.telegram_html.media import media_of
from weilu.connectors.formats.telegram_html.service import told
from weilu.connectors.formats.written_times import WrittenTimes

_START = re.compile(r'<div class="message (?:default|service)\b')
_HISTORY = re.compile(r'class="history"')
_FIRST_ID = re.compile(r'id="message(\d{1,18})"')
_TITLE = re.compile(
    r'class="page_header".{0,400}?<div class="text bold">(.{0,400}?)</div>', re.DOTALL
)
_STAMP = re.compile(r'class="pull_right date details" title="([^"]{19,40})"')
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-]\d\d:?\d\d)$")
_UTC_WORD = re.compile(r" (?:UTC|GMT)(?=[+-])")
_REPLY = re.compile(r"#go_to_message(\d{1,18})$")
_REACTOR = re.compile(r"(.+), (\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d.*)", re.DOTALL)
_LAST = 10**18


class TelegramHtmlFormat:
    """Telegram Desktop's web pages; the pages of one folder under one title are one export."""

    name = "telegram_html"
    label = "Telegram Desktop HTML"

    def recognise(self, entry: Entry) -> int:
        """95 for a page with a history, 60 for the other pages of the same export."""
        text = head_text(entry)
        if not text.lstrip()[:15].lower().startswith("<!doctype html"):
            return 0
        if 'class="page_wrap"' not in text:
            return 0
        if _HISTORY.search(text) or _START.search(text):
            return 95
        return 60 if "<title>Exported Data</title>" in text else 0

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """A bundle for each chat, its pages in order; lists of contacts and such go along."""
        chats: dict[tuple[str, str], list[Entry]] = {}
        others: list[Entry] = []
        for entry in entries:
            if self.recognise(entry) == 95:
                key = (folder(entry.path), _title(entry))
                chats.setdefault(key, []).append(entry)
            else:
                others.append(entry)
        groups = [sorted(pages, key=_place) for pages in chats.values()] or [[]]
        groups[0].extend(others)
        return [Bundle(self.name, _title(group[0]) or self.label, tuple(group)) for group in groups]

    def survey(self, bundle: Bundle) -> Survey:
        """Ask for the zone where times are without offset, as before the end of 2021."""
        found = _STAMP.search(head_text(bundle.entries[0]))
        is_local = found is not None and not _OFFSET.search(found[1])
        return Survey(frozenset({Question.ZONE} if is_local else ()))

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the messages page by page."""
        return _Reading(bundle, answers.zone).portions()


def _title(entry: Entry) -> str:
    found = _TITLE.search(head_text(entry)[:8000])
    return text_of(parse(found[1])) if found else ""


def _place(entry: Entry) -> tuple[int, list[tuple[int, str]]]:
    """Where a page stands: by its first message, whatever it is called."""
    found = _FIRST_ID.search(head_text(entry))
    return int(found[1]) if found else _LAST, natural(entry.path)


class _Reading:
    """The state of one reading: the last moment, the last day line and the last speaker."""

    def __init__(self, bundle: Bundle, zone: ZoneInfo) -> None:
        self._bundle = bundle
        self._gather = Gatherer(bundle, ChatRef(Platform.TELEGRAM, "", _title(bundle.entries[0])))
        self._times = WrittenTimes(zone, DayOrder.DMY)
        self._last_ms = 0
        self._offset = ""
        # Who the messages without a name are of: the one before them.
        self._speaker = ""

    def portions(self) -> Iterator[Portion]:
        for entry in self._bundle.entries:
            self._speaker = ""
            if first := _STAMP.search(head_text(entry)):
                self._offset = _offset(first[1])
            stream = self._gather.start(entry)
            for place, (number, markup) in enumerate(blocks(stream, _START, "message ")):
                if place:
                    self._take(number, markup)
                yield from self._gather.full()
        yield from self._gather.rest()

    def _take(self, number: int, markup: str) -> None:
        message = parse(markup).first("message")
        if message is None or markup.count("</div") < markup.count("<div"):
            # The page ends in the middle of it.
            self._gather.note("truncated", number, markup)
            return
        written = message.attributes.get("id", "").removeprefix("message")
        if "service" in message.classes:
            self._service(message, written, number)
        else:
            self._message(message, written if written.isdecimal() else "", number)

    def _service(self, message: Node, written: str, number: int) -> None:
        body = message.first("body")
        text = text_of(body, collapse=True) if body is not None else ""
        if written.isdecimal():
            if not self._last_ms:
                self._gather.note("bad_time", number, text)
                return
            for item in told(text, self._last_ms, written):
                self._gather.add(item, number)
            return
        try:
            # A line of the program's own, with the day of what follows.
            self._last_ms = self._times.moment(f"{text} 00:00:00{self._offset}")
        except ValueError:
            return

    def _message(self, message: Node, external_id: str, number: int) -> None:
        body = message.first("body") or message
        date = body.first("date")
        written = (date.attributes.get("title", "") if date is not None else "").strip()
        try:
            sent = self._moment(written)
        except ValueError:
            self._gather.note("bad_time", number, written)
            return
        self._last_ms = sent
        if (said_by := body.first("from_name", but="forwarded")) is not None:
            self._speaker = text_of(said_by).partition(" via @")[0]
        item = self._inbound(body, sent, external_id)
        self._gather.add(item, number)
        for reaction in _reactions(body, item, self._times):
            self._gather.add(reaction, number)

    def _moment(self, written: str) -> int:
        self._offset = _offset(written)
        return self._times.moment(_UTC_WORD.sub("", written))

    def _inbound(self, body: Node, sent: int, external_id: str) -> Inbound:
        form, said = media_of(body)
        words = body.first("text")
        if form == Form.TEXT and body.first("forwarded") is not None:
            form = Form.FORWARD
        return Inbound(
            Kind.MESSAGE,
            sent,
            "",
            self._speaker,
            text_of(words) if words is not None else said,
            external_id,
            _reply_id(body.first("reply_to")),
            form=form,
        )


def _offset(written: str) -> str:
    found = _OFFSET.search(written)
    return found[1] if found else ""


def _reply_id(reply: Node | None) -> str:
    for node in reply.below() if reply is not None else ():
        if found := _REPLY.search(node.attributes.get("href", "")):
            return found[1]
    return ""


def _reactions(body: Node, item: Inbound, times: WrittenTimes) -> Iterator[Inbound]:
    """Reactions whose giver is named, as `initials` of newer pages do in their titles."""
    for reaction in body.below():
        if "reaction" not in reaction.classes or not item.external_id:
            continue
        emoji = reaction.first("emoji")
        for node in reaction.below():
            title = node.attributes.get("title", "")
            if emoji is None or "initials" not in node.classes or not title:
                continue
            found = _REACTOR.fullmatch(title)
            try:
                sent = times.moment(_UTC_WORD.sub("", found[2])) if found else item.sent_ms
            except ValueError:
                sent = item.sent_ms
            name = found[1] if found else title
            yield Inbound(Kind.REACTION, sent, "", name, text_of(emoji), reply_to=item.external_id)


FORMAT = TelegramHtmlFormat()

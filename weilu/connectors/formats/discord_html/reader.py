"""Reads DiscordChatExporter's HTML, whole or in parts (handbook K-4).

Source: Tyrrrz/DiscordChatExporter, PreambleTemplate and MessageGroupTemplate. The times shown are
in the zone and the style of whoever exported; the id of a message holds its moment exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from weilu.chat.ports import (
    Answers,
    Bundle,
    ChatRef,
    Entry,
    Form,
    Inbound,
    Kind,
    Platform,
    Portion,
    Survey,
)
from weilu.connectors.formats.gathering import Gatherer
from weilu.connectors.formats.html import Node, blocks, parse, text_of
from weilu.connectors.formats.jsonforms import file_form
from weilu.connectors.formats.jsonportions import folder, in_order
from weilu.connectors.formats.lines import head_text

_START = re.compile(r"<div\b(?=[^<>]{0,400}\bdata-message-id=)")
_TITLE = re.compile(r"<title>(.{1,400}?)</title>", re.DOTALL)
_ENTRY = re.compile(r"<div class=\"?preamble__entry\"?>(.{0,400}?)</div>", re.DOTALL)
_CHANNEL_ID = re.compile(r"\[(\d{15,21})\]")
_REPLY = re.compile(r"\b(\d{15,21})\b")
_NO_TAG = re.compile(r"#0{1,4}$")
# Milliseconds of 2015-01-01, from which Discord counts.
EPOCH_MS = 1_420_070_400_000
_ADDED = re.compile(r"added (?P<who>.+?) to the group\.?")
_REMOVED = re.compile(r"removed (?P<who>.+?) from the group\.?")


def snowflake_ms(number: str) -> int:
    """UTC milliseconds at which Discord gave out an id. ValueError for what is none."""
    if not 15 <= len(number) <= 21 or not number.isdecimal():
        message = f"not an id: {number[:40]}"
        raise ValueError(message)
    return (int(number) >> 22) + EPOCH_MS


class DiscordHtmlFormat:
    """DiscordChatExporter HTML; the parts of one channel are one export."""

    name = "discord_html"
    label = "DiscordChatExporter HTML"

    def recognise(self, entry: Entry) -> int:
        """95 for a page with the exporter's own classes."""
        text = head_text(entry)
        if text.lstrip()[:15].lower() != "<!doctype html>":
            return 0
        return 95 if "chatlog__" in text and "preamble__" in text else 0

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """The pages of a folder under one title in order."""
        channels: dict[tuple[str, str, str], list[Entry]] = {}
        for entry in entries:
            chat = _chat(entry)
            channels.setdefault((folder(entry.path), chat.name, chat.key), []).append(entry)
        return [Bundle(self.name, self.label, in_order(group)) for group in channels.values()]

    def survey(self, bundle: Bundle) -> Survey:
        """Nothing to ask."""
        del bundle
        return Survey()

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the messages page by page."""
        del answers
        return _Reading(bundle).portions()


def _chat(entry: Entry) -> ChatRef:
    """The channel under its server's name, as the exporter's JSON has it."""
    text = head_text(entry)
    found = _TITLE.search(text)
    title = text_of(parse(found[1])) if found else ""
    guild = _ENTRY.search(text)
    server = text_of(parse(guild[1])) if guild else title.partition(" - ")[0]
    channel = title.removeprefix(f"{server} - ") if title != server else ""
    numbered = _CHANNEL_ID.search(entry.path.rpartition("/")[2])
    name = " / ".join(part for part in (server, channel) if part)
    return ChatRef(Platform.DISCORD, numbered[1] if numbered else "", name)


class _Reading:
    """The state of one reading: who the messages without a name are of."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._gather = Gatherer(bundle, _chat(bundle.entries[0]))
        self._author = ("", "", False)

    def portions(self) -> Iterator[Portion]:
        for entry in self._bundle.entries:
            self._author = ("", "", False)
            stream = self._gather.start(entry)
            for place, (number, markup) in enumerate(blocks(stream, _START, "data-message-id")):
                if place:
                    self._take(number, markup)
                yield from self._gather.full()
        yield from self._gather.rest()

    def _take(self, number: int, markup: str) -> None:
        root = parse(markup)
        message = next((one for one in root.below() if "data-message-id" in one.attributes), None)
        if message is None or markup.count("</div") < markup.count("<div"):
            # The page ends in the middle of it.
            self._gather.note("truncated", number, markup)
            return
        external_id = message.attributes["data-message-id"]
        try:
            sent = snowflake_ms(external_id)
        except ValueError:
            self._gather.note("bad_time", number, external_id)
            return
        told = message.first("chatlog__system-notification-content")
        if told is not None:
            self._gather.add(_event(message, told, sent, external_id), number)
            return
        self._author = _author(message) or self._author
        account, name, is_bot = self._author
        content = message.first("chatlog__content")
        words = text_of(content, but="chatlog__edited-timestamp") if content is not None else ""
        item = Inbound(
            Kind.MESSAGE,
            sent,
            account,
            name,
            words,
            external_id,
            _reply_id(message),
            form=_form(message, words),
            is_bot=is_bot,
        )
        self._gather.add(item, number)


def _author(message: Node) -> tuple[str, str, bool] | None:
    """Account, shown name and whether it is a bot; None for one that goes on."""
    for name in ("chatlog__author", "chatlog__author-name"):
        node = message.first(name)
        if node is not None:
            tag = message.first("chatlog__author-tag") or message.first("chatlog__bot-tag")
            is_bot = tag is not None and text_of(tag) == "BOT"
            shown = _NO_TAG.sub("", text_of(node))
            return node.attributes.get("data-user-id", ""), shown, is_bot
    return None


def _reply_id(message: Node) -> str:
    link = message.first("chatlog__reply-link") or message.first("chatlog__reference-link")
    found = _REPLY.search(link.attributes.get("onclick", "")) if link is not None else None
    return found[1] if found else ""


def _form(message: Node, words: str) -> Form:
    if message.first("chatlog__forwarded") is not None:
        return Form.FORWARD
    attached = message.first("chatlog__attachment")
    if attached is not None:
        addresses = (
            one.attributes.get("href") or one.attributes.get("src") for one in attached.below()
        )
        address = next((one for one in addresses if one), "")
        return file_form(re.split(r"[?#]", address, maxsplit=1)[0])
    if message.first("chatlog__sticker") is not None:
        return Form.STICKER
    return Form.LINK if message.first("chatlog__embed") is not None and not words else Form.TEXT


def _event(message: Node, told: Node, sent: int, external_id: str) -> Inbound:
    """A join, a leave, a call or another notice."""
    author = message.first("chatlog__system-notification-author")
    name = _NO_TAG.sub("", text_of(author)) if author is not None else ""
    account = author.attributes.get("data-user-id", "") if author is not None else ""
    text = text_of(told, collapse=True)
    if text.startswith("joined the server"):
        return Inbound(Kind.JOIN, sent, account, name, "", external_id)
    if text.startswith("left the group"):
        return Inbound(Kind.LEAVE, sent, account, name, "", external_id)
    for kind, pattern in ((Kind.JOIN, _ADDED), (Kind.LEAVE, _REMOVED)):
        if found := pattern.fullmatch(text):
            return Inbound(kind, sent, "", found["who"].strip(), "", external_id, target=name)
    is_call = text.startswith("started a call")
    return Inbound(
        Kind.MESSAGE if is_call else Kind.NOTICE,
        sent,
        account,
        name,
        text,
        external_id,
        form=Form.CALL if is_call else Form.TEXT,
    )


FORMAT = DiscordHtmlFormat()

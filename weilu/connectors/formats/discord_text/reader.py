"""Reads DiscordChatExporter's TXT (source: its PlainTextMessageWriter).

A record is `[time] name`, its text, and what is attached under words in braces. Times are local
and in the style of whoever exported; ids are not written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from weilu.chat.ports import (
    Answers,
    Bundle,
    Entry,
    Form,
    Inbound,
    Kind,
    Platform,
    Question,
    Survey,
)
from weilu.connectors.formats.day_order import DayOrderVote
from weilu.connectors.formats.discord_csv.reader import EVENTS
from weilu.connectors.formats.headed import HeadedFormat, HeadedReader, Heading
from weilu.connectors.formats.jsonforms import file_form
from weilu.connectors.formats.lines import TextStream, head_text
from weilu.connectors.formats.written_times import WrittenTimes, date_fields

_HEADING = re.compile(r"\[(?P<stamp>[^\[\]]{8,48})\] (?P<name>.{1,100}?)(?: \(pinned\))?")
_HAS_CLOCK = re.compile(r"\d[:.]\d\d")
_GUILD = re.compile(r"^Guild: (.+)$", re.MULTILINE)
_CHANNEL = re.compile(r"^Channel: (.+)$", re.MULTILINE)
_RULE = "=" * 62
_PART = re.compile(r"\{(?:Attachments|Embed|Stickers|Reactions)\}")
_NO_TAG = re.compile(r"#0{1,4}$")
_FRAMES = ("====", "Guild: ", "Channel: ", "Topic: ", "After: ", "Before: ", "Range: ", "Exported ")
_EVENTS = {**EVENTS, "Left the group.": Kind.LEAVE}


class DiscordTextFormat(HeadedFormat):
    """DiscordChatExporter's text of one channel."""

    name = "discord_text"
    label = "DiscordChatExporter TXT"
    platform = Platform.DISCORD

    def recognise(self, entry: Entry) -> int:
        """97 by the exporter's own first lines."""
        text = head_text(entry).lstrip()
        is_framed = text.startswith("=" * 20) and _GUILD.search(text[:2000]) is not None
        return 97 if is_framed and _CHANNEL.search(text[:4000]) else 0

    def chat_name(self, entry: Entry) -> str:
        """The channel under its server's name, as the exporter's JSON has it."""
        text = head_text(entry)[:4000]
        guild, channel = _GUILD.search(text), _CHANNEL.search(text)
        parts = (
            guild[1].strip() if guild else "",
            channel[1].rpartition(" / ")[2].strip() if channel else "",
        )
        return " / ".join(part for part in parts if part)

    def survey(self, bundle: Bundle) -> Survey:
        """Ask for the zone, and for the day order where the dates leave it open."""
        vote = _vote(bundle.entries[0])
        asks = {Question.ZONE} if vote.is_decided else {Question.ZONE, Question.DAY_ORDER}
        return Survey(frozenset(asks), vote.guess)

    def reader(self, bundle: Bundle, answers: Answers) -> HeadedReader:
        """A reader of local times."""
        order = answers.day_order or _vote(bundle.entries[0]).guess
        return _Reader(WrittenTimes(answers.zone, order))


def _headings(entry: Entry) -> Iterator[str]:
    before = ""
    for _, line in TextStream(entry).lines():
        if not before.strip() and (found := _heading(line)):
            yield found["stamp"]
        before = line


def _heading(line: str) -> re.Match[str] | None:
    if line[:1] != "[":
        return None
    found = _HEADING.fullmatch(line)
    return found if found and _HAS_CLOCK.search(found["stamp"]) else None


def _vote(entry: Entry) -> DayOrderVote:
    vote = DayOrderVote()
    for stamp in _headings(entry):
        if fields := date_fields(stamp):
            vote.see(fields)
    return vote


class _Reader(HeadedReader):
    def __init__(self, times: WrittenTimes) -> None:
        self._times = times

    def heading(self, line: str, before: str) -> Heading | None:
        """A time in brackets and a name after an empty line."""
        if before.strip() or not (found := _heading(line)):
            return None
        if date_fields(found["stamp"]) is None:
            return None
        name = _NO_TAG.sub("", found["name"])
        return Heading(self._times.moment(found["stamp"]), "", name)

    def is_frame(self, line: str) -> bool:
        """The head."""
        return not line.strip() or line.startswith(_FRAMES)

    def is_end(self, line: str) -> bool:
        """The rule above the closing sum."""
        return line == _RULE

    def told(self, heading: Heading, lines: Sequence[str]) -> Sequence[Inbound]:
        """A message, a join or a notice."""
        end = next((k for k, line in enumerate(lines) if _PART.fullmatch(line)), len(lines))
        text = "\n".join(lines[:end]).rstrip()
        kind = _EVENTS.get(text, Kind.MESSAGE)
        shown = "" if kind in {Kind.JOIN, Kind.LEAVE} else text
        form = _form(lines[end:]) if kind == Kind.MESSAGE else Form.TEXT
        return (Inbound(kind, heading.sent_ms, "", heading.name, shown, form=form),)


def _form(parts: Sequence[str]) -> Form:
    """The form of the first thing attached; reactions are none."""
    for part, address in pairwise(parts):
        if part == "{Attachments}":
            return file_form(address.partition("?")[0])
        if part == "{Stickers}":
            return Form.STICKER
    return Form.TEXT


FORMAT = DiscordTextFormat()

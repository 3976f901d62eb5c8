"""Reads the text exports of MemoTrace (WeChatMsg, 留痕) and of WeFlow and its forks.

Sources: the programs' own writers. A record is `2024-01-15 14:05:09 name`, WeFlow with the name in
quotes, then its text and an empty line; MemoTrace writes a system line under a time alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from weilu.chat.ports import Answers, Bundle, Entry, Form, Inbound, Kind, Platform
from weilu.connectors.formats.headed import HeadedFormat, HeadedReader, Heading
from weilu.connectors.formats.jsonnotices import system_items
from weilu.connectors.formats.lines import head_lines
from weilu.connectors.formats.local_time import LocalDays
from weilu.connectors.formats.placeholders import form_of

_HEADING = re.compile(r"(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?: (.*))?")
_WITH_ID = re.compile(r".*(?:\(\d{5,12}\)|<[^<>@]+@[^<>]+>)\s*")
_SYSTEM = frozenset({"系统消息", "系统"})
_ROOM = "@chatroom"
# How both programs write what is no text, with or without a name behind it.
_PARTS = re.compile(r"\[([^\[\]:：|]{1,12})(?:[:：|][^\n]*\]?|\] ?\S.*)", re.DOTALL)


def form_of_text(text: str) -> Form:
    """The form a placeholder tells of, also one with a title or a path in it."""
    known = form_of(text)
    if known == Form.TEXT and (found := _PARTS.fullmatch(text.strip())):
        return form_of(f"[{found[1]}]")
    return known


def block_starts(lines: Sequence[str]) -> list[str]:
    """The lines that stand after an empty one, or first."""
    return [
        line
        for before, line in zip(["", *lines], lines, strict=False)
        if line.strip() and not before.strip()
    ]


class WeChatTextFormat(HeadedFormat):
    """WeChat as text of MemoTrace or WeFlow."""

    name = "wechat_text"
    label = "WeChat text (MemoTrace, WeFlow)"
    platform = Platform.WECHAT

    def recognise(self, entry: Entry) -> int:
        """75 where nearly everything after an empty line is a heading and none has a QQ number."""
        lines = head_lines(entry)
        starts = block_starts(lines)
        if not starts or not _HEADING.fullmatch(starts[0]):
            return 0
        headings = [found for line in starts if (found := _HEADING.fullmatch(line))]
        numbered = sum(_WITH_ID.fullmatch(found[0]) is not None for found in headings)
        if len(headings) * 2 < len(starts) or numbered * 2 >= len(headings):
            return 0
        return 75 if any(_has_text(*pair) for pair in pairwise(lines)) else 0

    def reader(self, bundle: Bundle, answers: Answers) -> HeadedReader:
        """A reader of local times."""
        del bundle
        return _Reader(LocalDays(answers.zone))


def _has_text(line: str, below: str) -> bool:
    """Whether a heading has text below it; in a log of a program there is the next heading."""
    is_said = bool(below.strip()) and not _HEADING.fullmatch(below)
    return is_said and _HEADING.fullmatch(line) is not None


class _Reader(HeadedReader):
    def __init__(self, days: LocalDays) -> None:
        self._days = days

    def heading(self, line: str, before: str) -> Heading | None:
        """A time and a name after an empty line."""
        if before.strip() or not (found := _HEADING.fullmatch(line)):
            return None
        year, month, day, hour, minute, second = (int(found[k]) for k in range(1, 7))
        sent = self._days.moment((year, month, day), hour, minute, second)
        name = (found[7] or "").strip()
        if len(name) > 1 and name[0] == name[-1] == "'":
            name = name[1:-1]
        return Heading(sent, "", name)

    def told(self, heading: Heading, lines: Sequence[str]) -> Sequence[Inbound]:
        """A message, or what a system line tells."""
        text = "\n".join(lines)
        name = heading.name
        if not name or name in _SYSTEM or name.endswith(_ROOM):
            return system_items(text, heading.sent_ms)
        form = form_of_text(text)
        return (Inbound(Kind.MESSAGE, heading.sent_ms, "", name, text, form=form),)


FORMAT = WeChatTextFormat()

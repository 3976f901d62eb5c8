"""Reads chosen messages that WeChat on a phone sent by mail, saved as text.

Source: the app's own mails (choose messages, then mail). A day has a line of its own between long
dashes, then `name  10:23`, an empty line and the text; empty lines stand between messages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from weilu.chat.ports import Answers, Bundle, Entry, Inbound, Kind, Platform
from weilu.connectors.formats.headed import HeadedFormat, HeadedReader, Heading
from weilu.connectors.formats.lines import head_lines
from weilu.connectors.formats.local_time import LocalDays
from weilu.connectors.formats.wechat_text.plain import form_of_text

_DAY = re.compile(r"\s*[—–―─-]{3,}\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\s*[—–―─-]{3,}\s*")
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*"
# Two spaces, as the app writes them, or the one that a mail program has left of them.
_WIDE = re.compile(rf"(?P<name>\S.{{0,80}}?)(?:[ \u00a0\u3000]{{2,}}|\t+){_CLOCK}")
_NARROW = re.compile(rf"(?P<name>\S.{{0,80}}?)[ \u00a0\u3000]{_CLOCK}")
_TITLE = re.compile(r"[“\"「](?P<name>[^”\"」]{1,80})[”\"」](?:和.{1,80})?的聊天记录")
# Said of what the mail has as a file beside it.
_ATTACHED = re.compile(r"\[(?P<kind>[^\[\]:：]{1,12})[:：][^\n]*[(（]请在附件中查看[)）]\s*\]")


class WeChatMailFormat(HeadedFormat):
    """WeChat messages out of a mail."""

    name = "wechat_mail"
    label = "WeChat mail"
    platform = Platform.WECHAT

    def recognise(self, entry: Entry) -> int:
        """82 where a line of dashes tells the day and a name with a time stands below it."""
        lines = head_lines(entry)
        at = next((k for k, line in enumerate(lines) if _DAY.fullmatch(line)), None)
        if at is None:
            return 0
        first = next((line for line in lines[at + 1 :] if line.strip()), "")
        return 82 if _NARROW.fullmatch(first) or _WIDE.fullmatch(first) else 0

    def chat_name(self, entry: Entry) -> str:
        """The group that the first lines of the mail name."""
        for line in head_lines(entry):
            if _DAY.fullmatch(line):
                break
            if found := _TITLE.search(line):
                return found["name"].strip()
        return ""

    def reader(self, bundle: Bundle, answers: Answers) -> HeadedReader:
        """A reader of local times."""
        is_wide = any(_WIDE.fullmatch(line) for line in head_lines(bundle.entries[0]))
        return _Reader(LocalDays(answers.zone), _WIDE if is_wide else _NARROW)


class _Reader(HeadedReader):
    def __init__(self, days: LocalDays, heading: re.Pattern[str]) -> None:
        self._days = days
        self._heading = heading
        self._day: tuple[int, int, int] | None = None

    def heading(self, line: str, before: str) -> Heading | None:
        """A name and a time after an empty line, once a day was told; a day holds from there on."""
        if found := _DAY.fullmatch(line):
            self._day = (int(found[1]), int(found[2]), int(found[3]))
        is_below = not before.strip() or _DAY.fullmatch(before)
        if self._day is None or not is_below or not (found := self._heading.fullmatch(line)):
            return None
        clock = (int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
        return Heading(self._days.moment(self._day, *clock), "", found["name"].strip())

    def is_end(self, line: str) -> bool:
        """A day ends what was said on the one before."""
        return _DAY.fullmatch(line) is not None

    def is_frame(self, line: str) -> bool:
        """A day, and what the mail says above the first one."""
        return self._day is None or not line.strip() or self.is_end(line)

    def told(self, heading: Heading, lines: Sequence[str]) -> Sequence[Inbound]:
        """A message; what lies beside the mail is told by its kind alone."""
        text = "\n".join(lines).strip("\n")
        form = form_of_text(text)
        if found := _ATTACHED.fullmatch(text.strip()):
            form = form_of_text(f"[{found['kind'].strip()}]")
        return (Inbound(Kind.MESSAGE, heading.sent_ms, "", heading.name, text, form=form),)


FORMAT = WeChatMailFormat()

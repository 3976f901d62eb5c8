"""Reads the text exports of shuakami/qq-chat-exporter (handbook K-4).

Source: its TextExporter.ts. A record is `name:`, then `时间:` and `内容:`, which may go on for
lines, then what files, mentions and answers there are. Numbers and ids are not written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from zoneinfo import ZoneInfo

from weilu.chat.ports import Answers, Bundle, Entry, Form, Inbound, Kind, Platform
from weilu.connectors.formats.headed import HeadedFormat, HeadedReader, Heading
from weilu.connectors.formats.jsonnotices import system_items
from weilu.connectors.formats.lines import head_lines, head_text
from weilu.connectors.formats.placeholders import form_of
from weilu.connectors.formats.written_times import WrittenTimes

_TIME = re.compile(r"\s{0,4}时间[:：] ?(.+)")
_PART = re.compile(r"\s{0,4}(类型|内容|资源|提及|回复)[:：] ?(.*)")
_RESOURCE = re.compile(r"\s{1,6}- (image|video|audio|voice|file|图片|视频|语音|文件)[:：] ?(.*)")
_CHAT = re.compile(r"聊天名称[:：] ?(.+)", re.MULTILINE)
_FORMS = {
    "image": Form.PICTURE,
    "图片": Form.PICTURE,
    "video": Form.VIDEO,
    "视频": Form.VIDEO,
    "audio": Form.VOICE,
    "voice": Form.VOICE,
    "语音": Form.VOICE,
}
_FRAMES = (
    "[QQChatExporter",
    "[本软件",
    "====",
    "聊天",
    "参与人数",
    "导出",
    "消息总数",
    "时间范围",
    "总计",
)
_TITLE = "QQ聊天记录导出文件"
_ENDS = ("=" * 20,)
_SYSTEM = frozenset({"系统消息", "系统"})
# Numbered exports have the number on a line of its own.
_NUMBER = re.compile(r"\[\d{1,9}\]")


class QQExporterTextFormat(HeadedFormat):
    """QQ as text of qq-chat-exporter."""

    name = "qq_exporter_text"
    label = "QQ text (qq-chat-exporter)"
    platform = Platform.QQ

    def recognise(self, entry: Entry) -> int:
        """97 by the program's own first line, 80 where times follow names with a colon."""
        text = head_text(entry).lstrip()
        if text.startswith("[QQChatExporter") or _TITLE in text[:600]:
            return 97
        lines = head_lines(entry)
        found = sum(
            _TIME.match(line) is not None and before.rstrip().endswith((":", "："))
            for before, line in pairwise(lines)
        )
        return 80 if found and found * 6 >= sum(bool(line.strip()) for line in lines) else 0

    def chat_name(self, entry: Entry) -> str:
        """The name the head gives."""
        found = _CHAT.search(head_text(entry)[:4000])
        return found[1].strip() if found and found[1].strip() != "未知聊天" else ""

    def reader(self, bundle: Bundle, answers: Answers) -> HeadedReader:
        """A reader of local times."""
        del bundle
        return _Reader(answers.zone)


class _Reader(HeadedReader):
    above = 1

    def __init__(self, zone: ZoneInfo) -> None:
        self._times = WrittenTimes(zone)

    def heading(self, line: str, before: str) -> Heading | None:
        """A time below a name with a colon."""
        name = before.rstrip()
        if not name.endswith((":", "：")) or not (found := _TIME.fullmatch(line)):
            return None
        return Heading(self._times.moment(found[1].strip()), "", name[:-1].strip())

    def is_frame(self, line: str) -> bool:
        """The head, and the name that a time will follow."""
        text = line.strip()
        return (
            not text
            or text.startswith(_FRAMES)
            or text == _TITLE
            or text.endswith((":", "："))
            or bool(_NUMBER.fullmatch(text))
        )

    def is_end(self, line: str) -> bool:
        """The rule above the closing sum."""
        return line.startswith(_ENDS)

    def told(self, heading: Heading, lines: Sequence[str]) -> Sequence[Inbound]:
        """A message of its content and its first file, or what a system line tells."""
        text, form = _content(lines)
        if heading.name in _SYSTEM:
            return system_items(text, heading.sent_ms)
        form = form or form_of(text)
        return (Inbound(Kind.MESSAGE, heading.sent_ms, "", heading.name, text, form=form),)


def _content(lines: Sequence[str]) -> tuple[str, Form]:
    """What was said and the form of the first file."""
    said: list[str] = []
    form, is_saying = Form.TEXT, False
    for line in lines:
        if found := _PART.fullmatch(line):
            is_saying = found[1] == "内容"
            if is_saying:
                said = [found[2]]
        elif resource := _RESOURCE.fullmatch(line):
            form = form or _FORMS.get(resource[1], Form.FILE)
        elif is_saying:
            said.append(line)
    if len(said) > 1 and _NUMBER.fullmatch(said[-1].strip()) and not said[-2].strip():
        # The number of the next message.
        said.pop()
    return "\n".join(said).rstrip(), form


FORMAT = QQExporterTextFormat()

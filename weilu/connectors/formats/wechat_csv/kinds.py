"""WeChat's message types, by number and by the words exporters use for them."""

from __future__ import annotations

import html
import re

from weilu.chat.ports import Form

SYSTEM_TYPE = 10000
SYSTEM_WORDS = frozenset({"系统消息", "系统通知", "系统", "撤回消息", "拍一拍"})

_TYPES: dict[int, Form] = {
    1: Form.TEXT,
    3: Form.PICTURE,
    34: Form.VOICE,
    42: Form.CARD,
    43: Form.VIDEO,
    47: Form.STICKER,
    48: Form.LOCATION,
    50: Form.CALL,
    62: Form.VIDEO,
    66: Form.CARD,
}
_APP_TYPES: dict[int, Form] = {
    1: Form.TEXT,
    3: Form.LINK,
    4: Form.LINK,
    5: Form.LINK,
    6: Form.FILE,
    8: Form.STICKER,
    17: Form.LOCATION,
    19: Form.FORWARD,
    33: Form.LINK,
    36: Form.LINK,
    40: Form.FORWARD,
    51: Form.VIDEO,
    53: Form.POLL,
    57: Form.TEXT,
    62: Form.TEXT,
    63: Form.VIDEO,
    74: Form.FILE,
    87: Form.TEXT,
    2000: Form.TRANSFER,
    2001: Form.RED_PACKET,
    2003: Form.RED_PACKET,
}
_WORDS = (
    ("引用", Form.TEXT),
    ("文本", Form.TEXT),
    ("图片", Form.PICTURE),
    ("表情", Form.STICKER),
    ("语音通话", Form.CALL),
    ("通话", Form.CALL),
    ("语音", Form.VOICE),
    ("视频号", Form.VIDEO),
    ("视频", Form.VIDEO),
    ("文件", Form.FILE),
    ("名片", Form.CARD),
    ("位置", Form.LOCATION),
    ("红包", Form.RED_PACKET),
    ("转账", Form.TRANSFER),
    ("合并转发", Form.FORWARD),
    ("聊天记录", Form.FORWARD),
    ("小程序", Form.LINK),
    ("链接", Form.LINK),
    ("分享", Form.LINK),
    ("音乐", Form.LINK),
)
_TITLE = re.compile(r"<title>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</title>", re.DOTALL)
_REFERRED = re.compile(r"<refermsg>.*?<svrid>(\d{1,25})</svrid>", re.DOTALL)


def form_of_type(kind: int, sub: int = 0) -> Form:
    """Form of a message by its type and, for app messages (49), its sub-type."""
    if kind == 49:
        return _APP_TYPES.get(sub, Form.OTHER)
    return _TYPES.get(kind, Form.OTHER)


def form_of_word(word: str) -> Form:
    """Form of a message by the exporter's word for its type; OTHER when unknown."""
    return next((form for part, form in _WORDS if part in word), Form.OTHER)


def is_system_type(kind: int) -> bool:
    """Whether a type number marks system lines (10000, 10002 and their flags)."""
    return kind in {SYSTEM_TYPE, 10002, 11000, 922746929, 266287972401}


def readable(content: str) -> str:
    """Words of a message: the title of an XML body, the content itself otherwise."""
    if content.startswith("<") and (found := _TITLE.search(content)):
        return html.unescape(found[1]).strip()
    if content.startswith(("<?xml", "<msg", "<sysmsg", "<appmsg")):
        return ""
    return content


def referred_id(content: str) -> str:
    """Server id of the quoted message in an XML body, else ""."""
    found = _REFERRED.search(content) if "<refermsg>" in content else None
    return found[1] if found else ""

"""A group's name out of its file's name, where the file itself does not say it.

Exporters put the group's name beside words of their own ("WhatsApp Chat with …", "[LINE] …的聊天"),
dates and numbers; what is left is proposed, and the operator may write another.
"""

from __future__ import annotations

import re

NAME_CHARS = 200
PART_CHARS = 255

# Names of files and folders that say nothing of the group.
_EMPTY = re.compile(
    r"""(?:\d{1,3}[\s_-]+)?_?(?:chat|chats|result|results|messages?|export|exports?|history|log|logs|data|file|text
    |output|backup|archive|download|downloads|untitled|new|transcript|chatexport|group|friend|private|conversation|arriving
    |wechat(?:[\s_-]?msg)?|weixin|memotrace|pywxdump|weflow|echotrace|chatlog|微信|留痕
    |(?:whatsapp|qq|telegram|discord|line|slack|signal)(?:[\s_-]?(?:android|ios|iphone|pc|win|mac|desktop|web))?
    |聊天记录|聊天記錄|消息记录|訊息記錄|导出|匯出|备份|新建文本文档|群聊|消息|记录)""",
    re.IGNORECASE | re.VERBOSE,
)
# What exporters write around the name.
_AROUND = (
    re.compile(r"^\[LINE\]\s*"),
    re.compile(
        r"^(?:Chat de WhatsApp con|Conversa do WhatsApp com|WhatsApp[\s_-]*Chat mit"
        r"|Discussion WhatsApp avec|Chat WhatsApp con|Chat with|WhatsApp-?chat met)\s+",
        re.IGNORECASE,
    ),
    re.compile(r"^WhatsApp[\s_-]*Chat\s*(?:with\s|[-–])?\s*", re.IGNORECASE),
    re.compile(r"^(?:与|與|和)\s*(.+?)\s*的?\s*(?:WhatsApp)?\s*(?:聊天|对话|對話)(?:记录|記錄)?$"),
    re.compile(r"^(.+?)\s*とのトーク(?:履歴)?$"),
    re.compile(
        r"^(?:ChatExport|group|friend|private|qq|wechat|wx|微信|群聊|群)[\s_-]+", re.IGNORECASE
    ),
    re.compile(r"[\s_-]*的?(?:聊天记录|聊天記錄|消息记录|訊息記錄|聊天)$"),
    re.compile(r"^(?:聊天记录|聊天記錄|消息记录|WhatsApp\s*聊天)[\s_:：-]*"),
    re.compile(r"[\s_-]+(?:result|export|messages|chat|history|log)$", re.IGNORECASE),
)
_DATES = (
    # Discord and QQ write the group's number in brackets; long numbers are ids or moments.
    re.compile(r"[\[(（]\s*\d{4,}\s*[\])）]"),
    re.compile(
        r"(?<!\d)(?:19|20)\d{2}(?:[-_./年]\d{1,2}[-_./月]\d{1,2}日?|\d{4})"
        r"(?:[\sT_-]+\d{1,2}[:_.时-]?\d{2}(?:[:_.分-]?\d{2})?秒?)?(?!\d)"
    ),
    re.compile(r"(?<!\d)\d{1,2}[-_.]\d{1,2}[-_.](?:19|20)\d{2}(?!\d)"),
    re.compile(r"(?<![^\W_])\d{8,}(?![^\W_])"),
    # "chat (2).txt": the browser's counting of downloads.
    re.compile(r"\s*\(\d{1,2}\)$"),
)
_EDGE = " \t\u3000_-–—.,;:~·"


def name_from_path(path: str) -> str:
    """The likely name of a group from the path of its file; the plain file name when none is left.

    The last part that says something counts: `茶友群.zip/_chat.txt` is of 茶友群.
    """
    parts = [part for part in re.split(r"[/\\]", path) if part.strip()]
    for part in reversed(parts[-3:]):
        name = clean_name(part)
        if name:
            return name
    return _stem(parts[-1][:PART_CHARS])[:NAME_CHARS] if parts else ""


def clean_name(part: str) -> str:
    """A file or folder name without what exporters add; "" when nothing else is in it."""
    # File systems have no longer ones, archives may.
    name = _stem(part[:PART_CHARS]).strip(_EDGE)
    for pattern in _DATES:
        name = pattern.sub(" ", name)
    for pattern in _AROUND:
        found = pattern.search(name)
        if found is not None:
            inner = found.group(1) if pattern.groups else ""
            name = inner or (name[: found.start()] + name[found.end() :])
        name = name.strip(_EDGE)
    name = re.sub(r"\s+", " ", name).strip(_EDGE)
    return "" if _EMPTY.fullmatch(name) or name.isdigit() else name[:NAME_CHARS]


def _stem(part: str) -> str:
    """The name without its ending, if it has one that looks like an ending."""
    return re.sub(r"(?:\.(?:[A-Za-z][A-Za-z0-9]{0,5}|7z))+$", "", part) or part

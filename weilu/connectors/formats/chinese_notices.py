"""What WeChat and QQ write into a chat as system lines, in Chinese and English (K-4).

Sources: public exports and the wordings shown by both clients. A name may stand in any quotes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from weilu.chat.ports import Kind

_OPEN, _CLOSE = '[“"「『]?', '[”"」』]?'
_A = rf"{_OPEN}\s*(?P<who>.+?)\s*{_CLOSE}"
_B = rf"{_OPEN}\s*(?P<by>.+?)\s*{_CLOSE}"
_MARKUP = re.compile(r"<!\[CDATA\[|\]\]>|<[^<>]{1,400}>")
_SELF = frozenset({"你", "您", "You", "you"})


class Notice(NamedTuple):
    """A system line: its kind, whom it is about, and the other person or new title in it."""

    kind: Kind
    name: str
    target: str


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"\s*{text}\s*[。.!！]?\s*$", re.DOTALL)


# The order matters: the first that matches says what it is.
_PATTERNS = tuple(
    (kind, _pattern(text))
    for kind, text in (
        (Kind.JOIN, rf"{_A}通过扫描{_B}分享的二维码加入(?:了)?(?:群聊|本群)"),
        (Kind.JOIN, rf"{_B}邀请{_A}加入(?:了)?(?:群聊|本群|群)"),
        (
            Kind.JOIN,
            rf"(?:欢迎\s*)?{_A}(?:通过.{{0,40}})?(?:已)?(?:加入|进入)(?:了)?(?:群聊|本群|群)",
        ),
        (Kind.LEAVE, rf"{_A}被(?:管理员|群主)?{_B}(?:移出|踢出)(?:了)?(?:群聊|本群|群)"),
        (Kind.LEAVE, rf"{_B}(?:已)?将{_A}(?:移出|踢出)(?:了)?(?:群聊|本群|群)"),
        (Kind.LEAVE, rf"{_A}(?:已)?(?:退出|离开)(?:了)?(?:群聊|本群|群)"),
        (Kind.RECALL, rf"(?:管理员|群主)?{_B}撤回了成员{_A}的一条消息"),
        (Kind.RECALL, rf"{_A}\s?(?:撤回|尝试撤回)了?(?:一条)?(?:成员)?消息.{{0,40}}"),
        (Kind.NOTICE, rf"{_A}修改群名为{_B}"),
        (Kind.NOTICE, rf"{_A}\s?(?:拍了拍|戳了戳)\s?{_B}(?:的.{{0,40}})?"),
        (Kind.JOIN, rf"{_B} invited {_A} to the group chat"),
        (Kind.JOIN, rf"{_A} joined (?:the )?group chat via the QR Code shared by {_B}"),
        (Kind.JOIN, rf"{_A} (?:has )?joined (?:the |this )?group(?: chat)?(?: via .{{0,80}})?"),
        (Kind.LEAVE, rf"{_B} removed {_A} from the group chat"),
        (Kind.LEAVE, rf"{_A} (?:has )?left (?:the|this) group(?: chat)?"),
        (Kind.RECALL, rf"{_A} (?:has )?recalled a message"),
        (Kind.NOTICE, rf"{_A} changed the group name to {_B}"),
    )
)
# No notice is longer; a message that merely mentions one mostly is.
_LONGEST = 400
_HINTS = re.compile("群|消息|拍了拍|戳了戳|group|recalled")


def plain_notice(text: str) -> str:
    """A system line without the XML it may stand in."""
    return _MARKUP.sub("", text).strip() if "<" in text else text.strip()


def parse_notices(text: str) -> tuple[Notice, ...]:
    """Everything a system line tells, one notice for each person who joined; () when unknown.

    The exporter appears as "你": as the one who acts it becomes "", and a line about the
    exporter's own coming or going is unknown, because the file does not name them.
    """
    plain = plain_notice(text)
    if len(plain) > _LONGEST or not _HINTS.search(plain):
        return ()
    for kind, pattern in _PATTERNS:
        if found := pattern.match(plain):
            groups = found.groupdict()
            return _notices(kind, groups["who"], groups.get("by") or "")
    return ()


def _notices(kind: Kind, who: str, by: str) -> tuple[Notice, ...]:
    is_told = kind == Kind.JOIN and bool(by)
    by = "" if by in _SELF else by
    if not is_told:
        names = [who]
    else:
        names = [part.strip(' “”"「」') for part in re.split('、|, |和(?=[“"])|(?<=[”"])和', who)]
    return tuple(Notice(kind, name, by) for name in names if name and name not in _SELF)


def parse_notice(text: str) -> Notice | None:
    """First notice of a system line as (kind, name, target), or None. See `parse_notices`."""
    return next(iter(parse_notices(text)), None)

"""What the column of kinds of a table says of a row: talk, coming, going, or the system."""

from __future__ import annotations

from collections.abc import Iterator

from weilu.chat.ports import Inbound, Kind
from weilu.connectors.formats.chinese_notices import parse_notices, plain_notice

_WORDS = {
    Kind.JOIN: "join|joined|member join|member joined|user join|user joined|channel join|enter"
    "|加入|进群|入群|加群|加入群聊|进入",
    Kind.LEAVE: "leave|left|quit|part|exit|member left|user left|member leave|user leave"
    "|channel leave|退出|退群|离开|离群|退出群聊",
    Kind.NOTICE: "system|notice|service|event|system message"
    "|系统|系统消息|系统通知|通知|提示|公告通知",
}
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words.split("|")}


def kind_of(word: str) -> Kind:
    """Kind of a row by its word for it; a message where it says nothing of the kind."""
    return _KINDS.get(word.strip().lower().replace("_", " "), Kind.MESSAGE)


def told_by_system(sent: int, text: str) -> Iterator[Inbound]:
    """Everything a system line tells; unknown wording stays as a notice."""
    notices, plain = parse_notices(text), plain_notice(text)
    for kind, name, target in notices:
        yield Inbound(kind, sent, "", name, plain if kind == Kind.NOTICE else "", target=target)
    if not notices:
        yield Inbound(Kind.NOTICE, sent, "", "", plain)

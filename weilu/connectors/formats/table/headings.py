"""Which heading of an unknown table means what, guessed by name and by what its cells hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from weilu.connectors.formats.written_times import date_fields, is_clock, tells_clock

# Our field names; `time` and one of `name` and `account` are needed.
FIELDS = ("time", "clock", "name", "account", "text", "group", "id", "reply_to", "type")

_NAMES: dict[str, str] = {
    "time": "time|when|date|datetime|timestamp|sent|sent at|created|created at|create time|"
    "createtime|ts|day|时间|日期|日期时间|发送时间|消息时间|发言时间|聊天时间|时间戳|發送時間|時間",
    "clock": "time of day|clock|时刻|時刻",
    "name": "name|who|sender name|author name|member|author|sender|user|username|user name|from|"
    "nickname|nick name|nick|speaker|display name|发送者|发送人|昵称|姓名|发言人|发言者|说话人|"
    "用户|用户名|用户昵称|成员|成员昵称|群昵称|群名片|微信昵称|微信名|发送者昵称|发送人昵称|發送者|暱稱",
    "account": "account|user id|userid|sender id|author id|uid|wxid|qq|qq号|qq号码|微信号|"
    "微信id|发送者id|发送人id|发送者qq号|账号|用户id|成员id|帐号|發送者id",
    "text": "text|said|what|message|message text|content|body|msg|内容|消息|消息内容|消息文本|正文|"
    "文本|发言|发言内容|聊天内容|聊天记录|文字|內容|訊息",
    "group": "group|chat|channel|room|conversation|群|群名|群名称|群聊|聊天|会话|频道|群組",
    "id": "id|message id|messageid|msgid|msg id|消息id|消息编号",
    "reply_to": "reply to|reply_to|replyto|in reply to|回复|回复消息id",
    "type": "type|kind|message type|类型|消息类型",
}
_KNOWN = {name: field for field, names in _NAMES.items() for name in names.split("|")}
# Names that people write themselves are seldom longer.
NAME_CHARS = 40
# So large a share of cells that look like accounts makes a column of accounts.
ACCOUNTS_FROM = 0.8
_ACCOUNT = re.compile(r"(?=.*\d)[A-Za-z0-9_@.:+-]{5,}")
_PHONE = re.compile(r"\+[\d ()-]{6,20}")
_SPACES = re.compile(r"[\s_-]+")
_REMARK = re.compile(r"\s*[(（][^()（）]*[)）]$")
# Seconds or milliseconds since 1970, from 2001 to 2033; accounts may look alike.
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")


def guess_columns(
    columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[tuple[str, str], ...]:
    """Pairs of our field and a heading, in the order of FIELDS; may be empty.

    Names decide; a table whose headings say nothing still shows its times and its longest text.
    """
    found: dict[str, str] = {}
    for heading in columns:
        field = field_of(heading)
        if field and field not in found:
            found[field] = heading
    places = {heading: at for at, heading in reversed(tuple(enumerate(columns))) if heading}
    cells = {heading: _cells(rows, places[heading]) for heading in columns if heading}
    _guess_times(found, cells)
    _guess_writers(found, cells)
    left = [heading for heading in cells if heading not in found.values()]
    phones = [heading for heading in left if _share(cells[heading], _is_phone) > 0.8]
    if phones and "account" not in found:
        found["account"] = phones[0]
    if "text" not in found and (rest := [heading for heading in left if heading not in phones]):
        found["text"] = max(rest, key=lambda h: sum(map(len, cells[h])))
    return tuple((field, found[field]) for field in FIELDS if field in found)


def field_of(heading: str) -> str | None:
    """Our field that a heading names, or None; a remark in brackets behind it says no more."""
    name = _SPACES.sub(" ", heading.strip().lower())
    return _KNOWN.get(name) or _KNOWN.get(_REMARK.sub("", name))


def are_epochs(cells: Sequence[str]) -> bool:
    """Whether the cells are moments as numbers: all of that size, and none out of order."""
    if not cells or not all(map(_EPOCH.fullmatch, cells)):
        return False
    numbers = [int(cell) for cell in cells]
    rising = sorted(numbers)
    return numbers in (rising, rising[::-1]) and (len(cells) == 1 or len(set(cells)) > 1)


def _guess_writers(found: dict[str, str], cells: Mapping[str, Sequence[str]]) -> None:
    """Find who wrote by what columns hold, where headings do not say."""
    left = [heading for heading in cells if heading not in found.values()]
    alike = [h for h in left if _is_like_names(cells[h])]
    # What is the same in every row tells a group or a kind, unless only one person speaks.
    several = [h for h in alike if len(set(cells[h])) > 1] or alike
    names = [h for h in several if not _share(cells[h], _is_account) > ACCOUNTS_FROM]
    if "name" not in found and "account" not in found:
        accounts = [h for h in several if h not in names]
        found.update({"account": accounts[0]} if accounts and names else {})
        found.update({"name": (names or several)[0]} if several else {})
    elif "name" not in found and names:
        found["name"] = names[0]
    if "time" in found and not found.keys() & {"name", "account"}:
        short = [h for h in left if cells[h] and all(len(c) <= NAME_CHARS for c in cells[h])]
        words = [h for h in short if not all(map(str.isdigit, cells[h]))]
        # A short talk in which nobody speaks twice: names are shorter than what is said.
        if words and ("text" in found or len(left) > 1):
            found["name"] = min(words, key=lambda h: sum(map(len, cells[h])))


def _guess_times(found: dict[str, str], cells: Mapping[str, Sequence[str]]) -> None:
    """Find the column of times by what it holds; and that of the time of day if it is another."""
    if _share(cells.get(found.get("time", ""), ()), is_clock) > 0.8:
        found["clock"] = found.pop("time")
    if "time" not in found:
        dates = [h for h in cells if _share(cells[h], lambda c: date_fields(c) is not None) > 0.8]
        dates += [h for h in cells if h not in found.values() and are_epochs(cells[h])]
        found.update({"time": dates[0]} if dates else {})
    dated = cells.get(found.get("time", ""), ())
    if "clock" in found or not dated or _share(dated, lambda c: date_fields(c) is not None) < 0.8:
        return
    if not any(map(tells_clock, dated)):
        clocks = [h for h in cells if _share(cells[h], is_clock) > 0.8]
        found.update({"clock": clocks[0]} if clocks else {})


def _cells(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    return [row[index] for row in rows if index < len(row) and row[index]]


def _is_like_names(cells: Sequence[str]) -> bool:
    """Short, and most of them more than once: people speak more than once."""
    short = all(len(cell) <= NAME_CHARS and not cell.isdigit() for cell in cells)
    return short and len(cells) > len(set(cells)) * 2


def _is_account(cell: str) -> bool:
    """Whether a cell may be an identifier that a platform gave rather than a name."""
    return _ACCOUNT.fullmatch(cell) is not None


def _is_phone(cell: str) -> bool:
    """Whether a cell holds a phone number with its country, which nobody says all the time."""
    return _PHONE.fullmatch(cell) is not None


def _share(cells: Sequence[str], fits: Callable[[str], bool]) -> float:
    """Share of the cells that fit; 0 without any."""
    return sum(map(fits, cells)) / len(cells) if cells else 0.0

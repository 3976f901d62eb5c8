"""How many people a group may hold on each platform: facts with a date and a source (B-1). Pure.

Platforms change them and sources contradict each other, so a workspace's own row goes first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `people` in a group of a platform, as known since `as_of` from `source`.

    `source` is an address or the title of a document, "" for an operator's own row.
    """

    platform: str
    people: int
    as_of: date
    source: str = ""
    is_own: bool = False


_COMMON = "common knowledge, not checked with the vendor"
KNOWN: tuple[Cap, ...] = (
    Cap("wechat", 500, date(2024, 1, 1), "secondary pages; above 200 only by invitation"),
    Cap("wecom", 200, date(2021, 6, 1), "work.weixin.qq.com/nl/act/p/0878be26d27f44ef"),
    Cap("wecom", 500, date(2023, 1, 1), "weibanzhushou.com/blog/3609"),
    Cap("qq", 2000, date(2024, 1, 1), _COMMON),
    Cap("telegram", 200_000, date(2024, 1, 1), _COMMON),
    Cap("whatsapp", 1024, date(2024, 1, 1), _COMMON),
    Cap("line", 500, date(2024, 1, 1), _COMMON),
    Cap("signal", 1000, date(2024, 1, 1), _COMMON),
    Cap("dingtalk", 1000, date(2024, 1, 1), _COMMON),
    Cap("taobao", 500, date(2024, 1, 1), _COMMON),
)


def cap_of(platform: str, own: Iterable[Cap], today: date) -> Cap | None:
    """The cap in force on a day: an own row before what is known, the newest before older ones."""
    found = [one for one in (*KNOWN, *own) if one.platform == platform and one.as_of <= today]
    return max(found, key=lambda one: (one.is_own, one.as_of), default=None)

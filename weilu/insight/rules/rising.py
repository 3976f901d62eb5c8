"""When signs of trouble rise above what a group is used to, and which words are such signs (J-4).

Pure. The usual number of signs is taken as a Poisson rate: a rise is what chance alone would show
less than once in several thousand looks, by several people.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import daachorse
import numpy as np

WINDOW_MS = 2 * 3_600_000
"""Signs are counted over this long."""
BASE_MS = 28 * 86_400_000
"""What is usual is learned from this long before the window."""
LEAST_SIGNS = 3
LEAST_PEOPLE = 3
CHANCE = 1e-4
# A group of which little is known is held to be used to this many signs a window.
PRIOR = 0.5

_COMPLAINTS = (
    "投诉", "退款", "退货", "退钱", "假货", "假的吧", "骗子", "骗人", "被骗", "坑人", "太坑",
    "差评", "避雷", "维权", "举报你们", "曝光", "没人管", "没人回", "不理人", "还不发货", "不发货",
    "发霉", "变质", "过期了", "过敏了", "拉肚子", "烂了", "坏了", "破损", "漏发", "发错", "太差",
    "失望", "再也不买", "不会再买", "后悔买", "欺骗消费者", "虚假宣传", "12315", "消协", "智商税",
    "割韭菜", "垃圾产品", "什么垃圾", "态度太差", "态度恶劣",
)  # fmt: skip
_ENGLISH = (
    "refund", "money back", "chargeback", "scam", "scammed", "rip-off", "ripoff", "fake product",
    "never arrived", "still waiting for my", "no reply", "nobody answers", "worst", "terrible",
    "disappointed", "disappointing", "broken", "damaged", "defective", "expired", "allergic",
    "complaint", "complain", "unacceptable", "false advertising", "waste of money",
)  # fmt: skip
_WORDS = re.compile(
    "|".join(map(re.escape, _COMPLAINTS)) + r"|\b(?:" + "|".join(map(re.escape, _ENGLISH)) + r")\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rise:
    """Signs in the window, by how many people, and how many are usual in as long."""

    signs: int
    people: int
    usual: float
    since_ms: int


def is_complaint(text: str) -> bool:
    """Whether a text holds a word of complaint."""
    return _WORDS.search(text) is not None


def complaints(texts: Sequence[str]) -> list[int]:
    """The numbers of the texts that hold a word of complaint, ascending.

    One automaton reads all texts at once; the pattern looks at those alone in which it found a
    word. Between two texts stands a zero, which no text holds that is stored.
    """
    whole = "\0".join(texts).casefold()
    hits = _automaton().find_overlapping(whole)
    if not hits:
        return []
    codes = np.frombuffer(whole.encode("utf-32-le", "replace"), dtype=np.uint32)
    ends = np.flatnonzero(codes == 0)
    rows = np.unique(np.searchsorted(ends, [start for start, _end, _word in hits]))
    return [row for row in rows.tolist() if is_complaint(texts[row])]


@cache
def _automaton() -> daachorse.CharwiseDoubleArrayAhoCorasick:
    return daachorse.CharwiseDoubleArrayAhoCorasick([*_COMPLAINTS, *_ENGLISH])


def rise(signs: Sequence[tuple[int, int]], now_ms: int, known_from_ms: int) -> Rise | None:
    """What has risen among signs (sent_ms, member), None when nothing has.

    `known_from_ms` is since when the group is listened to: a day says less than a month.
    """
    begin = now_ms - WINDOW_MS
    recent = [one for one in signs if begin < one[0] <= now_ms]
    people = len({member for _at, member in recent})
    if len(recent) < LEAST_SIGNS or people < LEAST_PEOPLE:
        return None
    earlier = [one for one in signs if begin - BASE_MS < one[0] <= begin]
    windows = max((begin - max(known_from_ms, begin - BASE_MS)) / WINDOW_MS, 0.0)
    usual = (len(earlier) + PRIOR) / (windows + 1.0)
    # One angry person who writes ten times is one angry person.
    if tail(people, usual) > CHANCE:
        return None
    return Rise(len(recent), people, usual, min(at for at, _member in recent))


def tail(count: int, rate: float) -> float:
    """Chance of `count` or more where `rate` are expected (Poisson)."""
    term = math.exp(-rate)
    below = 0.0
    for k in range(count):
        below += term
        term *= rate / (k + 1)
    return max(1.0 - below, 0.0)

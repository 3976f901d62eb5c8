"""Talk around prizes: when something is given away, and the set phrases said for it (C-7)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from weilu.chat.ports import Form
from weilu.core.texts import holding

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# Whoever comes for a prize comes within this time of its announcement.
AROUND_MS = 45 * 60_000
# Only what is announced, not every mention of a gift: the words with what makes them an offer.
# Every branch begins with one character: see `holding`.
_OFFER = re.compile(
    "抽奖|开奖|中奖名单|抽[一二两三四五六七八九十\\d]+[位个名]"
    "|红包(?:雨|来|时间|已发|接好)|发(?:个|一波|一个|大)?红包"
    "|领(?:取)?(?:红包|福利|奖品|礼品|小样|优惠券)|免费(?:领|送|试)"
    "|送出[一二三四五六七八九十\\d]+份|整点(?:抽|送|红包)|福利(?:来|时间|时刻)"
    r"|give(?<!\wgive) ?away\b|raffle(?<!\wraffle)\b|lucky draw|prize(?<!\wprize) draw\b"
)
_TIDY = re.compile(r"[\s!！。.,，~～…?？、\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]+")
_PHRASES = """
1 11 111 1111 666 6666 +1 1+ 来 来了 来啦 来了来了 我来 我来了 冲 抢 抢到了 抢到 没抢到 手慢无
中 中中中 抽我 抽我抽我 求中 求中奖 必中 蹲 蹲蹲 参与 已参与 报名 领 领取 已领 领了 想要 我要 要
还有吗 还有没有 再来一个 谢谢 谢谢老板 老板大气 谢谢红包 谢谢店主 老板发财 恭喜发财 好运来 差一秒
沾沾喜气 接好运 打卡 签到 已转 转发了 谢谢老板祝生意兴隆 抢到了谢谢老板 一分钱也是爱
手气最差的又是我
done me in pickme
"""
_FIXED = frozenset(_PHRASES.split())


def offers(texts: Sequence[str]) -> Bools:
    """Which texts offer a prize."""
    return holding(texts, _OFFER)


def near_prizes(sent_ms: Ints, form: Ints, offered: Bools) -> Bools:
    """Which messages, ascending in time, stand within AROUND_MS after a prize is offered.

    `offered` are those whose texts are `offers`.
    """
    offering = (form == Form.RED_PACKET) | offered
    moments = sent_ms[offering]
    if not len(moments):
        return np.zeros(len(offered), dtype=np.bool_)
    at = np.searchsorted(moments, sent_ms, side="right") - 1
    waited = sent_ms - moments[np.maximum(at, 0)]
    # Whoever offers is not one who comes for it.
    near: Bools = (at >= 0) & (waited <= AROUND_MS) & ~offering
    return near


def fixed_phrases(texts: Sequence[str]) -> Bools:
    """Which texts are nothing but a set phrase, or nothing but signs."""
    return np.fromiter((_is_fixed(text) for text in texts), dtype=np.bool_, count=len(texts))


def _is_fixed(text: str) -> bool:
    if len(text) > 24:
        return False
    bare = _TIDY.sub("", text.casefold())
    return not bare or bare in _FIXED

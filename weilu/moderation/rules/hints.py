"""Which texts of a batch can hold an address at all (B-5).

What has no five letters or digits in a row, and no @, holds none: two searches over the whole
batch, so that talk costs nothing. Where many texts remain, as in English talk, arrays look for
more before patterns do: that only spares time, the patterns find the same.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from typing import AnyStr

import numpy as np
import numpy.typing as npt

from weilu.moderation.rules.folding import SIZE, Codes, Joined, Places, tables, text_of

Flags = npt.NDArray[np.bool_]
Kinds = npt.NDArray[np.uint8]

# Spoken of in folded, compact text with every way to write a digit made one.
LATIN_WORDS = "wx|vx|weixin|wechat|weix|v信|v加|v号|v同|v我"
WECHAT_WORDS = (
    "威信|微信|薇信|徽信|维信|葳信|唯信|微芯|威芯|薇芯|伽微|加薇|加威|加v|伽v|佳v|嘉v|家v|加微|"
    "微x|微号|薇心|微心|威心|微同|同v|加我v|绿泡泡|绿色软件|薇|葳"
)
# "Add" and "WeChat" by their sound, one sign each: 伽徽, 迦威, 佳薇.
ADDING, SOUNDING = "加家佳嘉伽迦珈咖茄", "微威薇徽喂韦维卫葳嶶溦"
QQ_WORDS = (
    "qq|扣扣|口口|抠抠|蔻蔻|叩叩|企鹅|球球|秋秋|丘丘|求求|群号|q群|扣群|加群|进群|抠群|q号|扣号|"
    "加q|加扣|扣|q"
)
DIGITS = dict(
    zip("零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两", "012345678912345678912", strict=True)
)
# In the folded text, digits made plain: without one of these nothing spoken is an address.
SPOKEN_HINT = re.compile(
    rf"\d{{5}}|(?<![a-z])(?:{LATIN_WORDS})[a-z号账id联]|(?:{WECHAT_WORDS}|[{ADDING}][{SOUNDING}])[a-z号账id联]"
    rf"|[a-z]\d{{2,11}}[a-z]{{0,3}}[{ADDING}]{{0,2}}[{SOUNDING}]"
    r"|飞机|电报|telegram|(?<![a-z])tg"
)
# Letters or digits in a row, before anything can be an address; or one of these.
RUN = b"\x01" * 5
AT = "@\uff20\ufe6b"
# Up to so many texts patterns are faster than arrays.
FEW_TEXTS = 64
# Kinds of characters in the text as written.
_LETTER, _DIGIT, _DOT, _SLASH, _AT, _PLUS, _W = (1 << n for n in range(7))
# In the folded text: a digit; the last letter of a word that announces
# one, and what may follow it; letters such a word begins with, and their second ones; what says
# behind a name that it is one.
_NUMBER, _LAST, _NEXT, _LATIN, _FIRST, _SECOND, _BEHIND = (1 << n for n in range(7))
_FOLLOW = "号账id联"
_FIRSTS = "wv飞电t"
_SECONDS = "xe信加号同我机报g"


@cache
def digits() -> Codes:
    """A table that writes Chinese numbers as digits: `uint32[0x110000]`."""
    to = np.arange(SIZE, dtype=np.uint32)
    for sign, digit in DIGITS.items():
        to[ord(sign)] = ord(digit)
    return to


def candidates(batch: Joined) -> list[int]:
    """The texts that can hold an address, in order; more than do."""
    bounds = batch.bounds.tolist()
    found = _holding(digits_or_letters()[batch.folded].tobytes(), RUN, bounds)
    signs = [sign for sign in AT if sign in batch.written]
    if signs:
        starts = [*batch.starts.tolist(), len(batch.written) + 1]
        for sign in signs:
            found += _holding(batch.written, sign, starts)
        found = sorted({*found})
    return found if len(found) <= FEW_TEXTS else _hinted(batch, np.array(found))


def _holding(whole: AnyStr, wanted: AnyStr, bounds: list[int]) -> list[int]:
    """Which texts of a whole hold something; they begin at `bounds`, one after the other."""
    found = []
    place = whole.find(wanted)
    while place >= 0:
        number = bisect_right(bounds, place) - 1
        found.append(number)
        place = whole.find(wanted, bounds[number + 1])
    return found


@cache
def digits_or_letters() -> Flags:
    """Which code points an address is made of: `bool[0x110000]`."""
    could: Flags = tables().ascii[digits()]
    return could


def _hinted(batch: Joined, could: Places) -> list[int]:
    """Those of many texts that hold what every pattern begins with, or an @."""
    numbers, firsts = digits()[batch.folded], batch.bounds[:-1]
    written, folded = _written()[tables().plain[batch.codes]], _folded()[numbers]
    hinted = _holds(_hints(written), batch.starts)[could]
    unsure = could[~hinted & _holds(_spoken(folded, numbers), firsts)[could]]
    ends = np.append(firsts[1:], len(numbers))
    spoken = [
        number
        for number in unsure.tolist()
        if SPOKEN_HINT.search(text_of(numbers[firsts[number] : ends[number]]))
    ]
    return sorted([*could[hinted].tolist(), *spoken])


def _holds(places: Flags, firsts: Places) -> Flags:
    """Whether each text has a place that is true; every text but the last has one at least."""
    held: Flags = np.logical_or.reduceat(np.append(places, False), firsts)
    return held


def _row(flags: Flags, count: int) -> Flags:
    """Where `count` true ones in a row begin."""
    found = flags.copy()
    for shift in range(1, count):
        found[:-shift] &= flags[shift:]
        found[-shift:] = False
    return found


def _next(flags: Flags, shift: int = 1) -> Flags:
    """The flags of the places after."""
    found = np.zeros_like(flags)
    found[:-shift] = flags[shift:]
    return found


def _hints(kinds: Kinds) -> Flags:
    """Where `a.b`, `//`, `www.`, `+1`, `a123` or an @ stand in the text as written."""
    letter, digit, dot = kinds & _LETTER != 0, kinds & _DIGIT != 0, kinds & _DOT != 0
    sign, slash, w = letter | digit, kinds & _SLASH != 0, kinds & _W != 0
    found: Flags = sign & _next(dot) & _next(sign, 2)
    found |= slash & _next(slash)
    found |= _row(w, 3) & _next(dot, 3)
    found |= (kinds & _PLUS != 0) & _next(digit)
    found |= letter & _next(_row(digit, 3))
    found |= kinds & _AT != 0
    return found


def _spoken(kinds: Kinds, numbers: Codes) -> Flags:
    """Where something of `SPOKEN_HINT` may stand; more than there is."""
    latin, last = kinds & _LATIN != 0, kinds & _LAST != 0
    begins = ~latin
    begins[1:] = begins[:-1]
    begins[:1] = True
    found = _row(kinds & _NUMBER != 0, 5)
    # Words that announce: Chinese ones by their last letter, Latin ones by their first two.
    found |= last & ~latin & _next(kinds & _NEXT != 0)
    found |= last & latin & begins & _next(kinds & _NEXT != 0)
    found |= (kinds & _FIRST != 0) & _next(kinds & _SECOND != 0) & (begins | ~latin)
    found |= (kinds & (_NUMBER | _LATIN) != 0) & _next(kinds & _BEHIND != 0)
    gram = numbers == ord("g")
    for shift, letter in enumerate("ram", start=1):
        gram &= _next(numbers == ord(letter), shift)
    found |= gram
    return found


@cache
def _written() -> Kinds:
    kinds = np.zeros(SIZE, dtype=np.uint8)
    kinds[ord("a") : ord("z") + 1] = _LETTER
    kinds[ord("0") : ord("9") + 1] = _DIGIT
    # Digits of an alphabet that folding leaves alone.
    kinds[0x1FBF0:0x1FBFA] = _DIGIT
    for sign, kind in ((".", _DOT), ("/", _SLASH), ("@", _AT), ("+", _PLUS), ("w", _W | _LETTER)):
        kinds[ord(sign)] = kind
    return kinds


@cache
def _folded() -> Kinds:
    kinds = np.zeros(SIZE, dtype=np.uint8)
    kinds[ord("a") : ord("z") + 1] |= _LATIN | _NEXT
    kinds[ord("0") : ord("9") + 1] |= _NUMBER
    kinds[0x1FBF0:0x1FBFA] |= _NUMBER
    for signs, kind in (
        ((*SOUNDING, *(word[-1] for word in WECHAT_WORDS.split("|"))), _LAST),
        (_FOLLOW, _NEXT),
        (_FIRSTS, _FIRST),
        (_SECONDS, _SECOND),
        (ADDING + SOUNDING, _BEHIND),
    ):
        for sign in signs:
            kinds[ord(sign)] |= kind
    return kinds

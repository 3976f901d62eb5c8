"""Word classes that tell openings, questions, answers and thanks apart, as bits of chunks."""

from functools import cache
from typing import Final

import numpy as np

from weilu.chat.replies.talk import Bools, Ints
from weilu.core.texts import CHINESE, DIGIT, Book, Chunks, Joined, Keys, numbers_of

_COMMANDS: Final = "!/$#"
_ADDRESS: Final = "www."
_CODE_BITS: Final = 16

CLASSES: Final[tuple[str, ...]] = (
    "hi hello hey hola greetings morning evening hiya yo 你好 大家好 早 早上好 晚上好 哈喽 嗨",
    "anyone anybody someone somebody everyone guys all folks any 有人 谁 大家 各位 有没有人",
    "help problem question issue trouble stuck 求 求助 请教 请问 帮忙 问题 问个",
    "i i'm im i've ive my me mine 我 我的 俺",
    "how what why where which who when whats what's hows 怎么 什么 为什么 哪 哪里 如何 咋 多少",
    "is are can does do could would will should has have did isnt doesnt 能 可以 是不是 能不能",
    "thanks thank thx ty cheers appreciate tnx 谢谢 多谢 感谢 谢了 3q",
    "yes yeah yep yup sure right correct ok okay ya k true exactly "
    "是 是的 对 嗯 恩 好 好的 可以 行",
    "no nope nah not never dont don't doesn't isnt 不 不是 没 没有 不行 别",
    "but and so or then also because cause well oh ah hmm hm "
    "但 但是 那 然后 所以 因为 不过 而且 哦 额 呃 还",
    "you your you're u ur yours youre 你 你的 您 楼上",
    "it that this they them those these he she its that's it's 这 那个 这个 它 他",
    "try use install run check look see open type click go get make 试试 用 装 看 去 运行",
    "sorry lol haha heh hehe :) :p ;) :d xd lmao rofl 哈哈 呵呵 嘿嘿 囧",
    "tried trying want need wont won't can't cant cannot using when after error 想 要 不能 报错",
    "which version mean exactly where did you ? ?? 啥 啥意思",
)
"""Word classes that tell openings, questions, answers and thanks apart; bits in this order."""
URL_BIT: Final = len(CLASSES)
COMMAND_BIT: Final = URL_BIT + 1
DIGIT_BIT: Final = URL_BIT + 2
BITS: Final = URL_BIT + 3
_FILLERS: Final = (
    "the a an to of in on for with from at by as be was were been it's its if there here just "
    "like up out off now one some more than into over only about too very much still even im "
    "get got know think way thing work works working good new back http https www com org"
)


@cache
def _class_of() -> dict[str, int]:
    """Word → bits of the classes it is in."""
    found: dict[str, int] = {}
    for bit, group in enumerate(CLASSES):
        for word in group.split():
            found[word] = found.get(word, 0) | (1 << bit)
    return found


@cache
def _class_book() -> Book:
    return Book(_class_of())


@cache
def stop_book() -> Book:
    """Words that say nothing of what a message is about."""
    return Book(dict.fromkeys((w for group in (*CLASSES, _FILLERS) for w in group.split()), 1))


@cache
def _chinese_classes() -> tuple[tuple[Keys, Ints], ...]:
    """Class words of Chinese characters by length from 1: packed characters, bits."""
    words = {w: bits for w, bits in _class_of().items() if "\u3400" <= w[0] <= "\ufaff"}
    tables: list[tuple[Keys, Ints]] = []
    for size in range(1, max(map(len, words)) + 1):
        some = sorted((_packed_word(w), bits) for w, bits in words.items() if len(w) == size)
        tables.append(
            (np.array([p for p, _ in some], np.uint64), np.array([b for _, b in some], np.int64))
        )
    return tuple(tables)


@cache
def _class_openings() -> Bools:
    """Whether a class word begins with the Chinese character."""
    opens = np.zeros(1 << _CODE_BITS, bool)
    opens[[ord(word[0]) for word in _class_of() if ord(word[0]) < len(opens)]] = True
    return opens


def _packed_word(word: str) -> int:
    packed = 0
    for character in word:
        packed = packed << _CODE_BITS | ord(character)
    return packed


def class_bits(joined: Joined, chunks: Chunks) -> Ints:
    """Class bits of every chunk."""
    start, end, codes = chunks.start, chunks.end, joined.codes
    book, keys = _class_book(), joined.stretches.keys
    bits = book.get(keys(chunks.bare_start, chunks.bare_end), 0)
    dressed = np.flatnonzero(end - start > chunks.bare_end - chunks.bare_start)
    bits[dressed] |= book.get(keys(start[dressed], end[dressed]), 0)
    at, found = _chinese_bits(joined)
    into = np.searchsorted(start, at, side="right") - 1
    inside = (into >= 0) & (at < end[into]) if len(start) else np.zeros(len(at), bool)
    np.bitwise_or.at(bits, into[inside], found[inside])
    slash = codes == ord("/")
    address = (codes[:-2] == ord(":")) & slash[1:-1] & slash[2:]
    world = np.ones(len(start), bool)
    address = joined.has(start, end, np.append(address, [False, False]))
    for k, letter in enumerate(_ADDRESS):
        world &= codes[start + k] == ord(letter)
    bits |= (address | world).astype(np.int64) << URL_BIT
    command = np.isin(codes[start], numbers_of(_COMMANDS)) & (end - start > 1)
    bits |= command.astype(np.int64) << COMMAND_BIT
    digit = joined.has(chunks.bare_start, chunks.bare_end, (joined.kind & DIGIT) > 0)
    bits |= digit.astype(np.int64) << DIGIT_BIT
    return bits


def _chinese_bits(joined: Joined) -> tuple[Ints, Ints]:
    """Where class words of Chinese characters stand, from the left the longest, and their bits."""
    tables = _chinese_classes()
    at = np.flatnonzero(joined.kind & CHINESE)
    at = at[_class_openings()[joined.codes[at]]]
    packed = np.zeros(len(at), np.uint64)
    size, bits = np.zeros(len(at), np.int64), np.zeros(len(at), np.int64)
    for length, (known, values) in enumerate(tables, 1):
        packed = packed << np.uint64(_CODE_BITS) | joined.codes[at + length - 1].astype(np.uint64)
        place = np.minimum(np.searchsorted(known, packed), len(known) - 1)
        hit = known[place] == packed
        size[hit], bits[hit] = length, values[place[hit]]
    matched = np.flatnonzero(size)
    at, size, bits = at[matched], size[matched], bits[matched]
    kept = _from_left(at, at + size)
    return at[kept], bits[kept]


def _from_left(start: Ints, end: Ints) -> Ints:
    """Which stretches are left when each takes its characters from those that start later."""
    if not len(start):
        return start
    covered = np.maximum.accumulate(end)
    free = np.append(True, start[1:] >= covered[:-1])
    following = np.searchsorted(start, end)
    at = np.flatnonzero(free)
    kept = [at]
    while len(at):
        at = following[at]
        at = at[at < len(start)]
        at = at[~free[at]]
        kept.append(at)
    return np.sort(np.concatenate(kept))

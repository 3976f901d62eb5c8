"""Words of messages as number columns: chunks, word classes, mentions and shared rare words.

Each distinct chunk (a run without white space) is looked at once; all else is numpy.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from weilu.chat.replies.talk import Bools, Floats, Ints

WORD_WINDOW: Final = 128
"""Shared words and word frequency look back this many messages."""
_MAX_SHARED_LAG: Final = 24
_MAX_CHUNKS: Final = 80
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_LATIN = re.compile(r"[a-z0-9\u00c0-\u024f\u0400-\u04ff][a-z0-9\u00c0-\u024f\u0400-\u04ff_+.-]*")
_EDGE: Final = ":,;.!?()<>\"'，：；。！？、（）《》“”…~\u2005"
_CALLS: Final = (":", ",", "：", "，", ";", "\u2005")

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
_CLASS_OF: Final[dict[str, int]] = {}
for _bit, _words in enumerate(CLASSES):
    for _word in _words.split():
        _CLASS_OF[_word] = _CLASS_OF.get(_word, 0) | (1 << _bit)
_PREFIXES: Final = tuple(w for w in _CLASS_OF if _CJK.match(w))
_CJK_CLASS = re.compile("|".join(sorted(map(re.escape, _PREFIXES), key=len, reverse=True)))
_FILLERS: Final = (
    "the a an to of in on for with from at by as be was were been it's its if there here just "
    "like up out off now one some more than into over only about too very much still even im "
    "get got know think way thing work works working good new back http https www com org"
)
_STOP: Final = frozenset(w for group in (*CLASSES, _FILLERS) for w in group.split())
PLAIN, CALL, AT, COMMON_CALL = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Words:
    """Columns over messages: class bits of the whole and of the opening, mentions, word list.

    `called` is the person addressed (opening name or @), `named` another person in the text, -1
    for nobody. `word`, `row` and `weight` list rare words, ordered by word, then row.
    """

    bits: Ints
    opening: Ints
    count: Ints
    called: Ints
    named: Ints
    word: Ints
    row: Ints
    weight: Floats


class _Reader:
    """Learns every distinct chunk once: class bits, words, the person it names and how surely."""

    def __init__(self, names: Mapping[str, int]) -> None:
        self.names = names
        self.numbers: dict[str, int] = {}
        self.vocabulary: dict[str, int] = {}
        self.bits: list[int] = []
        self.person: list[int] = []
        self.sure: list[int] = []
        self.words: list[tuple[int, ...]] = []

    def number(self, chunk: str) -> int:
        """Return the number of the chunk, learned when new."""
        known = self.numbers.get(chunk)
        if known is not None:
            return known
        bare = chunk.strip(_EDGE)
        person, sure = self._person(chunk, bare)
        self.bits.append(_bits(chunk, bare))
        self.person.append(person)
        self.sure.append(sure)
        self.words.append(() if sure else self._words(bare))
        self.numbers[chunk] = len(self.numbers)
        return self.numbers[chunk]

    def _person(self, chunk: str, bare: str) -> tuple[int, int]:
        if chunk[0] in "@＠" and len(chunk) > 1:
            return self._mentioned(chunk[1:])
        person = self.names.get(bare, self.names.get(chunk, -1))
        if person < 0:
            # Chinese writers leave no blank after the name: "小明：看这里"
            for mark in ("：", "，", ":"):
                head = chunk.partition(mark)[0]
                if head != chunk and head in self.names:
                    return self.names[head], CALL
            return -1, 0
        calls = chunk.endswith(_CALLS)
        if bare in _STOP or (len(bare) < 3 and bare.isascii()):
            return (person, COMMON_CALL) if calls else (-1, 0)
        return person, CALL if calls else PLAIN

    def _mentioned(self, rest: str) -> tuple[int, int]:
        for end in range(min(len(rest), 40), 0, -1):
            person = self.names.get(rest[:end], -1)
            if person >= 0:
                return person, AT
        return -1, 0

    def _words(self, bare: str) -> tuple[int, ...]:
        found = [w for w in _LATIN.findall(bare) if len(w) > 1 and w not in _STOP]
        for run in _CJK.findall(bare):
            found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
        learn = self.vocabulary.setdefault
        return tuple(dict.fromkeys(learn(_stem(w), len(self.vocabulary)) for w in found))


def _stem(word: str) -> str:
    if len(word) > 4 and word.isascii():
        for ending in ("ing", "ed", "s"):
            if word.endswith(ending):
                return word[: -len(ending)]
    return word


def _bits(chunk: str, bare: str) -> int:
    bits = _CLASS_OF.get(chunk, 0) | _CLASS_OF.get(bare, 0)
    for found in _CJK_CLASS.findall(bare) if not bare.isascii() else ():
        bits |= _CLASS_OF[found]
    if "://" in chunk or chunk.startswith("www."):
        bits |= 1 << URL_BIT
    if chunk[0] in "!/$#" and len(chunk) > 1:
        bits |= 1 << COMMAND_BIT
    if any(c.isdigit() for c in bare):
        bits |= 1 << DIGIT_BIT
    return bits


def read_words(texts: Sequence[str], names: Mapping[str, int]) -> Words:
    """Words, word classes and mentions of every message, in one pass over the texts."""
    reader = _Reader(names)
    flat, count = _chunk_numbers(texts, reader)
    rows = np.repeat(np.arange(len(texts)), count)
    place = np.arange(len(flat)) - np.repeat(np.cumsum(count) - count, count)
    person = np.asarray(reader.person, np.int64)[flat]
    sure = np.asarray(reader.sure, np.int64)[flat]
    bits = np.asarray(reader.bits, np.int64)[flat]
    whole = np.zeros(len(texts), np.int64)
    np.bitwise_or.at(whole, rows, bits)
    opening_at = _first(rows, ~((place < 2) & (sure > 0)), len(texts))
    opening = np.where(opening_at >= 0, bits[opening_at] if len(bits) else 0, 0)
    called, named = _mentions(rows, place, person, sure, len(texts))
    swap = (called < 0) & (named >= 0) & ((opening >> COMMAND_BIT) & 1 > 0)
    called = np.where(swap, named, called)
    named = np.where(swap, -1, named)
    return Words(whole, opening, count, called, named, *_rare_words(reader, flat, rows))


def _chunk_numbers(texts: Sequence[str], reader: _Reader) -> tuple[Ints, Ints]:
    flat: list[int] = []
    count = np.zeros(len(texts), np.int64)
    known, learn, spaced = reader.numbers, reader.number, _spaced_names(reader.names)
    for row, text in enumerate(texts):
        chunks = text.casefold().split()[:_MAX_CHUNKS]
        if spaced and "@" in text:
            chunks = _join_names(chunks, reader.names)
        flat += [known[c] if c in known else learn(c) for c in chunks]
        count[row] = len(chunks)
    return np.asarray(flat, np.int64), count


def _spaced_names(names: Mapping[str, int]) -> bool:
    return any(" " in name for name in names)


def _join_names(chunks: list[str], names: Mapping[str, int]) -> list[str]:
    joined, skip = list[str](), 0
    for place, first in enumerate(chunks):
        if skip:
            skip -= 1
            continue
        chunk = first
        for more in (2, 1):
            whole = " ".join(chunks[place : place + 1 + more])
            if chunk.startswith("@") and whole[1:].strip(_EDGE) in names:
                chunk, skip = whole, more
                break
        joined.append(chunk)
    return joined


def _first(rows: Ints, wanted: Bools, size: int) -> Ints:
    """Place in the flat list of the first wanted entry of every row, -1 for none."""
    at = np.full(size, -1, np.int64)
    hits = np.flatnonzero(wanted)[::-1]
    at[rows[hits]] = hits
    return at


def _mentions(rows: Ints, place: Ints, person: Ints, sure: Ints, size: int) -> tuple[Ints, Ints]:
    opens = (place == 0) & (sure > 0) | (place == 1) & (sure == CALL) | (sure == AT)
    first = _first(rows, opens, size)
    called = np.where(first >= 0, person[first] if len(person) else -1, -1)
    other = (sure > 0) & (sure < COMMON_CALL) & (person != called[rows])
    second = _first(rows, other, size)
    named = np.where(second >= 0, person[second] if len(person) else -1, -1)
    return called, named


def _rare_words(reader: _Reader, flat: Ints, rows: Ints) -> tuple[Ints, Ints, Floats]:
    sizes = np.asarray([len(w) for w in reader.words], np.int64)
    values = np.asarray([n for w in reader.words for n in w], np.int64)
    begins = np.cumsum(sizes) - sizes
    each = sizes[flat] if len(flat) else np.zeros(0, np.int64)
    inner = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
    word = values[np.repeat(begins[flat], each) + inner] if len(inner) else inner
    size = int(rows[-1]) + 1 if len(rows) else 1
    keys = np.unique(word * size + np.repeat(rows, each))
    word, row = keys // size, keys % size
    # How often the word fell in the window before this message: frequent words say little.
    before = np.arange(len(keys)) - np.searchsorted(
        keys, word * size + np.maximum(row - WORD_WINDOW, 0)
    )
    weight = np.log((WORD_WINDOW + 1) / (1.0 + before)).astype(np.float32)
    return word, row, weight


def shared_words(words: Words, begin: int, end: int) -> Floats:
    """Weight of rare words that rows begin..end share with the d-th message before, d < window.

    Shape (end - begin, WORD_WINDOW + 1); column 0 is the weight of the message's own words.
    """
    table = np.zeros((end - begin) * (WORD_WINDOW + 1), np.float32)
    inside = (words.row >= begin - WORD_WINDOW) & (words.row < end)
    word, row, weight = words.word[inside], words.row[inside], words.weight[inside]
    for lag in range(min(_MAX_SHARED_LAG, len(word))):
        later = slice(lag, None)
        gap = row[later] - row[: len(row) - lag]
        good = (word[later] == word[: len(word) - lag]) & (gap <= WORD_WINDOW)
        good &= row[later] >= begin
        if not good.any():
            break
        place = (row[later][good] - begin) * (WORD_WINDOW + 1) + gap[good]
        table += np.bincount(place, weight[later][good], len(table)).astype(np.float32)
    return table.reshape(end - begin, WORD_WINDOW + 1)

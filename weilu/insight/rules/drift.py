"""What a community promises to be about, against what is really talked about (A-1, J-2).

A theme is known by its words. A word of the talk belongs to a theme when it holds one of them, or
is held by one that was given as a mark: the cutting of Chinese is never quite what one expects.
Counts are mentions: a message with two words of a theme counts twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from weilu.insight.rules.words import WordCount, tokens

# The commonest words of a stretch: what lies below is hardly a theme.
TOP_WORDS = 60
OTHERS_SHOWN = 8
LEAST_PEOPLE = 3
WORDS_SHOWN = 5
# What begins like this is grammar more than a theme: my…, this…, each…, one….
_GRAMMAR = re.compile("[我你您他她它咱这那哪每几两一某]")
# Common in any talk, whatever it is about.
_GENERAL = frozenset(
    {
        "使用",
        "自动",
        "喜欢",
        "合适",
        "好看",
        "好用",
        "下次",
        "上次",
        "朋友",
        "推荐",
        "羡慕",
        "心疼",
        "别急",
        "中意",
        "就够",
        "公司",
        "收到",
        "换个",
        "好多",
    }
)
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Promise:
    """A theme as it was promised: its name, and the words given for it, if any."""

    name: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Used:
    """A word with its mentions and the most people who used it in one week."""

    word: str
    messages: int
    people: int


@dataclass(frozen=True, slots=True)
class ThemeTalk:
    """A promised theme in the talk: mentions, and the words that made them, commonest first."""

    name: str
    mentions: int
    words: tuple[Used, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """How the talk stands to what was promised.

    `themes` in the order promised; `others` common words that belong to none, most people first;
    `share` the part of the mentions of the commonest words that is promised, None without talk.
    """

    themes: tuple[ThemeTalk, ...]
    others: tuple[Used, ...]
    share: float | None

    @property
    def silent(self) -> tuple[str, ...]:
        """The promised themes nobody spoke of."""
        return tuple(theme.name for theme in self.themes if not theme.mentions)


def drift(
    promises: Sequence[Promise],
    words: Mapping[str, WordCount],
    known: Iterable[str] = (),
) -> Drift:
    """Compare themes with the words of a stretch of talk; `known` words are nobody's drift.

    Known are the names of the community and its products: to speak of them is no other theme.
    """
    marks = [_marks(one) for one in promises]
    own = [_Mark(word.casefold(), both=True) for word in known if word.strip()]
    themes = tuple(
        _talk(promise.name, theirs, words) for promise, theirs in zip(promises, marks, strict=True)
    )
    every = [mark for theirs in marks for mark in theirs]
    top = sorted(words.items(), key=lambda item: (-item[1].speakers, -item[1].messages, item[0]))
    top = top[:TOP_WORDS]
    others = tuple(
        Used(word, count.messages, count.speakers)
        for word, count in top
        if count.speakers >= LEAST_PEOPLE
        and not (word in _GENERAL or _GRAMMAR.match(word))
        and not _belongs(word, [*every, *own])
    )
    total = sum(count.messages for _, count in top)
    promised = sum(count.messages for word, count in top if _belongs(word, every))
    return Drift(themes, others[:OTHERS_SHOWN], promised / total if total else None)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A word of a theme; `both`: a part of it in the talk counts as well."""

    text: str
    both: bool

    def fits(self, word: str) -> bool:
        """Whether a word of the talk is meant."""
        if not _CHINESE.search(self.text):
            return word == self.text or word in {f"{self.text}s", f"{self.text}es"}
        return self.text in word or (self.both and word in self.text)


def _marks(promise: Promise) -> list[_Mark]:
    """The words by which a theme is known; without marks, those its name is made of."""
    given = [_Mark(mark.casefold(), both=True) for mark in _words(promise.marks)]
    name = [_Mark(promise.name.casefold(), both=False)]
    if not given:
        name += [_Mark(word, both=False) for word in next(iter(tokens([promise.name])), [])]
    return given + name


def _words(marks: Iterable[str]) -> list[str]:
    """Marks as words: "green tea" is known by either."""
    return [w for mark in marks for w in ([mark] if _CHINESE.search(mark) else mark.split())]


def _belongs(word: str, marks: Iterable[_Mark]) -> bool:
    return any(mark.fits(word) for mark in marks)


def _talk(name: str, marks: Sequence[_Mark], words: Mapping[str, WordCount]) -> ThemeTalk:
    found = [
        Used(word, count.messages, count.speakers)
        for word, count in words.items()
        if _belongs(word, marks)
    ]
    found.sort(key=lambda one: (-one.messages, one.word))
    return ThemeTalk(name, sum(one.messages for one in found), tuple(found[:WORDS_SHOWN]))

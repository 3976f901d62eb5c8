"""Word lists found in batches of texts, whatever is put between the letters (B-5).

`Matcher.build(words)` makes one automaton of a hundred thousand words in about a third of a
second; `find` gives every hit with its exact place in the original text. Each word matches in its
folded form and with its characters taken apart (`信` as `亻言`). Words that `sounds` also match
by sound: `猓聊` is `裸聊`, unless what stands there is a word of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice, product

import daachorse
import numpy as np
import numpy.typing as npt

from weilu.moderation.rules.folding import (
    ENDING,
    Codes,
    Joined,
    Places,
    codes_of,
    fold,
    fold_all,
    join,
    tables,
    text_of,
)

Flags = npt.NDArray[np.bool_]
# First place, place after the last, and number of a pattern.
Patterns = Sequence[tuple[int, int, int]]

# Characters that are written as two, as advertisers take them apart.
PARTS = {
    "信": "亻言", "微": "彳敫", "加": "力口", "群": "君羊", "好": "女子", "钱": "钅戋",
    "赌": "贝者", "博": "十尃", "彩": "采彡", "票": "西示", "银": "钅艮", "行": "彳亍",
    "码": "石马", "粉": "米分", "扣": "扌口", "珂": "王可", "佳": "亻圭", "代": "亻弋",
    "价": "亻介", "约": "纟勺", "炮": "火包", "裸": "衤果", "聊": "耳卯", "妹": "女未",
    "姐": "女且", "奶": "女乃", "骚": "马蚤", "做": "亻故", "体": "亻本", "贷": "代贝",
    "款": "士示欠", "刷": "尸巾刂", "单": "丷甲", "赚": "贝兼", "利": "禾刂", "期": "其月",
    "货": "化贝", "购": "贝勾", "联": "耳关", "系": "丿糸", "视": "礻见", "频": "步页",
    "法": "氵去", "轮": "车仑", "功": "工力", "找": "扌戈", "的": "白勺", "话": "讠舌",
    "请": "讠青",
}  # fmt: skip
MOST_FORMS = 8
SOUNDS_FROM = 0xF0000  # a private plane holds one code point for each syllable
FEW_HITS = 12  # below so many a loop is faster than arrays
SAME_SOUND = (("zh", "z"), ("ch", "c"), ("sh", "s"))


@dataclass(frozen=True, slots=True)
class Word:
    """One entry of a list: its text, the kind of trouble, how much it says (log-odds)."""

    text: str
    kind: str
    weight: float = 1.0
    strict: bool = False
    sounds: bool = False


@dataclass(frozen=True, slots=True)
class Hits:
    """Hits as columns of one length: text number, first place, place after the last, word number.

    Places count code points of the text itself. `by_sound` says which were heard, not read.
    """

    text: Places
    start: Places
    end: Places
    word: Places
    by_sound: Flags

    def __len__(self) -> int:
        return len(self.text)


_NOWHERE: Places = np.zeros(0, dtype=np.int64)
_NO_HITS = Hits(_NOWHERE, _NOWHERE, _NOWHERE, _NOWHERE, _NOWHERE > 0)


def forms(folded: str) -> list[str]:
    """A folded word, and what it looks like with characters taken apart: at most eight."""
    if len(folded) > 6 or PARTS.keys().isdisjoint(folded):
        return [folded]
    options = [(c, PARTS[c]) if c in PARTS else (c,) for c in folded]
    return ["".join(chosen) for chosen in islice(product(*options), MOST_FORMS)]


@cache
def sounds() -> Codes:
    """A table from code point to a code point for its sound; others stay: `uint32[0x110000]`."""
    # Its dictionary takes 16 MB, and most processes judge nothing.
    from pypinyin import Style, pinyin  # noqa: PLC0415

    to = np.arange(0x110000, dtype=np.uint32)
    han = [chr(c) for c in range(0x4E00, 0x9FA6)]
    heard = pinyin(han, style=Style.NORMAL, heteronym=False)
    number: dict[str, int] = {}
    for char, (syllable, *_rest) in zip(han, heard, strict=True):
        plain = _blurred(syllable)
        to[ord(char)] = number.setdefault(plain, SOUNDS_FROM + len(number))
    return to


def _blurred(syllable: str) -> str:
    """A syllable as many speak it: no retroflex, no final g after i and e."""
    for long, short in SAME_SOUND:
        syllable = syllable.replace(long, short)
    return syllable.removesuffix("g") if syllable.endswith(("ing", "eng")) else syllable


@lru_cache(1 << 16)
def is_own_word(text: str) -> bool:
    """Whether a Chinese text is one word of the dictionary."""
    import rjieba  # noqa: PLC0415 - 30 MB, and most processes judge nothing

    return len(text) > 1 and rjieba.cut(text) == [text]


class Matcher:
    """The automaton of many words; immutable, so it can be swapped while others use it."""

    def __init__(self, words: Sequence[Word]) -> None:
        """Build it; words that fold to nothing never match."""
        self.words = tuple(words)
        folded = self._folded = fold_all([w.text for w in words])
        self._read = _Automaton([(n, form) for n, one in enumerate(folded) for form in forms(one)])
        heard = [(n, one) for n, one in enumerate(folded) if words[n].sounds]
        spoken = [(n, text_of(sounds()[codes_of(one)])) for n, one in heard]
        self._heard = _Automaton(spoken)
        self._strict = np.array([w.strict for w in words], dtype=bool)
        self._latin_first = np.array([one[:1].isascii() for one in folded], dtype=bool)
        self._latin_last = np.array([one[-1:].isascii() for one in folded], dtype=bool)

    def length(self, word: int) -> int:
        """How many characters a word has when folded."""
        return len(self._folded[word])

    def find(self, texts: Sequence[str]) -> Hits:
        """Every hit in the texts, overlapping ones too."""
        return self.find_in(join(texts))

    def find_in(self, batch: Joined) -> Hits:
        """Every hit in a batch that is joined already."""
        read = self._read.found(batch.said)
        heard = self._heard.found(_sound_of(batch)) if self._heard.has_any else []
        if not read and not heard:
            return _NO_HITS
        if len(read) + len(heard) < FEW_HITS:
            return self._few(batch, read, heard)
        return self._many(batch, read, heard)

    def _many(self, batch: Joined, read: Patterns, heard: Patterns) -> Hits:
        """The hits by arrays."""
        places = self._checked(batch, *self._read.words(read))
        if not heard:
            return _hits(batch, places, np.zeros(len(places[0]), dtype=bool))
        also = self._only_new(batch, self._checked(batch, *self._heard.words(heard)))
        both = [np.concatenate(pair) for pair in zip(places, also, strict=True)]
        by_sound = np.arange(len(both[0])) >= len(places[0])
        return _hits(batch, (both[0], both[1], both[2]), by_sound)

    def _few(self, batch: Joined, read: Patterns, heard: Patterns) -> Hits:
        """The hits one by one: for a few, array operations cost more."""
        starts: list[int] = batch.starts.tolist()
        found: list[tuple[int, int, int, int]] = []
        by_sound: list[bool] = []
        for automaton, patterns in ((self._read, read), (self._heard, heard)):
            for first, last, pattern in patterns:
                start, end = batch.kept.item(first), batch.kept.item(last - 1) + 1
                for word in automaton.words_of(pattern):
                    if not self._is_good(batch, (start, end), last - first, word):
                        continue
                    if automaton is self._heard and not self._is_new(batch, start, end, word):
                        continue
                    text = bisect_right(starts, start) - 1
                    found.append((text, start - starts[text], end - starts[text], word))
                    by_sound.append(automaton is self._heard)
        if not found:
            return _NO_HITS
        text, place, after, number = np.array(found, dtype=np.int64).T
        return Hits(text, place, after, number, np.array(by_sound))

    def _is_good(self, batch: Joined, span: tuple[int, int], letters: int, word: int) -> bool:
        """`_checked` for one hit: it runs across no thought and cuts no word."""
        start, end = span
        if end - start != letters and (
            self._strict.item(word) or not ENDING.isdisjoint(batch.written[start:end])
        ):
            return False
        if self._latin_first.item(word) and start and _is_latin(batch, start - 1):
            return False
        return not (
            self._latin_last.item(word) and end < len(batch.codes) and _is_latin(batch, end)
        )

    def _is_new(self, batch: Joined, start: int, end: int, word: int) -> bool:
        """Whether what is heard is meant for the word, and no word of its own."""
        written = fold(text_of(batch.codes[start:end]))
        return _sounds_alike(written, self._folded[word]) and not is_own_word(written)

    def _checked(
        self, batch: Joined, first: Places, last: Places, word: Places
    ) -> tuple[Places, Places, Places]:
        """Hits as places in `codes`, without those that run across a thought or cut a word."""
        if not len(first):
            return first, last, word
        start, end = batch.kept[first], batch.kept[last - 1] + 1
        good = end - start == last - first
        if not good.all():
            ends = np.flatnonzero(tables().ends[batch.codes])
            whole = np.searchsorted(ends, start) == np.searchsorted(ends, end)
            good |= whole & ~self._strict[word]
        first_latin, last_latin = self._latin_first[word], self._latin_last[word]
        if first_latin.any() or last_latin.any():
            before, after = _latin_beside(batch, start, end)
            good &= ~(first_latin & before) & ~(last_latin & after)
        return start[good], end[good], word[good]

    def _only_new(
        self, batch: Joined, heard: tuple[Places, Places, Places]
    ) -> tuple[Places, Places, Places]:
        """What is heard but not read, and is no word of its own."""
        start, end, word = heard
        hits = zip(start.tolist(), end.tolist(), word.tolist(), strict=True)
        keep = np.array([self._is_new(batch, a, b, w) for a, b, w in hits], dtype=bool)
        return start[keep], end[keep], word[keep]


def _sounds_alike(written: str, word: str) -> bool:
    """Whether a text that sounds like a word is meant for it: short ones keep a character."""
    same = sum(a == b for a, b in zip(written, word, strict=False))
    return same < len(word) and (same > 0 or len(word) > 3) and len(word) > 1


class _Automaton:
    """Patterns, each with the numbers of the words it stands for."""

    def __init__(self, patterns: Sequence[tuple[int, str]]) -> None:
        words: dict[str, list[int]] = {}
        for number, pattern in patterns:
            if pattern:
                words.setdefault(pattern, []).append(number)
        self._found = daachorse.CharwiseDoubleArrayAhoCorasick(list(words)) if words else None
        counts = [len(numbers) for numbers in words.values()]
        self._first = np.concatenate(([0], np.cumsum(counts, dtype=np.int64)))
        self._words = np.array([n for numbers in words.values() for n in numbers], dtype=np.int64)

    @property
    def has_any(self) -> bool:
        """Whether anything can be found at all."""
        return self._found is not None

    def found(self, text: str) -> Patterns:
        """First place, place after the last and pattern of each hit: places in the text."""
        return self._found.find_overlapping(text) if self._found else []

    def words_of(self, pattern: int) -> list[int]:
        """The words a pattern stands for."""
        words: list[int] = self._words[self._first[pattern] : self._first[pattern + 1]].tolist()
        return words

    def words(self, found: Patterns) -> tuple[Places, Places, Places]:
        """First place, place after the last, word: one row for each word of each hit."""
        if not found:
            return _NOWHERE, _NOWHERE, _NOWHERE
        hits = np.array(found, dtype=np.int64)
        pattern = hits[:, 2]
        times = self._first[pattern + 1] - self._first[pattern]
        if len(self._words) == len(self._first) - 1:
            return hits[:, 0], hits[:, 1], self._words[pattern]
        offsets = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        words = self._words[np.repeat(self._first[pattern], times) + offsets]
        return np.repeat(hits[:, 0], times), np.repeat(hits[:, 1], times), words


def _sound_of(batch: Joined) -> str:
    """A batch as it sounds, letter for letter."""
    return text_of(sounds()[batch.folded])


def _is_latin(batch: Joined, place: int) -> bool:
    """Whether a Latin letter or digit stands there."""
    latin: bool = tables().ascii.item(tables().plain.item(batch.codes.item(place)))
    return latin


def _latin_beside(batch: Joined, start: Places, end: Places) -> tuple[Flags, Flags]:
    """Whether a Latin letter or digit stands right before and right after (`av` in `have`)."""
    latin = tables().ascii[tables().plain[batch.codes]]
    padded = np.concatenate(([False], latin, [False]))
    return padded[start], padded[end + 1]


def _hits(batch: Joined, found: tuple[Places, Places, Places], by_sound: Flags) -> Hits:
    start, end, word = found
    text = batch.owner(start)
    first = batch.starts[text] if len(text) else text
    return Hits(text, start - first, end - first, word, by_sound)

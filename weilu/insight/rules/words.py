"""What is talked about: words of Chinese and English chat, and those that rose (J-1, D-6).

Chinese runs are cut by rjieba; Latin words are taken whole and casefolded. All texts go through
the cutter joined with a separator: one call for a batch is several times faster than one each.
"""

import math
import re
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from weilu.core.helper import NOBODY, Helper
from weilu.core.texts import codes_of
from weilu.insight.rules.stop_words import STOP_WORDS

Ints = NDArray[np.int64]

BATCH_TEXTS = 2000
SEPARATOR = "\n"
LONGEST_WORD = 24
LEAST_LATIN = 3
LEAST_CHINESE = 2
LEAST_SPEAKERS = 3
MESSAGES_PER_PERSON = 5
LEAST_SCORE = 6.63
# Who said a word stands below it in so many bits.
_WHO_BITS = 32

_NOISE = re.compile(
    r"(?:https?|ftp|magnet|ed2k):\S+|\bwww\.\S+|\b[\w.+-]{1,64}@[\w-]{1,63}\.\S+|@[^\s@]{1,30}"
    r"|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.(?:com|org|net|cn|io|dev|me|tw|hk|html?|php)\b(?:/\S*)?"
    r"|\[[^\[\]\s]{1,12}\]|<[^<>\n]{1,200}>",
    re.IGNORECASE | re.ASCII,
)
# Each kind of noise holds one of these, and no blank behind a colon or a dot.
_SIGNS, _JOINING = ":@.[<", ":."
_BLANK, _BREAK = ord(" "), ord("\n")
# Characters from here on are no sign; from there on no letter that is kept.
_BEYOND, _KNOWN = 128, 0xA000
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_LATIN = re.compile(r"[a-z][a-z0-9+#]*(?:['._-][a-z0-9+#]+)*")
_KEPT = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fffA-Za-z0-9+#'._\n-]")
_REPEATED = re.compile(r"(.{1,2}?)\1{2,}|(.)\2+")


@dataclass(frozen=True, slots=True)
class WordCount:
    """Messages that hold the word, each once, and the distinct people who wrote them."""

    messages: int
    speakers: int


@dataclass(frozen=True, slots=True)
class RisenWord:
    """A word used more than before; `score` is G² (log-likelihood), 6.63 is one in a hundred."""

    word: str
    now: int
    before: int
    speakers: int
    score: float


def is_theme_word(token: str) -> bool:
    """Whether a token can name a theme: no filler, number, laughter or single sign."""
    if token in STOP_WORDS or len(token) > LONGEST_WORD:
        return False
    if _CHINESE.fullmatch(token):
        return len(token) >= LEAST_CHINESE and not _REPEATED.fullmatch(token)
    return (
        len(token) >= LEAST_LATIN
        and _LATIN.fullmatch(token) is not None
        and not _REPEATED.fullmatch(token)
    )


def tokens(texts: Sequence[str]) -> Iterator[list[str]]:
    """Theme words of each text, in the order of the texts and of the words; may be empty lists.

    Addresses, numbers, emoji, [sticker] names and tags are dropped; Latin is casefolded.
    """
    for cut in _cuts(texts):
        ends = [index for index, token in enumerate(cut) if token == SEPARATOR]
        for begin, end in pairwise([-1, *ends, len(cut)]):
            yield [token for token in cut[begin + 1 : end] if is_theme_word(token)]


def _cuts(texts: Sequence[str]) -> Iterator[list[str]]:
    """Words of `BATCH_TEXTS` texts at a time, one list, separators between the texts."""
    import rjieba  # noqa: PLC0415 - 30 MB, and most processes cut no words

    for begin in range(0, len(texts), BATCH_TEXTS):
        lines = texts[begin : begin + BATCH_TEXTS]
        whole = SEPARATOR.join(lines)
        if whole.count(SEPARATOR) != len(lines) - 1:
            lines = [line.replace(SEPARATOR, " ") for line in lines]
            whole = SEPARATOR.join(lines)
        yield rjieba.cut(_bare(_quieted(whole, lines).casefold()))


def _bare(text: str) -> str:
    """A text with a blank for every run of characters that no word is made of."""
    codes = codes_of(text)
    kept = _kept()[np.minimum(codes, _KNOWN)]
    begins = kept | np.append(True, kept[:-1])
    return str(np.where(kept, codes, np.uint32(_BLANK))[begins].tobytes(), "utf-32-le")


@cache
def _kept() -> NDArray[np.bool_]:
    """Which characters words are made of; the last stands for all beyond."""
    return np.array([_KEPT.match(chr(code)) is not None for code in range(_KNOWN)] + [False])


def _quieted(whole: str, lines: Sequence[str]) -> str:
    """Lines, joined as in `whole`, without addresses, stickers and tags; most hold none."""
    codes = codes_of(whole)
    signs = np.flatnonzero(_signs()[np.minimum(codes, _BEYOND)])
    behind = np.append(codes, _BREAK)[signs + 1]
    loose = np.isin(codes[signs], codes_of(_JOINING)) & ((behind == _BLANK) | (behind == _BREAK))
    signs = signs[~loose]
    if not len(signs):
        return whole
    noisy = np.unique(np.searchsorted(np.flatnonzero(codes == _BREAK), signs)).tolist()
    quiet = _NOISE.sub(" ", SEPARATOR.join([lines[place] for place in noisy]))
    found = list(lines)
    for place, line in zip(noisy, quiet.split(SEPARATOR), strict=True):
        found[place] = line
    return SEPARATOR.join(found)


@cache
def _signs() -> NDArray[np.bool_]:
    """Which characters below `_BEYOND` are a sign of noise."""
    table = np.zeros(_BEYOND + 1, np.bool_)
    table[[ord(sign) for sign in _SIGNS]] = True
    return table


class _Numbers(dict[str, int]):
    """A number for each word, in order of appearance, and whether it is long enough for a theme."""

    def __init__(self) -> None:
        super().__init__({SEPARATOR: 0})
        self.long = bytearray([False])

    def __missing__(self, word: str) -> int:
        self.long.append(len(word) >= LEAST_CHINESE)
        self[word] = len(self)
        return len(self) - 1


@dataclass(frozen=True, slots=True)
class _Tally:
    """Words in order of appearance, in how many messages each stands, and who said it.

    `said_by` is the number of a word above that of a speaker, each pair once.
    """

    words: Sequence[str]
    messages: Ints
    said_by: Ints


def _tally(texts: Sequence[str], who: Ints) -> _Tally:
    """The words of texts; `who[i]` wrote `texts[i]`."""
    numbers = _Numbers()
    word, row = _numbered(texts, numbers)
    stands = _once((word << _WHO_BITS) | row) >> _WHO_BITS
    messages = np.bincount(stands, minlength=len(numbers))
    return _Tally(list(numbers), messages, _once((word << _WHO_BITS) | who[row]))


def _together(tallies: Sequence[_Tally]) -> _Tally:
    """What was said in several bodies of texts, one after the other."""
    found = tallies[0]
    for more in tallies[1:]:
        numbers = {word: number for number, word in enumerate(found.words)}
        place = np.array([numbers.setdefault(word, len(numbers)) for word in more.words])
        messages = np.bincount(place, more.messages, len(numbers)).astype(np.int64)
        messages[: len(found.words)] += found.messages
        who = more.said_by & ((1 << _WHO_BITS) - 1)
        theirs = (place[more.said_by >> _WHO_BITS] << _WHO_BITS) | who
        said_by = _once(np.concatenate([found.said_by, theirs]))
        found = _Tally(list(numbers), messages, said_by)
    return found


def count_words(
    texts: Sequence[str],
    speakers: Sequence[Hashable] | Ints,
    names: Collection[str] = (),
    *,
    least_speakers: int = 1,
    helper: Helper = NOBODY,
) -> dict[str, WordCount]:
    """Words with the messages and distinct speakers that use them, in order of appearance.

    `speakers[i]` wrote `texts[i]`; an array of them holds numbers below 2 ** 32. Raises ValueError
    when the lengths differ. `names` of the members are left out: whom people speak to is not what
    they speak of. A name that is also a theme hides it, so leave such a name out of `names`. Words
    of fewer than `least_speakers` are left out too: most words are one person's, once.
    """
    who = _numbers_of(speakers)
    if len(who) != len(texts):
        message = "count_words needs one speaker for each text (zip)"
        raise ValueError(message)
    found = _together(helper.over(_tally, [texts, who]))
    people = np.bincount(found.said_by >> _WHO_BITS, minlength=len(found.words)).tolist()
    called = {name.casefold() for name in names}
    return {
        each: WordCount(count, heard)
        for each, count, heard in zip(found.words, found.messages.tolist(), people, strict=True)
        if heard >= least_speakers and each not in called and is_theme_word(each)
    }


def _numbers_of(speakers: Sequence[Hashable] | Ints) -> Ints:
    """A number below 2 ** 32 for each speaker."""
    if isinstance(speakers, np.ndarray):
        return speakers
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(s, len(known)) for s in speakers], np.int64)


def _numbered(texts: Sequence[str], numbers: _Numbers) -> tuple[Ints, Ints]:
    """Number and text of every word of texts that is long enough to name a theme."""
    words: list[Ints] = [np.zeros(0, np.int64)]
    rows: list[Ints] = [np.zeros(0, np.int64)]
    for batch, cut in enumerate(_cuts(texts)):
        found = np.fromiter(map(numbers.__getitem__, cut), np.int64, len(cut))
        row = np.cumsum(found == 0) + batch * BATCH_TEXTS
        kept = np.frombuffer(numbers.long, np.bool_)[found]
        words.append(found[kept])
        rows.append(row[kept])
    return np.concatenate(words), np.concatenate(rows)


def _once(pairs: Ints) -> Ints:
    """Numbers each once, ascending."""
    ordered = np.sort(pairs)
    once: Ints = ordered[np.diff(ordered, prepend=-1) != 0]
    return once


def top_words(
    counts: Mapping[str, WordCount], top: int, *, least_speakers: int = LEAST_SPEAKERS
) -> tuple[tuple[str, WordCount], ...]:
    """Words most people use, then most messages, then by alphabet."""
    usable = [(word, count) for word, count in counts.items() if count.speakers >= least_speakers]
    usable.sort(key=lambda item: (-item[1].speakers, -item[1].messages, item[0]))
    return tuple(usable[:top])


def log_likelihood(now: float, before: float, total_now: float, total_before: float) -> float:
    """G² of a word in two bodies of messages, at least 0; 0 when either body is empty.

    Source: Dunning, Accurate methods for the statistics of surprise, 1993, over the full
    2 × 2 table (with the word, without it).
    """
    if min(total_now, total_before) <= 0:
        return 0.0
    every = total_now + total_before
    share = (now + before) / every
    cells = (
        (now, total_now * share),
        (before, total_before * share),
        (total_now - now, total_now * (1 - share)),
        (total_before - before, total_before * (1 - share)),
    )
    score = 2 * math.fsum(seen * math.log(seen / due) for seen, due in cells if seen > 0)
    return max(score, 0.0)


def risen(
    now: Mapping[str, WordCount],
    before: Mapping[str, WordCount],
    *,
    total_now: int,
    total_before: int,
    top: int = 20,
    least_speakers: int = LEAST_SPEAKERS,
) -> tuple[RisenWord, ...]:
    """Words used more than before, most surprising first, then by alphabet.

    More often, and in a larger share of the messages: where less is said, a word may gain a
    share and yet be said less. Totals are messages. A person counts for at most five messages of
    a word, and a word needs `least_speakers` people, so that one person's flood is no theme. Empty
    when nothing was said before: then everything would be new.
    """
    found: list[RisenWord] = []
    for word, count in now.items():
        old = before.get(word, WordCount(0, 0))
        used, was = _capped(count), _capped(old)
        has_risen = count.messages > old.messages and used * total_before > was * total_now
        if count.speakers < least_speakers or not has_risen:
            continue
        score = log_likelihood(used, was, total_now, total_before)
        if score >= LEAST_SCORE:
            found.append(RisenWord(word, count.messages, old.messages, count.speakers, score))
    found.sort(key=lambda item: (-item.score, item.word))
    return tuple(found[:top])


def _capped(count: WordCount) -> int:
    """Messages of a word, no more than five for each who used it."""
    return min(count.messages, count.speakers * MESSAGES_PER_PERSON)

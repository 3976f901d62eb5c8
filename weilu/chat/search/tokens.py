"""What is searched for: texts folded alike, and the tokens of texts and of queries. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import zhconv_rs

Ints = npt.NDArray[np.int64]

# Chinese, Japanese and Korean scripts begin here; before it, letters make words.
_CJK_FROM = 0x2E80
_IDEOGRAPHS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x2EE60))
# A word is looked up by its beginnings of this many letters, a shorter one whole.
_PREFIXES = (3, 5, 8)
_LINE_BREAK = 10
# Beyond every character: pairs with these are no pairs of characters.
_OF_GROUPS, _OF_PEOPLE = 0x110001, 0x110002
# Letters of every script before them, without the signs × and ÷ and the blocks of punctuation,
# arrows and symbols: a word in curly quotes is a word.
_LETTER = r"[0-9a-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\u2dff]"
_WORD = re.compile(f"{_LETTER}+")
_MIX_A = 0x9E3779B1
_MIX_B = 0x85EBCA77
_MASK = 0xFFFFFFFF


def fold(texts: Sequence[str]) -> list[str]:
    """Texts with width, case and traditional characters evened out; line breaks become spaces."""
    joined = "\n".join(t.replace("\n", " ").replace("\r", " ") if "\n" in t else t for t in texts)
    lines = _simplified(unicodedata.normalize("NFKC", joined).casefold()).split("\n")
    if len(lines) == len(texts):
        return lines
    # A character that folds to a line break would shift everything after it.
    return [fold_one(t) for t in texts]


def fold_one(text: str) -> str:
    """One text folded."""
    plain = _simplified(unicodedata.normalize("NFKC", text).casefold())
    return " ".join(plain.splitlines())


def _simplified(text: str) -> str:
    """Traditional characters as simplified ones, each by itself.

    Not phrase by phrase: a query is a part of a text, and must fold to a part of what it folds to.
    """
    if text.isascii():
        return text
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    simple: bytes = _simple_characters()[codes].tobytes()
    return simple.decode("utf-32-le", "surrogatepass")


@lru_cache(maxsize=1)
def _simple_characters() -> npt.NDArray[np.uint32]:
    """The simplified character of every character, most often itself."""
    table = np.arange(0x110000, dtype="<u4")
    for low, high in _IDEOGRAPHS:
        characters = [chr(code) for code in range(low, high)]
        simple = str(zhconv_rs.zhconv("\n".join(characters), "zh-hans")).split("\n")
        for code, other in zip(range(low, high), simple, strict=True):
            if len(other) == 1:
                table[code] = ord(other)
    return table


@lru_cache(maxsize=16_384)
def _folded(character: str) -> str:
    """One character folded; a page of long messages asks for the same few thousand."""
    return " " if character in "\n\r" else fold([character])[0]


def marks(text: str, query: str) -> list[tuple[int, int]]:
    """Where a text holds the words of a query: (start, end) in the text, ascending, disjoint."""
    terms = query_terms(query)
    folded: list[str] = []
    origin: list[int] = []
    for at, character in enumerate(text):
        one = _folded(character)
        folded.append(one)
        origin += [at] * len(one)
    whole = "".join(folded)
    found = sorted(
        (origin[hit.start()], origin[hit.end() - 1] + 1)
        for term in terms
        for hit in re.finditer(_term_pattern(term), whole)
    )
    merged: list[tuple[int, int]] = []
    for start, end in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _pair(first: Ints, second: Ints) -> Ints:
    mixed: Ints = (first * _MIX_A ^ (second + 1) * _MIX_B) & _MASK
    return mixed


def group_tokens(ids: Ints) -> Ints:
    """The token of each group: what was said in it holds it."""
    return _pair(ids & _MASK, np.full(len(ids), _OF_GROUPS, dtype=np.int64))


def person_tokens(ids: Ints) -> Ints:
    """The token of each identity: what it said holds it."""
    return _pair(ids & _MASK, np.full(len(ids), _OF_PEOPLE, dtype=np.int64))


def _hashed(codes: Ints, starts: Ints, count: int) -> Ints:
    """One number for each run of `count` letters, by where it starts."""
    mixed = np.full(len(starts), count, dtype=np.int64)
    for k in range(count):
        # Beyond 64 bits the numbers wrap; the low 32 kept here are right all the same.
        mixed = ((mixed ^ codes[starts + k]) * _MIX_A) & _MASK
    mixed ^= mixed >> 15
    return (mixed * _MIX_B) & _MASK


def _codes(text: str) -> Ints:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)


def _words(codes: Ints) -> tuple[Ints, Ints]:
    """Where words of letters start, and how many letters they have."""
    inside = _letters()[np.minimum(codes, _CJK_FROM)]
    edges = np.flatnonzero(np.diff(inside.astype(np.int8), prepend=0, append=0))
    return edges[::2], edges[1::2] - edges[::2]


@lru_cache(maxsize=1)
def _letters() -> npt.NDArray[np.bool_]:
    """Whether a character before the Chinese ones is a letter of a word."""
    return np.array([bool(_WORD.match(chr(c))) for c in range(_CJK_FROM)] + [False])


def postings(texts: Sequence[str], place: Ints) -> tuple[Ints, Ints]:
    """(token, place) of every token of folded texts, unordered, repeated; text i is at place[i]."""
    codes = _codes("\n".join(texts))
    line = np.cumsum(codes == _LINE_BREAK)
    is_cjk = codes >= _CJK_FROM
    single = np.flatnonzero(is_cjk)
    both = np.flatnonzero(is_cjk[:-1] & is_cjk[1:])
    starts, sizes = _words(codes)
    found = [
        (_pair(codes[single], np.zeros(len(single), dtype=np.int64)), single),
        (_pair(codes[both], codes[both + 1]), both),
    ]
    for count in range(1, _PREFIXES[0]):
        whole = starts[sizes == count]
        found.append((_hashed(codes, whole, count), whole))
    for count in _PREFIXES:
        longer = starts[sizes >= count]
        found.append((_hashed(codes, longer, count), longer))
    at = np.concatenate([where for _, where in found])
    return np.concatenate([token for token, _ in found]), place[line[at]]


def query_terms(query: str) -> list[str]:
    """The words of a query, folded; every one must occur."""
    return fold_one(query).split()


def query_tokens(term: str) -> list[int]:
    """The tokens a message must hold to hold the term; empty when the term cannot be looked up."""
    codes = _codes(term)
    is_cjk = codes >= _CJK_FROM
    both = is_cjk[:-1] & is_cjk[1:]
    found = _pair(codes[:-1][both], codes[1:][both]).tolist()
    if not found:
        single = codes[is_cjk]
        found = _pair(single, np.zeros(len(single), dtype=np.int64)).tolist()
    starts, sizes = _words(codes)
    for start, size in zip(starts.tolist(), sizes.tolist(), strict=True):
        count = max((n for n in _PREFIXES if n <= size), default=size)
        found += _hashed(codes, np.array([start], dtype=np.int64), count).tolist()
    return list(dict.fromkeys(found))


def matcher(terms: Sequence[str]) -> re.Pattern[str]:
    """A pattern that finds folded texts holding every term.

    Words match from their beginning; those of one or two letters only whole, for their
    beginnings are not in the index.
    """
    return re.compile("".join(f"(?=.*?{_term_pattern(t)})" for t in terms), re.DOTALL)


def _term_pattern(term: str) -> str:
    words = list(_WORD.finditer(term))
    before = f"(?<!{_LETTER})" if words and words[0].start() == 0 else ""
    last = words[-1] if words else None
    is_short = last is not None and last.end() == len(term) and len(last.group()) < _PREFIXES[0]
    return f"{before}{re.escape(term)}" + (f"(?!{_LETTER})" if is_short else "")

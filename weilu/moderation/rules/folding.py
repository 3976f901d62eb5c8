"""Texts made comparable: one table from code point to code point, exact places kept (B-5).

A batch of texts becomes one array of code points. `FOLD` drops everything that is neither letter
nor digit (and what hides between letters), and maps the rest to one plain form: NFKC, simplified
Chinese, lower case, look-alike letters of other alphabets to Latin. `PLAIN` maps the same but
drops nothing, for patterns that need their punctuation. Because a table maps one code point to
one, the place of every kept character in the original text is known (`numpy.flatnonzero`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import zhconv_rs

SIZE = 0x110000
NEWLINE = 10

Codes = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]

# Planes that hold characters people type; everything else maps to itself, or to nothing.
RANGES = (
    (0x80, 0x3400),
    (0x4E00, 0xD800),
    (0xE000, 0x10000),
    (0x1D000, 0x1FB00),
    (0x2F800, 0x2FA20),
)

# Letters that look Latin. Words fold the same way, so a Russian word still meets itself.
LOOK_ALIKES = dict(
    zip(
        "авекмнорстухіјѕԁԛԝһӏɡɩαβγεηικνορτυχωᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢøłđħŧıℓ",
        "abekmhopctyxijsdqwhlgiabyenikvoptyxwabcdefghijklmnoprstuvwyzoldhtil",
        strict=True,
    )
)
# Signs that stand for a word or a letter.
MEANT = {
    "+": "加",
    "➕": "加",
    "✚": "加",
    "🐧": "q",
    "🅥": "v",
    "₿": "b",
    "×": "x",
    "〇": "零",
    "$": "s",
}
# Signs that end a thought: a word does not run across them.
ENDS = "\n。！？!?；;…，、："
ENDING = frozenset(ENDS)


def _one(text: str, otherwise: str) -> str:
    return text if len(text) == 1 else otherwise


# First and last code point of decorated signs, the sign they begin with, and after how many
# places they begin anew.
DECORATED = (
    (0x1F130, 0x1F149, "a", 26), (0x1F150, 0x1F169, "a", 26), (0x1F170, 0x1F189, "a", 26),
    (0x1F1E6, 0x1F1FF, "a", 26), (0x249C, 0x24B5, "a", 26), (0x24F5, 0x24FD, "1", 9),
    (0x2474, 0x247C, "1", 9), (0x2488, 0x2490, "1", 9), (0x2776, 0x277E, "1", 9),
    (0x2780, 0x2788, "1", 9), (0x278A, 0x2792, "1", 9),
)  # fmt: skip


def _decorated(code: int) -> str:
    """The plain letter or digit of a decorated sign, empty when it is none."""
    for first, last, begin, many in DECORATED:
        if first <= code <= last:
            return chr(ord(begin) + (code - first) % many)
    return ""


def _plain_of(char: str) -> str:
    """One character in its plain form, before traditional becomes simplified."""
    decorated = _decorated(ord(char))
    if decorated:
        return decorated
    digit = unicodedata.digit(char, -1)
    if digit >= 0 and not "一" <= char <= "龥":
        return str(digit)
    base = _one(unicodedata.normalize("NFKC", char), char)
    bare = "".join(c for c in unicodedata.normalize("NFD", base) if not unicodedata.combining(c))
    base = _one(_one(bare, base).casefold(), base)
    return LOOK_ALIKES.get(base, base)


@dataclass(frozen=True, slots=True)
class Tables:
    """`fold` (0 where dropped) and `plain`, both `uint32[0x110000]`; `ends` and `ascii` as bool."""

    fold: Codes
    plain: Codes
    ends: npt.NDArray[np.bool_]
    ascii: npt.NDArray[np.bool_]


@cache
def tables() -> Tables:
    """The tables, built once a process (about a quarter of a second)."""
    codes = [*range(0x80), *(c for first, last in RANGES for c in range(first, last))]
    plain = {code: _plain_of(chr(code)) for code in codes}
    han = sorted({c for c in plain.values() if "\u2e80" <= c <= "\u9fff" or c > "\uf8ff"})
    simple = zhconv_rs.zhconv("\n".join(han), "zh-hans").split("\n")
    simplified = {a: b for a, b in zip(han, simple, strict=True) if len(b) == 1}
    to = np.arange(SIZE, dtype=np.uint32)
    keep = np.zeros(SIZE, dtype=bool)
    keep[0x3400:0x4E00] = True
    keep[0x20000:0x2F800] = True
    for code, one in plain.items():
        final = simplified.get(one, one)
        to[code] = ord(final)
        keep[code] = unicodedata.category(final)[0] in "LN"
    fold = np.where(keep, to, 0).astype(np.uint32)
    for sign, word in MEANT.items():
        fold[to == ord(sign)] = ord(word)
    fold[NEWLINE] = NEWLINE
    to[0] = 32
    ends = np.zeros(SIZE, dtype=bool)
    ends[[ord(c) for c in ENDS]] = True
    latin = np.zeros(SIZE, dtype=bool)
    latin[[ord(c) for c in "abcdefghijklmnopqrstuvwxyz0123456789"]] = True
    return Tables(fold, to, ends, latin)


def codes_of(text: str) -> Codes:
    """The code points of a text; lone surrogates become U+FFFD."""
    try:
        raw = text.encode("utf-32-le")
    except UnicodeEncodeError:
        raw = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode("utf-32-le")
    return np.frombuffer(raw, dtype=np.uint32)


def text_of(codes: Codes) -> str:
    """The text of code points."""
    return codes.tobytes().decode("utf-32-le", "replace")


def fold(text: str) -> str:
    """One text folded: `'加 Ｖ·信'` gives `'加v信'`. Line breaks stay."""
    folded = tables().fold[codes_of(text)]
    return text_of(folded[folded != 0])


class Joined(NamedTuple):
    """A batch of texts as one array.

    `written` is the whole with one line break between texts (breaks inside a text are spaces),
    `codes` its code points. `starts` is the first place of each text, `kept` the places that
    folding keeps and `folded` what they fold to, both of one length. The line breaks between
    texts are kept. `said` is `folded` as a string. `bounds` says where each text begins in
    `folded`, and one past the end of the last: text n ends one before text n + 1 begins.
    """

    written: str
    codes: Codes
    starts: Places
    kept: Places
    folded: Codes
    said: str
    bounds: Places

    @classmethod
    def of(cls, written: str, codes: Codes, starts: Places, kept: Places, folded: Codes) -> Joined:
        """A batch with what follows from its parts."""
        bounds = np.empty(len(starts) + 1, dtype=np.int64)
        bounds[:-1] = kept.searchsorted(starts)
        bounds[-1] = len(folded) + 1
        return cls(written, codes, starts, kept, folded, text_of(folded), bounds)

    def texts(self) -> list[str]:
        """Each text folded; one inside which there were line breaks has none."""
        return self.said.split("\n") if len(self.starts) else []

    def owner(self, places: Places) -> Places:
        """The number of the text that each place belongs to."""
        return self.starts.searchsorted(places, side="right") - 1

    def span(self, number: int) -> slice:
        """Where text `number` stands in `codes`."""
        last = self.starts[number + 1] - 1 if number + 1 < len(self.starts) else len(self.codes)
        return slice(int(self.starts[number]), int(last))


def plain_of(batch: Joined) -> Codes:
    """The whole batch in its plain form, nothing dropped."""
    plain: Codes = tables().plain[batch.codes]
    return plain


def part(batch: Joined, first: int, last: int) -> Joined:
    """The texts `first` ≤ number < `last` of a batch as a batch of their own; at least one."""
    begin = int(batch.starts[first])
    end = int(batch.starts[last]) - 1 if last < len(batch.starts) else len(batch.codes)
    low, high = batch.kept.searchsorted([begin, end]).tolist()
    return Joined.of(
        batch.written[begin:end],
        batch.codes[begin:end],
        batch.starts[first:last] - begin,
        batch.kept[low:high] - begin,
        batch.folded[low:high],
    )


def join(texts: Sequence[str]) -> Joined:
    """Join and fold a batch of texts."""
    whole = "\n".join(texts)
    if whole.count("\n") != max(len(texts) - 1, 0):
        whole = "\n".join([text.replace("\n", " ") for text in texts])
    codes = codes_of(whole)
    if len(codes) != len(whole):  # only where a surrogate pair was torn into two strings
        return join([_whole(text) for text in texts])
    folded = tables().fold[codes]
    kept = folded.nonzero()[0]
    starts = np.empty(len(texts), dtype=np.int64)
    starts[:1] = 0
    starts[1:] = (codes == NEWLINE).nonzero()[0] + 1
    return Joined.of(whole, codes, starts, kept, folded[kept])


def _whole(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def fold_all(texts: Sequence[str]) -> list[str]:
    """Each text folded, in one pass; line breaks inside a text are dropped."""
    return join(texts).texts()

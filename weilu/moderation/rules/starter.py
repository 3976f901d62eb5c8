"""The word lists that come with Weilu, and how a list in a file is read (B-5)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from weilu.core.decoding import text_of, unpacked
from weilu.moderation.rules.folding import fold_all
from weilu.moderation.rules.words import Word

FOLDER = Path(__file__).resolve().parent.parent / "starter"
KINDS = ("gambling", "porn", "fraud", "poaching", "promotion", "abuse")
LONGEST = 40
MOST_BYTES = 20_000_000
SHORT_NUMBER = 4  # digits of a number that leads to nobody


@cache
def starter_words() -> tuple[Word, ...]:
    """Every word of the lists that come with Weilu, each once, the heaviest of doubles."""
    best: dict[str, Word] = {}
    for kind in KINDS:
        for word in _lines((FOLDER / f"{kind}.txt").read_text(encoding="utf-8"), kind):
            if word.text not in best or best[word.text].weight < word.weight:
                best[word.text] = word
    return tuple(best.values())


def _lines(text: str, kind: str) -> Iterable[Word]:
    """Words of a starter file: `weight flags words`, divided by commas or else by spaces."""
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        weight, flags, rest = line.split(" ", 2)
        words = rest.split(",") if "," in rest else rest.split()
        for word in words:
            yield Word(word.strip(), kind, float(weight), "=" in flags, "s" in flags)


def _text(data: bytes) -> str:
    """A file as text; raises ValueError where it is none, or more than can be."""
    return text_of(unpacked(data, MOST_BYTES)[:MOST_BYTES])


def words_of_file(data: bytes, kind: str, weight: float = 2.0) -> list[Word]:
    """Words of a list that someone else keeps, one a line, in UTF-8 or GB18030, gzipped or not.

    Lines may end in a comma or a bar and may divide words by them; numbers behind a tab or a
    space, or alone between commas, are frequencies and are left out (not of addresses). Words of
    one character and of more than forty are left out, as are doubles; so is what is only signs or
    a short number once folded: it stands in everything. Raises ValueError for what is no text.
    """
    text = _text(data)
    found: dict[str, Word] = {}
    for line in text.splitlines():
        parts = re.split(r"[,，|、;；]", line.strip().rstrip(",，|、;；"))
        for part in parts:
            word = re.sub(r"[\t ]+\d+(?:[\t ].*)?$", "", part.strip()).strip()
            is_count = len(parts) > 1 and word.isdecimal() and kind in KINDS
            if 2 <= len(word) <= LONGEST and not word.startswith("#") and not is_count:
                found.setdefault(word, Word(word, kind, weight))
    if kind not in KINDS:
        return list(found.values())
    folded = zip(found.values(), fold_all(list(found)), strict=True)
    return [
        word for word, plain in folded if len(plain) > (SHORT_NUMBER if plain.isdecimal() else 1)
    ]

"""The word lists that come with Weilu, and how a list in a file is read (B-5)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from weilu.moderation.rules.words import Word

FOLDER = Path(__file__).resolve().parent.parent / "starter"
KINDS = ("gambling", "porn", "fraud", "poaching", "promotion", "abuse")
LONGEST = 40


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


def words_of_file(data: bytes, kind: str, weight: float = 2.0) -> list[Word]:
    """Words of a list that someone else keeps, one a line, in UTF-8 or GB18030.

    Lines may end in a comma or a bar and may divide words by them; numbers behind a tab or a
    space, or alone between commas, are frequencies and are left out (not of addresses). Words of
    one character and of more than forty are left out, as are doubles.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")
    found: dict[str, Word] = {}
    for line in text.splitlines():
        for part in re.split(r"[,，|、;；]", line):
            word = re.sub(r"[\t ]+\d+(?:[\t ].*)?$", "", part.strip()).strip()
            is_count = word.isdecimal() and kind in KINDS
            if 2 <= len(word) <= LONGEST and not word.startswith("#") and not is_count:
                found.setdefault(word, Word(word, kind, weight))
    return list(found.values())

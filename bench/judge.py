"""How fast messages are judged, against the usual word filter in the same run (B-5).

Ours: folding, 100,000 words with exact places, addresses, floods, repeats and the group's own
language. The usual filter: NFKC, OpenCC, case folding, signs stripped by a pattern, then a tree of
dicts walked message by message; it knows words alone. Every span we find is checked to fold to
its word.
"""

from __future__ import annotations

import random
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from weilu.moderation.rules.contacts import contacts_in
from weilu.moderation.rules.crowd import Crowd
from weilu.moderation.rules.folding import fold, fold_all, join
from weilu.moderation.rules.words import Matcher, Word

WORDS = 100_000
ROUNDS = 3
ACCOUNTS = 5_000
BATCHES = (1000, 100, 10)
STRIP = re.compile(r"[\s\W_\u200b-\u200d\u2060\ufeff]+")

Tree = dict[str, "Tree"]


def letters(seed: int) -> Callable[[int], str]:
    """A maker of Chinese letters, few of them often and most seldom."""
    draw = random.Random(seed)
    signs = [chr(code) for code in range(0x4E00, 0x4E00 + 3500)]
    draw.shuffle(signs)
    weights = [1 / (rank + 20) for rank in range(len(signs))]
    return lambda count: "".join(draw.choices(signs, weights, k=count))


def lexicon(count: int = WORDS) -> list[str]:
    """Words of two to eight letters, each once after folding."""
    make, draw = letters(1), random.Random(2)
    found: dict[str, None] = {}
    while len(found) < count:
        made = [
            make(draw.choices((2, 3, 4, 5, 6, 8), (1, 4, 6, 3, 2, 1))[0]) for _ in range(10_000)
        ]
        found.update(dict.fromkeys(fold_all(made)))
    return list(found)[:count]


def messages(count: int, words: Sequence[str]) -> list[str]:
    """Talk of about twenty letters; one in twenty an advertisement, every other one disguised."""
    make, draw = letters(3), random.Random(4)
    found = []
    for number in range(count):
        text = make(min(int(draw.lognormvariate(2.6, 0.7)) + 1, 200))
        if number % 20 == 0:
            word = draw.choice(words)
            if number % 40:
                word = draw.choice(("*", " ", "\u200b", "·")).join(word)
            text = f"{text[:10]}{word} 加V {draw.randrange(10**8, 10**9)} http://t.cn/{number}"
        found.append(text)
    return found


def usual(words: Sequence[str]) -> Callable[[str], int]:
    """The filter that most projects have; gives the number of hits in a message."""
    from opencc import OpenCC  # noqa: PLC0415 - only the bench needs it

    convert = OpenCC("t2s").convert
    root: Tree = {}
    for word in words:
        node = root
        for char in word:
            node = node.setdefault(char, {})
        node["\0"] = {}

    def find(message: str) -> int:
        text = STRIP.sub("", convert(unicodedata.normalize("NFKC", message)).casefold())
        return sum(1 for _ in _walk(root, text))

    return find


def _walk(root: Tree, text: str) -> Iterator[tuple[int, int]]:
    for start in range(len(text)):
        node, last = root, 0
        for place in range(start, len(text)):
            if text[place] not in node:
                break
            node = node[text[place]]
            if "\0" in node:
                last = place + 1
        if last:
            yield start, last


def ours(matcher: Matcher, texts: Sequence[str], size: int) -> int:
    """Judge everything in batches of one size; the number of word hits."""
    crowd, hits = Crowd(), 0
    # Numbers are columns already where messages are judged as they come.
    times = np.arange(len(texts))
    writers = times % ACCOUNTS
    for first in range(0, len(texts), size):
        chosen = slice(first, first + size)
        batch = join(texts[chosen])
        hits += len(matcher.find_in(batch))
        contacts_in(batch)
        crowd.hear(batch, writers[chosen], times[chosen])
    return hits


def check(matcher: Matcher, words: Sequence[str], texts: Sequence[str]) -> int:
    """Every span, folded, is its word; how many spans."""
    hits = matcher.find(texts)
    for text, start, end, word in zip(hits.text, hits.start, hits.end, hits.word, strict=True):
        span = texts[text][start:end]
        if fold(span) != words[word]:
            raise AssertionError(f"{span!r} does not fold to {words[word]!r}")
    return len(hits)


def run(count: int = 50_000, say: Callable[[str], None] = print) -> None:
    """Measure in interleaved rounds; prints messages per second and ratios."""
    words = lexicon()
    texts = messages(count, words)
    began = time.perf_counter()
    matcher = Matcher([Word(word, "list") for word in words])
    say(f"{len(words)} words built in {time.perf_counter() - began:.2f} s")
    say(f"{check(matcher, words, texts[:5000])} spans fold to their words")
    find = usual(words)
    best = dict.fromkeys(("usual", *BATCHES), 0.0)
    for _ in range(ROUNDS):
        began = time.perf_counter()
        sum(find(text) for text in texts)
        best["usual"] = max(best["usual"], count / (time.perf_counter() - began))
        for size in BATCHES:
            began = time.perf_counter()
            ours(matcher, texts, size)
            best[size] = max(best[size], count / (time.perf_counter() - began))
    say(f"usual filter: {best['usual']:,.0f} messages/s")
    for size in BATCHES:
        ratio = best[size] / best["usual"]
        say(f"judged in batches of {size}: {best[size]:,.0f} messages/s, {ratio:.1f} times")

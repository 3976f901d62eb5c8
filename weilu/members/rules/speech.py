"""How each speaker speaks, as columns that a batch can add to (handbook C-6, H-6).

One pass over a batch of messages in order of time gives one row per speaker; rows of two batches
add up with `add`, so a running total is kept per identity without the messages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from weilu.members.rules.voices import OPENING

T = TypeVar("T")
Counts = NDArray[np.int64]

INSTANT_MS = 2_000
MINUTE_MS = 60_000
SAMPLE = 400
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_ADDRESSED = re.compile(r"@?([^\s,:，：]{1,40})[,:，：]\s*(?=\S)")
_DIGITS = re.compile(r"\d+")
_HEXADECIMAL = re.compile(r"\b(?=[a-f]*\d)[\da-f]{6,40}\b")
_SIGNED = re.compile(r"[!./#~！]\w")
_FIRST_WORD = re.compile(r"[\s:：,，]*([^\s]{1,24})")
# Some put signs of their own between a name and what they say to it: "name >> text".
_PUNCTUATION = " \t:：,，|\\>+=-~"
_PREFIXED = re.compile(r"(\w{1,14}):\s")


@dataclass(slots=True)
class Openings:
    """What one speaker's messages begin with, what prompted them and whom they relay.

    Each is sampled up to its first 400 kinds, so one speaker costs little however much he says.
    """

    prefixes: Counter[str] = field(default_factory=Counter)
    prompts: Counter[str] = field(default_factory=Counter)
    voices: Counter[str] = field(default_factory=Counter)
    bodies: Counter[int] = field(default_factory=Counter)


@dataclass(slots=True)
class Speech:
    """Columns per speaker (index = speaker number): counts, sums and 24 hours of the day (UTC).

    `links`, `addressed`, `relayed` and `instant` count messages with a link, opened with another
    speaker's name, opened with a name in brackets, and sent within two seconds (or in the same
    minute, where the source tells minutes only) after somebody else.
    """

    messages: Counts
    links: Counts
    addressed: Counts
    relayed: Counts
    instant: Counts
    characters: Counts
    hours: Counts
    openings: list[Openings]

    def add(self, other: Speech) -> None:
        """Add another batch of the same speakers; `other` may know more speakers at the end."""
        for one in fields(self)[:-1]:
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if len(mine) < len(theirs):
                grown = np.zeros(theirs.shape, dtype=np.int64)
                grown[: len(mine)] = mine
                mine = grown
            mine[: len(theirs)] += theirs
            setattr(self, one.name, mine)
        while len(self.openings) < len(other.openings):
            self.openings.append(Openings())
        for own, more in zip(self.openings, other.openings, strict=False):
            for kind in ("prefixes", "prompts", "voices", "bodies"):
                _count_some(getattr(own, kind), getattr(more, kind))


def _count_some(into: Counter[T], more: Counter[T]) -> None:
    for kind, times in more.items():
        if kind in into or len(into) < SAMPLE:
            into[kind] += times


def profile(
    texts: Sequence[str],
    sent_ms: NDArray[np.int64],
    speakers: NDArray[np.int64],
    names: Sequence[str],
    wanted: NDArray[np.bool_] | None = None,
) -> Speech:
    """Columns of how everyone spoke in one group; messages in order of time.

    `speakers` are numbers from 0; `names[number]` is the name shown. Numbers without a message
    get zeros. What is told by reading texts is told of the `wanted` speakers only, if given.
    """
    count = len(names)
    known = {name.casefold() for name in names if name}
    link, relayed, addressed = (np.zeros(len(texts), dtype=bool) for _ in range(3))
    openings = [Openings() for _ in range(count)]
    prompted = after_another(sent_ms, speakers)
    places = range(len(texts)) if wanted is None else np.flatnonzero(wanted[speakers]).tolist()
    for place in places:
        text = texts[place]
        link[place] = _LINK.search(text) is not None
        rest, addressed[place] = _without_address(text, known)
        relayed[place] = _note_opening(openings[speakers[place]], text, rest)
        if prompted[place]:
            _note(openings[speakers[place]].prompts, prompt_of(texts[place - 1]))
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    hours = np.bincount(speakers * 24 + sent_ms // 3_600_000 % 24, minlength=count * 24)
    return Speech(
        messages=np.bincount(speakers, minlength=count),
        links=np.bincount(speakers[link], minlength=count),
        addressed=np.bincount(speakers[addressed], minlength=count),
        relayed=np.bincount(speakers[relayed], minlength=count),
        instant=np.bincount(speakers[prompted], minlength=count),
        characters=np.bincount(speakers, weights=lengths, minlength=count).astype(np.int64),
        hours=hours.reshape(count, 24),
        openings=openings,
    )


def after_another(sent_ms: NDArray[np.int64], speakers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Messages that follow somebody else's at once."""
    result = np.zeros(len(sent_ms), dtype=bool)
    if len(sent_ms) < 2:
        return result
    by_minute = bool((sent_ms % MINUTE_MS == 0).all())
    # Minutes only: an answer given at once may still fall into the next minute.
    near = np.diff(sent_ms) <= (0 if by_minute else INSTANT_MS)
    result[1:] = near & (np.diff(speakers) != 0)
    return result


def _without_address(text: str, known: set[str]) -> tuple[str, bool]:
    found = _ADDRESSED.match(text)
    if found and found[1].casefold() in known:
        return text[found.end() :].lstrip(_PUNCTUATION), True
    head, _, rest = text.partition(" ")
    if rest and head.lstrip("@").casefold() in known:
        return rest.lstrip(_PUNCTUATION), True
    return text, False


def _note_opening(opening: Openings, text: str, rest: str) -> bool:
    voice = OPENING.match(text)
    if voice:
        _note(opening.voices, voice[1] or voice[2])
    if prefix := prefix_of(rest):
        _note(opening.prefixes, prefix)
        _note(opening.bodies, hash_text(rest))
    return voice is not None


def _note(counter: Counter[T], kind: T) -> None:
    if kind in counter or len(counter) < SAMPLE:
        counter[kind] += 1


def prefix_of(text: str) -> str:
    """First word with digits and hashes made alike, at most 12 characters; "" for no text.

    What a template begins with: "2023-01-02 …" and "2024-05-06 …" both begin "0-0-0".
    """
    found = _FIRST_WORD.match(text)
    word = found[1] if found else ""
    return _DIGITS.sub("0", _HEXADECIMAL.sub("0", word.casefold()))[:12]


def prompt_of(text: str) -> str:
    """Kind of command a message may be: `!`, `.` or a word with a colon; "" for plain talk."""
    if _SIGNED.match(text):
        return text[0]
    called = _PREFIXED.match(text)
    if called:
        return called[1].casefold() + ":"
    return "link" if _LINK.search(text) else ""


def hash_text(text: str) -> int:
    """Hash the text with digits left out, equal in every process."""
    return crc32(_DIGITS.sub("", text)[:80].encode(errors="replace"))

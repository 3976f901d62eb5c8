"""Who says what a bridge passes on: the name it puts before the words (handbook C-1).

A bridge joins two places: what somebody says in the one it repeats in the other, after
`<name>` or `[name]`. In brackets of the second kind stands many another thing, so those are
names only where somebody in the group answers to one of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

NAME_CHARS = 40
# A bridge carries several; a mark of which fewer messages bear names is no habit.
_VOICES, _MESSAGES = 2, 8
# 【上新】 opens a shop's notice and [图片] stands for a picture: neither is another's name.
# A \x1f is a space as well as a weight: nothing is given back of either, or each way to share out
# a row of them would be tried.
OPENING = re.compile(
    r"\s*+[\x02\x0f\x1f]*+(?:<([^<>]{1,40})>|\[([^\[\]\u2e80-\uffef]{1,40})\])[\s:：]*\S"
)
# Colours and weights of IRC, and the invisible signs that keep a name from calling its bearer.
_SIGNS = re.compile(
    "\x03(?:\\d{1,2}(?:,\\d{1,2})?)?|[\x00-\x1f\x7f\u200b-\u200f\u2060-\u2064\ufeff]"
)
_CALLED = re.compile(r"@?([^,:，：]{1,40})[,:，：]")


class Voice(NamedTuple):
    """A name before the words, the bracket it stands in, and where the words begin."""

    mark: str
    name: str
    at: int


def voice_of(text: str) -> Voice | None:
    """Who says it according to the text itself; None where it does not begin with a name."""
    found = OPENING.match(text)
    if found is None:
        return None
    name = " ".join(_SIGNS.sub("", found[1] or found[2]).split())
    return Voice("<" if found[1] else "[", name, found.end() - 1) if name else None


def words_of(text: str) -> str:
    """The text without the name a bridge put before it."""
    voice = voice_of(text)
    return text[voice.at :] if voice else text


def sound_marks(texts: Sequence[str], others: Iterable[str]) -> str:
    """The brackets in which one speaker's `texts` name who is speaking: any of "<[", or "".

    `others` is what the rest of the group says: whoever is called there exists.
    """
    voices = [voice for text in texts if (voice := voice_of(text))]
    messages = Counter(voice.mark for voice in voices)
    names = {m: {v.name.casefold() for v in voices if v.mark == m} for m in messages}
    often = {m for m, n in messages.items() if n >= _MESSAGES and len(names[m]) >= _VOICES}
    sound = "<" if "<" in often else ""
    return sound + ("[" if "[" in often and _is_called(names["["], others) else "")


def _is_called(names: set[str], others: Iterable[str]) -> bool:
    return any((found := _CALLED.match(text)) and found[1].casefold() in names for text in others)

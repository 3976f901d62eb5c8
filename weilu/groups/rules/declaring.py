"""What newcomers say of the way they came: letters they were given, a link by its name (B-2)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping

# Without letters and digits that look alike; 29^4 of them, and only a week's count.
_LETTERS = "ABCDEFGHJKMNPQRTUVWXYZ2346789"
_LENGTH = 4
_SAID = re.compile(rf"[#＃]([{_LETTERS}]{{{_LENGTH}}})(?![0-9A-Za-z])", re.IGNORECASE)
_BARE = re.compile(rf"(?<![0-9A-Za-z])([{_LETTERS}]{{{_LENGTH}}})(?![0-9A-Za-z])", re.IGNORECASE)
# QQ hands in the question with the answer; the question may name the choices.
_ANSWER = re.compile(r"(?:答案|回答|answer)\s*[:：]", re.IGNORECASE)
# What turns a mention of a place into a way: 从海报A来的, 看到海报A, came from poster A.
_CAME = re.compile(
    r"从|來自|来自|通过|看到|看了|扫|掃|(?<![a-z])(?:from|via|through|saw|scanned)(?![a-z])",
    re.IGNORECASE,
)
_CAME_WITHIN = 12
MOST_CHARS = 200
MOST_TRIED = 5
SHORTEST_NAME = 2


def new_letters() -> str:
    """A few letters for a visitor to say, such as 7K3M; written with # before them."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def letters_in(text: str) -> str:
    """The letters a short message says with # before them, "" when it says none."""
    if len(text) > MOST_CHARS or ("#" not in text and "＃" not in text):
        return ""
    found = _SAID.search(text)
    return found[1].upper() if found else ""


def bare_letters(text: str) -> list[str]:
    """Everything in a short text that may be letters, with # or without, at most MOST_TRIED.

    Words of everyday language are among them: only for somebody who is just coming in.
    """
    if len(text) > MOST_CHARS:
        return []
    return list(dict.fromkeys(one.upper() for one in _BARE.findall(text)))[:MOST_TRIED]


def answer_in(words: str) -> str:
    """What somebody answered in a request to join, without the question put to them."""
    *_question, answer = _ANSWER.split(words)
    return answer.strip()


def named_link(text: str, names: Mapping[int, str], *, of_the_way: bool = False) -> int | None:
    """The link whose name the text says: the longest; None for none or several alike.

    `names` are links' names by id. `of_the_way`: only where the words before it say that
    somebody came by it, as in talk a place may be spoken of for any reason.
    """
    low = text.casefold()
    held = [(pk, name.casefold()) for pk, name in names.items() if len(name) >= SHORTEST_NAME]
    found = [(pk, name) for pk, name in held if _says(low, name, of_the_way=of_the_way)]
    longest = max((len(name) for _pk, name in found), default=0)
    best = [pk for pk, name in found if len(name) == longest]
    return best[0] if len(best) == 1 else None


def _says(low: str, name: str, *, of_the_way: bool) -> bool:
    return any(
        not of_the_way or _CAME.search(low, max(at - _CAME_WITHIN, 0), at) is not None
        for at in _places(low, name)
    )


def _places(low: str, name: str) -> Iterable[int]:
    """Where a name stands by itself: a Latin one is not part of a longer word."""
    for found in re.finditer(re.escape(name), low):
        before, after = low[: found.start()][-1:], low[found.end() :][:1]
        if not (_joins(before, name[0]) or _joins(name[-1], after)):
            yield found.start()


def _joins(left: str, right: str) -> bool:
    """Whether two letters make one word: both Latin letters, or both digits."""
    both = left + right
    return len(both) == 2 and both.isascii() and (both.isalpha() or both.isdigit())

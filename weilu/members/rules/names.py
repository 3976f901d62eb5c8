"""Names: folding, base nicks and how much a shared name says (handbook C-1)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from zhconv_rs import zhconv

from weilu.members.rules.common_names import COMMON_FIRST_NAMES, GENERIC_NAMES

_FEW_DIGITS = re.compile(r"(?<!\d)\d{1,2}$")
_GUEST = re.compile(
    r"(?:guest|webchat|mib|qwebirc|kiwi|user|用户|微信用户|手机用户|游客|网友|wxid|qq)[_\-]?[\da-f]{2,}"
)
_DECORATION = ("P", "S", "Z", "C")
_STATE = (
    "afk|away|awy|back|bbl|bed|bnc|brb|busy|class|cloud|detached|dinner|eat|food|gone|home|idle|"
    "laptop|lunch|m|mob|mobile|off|offline|out|phone|quiet|school|sleep|sleeping|srv|test|tidur|"
    "working|work|wk|zzz|off|q|zz|webchat|web|lap|pc|noc|shower|gaming|game|tablet|droid"
)
_STATE_TAIL = re.compile(rf"(?:[_`|^~\-\[\](){{}}]+|(?<=[a-z\d]{{5}})(?=away|afk))(?:{_STATE})$")
_MATRIX_TAIL = re.compile(r"\[(?:m|bot|web|irc|w|matrix)\]$")
# Accents left alone after composition, variation selectors, marks for symbols.
_MARKS = (("\u0300", "\u036f"), ("\ufe00", "\ufe0f"), ("\u20d0", "\u20ff"), ("\u1ab0", "\u1aff"))
_TAIL_SIGNS = "_`|^~-"
_CLIENT_TAILS = "_`^"


class NameMatch(NamedTuple):
    """How much two names speak for one person: strength 0-1, and why."""

    strength: float
    reason: str


@lru_cache(maxsize=65_536)
def _is_hidden(character: str) -> bool:
    """Zero-width signs, direction marks, variation signs, piled-up accents; not vowel signs."""
    if unicodedata.category(character) in ("Cf", "Cc", "Me"):
        return not character.isspace()
    return any(low <= character <= high for low, high in _MARKS)


def _fold_once(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).casefold()
    text = "".join(c for c in text if not _is_hidden(c))
    text = zhconv(text, "zh-hans")
    return _trim(" ".join(text.split()))


@lru_cache(maxsize=65_536)
def _is_decoration(character: str) -> bool:
    return unicodedata.category(character)[0] in _DECORATION


def _trim(text: str) -> str:
    start, end = 0, len(text)
    while start < end and _is_decoration(text[start]):
        start += 1
    while end > start and _is_decoration(text[end - 1]):
        end -= 1
    return text[start:end] or text


def _settle(step: Callable[[str], str], text: str) -> str:
    """Repeat a step until nothing changes, so that applying it again changes nothing."""
    for _ in range(8):
        after = step(text)
        if after == text:
            break
        text = after
    return text


@lru_cache(maxsize=65_536)
def fold_name(name: str) -> str:
    """Name as people compare it: width, case, script, hidden signs and ornaments removed.

    A name made of ornaments only (one emoji, say) keeps them; folding twice changes nothing.
    """
    return _settle(_fold_once, name)


def _strip_states(text: str) -> str:
    text = _MATRIX_TAIL.sub("", text)
    text = text.strip("_`^~|-") or text
    cut = _STATE_TAIL.sub("", text)
    return cut if len(cut) >= 2 else text


@lru_cache(maxsize=65_536)
def base_nick(nick: str) -> str:
    r"""Nick without the tails a client or its owner adds for a moment, folded.

    Takes off trailing signs (`nick_`, `nick\``), states (`nick|away`, `nick-afk`) and bridge
    marks (`nick[m]`). Digits stay: `nick1` may well be somebody else.
    """
    text = unicodedata.normalize("NFKC", nick).casefold().strip()
    return fold_name(_settle(_strip_states, text))


def is_throwaway(nick: str) -> bool:
    """Whether a server or client made the name up with a number (`Guest12345`, 用户8392)."""
    return _GUEST.fullmatch(fold_name(nick)) is not None


@lru_cache(maxsize=65_536)
def is_generic(nick: str) -> bool:
    """Whether the name is a default or so common that it says nothing about who bears it."""
    if is_throwaway(nick):
        return True
    folded = fold_name(nick)
    base = base_nick(nick)
    letters = _FEW_DIGITS.sub("", base) or base
    known = folded.replace(" ", "") in GENERIC_NAMES or base in GENERIC_NAMES
    return known or letters in GENERIC_NAMES or len(base) < 2 or base.isdigit()


def without_digits(base: str) -> str:
    """Take digits off the end of a base nick at its end; "" for digits only."""
    return base.rstrip("0123456789").rstrip(_TAIL_SIGNS)


def _is_distinctive(base: str) -> bool:
    """Long enough that two strangers would hardly both choose it; two Chinese signs are few."""
    wide = sum(2 if ord(c) > 0x2E7F else 1 for c in base)
    return wide >= 6 and base not in COMMON_FIRST_NAMES


def _graded(base: str, reason: str, strong: float, weak: float) -> NameMatch:
    if _is_distinctive(base):
        return NameMatch(strong, reason)
    return NameMatch(weak, f"{reason}_short")


def _same_nick(left: str, right: str) -> NameMatch | None:
    """Match as IRC itself has it: nicks ignore case, and clients add signs when a nick is taken."""
    first, second = left.casefold(), right.casefold()
    if first == second:
        return NameMatch(0.95, "same_nick")
    if first.rstrip(_CLIENT_TAILS) == second.rstrip(_CLIENT_TAILS):
        return _graded(base_nick(left), "nick_tail", 0.82, 0.55)
    return None


def same_name_strength(left: str, right: str, platform: str) -> NameMatch:
    """How strongly two names, by themselves, speak for one person on one platform.

    Reasons: `same_nick` and `nick_tail` (IRC only), `same_name`, `same_base` (states or signs
    differ), `same_stem` (only digits at the end differ), each with `_short` when the name is
    easily chosen twice; `generic`; `different`. Symmetric. A nick on IRC belongs to one at a
    time, elsewhere names are free to repeat, so they weigh less there.
    """
    if is_generic(left) or is_generic(right):
        return NameMatch(0.0, "generic")
    if platform == "irc" and (match := _same_nick(left, right)):
        return match
    folded = fold_name(left)
    if folded == fold_name(right):
        return _graded(folded, "same_name", 0.7, 0.45)
    first, second = base_nick(left), base_nick(right)
    if first == second:
        return _graded(first, "same_base", 0.68 if platform == "irc" else 0.5, 0.4)
    stem = without_digits(first)
    if stem and stem == without_digits(second):
        return _graded(stem, "same_stem", 0.42, 0.2)
    return NameMatch(0.0, "different")

"""What a text itself says about being junk, as numbers for a whole batch (B-5).

Every signal is a column of one value a message; `scoring` weighs them. A signal that can be
shown to a person also leaves its evidence: hits and addresses with their places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from weilu.moderation.rules.addresses import NEVER, Addresses
from weilu.moderation.rules.contacts import Contact, Found, NamesOf, contacts_in
from weilu.moderation.rules.folding import RANGES, SIZE, Joined, join, tables
from weilu.moderation.rules.words import Hits, Matcher

Numbers = npt.NDArray[np.float64]

AD_KINDS = ("gambling", "porn", "fraud", "poaching", "promotion")
# How much each kind of address says of itself (log-odds).
CONTACTS = {
    Contact.WECHAT: 2.5, Contact.QQ: 2.2, Contact.PHONE: 1.5, Contact.TELEGRAM: 2.0,
    Contact.INVITE: 2.5, Contact.SHORT_LINK: 1.5, Contact.HANDLE: 1.4,
    Contact.NUMBER: 1.4, Contact.LINK: 0.6, Contact.DOMAIN: 0.6, Contact.MAIL: 0.5,
    Contact.CODE: 1.0, Contact.MENTION: 0.6,
}  # fmt: skip
OWN_TRADE = 0.3
# Signs of a word that is found in anything written in letters when it is taken apart, or when a
# sign stands for its Chinese: `+q` is a channel's mode elsewhere.
SHORT = 3
HAN = (0x3400, 0xA000)
CYRILLIC, LATIN, CASE = (0x400, 0x530), np.arange(0x61, 0x7B, dtype=np.uint32), np.uint32(0x20)
SEAM, SEAMS_MEANT = 0.5, 4  # where the two meet within a word; so many happen
# Writing that no Chinese or English keyboard gives: alphabets nobody here reads, and filler.
ODD_RANGES = (
    (0x0700, 0x0780), (0x1200, 0x1800), (0x2C00, 0x2DE0), (0xA000, 0xA700), (0xAB70, 0xABC0),
    (0x10280, 0x10FFF), (0x12000, 0x12500), (0xE000, 0xF900), (0x1F130, 0x1F18A),
    (0xE0000, 0xE0080), (0x180B, 0x1810), (0x2060, 0x2070), (0x3130, 0x3140),
    (0x1100, 0x1200), (0x2460, 0x2500),
    (0x1D400, 0x1D800), (0x0300, 0x0370),
)  # fmt: skip
# Signs of formulas that look like letters: one by itself is a number set, an index, a variable;
# several side by side spell a word.
FORMULAS = ((0x1D00, 0x1DC0), (0x2070, 0x20A0), (0x2100, 0x2150), (0x1D400, 0x1D800))
INDICES = (0x2070, 0x2090)


@dataclass(frozen=True, slots=True)
class Text:
    """The signals of a batch of texts, one row a text, and their evidence.

    `ads` and `abuse` are sums of word weights (log-odds), `address` the weight of addresses,
    `odd` how many signs were used to hide letters, or seams of alphabets, `split` how many hits
    had signs put between their letters or were heard, `length` folded characters.
    """

    batch: Joined
    hits: Hits
    found: list[Found]
    ads: Numbers
    abuse: Numbers
    address: Numbers
    odd: Numbers
    split: Numbers
    length: Numbers


@cache
def odd_table() -> npt.NDArray[np.float32]:
    """How odd each code point is in chat: 1 hides something, 0.3 may, 0 is usual."""
    odd = np.zeros(SIZE, dtype=np.float32)
    for first, last in ODD_RANGES:
        odd[first:last] = 1
    fold = tables().fold
    for first, last in RANGES:
        codes = np.arange(first, last)
        became = fold[codes]
        latin = (became < 128) & (became > 0) & (codes > 0x24F)
        odd[codes[latin]] = 1
    odd[0xFF01:0xFF5F] = 0
    for first, last in ((0xFF10, 0xFF1A), (0xFF21, 0xFF3B), (0xFF41, 0xFF5B)):
        odd[first:last] = 0.3  # full-width letters: a Chinese keyboard gives them, too
    for first, last in ((0x0370, 0x0530),):  # Greek and Cyrillic are languages
        odd[first:last] = 0
    for code in (0x200B, 0x200C, 0x2061, 0x2062, 0x2063, 0x00AD):
        odd[code] = 1
    for sign in "αβγδθλμπσφωΩ":
        odd[ord(sign)] = 0
    odd[INDICES[0] : INDICES[1]] *= 0.3
    return odd


@cache
def formula_table() -> npt.NDArray[np.bool_]:
    """Which code points stand in formulas, one by itself."""
    found = np.zeros(SIZE, dtype=bool)
    for first, last in FORMULAS:
        found[first:last] = True
    return found


def read(
    matcher: Matcher,
    texts: Sequence[str],
    names: NamesOf | None = None,
    addresses: Addresses | None = None,
) -> Text:
    """The signals of a batch of texts; `names` gives the members' by number of text, folded.

    `addresses` are those the workspace calls fine, which are left out, and those it never does.
    """
    batch = join(texts)
    hits = matcher.find_in(batch)
    found = contacts_in(batch, names)
    count = len(texts)
    ads, abuse, split = _words(matcher, batch, hits)
    address = np.zeros(count)
    never: set[int] = set()
    if addresses and found:
        said = [(one, addresses.says(one)) for one in found]
        found = [one for one, is_fine in said if not is_fine]
        never = {id(one) for one, is_fine in said if is_fine is False}
    for one in found:
        # An address that is most of what is said says more.
        share = (one.end - one.start) / max(len(texts[one.text]), 1)
        weight = NEVER if id(one) in never else CONTACTS[one.kind]
        address[one.text] = max(address[one.text], weight * (1 + share / 2))
    odds = _strange(batch) + _mixed(batch)
    length = (batch.bounds[1:] - batch.bounds[:-1] - 1).astype(float)
    return Text(batch, hits, found, ads, abuse, address, odds, split, length)


def _strange(batch: Joined) -> Numbers:
    """How odd the signs of texts are; one of a formula by itself counts in Chinese texts alone."""
    odd = odd_table()[batch.codes]
    where = np.flatnonzero(odd)
    many = np.zeros(len(batch.starts))
    if not len(where):
        return many
    owner = batch.owner(where)
    lone = formula_table()[batch.codes[where]]
    if lone.any():
        touches = np.diff(where) == 1
        lone &= ~(np.append(touches, False) | np.append(False, touches))
        some = np.unique(owner[lone]).tolist()
        lone &= ~np.isin(owner, [number for number in some if _is_chinese(batch, number)])
    many += np.bincount(owner[~lone], weights=odd[where[~lone]], minlength=len(many))
    return many


def _mixed(batch: Joined) -> Numbers | float:
    """How odd texts are for Latin letters inside Cyrillic words, or the other way round.

    They look alike and hide words from who looks for them; a few seams are names and slips.
    """
    codes = batch.codes
    cyrillic = (codes >= CYRILLIC[0]) & (codes < CYRILLIC[1])
    if not cyrillic.any():
        return 0.0
    latin = np.isin(codes | CASE, LATIN)
    seams = np.flatnonzero((cyrillic[:-1] & latin[1:]) | (latin[:-1] & cyrillic[1:]))
    many = np.bincount(batch.owner(seams), minlength=len(batch.starts))
    return SEAM * np.maximum(many - SEAMS_MEANT, 0)


def _words(matcher: Matcher, batch: Joined, hits: Hits) -> tuple[Numbers, Numbers, Numbers]:
    """Sums of weights for ads and abuse, and how many hits were split or heard.

    A hit inside a longer one counts only once, as does a word that is said twice.
    """
    count = len(batch.starts)
    ads, abuse, split = np.zeros(count), np.zeros(count), np.zeros(count)
    if not len(hits):
        return ads, abuse, split
    last_text, last_end = -1, -1
    seen: set[int] = set()
    order = np.lexsort((-hits.end, hits.start, hits.text))
    columns = (hits.text, hits.start, hits.end, hits.word, hits.by_sound)
    for text, start, end, number, heard in zip(*(c[order].tolist() for c in columns), strict=True):
        if text != last_text:
            last_text, last_end = text, -1
            seen.clear()
        if end <= last_end or number in seen:
            continue
        length, word = matcher.length(number), matcher.words[number]
        is_disguised = end - start > length or _has_chinese(word.text)
        if length <= SHORT and is_disguised and not _is_chinese(batch, text):
            continue
        last_end = max(last_end, end)
        seen.add(number)
        into = abuse if word.kind == "abuse" else ads
        # In a shop's group everybody speaks of coupons: that alone draws nobody away.
        into[text] += word.weight * (OWN_TRADE if word.kind == "promotion" else 1)
        split[text] += heard or end - start > length
    return ads, abuse, split


def _has_chinese(word: str) -> bool:
    return any(HAN[0] <= ord(sign) < HAN[1] for sign in word)


def _is_chinese(batch: Joined, number: int) -> bool:
    """Whether a text has Chinese in it: elsewhere `+ v` and `v x` are sums, not disguises."""
    codes = batch.codes[batch.span(number)]
    return bool(((codes >= HAN[0]) & (codes < HAN[1])).any())

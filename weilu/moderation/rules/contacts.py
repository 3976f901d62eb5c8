"""Addresses that lead away from the group, in whatever disguise (B-5).

Links, invitations of any platform, short links, mail, phone numbers, WeChat and QQ numbers,
Telegram names, and the numberless `id` that advertisers put where a number would be seen. A
search over the whole batch picks the texts that can hold one at all (`hints`); patterns run on
those only, so a pattern costs nothing where there is nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Container, Iterator, Sequence
from enum import StrEnum
from itertools import repeat
from typing import NamedTuple

import numpy as np

from weilu.moderation.rules.folding import Codes, Joined, Places, join, tables, text_of
from weilu.moderation.rules.hints import (
    ADDING,
    LATIN_WORDS,
    QQ_WORDS,
    SOUNDING,
    WECHAT_WORDS,
    candidates,
    digits,
)

# What is a name in each of some texts, by their numbers.
NamesOf = Callable[[Sequence[int]], Sequence[Container[str]]]


class Contact(StrEnum):
    """The kinds of addresses."""

    LINK = "link"
    SHORT_LINK = "short_link"
    INVITE = "invite"
    DOMAIN = "domain"
    MAIL = "mail"
    PHONE = "phone"
    WECHAT = "wechat"
    QQ = "qq"
    TELEGRAM = "telegram"
    HANDLE = "handle"
    NUMBER = "number"
    CODE = "code"  # letters glued to digits in talk of another alphabet
    MENTION = "mention"  # `@name` in Latin talk, where people call each other so


class Found(NamedTuple):
    """One address: the text it stands in, its places there, its kind, and its plain form."""

    text: int
    start: int
    end: int
    kind: Contact
    value: str


INVITES = (
    r"t(?:elegram)?\.me/(?:joinchat/|\+)", r"discord\.gg/", r"discord(?:app)?\.com/invite/",
    r"chat\.whatsapp\.com/", r"whatsapp\.com/channel/", r"qm\.qq\.com/", r"jq\.qq\.com/",
    r"qun\.qq\.com/", r"weixin\.qq\.com/[gr]/", r"u\.wechat\.com/", r"work\.weixin\.qq\.com/",
    r"line\.me/(?:r/)?ti/", r"signal\.group/", r"kook\.(?:top|vip)/", r"matrix\.to/#",
    r"m\.me/j/", r"vk\.me/join", r"qr\.kakao\.com/", r"open\.kakao\.com/", r"zalo\.me/g/",
    r"applink\.feishu\.cn/", r"dingtalk\.com/.{0,40}?inv", r"slack\.com/.{0,30}?shared_invite",
)  # fmt: skip
SHORT = (
    "t.cn", "url.cn", "dwz.cn", "dwz.date", "suo.im", "sourl.cn", "bit.ly", "tinyurl.com", "goo.gl",
    "is.gd", "cutt.ly", "rb.gy", "t.ly", "shorturl.at", "ow.ly", "buff.ly", "s.id", "tiny.cc",
    "mrw.so", "u6.gg", "985.so", "c1ns.cn", "v.gd", "clck.ru", "vk.cc", "tb.cn", "m.tb.cn",
    "kurl.cn",
    "surl.li", "reurl.cc", "lnkd.in", "rebrand.ly", "amzn.to", "3.cn", "b23.tv", "u.jd.com",
)  # fmt: skip
ENDINGS = (
    "com|cn|net|org|top|xyz|cc|vip|club|site|shop|online|live|fun|icu|info|biz|me|io|co|app|pro|tv|"
    "ru|link|win|bet|love|wang|ltd|store|work|asia|hk|tw|us|la|in|pw|gg|one|life|world|space|website"
)
HERE = r"[^\s\u2e80-\u9fff\uff00-\uffef，。、“”‘’（）【】《》<>\"']"
# Every address begins with @, or has a sign after letters of a name or host, of which there are at
# most 64; without the look ahead each way is tried at each letter.
ADDRESS = re.compile(
    rf"(?=@|[a-z0-9][a-z0-9_%+:-]{{0,63}}+[.@/])(?:(?P<mail>(?<![a-z0-9])[a-z0-9][a-z0-9._%+-]{{0,63}}@[a-z0-9-]{{1,63}}"
    rf"(?:\.[a-z0-9-]{{1,63}}){{0,3}}\.[a-z]{{2,12}})"
    rf"|(?P<invite>(?:https?:?//)?(?:www\.)?(?:{'|'.join(INVITES)}){HERE}{{2,200}})"
    rf"|(?P<telegram>(?:https?:?//)?t(?:elegram)?\.me/[a-z0-9_]{{4,40}})"
    rf"|(?P<link>(?:https?:?//|www\.){HERE}{{3,2000}})"
    rf"|(?P<domain>(?<![a-z0-9.@])(?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.){{1,4}}"
    rf"(?:{ENDINGS})(?![a-z0-9.])(?:/{HERE}{{0,400}})?)"
    rf"|(?<![a-z0-9.@_])@(?P<handle>[a-z][a-z0-9_]{{4,31}})(?![a-z0-9_.]))"
)
_BEGINS = "".join(
    sorted({word[0] for words in (WECHAT_WORDS, QQ_WORDS) for word in words.split("|")} | {*ADDING})
)
# What follows 微 and 威 where they are not for WeChat.
NOT_WECHAT = "软博星米秒调机分积服创小波距单妙弱笑力胁武廉猛海严"
NUMBERS = re.compile(
    rf"(?:(?<!\d)(?=\d)|(?<![a-z\d])(?=[a-z])|(?=[wvt加飞电纸{_BEGINS}]))(?:(?P<wechat>(?:(?<![a-z])(?:{LATIN_WORDS})|{WECHAT_WORDS}|[{ADDING}][{SOUNDING}])(?:号|账号|id|联系)?"
    rf"(?P<wx>[a-z][a-z0-9]{{4,19}}|1[3-9]\d{{9}}|\d{{6,11}}))"
    rf"|(?P<qq>(?:{QQ_WORDS})(?:号|联系)?(?P<q>[1-9]\d{{4,10}})(?!\d))"
    r"|(?P<phone>(?<!\d)(?:86|0086)?1[3-9]\d{9}(?!\d))"
    r"|(?P<qq2>(?P<q2>(?<!\d)[1-9]\d{5,11})(?:加|扣|口|企|鹅|群|微|薇|喂|威|卫星)"
    r"(?![年月日号元块点天个次人下])|加(?P<q3>[1-9]\d{6,10})(?!\d))"
    r"|(?P<wechat2>(?<![a-z\d])v(?P<wx2>\d{6,11})(?![a-z\d]))"
    rf"|(?P<wechat3>(?<![a-z\d])(?P<wx3>(?=[a-z\d]{{5,16}}(?![a-z\d]))[a-z]{{1,8}}\d{{2,11}}[a-z]{{0,3}})"
    rf"[{ADDING}]{{0,2}}(?:[薇喂徽嶶溦葳]|[微威](?![{NOT_WECHAT}])))"
    r"|(?P<number>(?<![\da-z])\d{7,12}(?![\da-z]))"
    r"|(?P<telegram>(?:飞机|电报|纸飞机|telegram|(?<![a-z])tg)(?:号|联系)?"
    r"(?P<tg>[a-z][a-z0-9]{4,31})))"
)
# What each way to speak of an address finds, and the groups that hold it.
SPOKEN: dict[str | None, tuple[Contact, tuple[str, ...]]] = {
    "wechat": (Contact.WECHAT, ("wx",)), "wechat2": (Contact.WECHAT, ("wx2",)),
    "wechat3": (Contact.WECHAT, ("wx3",)),
    "qq": (Contact.QQ, ("q",)), "qq2": (Contact.QQ, ("q2", "q3")),
    "phone": (Contact.PHONE, ("phone",)), "telegram": (Contact.TELEGRAM, ("tg",)),
    "number": (Contact.NUMBER, ("number",)),
}  # fmt: skip
# Long numbers that lead nowhere: days, and addresses of machines.
DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:\d{2}|\d{4}|\d{6})?")
MACHINE = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?|(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}")
# Without one of these signs nothing is written as an address.
SIGNED = re.compile(r"[.@]|//|\+\d")
NOT_LATIN = re.compile("[\u2e80-\U0010ffff]")
HOST = re.compile(r"(?:https?:?//)?(?:www\.)?([^/?#:]*)")
NAME = re.compile(r"(?<![\w.])[\w\-\[\]|^`]{2,32}(?![\w.])")
INTERNATIONAL = re.compile(r"(?<![\d.,])\+\d[\d ()\-]{8,18}\d(?![\d.,])")
CODE = re.compile(
    r"(?<![a-z0-9])(?:[a-z]{2,6}\d{3,9}[a-z]{0,2}|[a-z]\d{4,9}[a-z]{0,2})(?![a-z0-9])"
)
# What parts the numbers of a list, a sum or a version; accounts are spaced out by other signs.
COUNTED = re.compile(r"\d ?[,./:=*+] ?\d")
# Whom a message speaks to, before what it says; bridges put who said it before that.
SPOKEN_TO = re.compile(
    r"\s*(?:<[^<>]{1,40}>\s*)?(?:@?[a-z0-9_\-\[\]|^`{}]{2,32}\s?[:,](?!//)|@[a-z0-9_]{2,32}(?=\s))"
)
HAN = re.compile("[\u3400-\u9fff]")
# How WeChat is announced in other languages.
ANNOUNCED = re.compile(r"we ?chat|weixin|(?:wx|vx|\+ ?v)[ :=]*(?=[a-z_-]*[\d-])", re.IGNORECASE)
# What goes on in letters is a word of its own, such as `tgz`.
ANOTHER_WORD = re.compile(r"tg(?=[a-z])", re.IGNORECASE)
# Kinds that are only what a name looks like.
LOOKS_LIKE = frozenset({Contact.HANDLE, Contact.MENTION, Contact.CODE, Contact.NUMBER})


# Below so many texts each is mapped by itself.
FEW_TEXTS = 4
_KINDS = {one.value: one for one in Contact}


def contacts(texts: Sequence[str]) -> list[Found]:
    """Every address in the texts, in order of text."""
    return contacts_in(join(texts))


def contacts_in(batch: Joined, names: NamesOf | None = None) -> list[Found]:
    """Every address in a batch that is joined already.

    `names` gives what is no address in a text, by its number: the names of members, folded. It is
    asked once, for the texts that hold an address.
    """
    chosen = candidates(batch)
    if not chosen:
        return []
    held: list[tuple[int, str, list[Found]]] = []
    starts, bounds = batch.starts.tolist(), batch.bounds.tolist()
    ends = [*starts[1:], len(batch.codes) + 1]
    begins, firsts = [starts[n] for n in chosen], [bounds[n] for n in chosen]
    written = _each(batch.codes, tables().plain, begins, [ends[n] - 1 for n in chosen])
    spoken = _each(batch.folded, digits(), firsts, [bounds[n + 1] - 1 for n in chosen])
    for number, text, said, begin, first in zip(
        chosen, written, spoken, begins, firsts, strict=True
    ):
        one = _written(number, text) if SIGNED.search(text) else []
        one += _outside(_spoken(number, said, _Places(batch.kept, first, begin)), one)
        is_latin = not NOT_LATIN.search(text)
        if not is_latin:
            one += _outside(_codes(number, text), one)
        if one and (one := _meant(one, text, is_latin=is_latin)):
            held.append((number, text, one))
    return _leading(held, names)


def _leading(held: Sequence[tuple[int, str, list[Found]]], names: NamesOf | None) -> list[Found]:
    """The addresses of texts, in order, without those of machines and what is a name."""
    found: list[Found] = []
    known = names([number for number, _text, _one in held]) if names and held else repeat(())
    for (_number, text, one), some in zip(held, known, strict=False):
        nowhere = _machines(text) + (_named(text, some) if some else [])
        leading = _apart(one, nowhere)
        found += leading if len(leading) == 1 else sorted(leading, key=_place)
    return found


def _each(codes: Codes, table: Codes, firsts: Sequence[int], ends: Sequence[int]) -> Iterator[str]:
    """Some texts of a batch, mapped by a table in one go."""
    if len(firsts) < FEW_TEXTS:
        yield from [
            text_of(table[codes[first:end]]) for first, end in zip(firsts, ends, strict=True)
        ]
        return
    some = [codes[first:end] for first, end in zip(firsts, ends, strict=True)]
    whole = text_of(table[np.concatenate(some)])
    at = 0
    for one in some:
        yield whole[at : at + len(one)]
        at += len(one)


class _Places(NamedTuple):
    """Where the letters of a folded text stood: its first one is number `first` of `kept`."""

    kept: Places
    first: int
    begin: int

    def of(self, letter: int) -> int:
        """The place of a letter in the text itself."""
        return self.kept.item(self.first + letter) - self.begin


def _meant(found: list[Found], text: str, *, is_latin: bool) -> list[Found]:
    """What is meant as an address: no counted numbers, nobody who is only spoken to.

    Where nothing is Chinese, `+values`, `v x y` and `a.tgz` announce nothing; where all is Latin,
    `@name` calls somebody.
    """
    is_chinese = HAN.search(text) is not None
    spoken_to = SPOKEN_TO.match(text)
    begins = spoken_to.end() if spoken_to else 0
    meant = []
    for one in found:
        if one.start < begins and one.kind in LOOKS_LIKE:
            continue
        written = text[one.start : one.end]
        if one.kind is Contact.NUMBER and COUNTED.search(written):
            continue
        if not is_chinese and not _is_announced(one.kind, written):
            continue
        is_called = is_latin and one.kind is Contact.HANDLE
        meant.append(one._replace(kind=Contact.MENTION) if is_called else one)
    return meant


def _is_announced(kind: Contact, written: str) -> bool:
    """Whether a text without Chinese announces an account so, where it has to."""
    if kind is Contact.WECHAT:
        return ANNOUNCED.match(written) is not None
    return kind is not Contact.TELEGRAM or ANOTHER_WORD.match(written) is None


def _place(one: Found) -> tuple[int, int]:
    return one.start, one.end


def _machines(text: str) -> list[tuple[int, int]]:
    """Where addresses of machines stand."""
    if text.count(".") < 3 and text.count(":") < 3:
        return []
    return [(match.start(), match.end()) for match in MACHINE.finditer(text)]


def _named(text: str, names: Container[str]) -> list[tuple[int, int]]:
    """Where a plain text names a member."""
    return [
        (match.start(), match.end())
        for match in NAME.finditer(text)
        if "".join(filter(str.isalnum, match[0])) in names
    ]


def _written(number: int, text: str) -> list[Found]:
    """Addresses as they are written, signs and all."""
    found = []
    for match in ADDRESS.finditer(text):
        kind = _KINDS[match.lastgroup or "link"]
        value, start = match[0].rstrip(".,;:!?)]}"), match.start()
        if (kind is Contact.LINK or kind is Contact.DOMAIN) and host(value) in SHORT:
            kind = Contact.SHORT_LINK
        found.append(Found(number, start, start + len(value), kind, value))
    for match in INTERNATIONAL.finditer(text) if "+" in text else ():
        digits = re.sub(r"\D", "", match[0])
        if 9 <= len(digits) <= 15:
            found.append(Found(number, match.start(), match.end(), Contact.PHONE, digits))
    return found


def _spoken(number: int, text: str, places: _Places) -> list[Found]:
    """Numbers and names announced by a word (`加V:`), signs between them left out."""
    found = []
    for match in NUMBERS.finditer(text):
        # The whole way is the last group that ends.
        kind, groups = SPOKEN[match.lastgroup]
        value = next(filter(None, map(match.group, groups)))
        if kind is Contact.NUMBER and DAY.fullmatch(value):
            continue
        start, end = places.of(match.start()), places.of(match.end() - 1) + 1
        found.append(Found(number, start, end, kind, value))
    return found


def _codes(number: int, text: str) -> list[Found]:
    """Letters glued to digits in a text that is otherwise not Latin: an account to look for."""
    return [
        Found(number, match.start(), match.end(), Contact.CODE, match[0])
        for match in CODE.finditer(text)
    ]


def _outside(more: list[Found], known: Sequence[Found]) -> list[Found]:
    """What does not overlap what is known."""
    return _apart(more, [(one.start, one.end) for one in known]) if known and more else more


def _apart(found: list[Found], spans: Sequence[tuple[int, int]]) -> list[Found]:
    """Those of some addresses that overlap none of some spans.

    A text may hold thousands of either: they are not held against each other one by one.
    """
    if not spans:
        return found
    starts: list[int] = []
    ends: list[int] = []
    for start, end in sorted(spans):
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    before = [bisect_left(starts, one.end) for one in found]
    return [one for one, k in zip(found, before, strict=True) if not k or ends[k - 1] <= one.start]


def host(address: str) -> str:
    """The host of a link, without `www.`."""
    return HOST.match(address)[1]  # type: ignore[index]  # matches everything

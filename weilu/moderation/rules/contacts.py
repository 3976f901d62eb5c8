"""Addresses that lead away from the group, in whatever disguise (B-5).

Links, invitations of any platform, short links, mail, phone numbers, WeChat and QQ numbers,
Telegram names, and the numberless `id` that advertisers put where a number would be seen. One
array test over the whole batch picks the texts that can hold one at all; patterns run on those
only, so a pattern costs nothing where there is nothing.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np
import numpy.typing as npt

from weilu.moderation.rules.folding import Codes, Joined, Places, join, tables, text_of


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


@dataclass(frozen=True, slots=True)
class Found:
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
ADDRESS = re.compile(
    rf"(?P<mail>(?<![a-z0-9])[a-z0-9][a-z0-9._%+-]{{0,63}}@[a-z0-9-]{{1,63}}"
    rf"(?:\.[a-z0-9-]{{1,63}}){{0,3}}\.[a-z]{{2,12}})"
    rf"|(?P<invite>(?:https?:?//)?(?:www\.)?(?:{'|'.join(INVITES)}){HERE}{{2,200}})"
    rf"|(?P<telegram>(?:https?:?//)?t(?:elegram)?\.me/[a-z0-9_]{{4,40}})"
    rf"|(?P<link>(?:https?:?//|www\.){HERE}{{3,2000}})"
    rf"|(?P<domain>(?<![a-z0-9.@])(?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.){{1,4}}"
    rf"(?:{ENDINGS})(?![a-z0-9.])(?:/{HERE}{{0,400}})?)"
    rf"|(?<![a-z0-9.@_])@(?P<handle>[a-z][a-z0-9_]{{4,31}})(?![a-z0-9_.])"
)
# Spoken of in folded, compact text with every way to write a digit made one.
LATIN_WORDS = "wx|vx|weixin|wechat|weix|v信|v加|v号|v同|v我"
WECHAT_WORDS = (
    "威信|微信|薇信|徽信|维信|葳信|唯信|微芯|威芯|薇芯|伽微|加薇|加威|加v|伽v|佳v|嘉v|家v|加微|"
    "微x|微号|薇心|微心|威心|微同|同v|加我v|绿泡泡|绿色软件|薇|葳"
)
QQ_WORDS = (
    "qq|扣扣|口口|抠抠|蔻蔻|叩叩|企鹅|球球|秋秋|丘丘|求求|群号|q群|扣群|加群|进群|抠群|q号|扣号|"
    "加q|加扣|扣|q"
)
NUMBERS = re.compile(
    rf"(?P<wechat>(?:(?<![a-z])(?:{LATIN_WORDS})|{WECHAT_WORDS})(?:号|账号|id|联系)?"
    rf"(?P<wx>[a-z][a-z0-9]{{4,19}}|1[3-9]\d{{9}}|\d{{6,11}}))"
    rf"|(?P<qq>(?:{QQ_WORDS})(?:号|联系)?(?P<q>[1-9]\d{{4,10}})(?!\d))"
    r"|(?P<phone>(?<!\d)(?:86|0086)?1[3-9]\d{9}(?!\d))"
    r"|(?P<qq2>(?P<q2>(?<!\d)[1-9]\d{5,11})(?:加|扣|口|企|鹅|群|微|薇|喂|威|卫星)"
    r"(?![年月日号元块点天个次人下])|加(?P<q3>[1-9]\d{6,10})(?!\d))"
    r"|(?P<wechat2>(?<![a-z\d])v(?P<wx2>\d{6,11})(?![a-z\d]))"
    r"|(?P<number>(?<![\da-z])\d{7,12}(?![\da-z]))"
    r"|(?P<telegram>(?:飞机|电报|纸飞机|telegram|(?<![a-z])tg)(?:号|联系)?"
    r"(?P<tg>[a-z][a-z0-9]{4,31}))"
)
SPOKEN = {
    "wechat": Contact.WECHAT, "wechat2": Contact.WECHAT, "qq": Contact.QQ,
    "qq2": Contact.QQ, "phone": Contact.PHONE, "telegram": Contact.TELEGRAM,
    "number": Contact.NUMBER,
}  # fmt: skip
VALUES = ("wx", "wx2", "q", "q2", "q3", "tg", "phone", "number")
# Long numbers that lead nowhere: days, and addresses of machines.
DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:\d{2}|\d{4}|\d{6})?")
MACHINE = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?|(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}")
NAME = re.compile(r"(?<![\w.])[\w\-\[\]|^`]{2,32}(?![\w.])")
INTERNATIONAL = re.compile(r"(?<![\d.,])\+\d[\d ()\-]{8,18}\d(?![\d.,])")
CODE = re.compile(r"(?<![a-z0-9])(?:[a-z]{2,6}\d{3,9}|[a-z]\d{6,9})(?![a-z0-9])")
DIGITS = dict(
    zip("零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两", "012345678912345678912", strict=True)
)
# Letters or digits in a row, before anything can be an address.
RUN = re.compile(rb"\x01{5,}")
AT = re.compile("@")
# Without one of these nothing below finds anything: in the text as written, in the folded one.
HINT = re.compile(r"[a-z0-9]\.[a-z0-9]|//|www\.|@|\+\d|[a-z]\d{3}")
SPOKEN_HINT = re.compile(
    rf"\d{{5}}|(?<![a-z])(?:{LATIN_WORDS})[a-z号账id联]|(?:{WECHAT_WORDS})[a-z号账id联]"
    r"|飞机|电报|telegram|(?<![a-z])tg"
)


@cache
def _digits() -> Codes:
    """A table that writes Chinese numbers as digits: `uint32[0x110000]`."""
    to = np.arange(0x110000, dtype=np.uint32)
    for sign, digit in DIGITS.items():
        to[ord(sign)] = ord(digit)
    return to


@dataclass(frozen=True, slots=True)
class Compact:
    """One text without signs, digits made plain; `places` says where each character stood."""

    text: str
    places: Places


def contacts(texts: Sequence[str]) -> list[Found]:
    """Every address in the texts, in order of text."""
    return contacts_in(join(texts))


def contacts_in(batch: Joined, names: Container[str] = ()) -> list[Found]:
    """Every address in a batch that is joined already; `names` (folded) are no addresses."""
    found: list[Found] = []
    plain = text_of(tables().plain[batch.codes])
    numbers = text_of(_digits()[batch.folded])
    for number in _candidates(batch, plain, numbers):
        span = batch.span(number)
        written = plain[span]
        one = list(_written(number, written))
        nowhere = [(m.start(), m.end()) for m in MACHINE.finditer(written)]
        nowhere += _named(written, names) if names else []
        first, last = np.searchsorted(batch.kept, (span.start, span.stop))
        compact = Compact(numbers[first:last], batch.kept[first:last] - span.start)
        one += _outside(_spoken(number, compact), one)
        one += _outside(_codes(number, written), one)
        one = [f for f in one if not any(a < f.end and f.start < b for a, b in nowhere)]
        found += sorted(one, key=lambda f: (f.start, f.end))
    return found


def _named(text: str, names: Container[str]) -> list[tuple[int, int]]:
    """Where a plain text names a member."""
    return [
        (match.start(), match.end())
        for match in NAME.finditer(text)
        if "".join(filter(str.isalnum, match[0])) in names
    ]


def _candidates(batch: Joined, plain: str, numbers: str) -> list[int]:
    """Texts that can hold an address, in order: the patterns run on no others.

    They have enough Latin letters or digits in a row, signs left out, or an @; and a hint.
    """
    row = _could()[batch.folded].tobytes()
    runs = batch.kept[[match.start() for match in RUN.finditer(row)]].tolist()
    runs += [match.start() for match in AT.finditer(plain)]
    hints = [match.start() for match in HINT.finditer(plain)]
    hints += batch.kept[[match.start() for match in SPOKEN_HINT.finditer(numbers)]].tolist()
    return sorted(_owners(batch, runs) & _owners(batch, hints))


def _owners(batch: Joined, places: list[int]) -> set[int]:
    """The texts that places stand in."""
    return set(batch.owner(np.array(places)).tolist()) if places else set()


@cache
def _could() -> npt.NDArray[np.bool_]:
    """Which folded code points an address is made of: `bool[0x110000]`."""
    return tables().ascii[_digits()]


def _written(number: int, text: str) -> Iterator[Found]:
    """Addresses as they are written, signs and all."""
    for match in ADDRESS.finditer(text):
        kind = Contact(match.lastgroup or Contact.LINK)
        value = match[0].rstrip(".,;:!?)]}")
        end = match.start() + len(value)
        if kind in {Contact.LINK, Contact.DOMAIN}:
            kind = Contact.SHORT_LINK if host(value) in SHORT else kind
        yield Found(number, match.start(), end, kind, value)
    for match in INTERNATIONAL.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if 9 <= len(digits) <= 15:
            yield Found(number, match.start(), match.end(), Contact.PHONE, digits)


def _spoken(number: int, compact: Compact) -> Iterator[Found]:
    """Numbers and names announced by a word (`加V:`), signs between them left out."""
    for match in NUMBERS.finditer(compact.text):
        kind = next(kind for name, kind in SPOKEN.items() if match[name])
        value = next(filter(None, map(match.group, VALUES)))
        if kind is Contact.NUMBER and DAY.fullmatch(value):
            continue
        start = int(compact.places[match.start()])
        yield Found(number, start, int(compact.places[match.end() - 1]) + 1, kind, value)


def _codes(number: int, text: str) -> Iterator[Found]:
    """Letters glued to digits in a text that is otherwise not Latin: an account to look for."""
    if not any(char >= "\u2e80" for char in text):
        return
    for match in CODE.finditer(text):
        yield Found(number, match.start(), match.end(), Contact.HANDLE, match[0])


def _outside(more: Iterable[Found], known: Sequence[Found]) -> list[Found]:
    return [f for f in more if not any(f.start < k.end and k.start < f.end for k in known)]


def host(address: str) -> str:
    """The host of a link, without `www.`."""
    bare = re.sub(r"^https?:?//", "", address)
    return re.split(r"[/?#:]", bare, maxsplit=1)[0].removeprefix("www.")

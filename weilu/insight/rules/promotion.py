"""Which messages sell: a price, a shop, the words of an offer (D-2, G-1); pure.

An offer names a shop's address; or a price beside words of an offer or an address; or two
different words of an offer. One word alone ("discount") is talk.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from weilu.moderation.rules.contacts import Contact, contacts, host
from weilu.moderation.rules.folding import fold
from weilu.moderation.rules.starter import starter_words
from weilu.moderation.rules.words import Matcher, Word

SHOPS = (
    "taobao.com", "tmall.com", "tb.cn", "jd.com", "3.cn", "yangkeduo.com", "pinduoduo.com",
    "youzan.com", "weidian.com", "koudai.com", "suning.com", "vip.com", "1688.com", "kaola.com",
    "meituan.com", "dianping.com", "ele.me", "shop.m.taobao.com", "douyin.com/shop", "shopify.com",
    "myshopify.com", "amazon.com", "amzn.to", "etsy.com", "ebay.com", "shopee.com", "lazada.com",
    "aliexpress.com", "gumroad.com", "ozon.ru", "wildberries.ru", "rakuten.co.jp", "mercari.com",
)  # fmt: skip
# Of a number its last digit is enough: from each digit to the last is a long way in a row of them.
PRICE = re.compile(
    r"[¥￥$€£]\s?\d|\d\s?(?:元|块钱|rmb|cny|usd|eur|руб|円|折|% off)"
    r"|(?:原价|现价|特价|到手价?|券后|秒杀价|团购价|只要|仅需)\s?\d",
    re.IGNORECASE,
)
_LINKS = {Contact.LINK, Contact.SHORT_LINK, Contact.DOMAIN}


@cache
def _matcher() -> Matcher:
    """The words of offers that come with Weilu."""
    return Matcher([word for word in starter_words() if word.kind == "promotion"])


def offers(texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which of the texts sell something; `bool[len(texts)]`."""
    count = len(texts)
    words = [set[int]() for _ in range(count)]
    hits = _matcher().find(texts)
    for text, word in zip(hits.text.tolist(), hits.word.tolist(), strict=True):
        words[text].add(word)
    links = np.zeros(count, dtype=bool)
    shops = np.zeros(count, dtype=bool)
    for one in contacts(texts):
        if one.kind in _LINKS:
            links[one.text] = True
            shops[one.text] |= is_shop(one.value)
    prices = np.array([PRICE.search(text) is not None for text in texts], dtype=bool)
    many = np.array([len(found) for found in words], dtype=np.int64)
    return shops | prices & ((many > 0) | links) | (many > 1)


def is_shop(address: str) -> bool:
    """Whether an address leads to a shop."""
    name = host(address)
    return any(name == shop or name.endswith(f".{shop}") for shop in SHOPS)


def speak_of(texts: Sequence[str], words: Sequence[str]) -> int:
    """How many of the texts hold one of some words, however it is written."""
    chosen = [Word(word, "product") for word in words if fold(word)]
    return len(np.unique(Matcher(chosen).find(texts).text)) if chosen else 0

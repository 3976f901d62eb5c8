"""Addresses that are fine, and those that never are."""

from __future__ import annotations

import pytest

from weilu.moderation.rules.addresses import Addresses
from weilu.moderation.rules.contacts import contacts
from weilu.moderation.rules.scoring import CERTAIN, REVIEW, Judge
from weilu.moderation.rules.starter import starter_words
from weilu.moderation.rules.words import Matcher

LISTS = Addresses.of(
    ["https://www.Shop.example.com/", "b23.tv/av", "4001234567"],
    ["bad.example.org", "shop.example.com/rip-off", "t.cn"],
)


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("https://shop.example.com/tea?x=1", True),
        ("http://a.shop.example.com", True),
        ("https://example.com/tea", None),
        ("https://notshop.example.com", None),
        ("https://shop.example.com/rip-off/now", False),
        ("看 bad.example.org 吧", False),
        ("https://x.bad.example.org/a", False),
        ("https://b23.tv/av/1", True),
        ("https://b23.tv/ep1", None),
        ("电话 4001234567", True),
    ],
)
def test_what_the_lists_say(text: str, fine: bool | None) -> None:
    found = contacts([text])
    assert found
    assert [LISTS.says(one) for one in found] == [fine] * len(found)


def test_fine_addresses_weigh_nothing_and_bad_ones_are_certain() -> None:
    matcher = Matcher(starter_words())
    texts = ["https://shop.example.com/tea", "https://bad.example.org/tea", "https://t.me/+abcdef"]
    plain, own = Judge(matcher).texts(texts), Judge(matcher, addresses=LISTS).texts(texts)
    assert own.text.address[0] == 0
    assert plain.text.address[0] > 0
    assert plain.score[1] < REVIEW
    assert own.score[1] > CERTAIN
    assert own.score[2] == plain.score[2]
    assert [one.text for one in own.text.found] == [1, 2]

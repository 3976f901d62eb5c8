"""Which messages sell."""

from __future__ import annotations

import pytest

from weilu.insight.rules.promotion import offers, speak_of


@pytest.mark.parametrize(
    "text",
    [
        "白茶礼盒 原价 199 元，限时优惠 99 元",
        "新品链接 https://item.taobao.com/item.htm?id=1",
        "全场包邮，领券再减",
        "Buy now for $19, free shipping",
        "到手价 59，https://example.com/tea",
        "5折 清仓",
    ],
)
def test_offers(text: str) -> None:
    assert offers([text]).tolist() == [True]


@pytest.mark.parametrize(
    "text",
    [
        "今天的茶不错",
        "这个多少钱？",
        "上次 30 元买的",
        "有优惠吗",
        "看看这篇 https://example.org/article",
        "The discount was nice",
        "",
    ],
)
def test_talk_is_no_offer(text: str) -> None:
    assert offers([text]).tolist() == [False]


def test_offers_of_a_batch_keep_their_places() -> None:
    assert offers(["早", "包邮 9 元", "好"]).tolist() == [False, True, False]
    assert offers([]).tolist() == []


def test_messages_that_speak_of_a_product() -> None:
    texts = ["白 茶不错", "紅茶呢", "早上好", "白茶白茶"]
    assert speak_of(texts, ["白茶", "红茶"]) == 3
    assert speak_of(texts, []) == 0
    assert speak_of(texts, ["！"]) == 0


def test_a_number_without_an_end_is_looked_at_once() -> None:
    assert offers(["1" * 1_000_000]).tolist() == [False]

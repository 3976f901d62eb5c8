"""Word lists found whatever stands between the letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.moderation.rules.folding import fold
from weilu.moderation.rules.starter import starter_words, words_of_file
from weilu.moderation.rules.words import Matcher, Word

LIST = [
    Word("加微信", "ad", sounds=True),
    Word("裸聊", "porn", sounds=True),
    Word("av", "porn"),
    Word("百家乐", "gambling", strict=True),
]


def found(text: str, words: list[Word] | None = None) -> list[tuple[str, str]]:
    matcher = Matcher(words or LIST)
    hits = matcher.find([text])
    rows = zip(hits.start.tolist(), hits.end.tolist(), hits.word.tolist(), strict=True)
    return [(text[start:end], matcher.words[word].text) for start, end, word in rows]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("请加微信", "加微信"),
        ("請＋ 微*信 吧", "＋ 微*信"),
        ("力口微亻言", "力口微亻言"),
        ("加薇芯看", "加薇芯"),
        ("加\u200b微\u200b信", "加\u200b微\u200b信"),
    ],
)
def test_evasions_are_found_with_their_exact_place(text: str, span: str) -> None:
    assert found(text) == [(span, "加微信")]


@pytest.mark.parametrize(
    "text", ["我要加。微信", "have a wave", "加，微信", "百 家 乐", "罗辽", "维新加微博"]
)
def test_what_is_not_meant_is_not_found(text: str) -> None:
    assert found(text) == []


def test_a_word_that_sounds_alike_but_is_its_own_stays() -> None:
    assert found("洛河", [Word("落河", "x", sounds=True)]) == []


def test_hits_name_their_text() -> None:
    hits = Matcher(LIST).find(["", "av", "x\nav", "裸聊"])
    assert hits.text.tolist() == [1, 2, 3]
    assert hits.start.tolist() == [0, 2, 0]


@given(
    st.lists(st.sampled_from(["你好", "加微信", "裸-聊", "av", "a b", "，", "百家乐"]), max_size=6),
    st.sampled_from(["", " ", "*", "。"]),
)
def test_every_span_folded_is_its_word(parts: list[str], between: str) -> None:
    text = between.join(parts)
    matcher = Matcher([Word(w.text, w.kind) for w in LIST])
    hits = matcher.find([text, text])
    for start, end, word in zip(hits.start, hits.end, hits.word, strict=True):
        assert fold(text[start:end]) == fold(matcher.words[word].text)


def test_a_hundred_words_that_share_letters_are_all_found() -> None:
    words = [Word("甲" * n, "x") for n in range(1, 30)]
    hits = Matcher(words).find(["甲" * 29])
    assert len(hits) == sum(range(1, 30))


def test_no_words_find_nothing() -> None:
    assert len(Matcher([]).find(["加微信"])) == 0


def test_starter_words_are_whole() -> None:
    words = starter_words()
    assert len(words) > 500
    assert all(word.text == word.text.strip() and 0 <= word.weight <= 3 for word in words)
    assert len({word.text for word in words}) == len(words)


def test_lists_of_others_are_read_whatever_they_look_like() -> None:
    data = "加微信,\n赌博|开户\n单\n词语\t100\n# x\n".encode("gb18030")
    assert [w.text for w in words_of_file(data, "ad")] == ["加微信", "赌博", "开户", "词语"]


def test_frequencies_between_commas_are_no_words_but_numbers_are_addresses() -> None:
    data = "加微信,3100\n1200,赌博\n".encode()
    assert [w.text for w in words_of_file(data, "promotion")] == ["加微信", "赌博"]
    assert [w.text for w in words_of_file(b"4001234567\n", "allowed")] == ["4001234567"]


def test_a_list_of_someone_else_may_hold_numbers_and_signs() -> None:
    data = "164865364\n--\n１．\n～＋\n2013\n93家,\n）÷（１－\n".encode()
    assert [w.text for w in words_of_file(data, "promotion")] == ["164865364", "93家"]

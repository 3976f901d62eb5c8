"""Words and themes of chat."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.core.tests.halves import Halved
from weilu.insight.rules.stop_words import STOP_WORDS
from weilu.insight.rules.tests import real_data
from weilu.insight.rules.words import (
    BATCH_TEXTS,
    WordCount,
    count_words,
    is_theme_word,
    log_likelihood,
    risen,
    tokens,
    top_words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("这个普洱茶怎么样", ["普洱茶"]),
        ("哈哈哈哈 嗯嗯 好的好的", []),
        ("请问 Docker 镜像怎么下载", ["docker", "镜像", "下载"]),
        ("see https://example.com/tea?x=1 or a@example.com", []),
        ("go to example.com/shop for teapots", ["teapots"]),
        ("12345 3.5 2013-01-01 👍🎉 。。。", []),
        ("[微笑] <b>茶壶</b>", ["茶壶"]),
        ("@围炉小助手 茶壶到了", ["茶壶"]),
        ("我的\n茶壶\n呢", ["茶壶"]),
        ("haha lol thanks everyone", []),
        ("", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert list(tokens([text])) == [expected]


def test_batches_keep_their_places() -> None:
    texts = ["茶壶", "哈哈", "teapot\n茶杯"] * BATCH_TEXTS
    found = list(tokens(texts))
    assert len(found) == len(texts)
    assert found[-3:] == [["茶壶"], [], ["teapot", "茶杯"]]
    assert found[:3] == found[-3:]


def test_counts() -> None:
    found = count_words(["茶壶茶壶", "茶壶", "teapot", "小王 茶壶"], [1, 1, 2, 3], names=["Teapot"])
    assert found["茶壶"] == WordCount(3, 2)
    assert "teapot" not in found
    with pytest.raises(ValueError, match="zip"):
        count_words(["茶壶"], [])


def test_words_counted_in_halves_are_the_same() -> None:
    texts = [f"茶壶 teapot {k % 7}号店 春茶{'茶杯' * (k % 3)} word{k % 11}x" for k in range(600)]
    helper, speakers = Halved(), [k % 5 for k in range(600)]
    one = count_words(texts, speakers, least_speakers=2)
    two = count_words(texts, speakers, least_speakers=2, helper=helper)
    assert list(two.items()) == list(one.items())
    assert one["茶壶"] == WordCount(600, 5)
    assert helper.asked == ["_tally"]


def test_top_words_by_people() -> None:
    counts = {"茶壶": WordCount(90, 2), "春茶": WordCount(5, 4), "茶杯": WordCount(9, 4)}
    assert top_words(counts, 5) == (("茶杯", WordCount(9, 4)), ("春茶", WordCount(5, 4)))


def test_likelihood_by_hand() -> None:
    assert log_likelihood(10, 10, 100, 100) == 0.0
    assert log_likelihood(20, 10, 100, 100) == pytest.approx(3.98656, abs=1e-5)
    assert log_likelihood(20, 0, 100, 0) == 0.0


def test_a_flood_by_one_person_is_no_theme() -> None:
    now = {
        "春茶": WordCount(30, 12),
        "刷屏": WordCount(300, 1),
        "三人": WordCount(300, 3),
        "茶壶": WordCount(40, 20),
    }
    before = {"春茶": WordCount(3, 3), "茶壶": WordCount(42, 21), "三人": WordCount(14, 9)}
    found = risen(now, before, total_now=1000, total_before=1000)
    assert [word.word for word in found] == ["春茶"]
    assert (found[0].now, found[0].before, found[0].speakers) == (30, 3, 12)
    assert found[0].score == pytest.approx(26.0124, abs=1e-4)
    assert risen(now, {}, total_now=1000, total_before=0) == ()


def test_stop_words_are_in_order() -> None:
    assert all(word == word.casefold() for word in STOP_WORDS)
    assert {"这个", "哈哈", "the", "lol", "freenode"} <= STOP_WORDS
    assert not {"红包", "快递", "teapot", "server", "服务"} & STOP_WORDS
    assert not is_theme_word("哈哈哈哈哈哈")
    assert is_theme_word("快递")


@given(st.lists(st.text(max_size=60), max_size=12))
def test_any_text_gives_one_list_each(texts: list[str]) -> None:
    found = list(tokens(texts))
    assert len(found) == max(len(texts), 0)
    assert all(is_theme_word(word) for words in found for word in words)


@pytest.mark.data
def test_themes_of_a_real_group() -> None:
    talk = real_data.irc_ubuntu("irc_ubuntu_cn_2013", "ubuntu-cn_2013-01-01_to_15.zip")
    counts = count_words(talk.texts, talk.nicks, set(talk.nicks) - {"ubuntu"})
    found = [word for word, _ in top_words(counts, 12)]
    assert found[0] == "ubuntu"
    assert {"linux", "系统", "文件"} <= set(found)
    assert not STOP_WORDS & set(counts)

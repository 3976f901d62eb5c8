"""Promised themes against the words of the talk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.insight.rules.drift import OTHERS_SHOWN, Promise, drift
from weilu.insight.rules.words import WordCount


def said(**words: tuple[int, int]) -> dict[str, WordCount]:
    return {word: WordCount(*count) for word, count in words.items()}


TALK = said(
    防晒霜=(30, 12), 晒黑=(12, 6), 团建=(40, 15), 外卖=(25, 9), 视黄=(4, 2), 小满=(9, 5),
    我家=(20, 9), 使用=(30, 11), 一天=(9, 4), sunscreens=(8, 4), green=(5, 3), 敏感肌=(6, 4),
)  # fmt: skip


@pytest.mark.parametrize(
    ("promise", "mentions"),
    [
        (Promise("防晒"), 30),
        (Promise("防晒", ("防晒霜", "晒黑", "晒伤")), 42),
        # A cutter that parts 视黄醇 does not hide the theme; nor a longer word the shorter mark.
        (Promise("成分", ("视黄醇",)), 4),
        (Promise("换季", ("敏感",)), 6),
        (Promise("Sun", ("sunscreen",)), 8),
        (Promise("Tea", ("green tea",)), 5),
        (Promise("Tea", ("greenhouse",)), 0),
        (Promise("育儿"), 0),
        # The words of a name count only where no marks were given.
        (Promise("团建外卖"), 65),
        (Promise("团建外卖", ("出游",)), 0),
    ],
)
def test_a_theme_is_known_by_its_words(promise: Promise, mentions: int) -> None:
    assert drift([promise], TALK).themes[0].mentions == mentions


def test_silent_themes_and_others_are_named() -> None:
    found = drift(
        [Promise("防晒", ("晒黑",)), Promise("育儿", ("奶粉",))], TALK, known=["小满护肤"]
    )
    assert found.silent == ("育儿",)
    # Most people first; grammar, what is general, the community's own and what two say is left.
    assert [one.word for one in found.others] == ["团建", "外卖", "sunscreens", "敏感肌", "green"]
    assert found.share == pytest.approx((30 + 12) / sum(c.messages for c in TALK.values()))
    assert [one.word for one in found.themes[0].words] == ["防晒霜", "晒黑"]


def test_without_talk_nothing_is_known() -> None:
    found = drift([Promise("防晒")], {})
    assert (found.share, found.others, found.silent) == (None, (), ("防晒",))
    assert drift([], TALK).share == 0


WORDS = st.dictionaries(
    st.text("防晒黑霜外卖abct", min_size=1, max_size=4),
    st.builds(WordCount, st.integers(1, 99), st.integers(1, 20)),
    max_size=30,
)
PROMISES = st.lists(st.sampled_from(["防晒", "外卖", "ab", "黑"]).map(Promise), max_size=4)


@given(PROMISES, WORDS)
def test_no_word_is_promised_and_other_at_once(
    promises: list[Promise], words: dict[str, WordCount]
) -> None:
    found = drift(promises, words)
    assert len(found.others) <= OTHERS_SHOWN
    assert found.share is None or 0 <= found.share <= 1
    theirs = {used.word for theme in found.themes for used in theme.words}
    assert not theirs & {one.word for one in found.others}
    assert [theme.name for theme in found.themes] == [one.name for one in promises]

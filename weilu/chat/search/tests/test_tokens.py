"""What is searched for: folding, tokens, and where the words stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.chat.search.tokens import fold, fold_one, marks, matcher, query_terms, query_tokens

LETTERS = st.text("abcABCéЖ ,.-'“”茶紅红館馆乾干１Ａ\n0_", max_size=40)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("紅茶館", "红茶馆"),
        ("Straße", "strasse"),
        ("a\nb", "a b"),
        ("", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold_one(text) == folded
    assert fold([text, "x"]) == [folded, "x"]


@given(left=LETTERS, right=LETTERS)
def test_a_part_folds_to_a_part(left: str, right: str) -> None:
    assert fold([left + right]) == ["".join(fold([left]) + fold([right]))]


@pytest.mark.parametrize(
    ("query", "text", "fits"),
    [
        ("hell", "say hello", True),
        ("ello", "say hello", False),
        ("he", "say hello", False),
        ("he", "and he said", True),
        ("hello", "“hello”", True),
        ("红茶", "好紅茶在这", True),
        ("茶红", "好红茶在这", False),
        ("hello 茶", "茶 hello", True),
        ("hello 茶", "hello", False),
        ("c++", "use c++ here", True),
        ("go语言", "学go语言", True),
    ],
)
def test_what_fits(query: str, text: str, fits: bool) -> None:
    found = matcher(query_terms(query)).match(fold([text])[0])
    assert (found is not None) == fits


def test_words_stand_where_they_stand() -> None:
    assert marks("Say HELLO, 紅茶 and hello", "hello 红茶") == [(4, 9), (11, 13), (18, 23)]
    assert marks("nothing", "") == []
    assert marks("ﬁne tea", "fine") == [(0, 3)]
    assert marks("aaa", "a") == []
    assert marks("红茶红茶", "红茶 茶红") == [(0, 4)]


def test_what_cannot_be_looked_up_has_no_tokens() -> None:
    assert query_tokens("→") == []
    assert len(query_tokens("红茶馆")) == 2

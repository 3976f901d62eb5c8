"""Names are taken out of texts, other words stay whole."""

from __future__ import annotations

import pytest

from weilu.members.rules.blanking import blanker, is_distinctive


@pytest.mark.parametrize(
    ("names", "text", "left"),
    [
        (["Anna"], "Anna and anna, not Annabel or Joanna", "[…] and […], not Annabel or Joanna"),
        (["阿玲"], "问问阿玲吧，@阿玲你好", "问问[…]吧，@[…]你好"),
        (["阿玲", "阿玲玲"], "阿玲玲来了", "[…]来了"),
        (["a+b"], "is a+b here", "is a+b here"),
        (["a+b?c"], "is a+b?c here", "is […] here"),
        (["tea"], "@tea: the tea is ready", "@[…]: the tea is ready"),
        (["tea"], "tea: come\nTEA， too", "[…]: come\n[…]， too"),
        (["玲"], "叮玲玲 @玲", "叮玲玲 @[…]"),
        ([" ", ""], "nothing to do", "nothing to do"),
    ],
)
def test_everywhere(names: list[str], text: str, left: str) -> None:
    assert blanker(names, everywhere=True).blank(text) == left


def test_addressed_only() -> None:
    one = blanker(["Anna"], everywhere=False)
    assert one.blank("Anna: hi\n@Anna, ask Anna") == "[…]: hi\n@[…], ask Anna"


def test_values_keep_their_shape() -> None:
    one = blanker(["Anna"], everywhere=True)
    value = {"Anna": ["Anna", 1, None], "x": {"y": "by Anna"}}
    assert one.blank_value(value) == {"Anna": ["[…]", 1, None], "x": {"y": "by […]"}}


def test_blanking_twice_changes_nothing_more() -> None:
    one = blanker(["Anna", "阿玲"], everywhere=True)
    once = one.blank("Anna, @阿玲")
    assert one.blank(once) == once


def test_short_names_are_not_looked_for_everywhere() -> None:
    assert [is_distinctive(name) for name in ("abc", "abcd", "玲", "阿玲", "a1_")] == [
        False, True, False, True, False,
    ]  # fmt: skip

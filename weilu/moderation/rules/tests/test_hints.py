"""Both ways to pick the texts that can hold an address pick the same."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from weilu.moderation.rules import hints
from weilu.moderation.rules.contacts import contacts_in
from weilu.moderation.rules.folding import Joined, join

PIECES = st.sampled_from(
    [
        "加微信", "vx", "wx", "v信", "abc12345", "13812345678", "QQ", "企鹅", "1234567", "telegram",
        "tg", "飞机", "电报", "www.", "t.cn/abc", "http://a.cn", "@name12", "+86 138", "一二三四五",
        "你好", "version", "kernel", "a.b", "//", "\n", " ", "·", "薇", "ab123", "weixinabc",
        "同v1", "programmer", "１２３", "\u200b", "号", "id", "", "ｖｘ", "кот", "@", "+1",
    ]
)  # fmt: skip
TEXTS = st.lists(
    st.one_of(st.lists(PIECES, max_size=6).map("".join), st.text(max_size=20)),
    min_size=1,
    max_size=12,
)


def picked(batch: Joined, few_letters: int) -> list[int]:
    before, hints.FEW_LETTERS = hints.FEW_LETTERS, few_letters
    try:
        return hints.candidates(batch)
    finally:
        hints.FEW_LETTERS = before


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_arrays_pick_what_patterns_pick(texts: list[str]) -> None:
    batch = join(texts)
    by_array, by_pattern = picked(batch, 0), picked(batch, 1_000_000)
    assert by_array == by_pattern


def test_where_there_is_nothing_nothing_is_picked() -> None:
    texts = ["大家早上好", "thanks version kernel", "", "programmers like 1234"]
    assert picked(join(texts), 0) == picked(join(texts), 1_000_000) == []
    assert contacts_in(join([])) == []

"""Texts that are left alone hold no address, whichever way they are picked."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weilu.moderation.rules import hints
from weilu.moderation.rules.contacts import Found, contacts_in
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


def found(batch: Joined, few_texts: int, monkeypatch: pytest.MonkeyPatch) -> list[Found]:
    """The addresses of a batch when arrays choose among more than so many texts."""
    monkeypatch.setattr(hints, "FEW_TEXTS", few_texts)
    return contacts_in(batch)


@given(TEXTS)
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_arrays_leave_out_holds_no_address(
    monkeypatch: pytest.MonkeyPatch, texts: list[str]
) -> None:
    batch = join(texts)
    assert found(batch, 0, monkeypatch) == found(batch, len(texts), monkeypatch)


def test_where_there_is_nothing_nothing_is_picked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hints.candidates(join(["大家早上好", "", "1234 你 abc"])) == []
    english = join(["大家早上好", "thanks version kernel", "", "programmers like 1234"])
    assert hints.candidates(english) == [1, 3]
    monkeypatch.setattr(hints, "FEW_TEXTS", 0)
    assert hints.candidates(english) == []
    assert contacts_in(join([])) == []


def test_each_text_is_picked_once_and_in_order() -> None:
    texts = ["@a", "x", "12345 12345 ＠b @c", "", "abcde@f", "y", "@", ""]
    assert hints.candidates(join(texts)) == [0, 2, 4, 6]

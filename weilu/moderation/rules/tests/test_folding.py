"""Texts made comparable, with exact places."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.moderation.rules.folding import fold, fold_all, join, tables, text_of

TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=40)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("加 Ｖ·信", "加v信"),
        ("𝐊𝐂𝐕９９７", "kcv997"),
        ("①②❸⓵", "1231"),
        ("妳這死錢", "你这死钱"),
        ("ᴡᴇᴄʜᴀᴛ", "wechat"),
        ("v\u200be\u0301r\u2060y", "very"),
        ("🅥 🇻", "vv"),
        ("加+➕", "加加加"),
        ("", ""),
        ("😀！…", ""),
    ],
)
def test_disguises_fall_away(written: str, plain: str) -> None:
    assert fold(written) == plain


def test_look_alikes_fold_alike() -> None:
    assert fold("саsіnо") == fold("casino") == "casino"


@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_a_batch_folds_as_its_texts_do(texts: list[str]) -> None:
    assert fold_all(texts) == [fold(text.replace("\n", "")) for text in texts]


@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_places_belong_to_their_text(texts: list[str]) -> None:
    batch = join(texts)
    for number, text in enumerate(texts):
        assert text_of(batch.codes[batch.span(number)]) == text.replace("\n", " ")
    owners = batch.owner(batch.starts)
    assert owners.tolist() == list(range(len(texts)))


@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


def test_torn_surrogates_do_no_harm() -> None:
    assert fold_all(["a\ud83d", "\ude00b", "c"]) == ["a", "b", "c"]


def test_tables_keep_the_line_break_alone() -> None:
    kept = np.flatnonzero(tables().fold[:32])
    assert kept.tolist() == [10]

"""Codes open one row for one purpose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.core.codes import code_of, number_in
from weilu.core.errors import NotFound


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_a_code_leads_back_to_its_number(pk: int) -> None:
    code = code_of("appeal", pk)
    assert number_in("appeal", code) == pk
    assert len(code) <= 28
    assert code.isalnum()
    assert code == code.lower()


@pytest.mark.parametrize("code", ["", "x", "a" * 15, "a" * 15 + "12", "a" * 15 + "é", "a" * 400])
def test_what_was_not_made_here_opens_nothing(code: str) -> None:
    with pytest.raises(NotFound):
        number_in("appeal", code)


def test_a_code_is_good_for_its_purpose_only() -> None:
    with pytest.raises(NotFound):
        number_in("join", code_of("appeal", 7))


def test_a_changed_letter_opens_nothing() -> None:
    code = code_of("appeal", 12345)
    for place, letter in enumerate(code):
        other = "2" if letter != "2" else "3"
        with pytest.raises(NotFound):
            number_in("appeal", code[:place] + other + code[place + 1 :])

"""Goodwill as it is told (C-4)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from weilu.console.members.goodwill_words import adding_up

POINTS = st.lists(st.floats(0, 900), min_size=1, max_size=9)


def test_lines_of_a_real_score_add_up() -> None:
    # Each rounded by itself they come to 473.3.
    parts = [77.4349, 8.1349, 124.9449, 65.7449, 43.7449, 139.0, 14.4549]
    told = adding_up(parts, 473.4594)
    assert round(sum(told), 1) == 473.5
    assert all(abs(a - b) < 0.1 for a, b in zip(parts, told, strict=True))


@given(POINTS)
def test_lines_add_up(parts: list[float]) -> None:
    told = adding_up(parts, sum(parts))
    assert round(10 * sum(told)) == round(10 * sum(parts))
    assert all(abs(a - b) < 0.1 + 1e-9 for a, b in zip(parts, told, strict=True))

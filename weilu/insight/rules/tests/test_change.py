"""Change against the period before, and trends."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.insight.rules.change import (
    Word,
    binomial_p,
    compare,
    compare_days,
    compare_shares,
    dispersion,
    share_range,
    trend,
)


@pytest.mark.parametrize(
    ("now", "before", "word"),
    [
        (150, 100, Word.UP),
        (100, 150, Word.DOWN),
        (105, 100, Word.FLAT),
        (10, 9, Word.TOO_LITTLE),
        (30, 0, Word.UP),
        (0, 30, Word.DOWN),
        (1_000_000, 1_010_000, Word.FLAT),
    ],
)
def test_words(now: int, before: int, word: Word) -> None:
    assert compare(now, before).word is word


def test_figures() -> None:
    found = compare(30, 80, now_days=7, before_days=14)
    assert (found.before, found.absolute, found.relative) == (40.0, -10.0, -0.25)
    assert compare(30, 0).relative is None
    with pytest.raises(ValueError, match="range"):
        compare(-1, 3)


def test_exact_binomial() -> None:
    assert binomial_p(0, 5, 0.5) == pytest.approx(2 / 32)
    assert binomial_p(2, 4, 0.5) == 1.0
    assert binomial_p(0, 0, 0.5) == 1.0


def test_exact_and_normal_agree_at_the_seam() -> None:
    exact = compare(540, 460).p_value
    normal = compare(541, 461).p_value
    assert exact == pytest.approx(normal, rel=0.05)


def test_bursts_make_the_test_careful() -> None:
    calm = [20, 21, 19, 20, 22, 18, 20]
    wild = [2, 90, 1, 3, 40, 2, 2]
    assert dispersion(calm) == 1.0
    assert dispersion(wild) == pytest.approx(57.683, abs=0.001)
    assert dispersion([5, 50]) == 1.0
    assert compare_days([30] * 7, calm).word is Word.UP
    assert compare_days([30, 5, 80, 2, 70, 3, 20], wild).word is Word.FLAT


def test_shares() -> None:
    found = compare_shares(17, 41, 5, 41)
    assert found.word is Word.UP
    assert found.now == pytest.approx(17 / 41)
    assert compare_shares(10, 41, 8, 41).word is Word.FLAT
    assert compare_shares(1, 19, 5, 41).word is Word.TOO_LITTLE
    assert compare_shares(20, 20, 20, 20).word is Word.FLAT
    with pytest.raises(ValueError, match="cases"):
        compare_shares(3, 2, 0, 1)


def test_range_of_a_share() -> None:
    low, high = share_range(5, 10)
    assert low == pytest.approx(0.2366, abs=1e-4)
    assert high == pytest.approx(0.7634, abs=1e-4)
    assert share_range(0, 0) == (0.0, 1.0)


def test_trend() -> None:
    rising = trend([100, 111, 119, 131, 140, 150, 161, 170])
    assert rising.word is Word.UP
    assert rising.slope_per_week == pytest.approx(10, abs=0.2)
    assert trend([100, 5000, 100, 102, 99, 101, 100, 98]).word is Word.FLAT
    assert trend([80, 70, 62, 49, 900, 30, 22, 10, 5]).word is Word.DOWN
    assert trend([10, 20, 30]).word is Word.TOO_LITTLE
    assert trend([9] * 8).word is Word.FLAT
    assert trend([0] * 20 + [30]).relative_per_week is None


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_comparison_is_even_handed(one: int, other: int) -> None:
    there, back = compare(one, other), compare(other, one)
    assert there.p_value == pytest.approx(back.p_value, abs=1e-9)
    assert 0 <= there.p_value <= 1
    assert there.absolute == -back.absolute


@given(st.integers(0, 500), st.integers(0, 500))
def test_range_holds_the_share(hits: int, misses: int) -> None:
    low, high = share_range(hits, hits + misses)
    share = hits / (hits + misses) if hits + misses else 0.5
    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1
    assert math.isfinite(high)

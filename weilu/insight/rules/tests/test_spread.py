"""Spread of the talk: by hand, by property, and against published totals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.insight.rules.spread import (
    bus_factor,
    gini,
    lorenz_points,
    spread,
    top_share,
    top_tenth_share,
)
from weilu.insight.rules.tests import real_data

COUNTS = st.lists(st.integers(0, 5000), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [([], 0.0), ([0, 0], 0.0), ([5], 0.0), ([3, 3, 3], 0.0), ([0, 0, 0, 8], 0.75), ([1, 3], 0.25)],
)
def test_gini_by_hand(counts: list[int], expected: float) -> None:
    assert gini(counts) == pytest.approx(expected)


def test_shares_by_hand() -> None:
    counts = [50, 30, 10, 5, 5]
    assert top_share(counts, 1) == 0.5
    assert top_share(counts, 3) == 0.9
    assert top_share(counts, 99) == 1.0
    assert top_share([], 1) == 0.0
    assert top_tenth_share([1] * 10 + [9]) == pytest.approx(0.5263, abs=1e-4)
    with pytest.raises(ValueError, match="at least one"):
        top_share(counts, 0)
    with pytest.raises(ValueError, match="negative"):
        gini([-1])


@pytest.mark.parametrize(
    ("counts", "expected"), [([], 0), ([0], 0), ([50, 50], 1), ([40, 35, 25], 2), ([1] * 7, 4)]
)
def test_bus_factor(counts: list[int], expected: int) -> None:
    assert bus_factor(counts) == expected


def test_lorenz_by_hand() -> None:
    assert lorenz_points([3, 1]) == ((0.0, 0.0), (0.5, 0.25), (1.0, 1.0))
    assert lorenz_points([0]) == ()
    assert len(lorenz_points(range(1000))) == 50


def test_spread_gathers_all() -> None:
    found = spread([0, 0, 0, 8])
    assert (found.people, found.messages, found.gini) == (4, 8, 0.75)
    assert (found.top_one_share, found.bus_factor) == (1.0, 1)


@given(COUNTS, st.integers(1, 50))
def test_gini_is_a_share_and_knows_no_scale(counts: list[int], factor: int) -> None:
    value = gini(counts)
    assert 0 <= value < 1
    assert gini([count * factor for count in counts]) == pytest.approx(value)
    assert gini(counts * 2) == pytest.approx(value)


@given(COUNTS)
def test_lorenz_rises_below_the_diagonal(counts: list[int]) -> None:
    points = lorenz_points(counts)
    if sum(counts) == 0:
        assert points == ()
        return
    assert points[0] == (0.0, 0.0)
    assert points[-1] == (1.0, 1.0)
    assert all(messages <= people + 1e-9 for people, messages in points)
    assert list(points) == sorted(points)
    fewest = bus_factor(counts)
    assert top_share(counts, fewest) >= 0.5
    assert fewest == 1 or top_share(counts, fewest - 1) < 0.5


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "archive"),
    [
        ("irc_ubuntu_cn_2013", "ubuntu-cn_2013-01-01_to_15.zip"),
        ("irc_ubuntu_en_2013", "ubuntu_2013-01.zip"),
    ],
)
def test_spread_of_real_groups(name: str, archive: str) -> None:
    counts = real_data.irc_ubuntu(name, archive).messages_per_person()
    expected = real_data.counts(name)
    assert len(counts) == expected["distinct_speakers"]
    assert sum(counts) == expected["speaking_total"]
    assert round(gini(counts), 6) == expected["gini_of_messages_per_speaker"]
    assert round(top_share(counts, 10), 6) == expected["top10_share"]

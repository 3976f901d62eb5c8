"""Which companion newcomers are given."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from weilu.service.rules.companions import ABOUT_MS, MOST, Offer, chosen

NOW = 10 * ABOUT_MS
OFFERS = st.lists(
    st.builds(Offer, st.integers(1, 50), st.integers(NOW - 2 * ABOUT_MS, NOW), st.integers(0, 12)),
    max_size=8,
)


def test_the_fewest_newcomers_come_first_then_who_spoke_last() -> None:
    busy, late, early = Offer(1, NOW, 2), Offer(2, NOW - 1, 1), Offer(3, NOW - 5, 1)
    assert chosen([busy, early, late], NOW) == late


def test_nobody_is_chosen_who_is_away_or_has_enough() -> None:
    assert chosen([Offer(1, NOW - ABOUT_MS - 1, 0), Offer(2, NOW, MOST)], NOW) is None
    assert chosen([Offer(1, NOW - ABOUT_MS, MOST - 1)], NOW) is not None


@given(OFFERS)
def test_the_order_of_offers_says_nothing(offers: list[Offer]) -> None:
    assert chosen(offers, NOW) == chosen(offers[::-1], NOW)

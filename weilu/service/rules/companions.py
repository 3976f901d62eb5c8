"""Which companion newcomers are given: one who is about, and has the fewest already (H-1). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

DAY_MS = 86_400_000
ABOUT_MS = 14 * DAY_MS
"""Who has not spoken in a group for so long is not about there."""
LOAD_MS = 7 * DAY_MS
"""Newcomers of so many days count as a companion's load."""
MOST = 10
"""Newcomers a companion is given within `LOAD_MS`; one more would be left alone all the same."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A companion in one group: who, when they last spoke there (ms), how many they have now."""

    identity_id: int
    spoke_ms: int
    load: int


def chosen(offers: Sequence[Offer], now_ms: int) -> Offer | None:
    """The companion for who comes next; None when nobody is about or has room.

    The fewest newcomers first, then who spoke last, so that the choice is the same each time.
    """
    free = [one for one in offers if now_ms - one.spoke_ms <= ABOUT_MS and one.load < MOST]
    return min(free, key=lambda one: (one.load, -one.spoke_ms, one.identity_id), default=None)

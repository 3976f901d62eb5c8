"""When groups are full, and whether service carries the growth (B-1, B-4). Pure.

The forecast is deliberately plain: what came in the last whole weeks goes on coming. The pace is
the median of those weeks, the range their quartiles; nothing is fitted, so anybody can check it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

WEEKS = 8
LEAST_WEEKS = 3
LEAD_DAYS = 7
WEEK_DAYS = 7
FARTHEST_DAYS = 730
MEMBERS_PER_STAFF = 200
ANSWERED_SHARE = 0.7
SLOW_ANSWER_S = 4 * 3600
LEAST_QUESTIONS = 10


@dataclass(frozen=True, slots=True)
class Pace:
    """People a week: in the middle, and the slower and the faster quarter of the weeks."""

    low: float
    middle: float
    high: float
    weeks: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """Days until the room is used up: at the usual pace, at the faster and the slower one.

    None: not within two years, or the pace is not upward. `open_in_days` is when the next group
    should stand: a week before the room ends at the faster pace, 0 for now.
    """

    room: int
    pace: Pace
    days: int | None
    soonest_days: int | None
    latest_days: int | None
    open_in_days: int | None


def pace_of(weekly_net: Sequence[int]) -> Pace | None:
    """The pace of the last eight whole weeks, oldest first; None below three weeks."""
    weeks = list(weekly_net)[-WEEKS:]
    if len(weeks) < LEAST_WEEKS:
        return None
    low, middle, high = (float(v) for v in np.quantile(weeks, (0.25, 0.5, 0.75)))
    return Pace(low, middle, high, len(weeks))


def forecast(room: int, pace: Pace) -> Forecast:
    """When a room is used up at a pace."""
    soonest = _days(room, pace.high)
    return Forecast(
        room=room,
        pace=pace,
        days=_days(room, pace.middle),
        soonest_days=soonest,
        latest_days=_days(room, pace.low),
        open_in_days=None if soonest is None else max(soonest - LEAD_DAYS, 0),
    )


def _days(room: int, per_week: float) -> int | None:
    if room <= 0:
        return 0
    if per_week <= 0:
        return None
    days = math.floor(room / per_week * WEEK_DAYS)
    return days if days <= FARTHEST_DAYS else None


class Strain(StrEnum):
    """What shows that service does not carry the size."""

    MANY_EACH = "many_each"
    UNANSWERED = "unanswered"
    SLOW = "slow"


def strains(
    members_per_staff: float | None,
    questions: int,
    answered_share: float | None,
    median_s: float | None,
) -> tuple[Strain, ...]:
    """What shows it: over 200 members for each of staff, under 70 % answered, over four hours.

    Shares and times count from ten questions on.
    """
    found = []
    if members_per_staff is not None and members_per_staff > MEMBERS_PER_STAFF:
        found.append(Strain.MANY_EACH)
    if questions >= LEAST_QUESTIONS:
        if answered_share is not None and answered_share < ANSWERED_SHARE:
            found.append(Strain.UNANSWERED)
        if median_s is not None and median_s > SLOW_ANSWER_S:
            found.append(Strain.SLOW)
    return tuple(found)

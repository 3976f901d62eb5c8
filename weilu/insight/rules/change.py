"""Is it more than before, or only noise? A period against the one before; trends (J-1, J-2).

Counts are compared as Poisson counts through the binomial they are given their sum. Chat comes
in bursts, so the test is scaled by the dispersion of the daily counts (quasi-Poisson): without
that every quiet weekend would be a finding.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

ALPHA = 0.05
LEAST_COUNT = 20
LEAST_CASES = 20
FLAT_BELOW = 0.05
LEAST_WEEKS = 6
EXACT_UP_TO = 1000


class Word(StrEnum):
    """What became of a number, in one word."""

    UP = "up"
    DOWN = "down"
    FLAT = "flat"
    TOO_LITTLE = "too_little"


@dataclass(frozen=True, slots=True)
class Change:
    """`now` against `before`; `relative` is −1 and up, None when `before` is 0."""

    now: float
    before: float
    absolute: float
    relative: float | None
    p_value: float
    word: Word


@dataclass(frozen=True, slots=True)
class Trend:
    """Robust line over weeks; `relative_per_week` against the median week, None when that is 0."""

    slope_per_week: float
    relative_per_week: float | None
    p_value: float
    word: Word


def two_sided_p(z: float) -> float:
    """Two-sided probability of a standard normal deviate."""
    return math.erfc(abs(z) / math.sqrt(2))


def dispersion(daily: Sequence[int]) -> float:
    """Variance of daily counts by their mean, at least 1 (Poisson); 1 below three days."""
    values = np.asarray(daily, dtype=np.float64)
    mean = float(values.mean()) if values.size else 0.0
    if values.size < 3 or mean == 0:
        return 1.0
    return max(float(values.var(ddof=1)) / mean, 1.0)


def binomial_p(hits: int, trials: int, chance: float) -> float:
    """Two-sided exact binomial p: twice the smaller tail, at most 1."""
    if trials == 0:
        return 1.0
    logs = [
        math.lgamma(trials + 1)
        - math.lgamma(k + 1)
        - math.lgamma(trials - k + 1)
        + k * math.log(chance)
        + (trials - k) * math.log1p(-chance)
        for k in range(trials + 1)
    ]
    weights = [math.exp(value) for value in logs]
    return min(1.0, 2 * min(math.fsum(weights[: hits + 1]), math.fsum(weights[hits:])))


def _rate_p(now: int, before: int, chance: float, spread: float) -> float:
    """Return the p of `now` out of the sum when its fair share of the sum is `chance`."""
    total = now + before
    if spread == 1.0 and total <= EXACT_UP_TO:
        return binomial_p(now, total, chance)
    error = math.sqrt(spread * total * chance * (1 - chance))
    return two_sided_p(max(abs(now - total * chance) - 0.5, 0.0) / error)


def _word(absolute: float, relative: float | None, p_value: float) -> Word:
    """Up or down when it is beyond noise and beyond a twentieth, else flat."""
    if p_value > ALPHA or (relative is not None and abs(relative) < FLAT_BELOW):
        return Word.FLAT
    return Word.UP if absolute > 0 else Word.DOWN


def compare(
    now: int, before: int, *, now_days: int = 1, before_days: int = 1, spread: float = 1.0
) -> Change:
    """Two counts against each other; `before` is scaled to the length of the present period.

    `spread` is the dispersion of daily counts (see `dispersion`). Too little means fewer than
    twenty in both together. Raises ValueError for negative counts, no days or spread below 1.
    """
    if min(now, before) < 0 or min(now_days, before_days) < 1 or spread < 1:
        raise ValueError("counts, days and spread must be in their range")
    scaled = before * now_days / before_days
    relative = now / scaled - 1 if before else None
    absolute = now - scaled
    if now + before < LEAST_COUNT:
        return Change(now, scaled, absolute, relative, 1.0, Word.TOO_LITTLE)
    chance = now_days / (now_days + before_days)
    p_value = _rate_p(now, before, chance, spread)
    return Change(now, scaled, absolute, relative, p_value, _word(absolute, relative, p_value))


def compare_days(now: Sequence[int], before: Sequence[int]) -> Change:
    """Daily counts of a period against those of the one before, bursts taken into account.

    The greater of the two dispersions is used. Raises ValueError when either is empty.
    """
    return compare(
        sum(now),
        sum(before),
        now_days=len(now),
        before_days=len(before),
        spread=max(dispersion(now), dispersion(before)),
    )


def compare_shares(now_hits: int, now_of: int, before_hits: int, before_of: int) -> Change:
    """Two shares 0–1 against each other, by the pooled two-proportion test.

    Too little means fewer than twenty cases on either side. Raises ValueError when hits exceed
    cases.
    """
    if not (0 <= now_hits <= now_of and 0 <= before_hits <= before_of):
        raise ValueError("hits must lie between 0 and the cases")
    now = now_hits / now_of if now_of else 0.0
    before = before_hits / before_of if before_of else 0.0
    relative = now / before - 1 if before else None
    if min(now_of, before_of) < LEAST_CASES:
        return Change(now, before, now - before, relative, 1.0, Word.TOO_LITTLE)
    pooled = (now_hits + before_hits) / (now_of + before_of)
    error = math.sqrt(pooled * (1 - pooled) * (1 / now_of + 1 / before_of))
    p_value = two_sided_p((now - before) / error) if error else 1.0
    return Change(
        now, before, now - before, relative, p_value, _word(now - before, relative, p_value)
    )


def share_range(hits: int, cases: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson interval of a share, 0–1, 95 % by default; (0, 1) without cases.

    Source: Wilson, Probable inference, JASA 22, 1927.
    """
    if cases == 0:
        return (0.0, 1.0)
    share = hits / cases
    middle = (share + z * z / (2 * cases)) / (1 + z * z / cases)
    half = (
        z
        / (1 + z * z / cases)
        * math.sqrt(share * (1 - share) / cases + z * z / (4 * cases * cases))
    )
    return (max(middle - half, 0.0), min(middle + half, 1.0))


def trend(weekly: Sequence[int]) -> Trend:
    """Trend over whole weeks, oldest first: Theil–Sen slope with the Mann–Kendall test.

    Both look at pairs only, so one wild week does not make a trend. Too little below six weeks
    or twenty counts. Sources: Sen, JASA 63, 1968; Kendall, Rank Correlation Methods, 1975.
    """
    values = np.asarray(weekly, dtype=np.float64)
    weeks = values.size
    if weeks < LEAST_WEEKS or values.sum() < LEAST_COUNT:
        return Trend(0.0, None, 1.0, Word.TOO_LITTLE)
    early, late = np.triu_indices(weeks, k=1)
    steps = values[late] - values[early]
    slope = float(np.median(steps / (late - early)))
    middle = float(np.median(values))
    p_value = _kendall_p(values, float(np.sign(steps).sum()))
    relative = slope / middle if middle else None
    word = Word.FLAT
    if p_value <= ALPHA and slope != 0:
        word = Word.UP if slope > 0 else Word.DOWN
    return Trend(slope, relative, p_value, word)


def _kendall_p(values: np.ndarray[tuple[int], np.dtype[np.float64]], score: float) -> float:
    """Two-sided p of the Mann–Kendall score, with the correction for ties and continuity."""
    weeks = values.size
    _, ties = np.unique(values, return_counts=True)
    tied = float((ties * (ties - 1) * (2 * ties + 5)).sum())
    variance = (weeks * (weeks - 1) * (2 * weeks + 5) - tied) / 18
    if variance <= 0:
        return 1.0
    return two_sided_p(max(abs(score) - 1, 0.0) / math.sqrt(variance))

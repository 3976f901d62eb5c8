"""Noise: flooding, the same again and again, and calling everybody (B-5).

Facts rather than likelihoods: what is counted here needs no score. A burst counts once, so that
nobody climbs a ladder within seconds: its sixth message, the third time the same is said again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from weilu.moderation.rules.folding import Joined
from weilu.moderation.rules.runs import FLOOD_MS
from weilu.moderation.rules.scoring import Signal
from weilu.moderation.rules.terms import Detected

Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]


class Fact(StrEnum):
    """A reason that is seen rather than weighed; stands beside the signals of `scoring`."""

    CALL_ALL = "call_all"
    CARD = "card"
    CODE = "code"
    EDITED = "edited"
    RENAMED = "renamed"
    NAMED = "named"
    AT_ONCE = "at_once"
    NIGHT = "night"
    ECHO = "echo"


# What somebody is called, rather than what they said.
ABOUT_NAMES = frozenset({Fact.RENAMED, Fact.NAMED})
FLOOD_FROM = 6  # messages of one writer within ten seconds
SAME_FROM = 3  # times the very same is said again in a row
_AT = (0x40, 0xFF20)
_ALL = re.compile(
    r"[@\uff20]\s?(?:全体成员|全體成員|所有人|全体|全員|全员|大家|(?:everyone|everybody|here|all|room"
    r"|channel)(?![A-Za-z0-9_.]))",
    re.IGNORECASE,
)


def is_burst(kind: str, reasons: Sequence[Sequence[object]]) -> bool:
    """Whether a message is held against somebody as one of many within seconds."""
    return kind == Detected.FLOOD or _is_for(Signal.FLOOD, reasons)


def is_again(reasons: Sequence[Sequence[object]]) -> bool:
    """Whether a message is held against somebody because they said the same just before."""
    return _is_for(Signal.OWN_REPEAT, reasons)


def _is_for(signal: Signal, reasons: Sequence[Sequence[object]]) -> bool:
    return any(reason[0] == signal for reason in reasons)


def floods(flood: Whole, own: Whole) -> Flags:
    """Messages with which a burst, or saying the same again, goes too far.

    `flood` is the number of a message within its ten seconds, `own` how often the same was said
    before in a row.
    """
    found: Flags = again_too_often(own) | (flood == FLOOD_FROM)
    return found


def again_too_often(own: Whole) -> Flags:
    """Messages with which saying the same again in a row goes too far; then every third."""
    found: Flags = (own > 0) & (own % SAME_FROM == 0)
    return found


def calls_all(batch: Joined, texts: Sequence[str]) -> Flags:
    """Messages that call everybody in the group, as the platforms write it."""
    found = np.zeros(len(texts), dtype=bool)
    signs = np.flatnonzero((batch.codes == _AT[0]) | (batch.codes == _AT[1]))
    for row in np.unique(batch.owner(signs)).tolist():
        found[row] = _ALL.search(texts[row]) is not None
    return found


def bursts(writers: Whole, times: Whole) -> Flags:
    """The sixth messages of bursts in a history, in order of time; ten seconds each, as live."""
    found = np.zeros(len(times), dtype=bool)
    if len(times) < FLOOD_FROM:
        return found
    order = np.lexsort((times, writers))
    who, when = writers[order], times[order]
    near = np.zeros(len(order), dtype=bool)
    gap = FLOOD_FROM - 1
    near[gap:] = (who[gap:] == who[:-gap]) & (when[gap:] - when[:-gap] <= FLOOD_MS)
    # Only who ever wrote so fast is gone through one by one.
    rows = np.flatnonzero(np.isin(who, np.unique(who[near])))
    last, begun, count = -1, 0, 0
    for row, writer, at in zip(rows.tolist(), who[rows].tolist(), when[rows].tolist(), strict=True):
        if writer != last or at - begun > FLOOD_MS:
            last, begun, count = writer, at, 0
        count += 1
        found[order[row]] = count == FLOOD_FROM
    return found

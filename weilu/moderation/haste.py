"""What makes a nearly doubtful message more so: the hour, the haste, the echo (B-5, B-7).

Only messages that are nearly doubtful are looked at: a few of many, so the path of everyday talk
does not feel it. A newcomer who posts right after joining, at night, or what was just said in
another group is more likely to advertise, and so is anybody who says what two other groups have
heard; alone none of it makes anything doubtful.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from weilu.chat.columns import days_and_hours
from weilu.chat.timeline import read_joins
from weilu.groups.models import Group
from weilu.moderation.rules.disturbing import Fact
from weilu.moderation.rules.scoring import CERTAIN, REVIEW, Signal, Verdicts
from weilu.moderation.sayings import heard_elsewhere

Whole = npt.NDArray[np.int64]

NEARLY = REVIEW - 1.5
MOST = CERTAIN - 0.1
AT_ONCE_MS = 2 * 60_000
NIGHT = range(1, 6)
WEIGHTS: Mapping[Fact, float] = {Fact.AT_ONCE: 1.2, Fact.NIGHT: 0.5, Fact.ECHO: 1.5}
# In so many other groups the same was said: by a newcomer, by somebody who belongs.
ECHOES_NEW, ECHOES_SETTLED = 1, 2


class Rows(Protocol):
    """Messages by columns."""

    @property
    def group(self) -> Whole:
        """Where."""

    @property
    def identity(self) -> Whole:
        """Who."""

    @property
    def sent_ms(self) -> Whole:
        """When."""

    @property
    def text(self) -> list[str]:
        """What."""


def with_haste(
    verdicts: Verdicts, rows: Rows, groups: Mapping[int, Group]
) -> tuple[Verdicts, dict[int, tuple[Fact, ...]]]:
    """The verdicts with what was seen beside the words, and the facts by row."""
    near = (verdicts.score >= NEARLY) & ~verdicts.trusted
    chosen = np.flatnonzero(near).tolist()
    if not chosen:
        return verdicts, {}
    new = verdicts.parts[Signal.NEWCOMER] > 0
    came = _came(rows, [row for row in chosen if new[row]])
    echoes = _echoes(rows, chosen, groups)
    found: dict[int, tuple[Fact, ...]] = {}
    score = verdicts.score.copy()
    for row, others in zip(chosen, echoes, strict=True):
        facts = _hasty(rows, row, groups[int(rows.group[row])], came) if new[row] else ()
        if others >= (ECHOES_NEW if new[row] else ECHOES_SETTLED):
            facts = (*facts, Fact.ECHO)
        if facts:
            found[row] = facts
            raised = score[row] + sum(WEIGHTS[fact] for fact in facts)
            score[row] = max(score[row], min(raised, MOST))
    junk = verdicts.junk | (near & (score >= REVIEW))
    return replace(verdicts, score=score, junk=junk), found


def _echoes(rows: Rows, chosen: Sequence[int], groups: Mapping[int, Group]) -> list[int]:
    """In how many other groups what each row says was said within a day."""
    workspace_id = next(iter(groups.values())).workspace_id
    said = [(rows.text[row], int(rows.group[row]), int(rows.sent_ms[row])) for row in chosen]
    return heard_elsewhere(workspace_id, said)


def _hasty(
    rows: Rows, row: int, group: Group, came: Mapping[tuple[int, int], int]
) -> tuple[Fact, ...]:
    place, who, at = int(rows.group[row]), int(rows.identity[row]), int(rows.sent_ms[row])
    _days, hours = days_and_hours(rows.sent_ms[row : row + 1], group.community.time_zone)
    joined = came.get((place, who))
    seen = {
        Fact.AT_ONCE: joined is not None and 0 <= at - joined <= AT_ONCE_MS,
        Fact.NIGHT: int(hours[0]) in NIGHT,
    }
    return tuple(fact for fact, is_so in seen.items() if is_so)


def _came(rows: Rows, chosen: Sequence[int]) -> dict[tuple[int, int], int]:
    """When the writers of some rows came lately, by group and identity; the last time of several.

    Looked for from shortly before what a group heard first of them to what it heard last.
    """
    spans: dict[int, tuple[int, int]] = {}
    for row in chosen:
        place, at = int(rows.group[row]), int(rows.sent_ms[row])
        first, last = spans.get(place, (at, at))
        spans[place] = (min(first, at), max(last, at))
    spans = {place: (first - AT_ONCE_MS, last) for place, (first, last) in spans.items()}
    found: dict[tuple[int, int], int] = {}
    for place, who, at in read_joins(spans):
        found[(place, who)] = at
    return found

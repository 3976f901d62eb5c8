"""What makes a newcomer's doubtful message more so: the hour, the haste, the echo (B-5, B-7).

Only messages of newcomers that are nearly doubtful are looked at: a few of many, so the path of
everyday talk does not feel it. Who posts right after joining, at night, or what others have just
said in other groups, is more likely to advertise; alone none of it makes anything doubtful.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from weilu.chat.columns import days_and_hours
from weilu.chat.ports import Kind
from weilu.chat.timeline import read_timeline
from weilu.groups.models import Group
from weilu.moderation.rules.disturbing import Fact
from weilu.moderation.rules.folding import fold
from weilu.moderation.rules.scoring import CERTAIN, REVIEW, Signal, Verdicts

Whole = npt.NDArray[np.int64]

NEARLY = REVIEW - 2.0
MOST = CERTAIN - 0.1
AT_ONCE_MS = 2 * 60_000
NIGHT = range(1, 6)
WEIGHTS: Mapping[Fact, float] = {Fact.AT_ONCE: 1.2, Fact.NIGHT: 0.5, Fact.ECHO: 1.5}
ECHO_MS = 24 * 3_600_000
ECHOES_KEPT = 20_000
LEAST_CHARS = 6


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


@dataclass(slots=True)
class Echoes:
    """Doubtful sayings of the last day and the groups they were said in; bounded.

    Sayings that differ in digits and Latin letters only are one: advertisers change the number.
    """

    said: OrderedDict[str, dict[int, int]] = field(default_factory=OrderedDict)

    def hear(self, text: str, group: int, at_ms: int) -> bool:
        """Note a saying; whether another group heard the same within a day."""
        core = "".join(sign for sign in fold(text) if not sign.isascii())
        if len(core) < LEAST_CHARS:
            return False
        places = self.said.setdefault(core, {})
        heard = any(g != group and at_ms - at <= ECHO_MS for g, at in places.items())
        places[group] = at_ms
        self.said.move_to_end(core)
        while len(self.said) > ECHOES_KEPT:
            self.said.popitem(last=False)
        return heard


_ECHOES: dict[int, Echoes] = {}


def forget_echoes() -> None:
    """Begin anew."""
    _ECHOES.clear()


def with_haste(
    verdicts: Verdicts, rows: Rows, groups: Mapping[int, Group]
) -> tuple[Verdicts, dict[int, tuple[Fact, ...]]]:
    """The verdicts with what was seen beside the words, and the facts by row."""
    near = (verdicts.score >= NEARLY) & (verdicts.parts[Signal.NEWCOMER] > 0)
    chosen = np.flatnonzero(near).tolist()
    if not chosen:
        return verdicts, {}
    came = _came(rows, chosen)
    found: dict[int, tuple[Fact, ...]] = {}
    score = verdicts.score.copy()
    for row in chosen:
        facts = _facts(rows, row, groups[int(rows.group[row])], came)
        if facts:
            found[row] = facts
            raised = score[row] + sum(WEIGHTS[fact] for fact in facts)
            score[row] = max(score[row], min(raised, MOST))
    junk = verdicts.junk | (near & (score >= REVIEW))
    return replace(verdicts, score=score, junk=junk), found


def _facts(
    rows: Rows, row: int, group: Group, came: Mapping[tuple[int, int], int]
) -> tuple[Fact, ...]:
    place, who, at = int(rows.group[row]), int(rows.identity[row]), int(rows.sent_ms[row])
    echoes = _ECHOES.setdefault(group.workspace_id, Echoes())
    _days, hours = days_and_hours(rows.sent_ms[row : row + 1], group.community.time_zone)
    joined = came.get((place, who))
    seen = {
        Fact.AT_ONCE: joined is not None and 0 <= at - joined <= AT_ONCE_MS,
        Fact.NIGHT: int(hours[0]) in NIGHT,
        Fact.ECHO: echoes.hear(rows.text[row], place, at),
    }
    return tuple(fact for fact, is_so in seen.items() if is_so)


def _came(rows: Rows, chosen: Sequence[int]) -> dict[tuple[int, int], int]:
    """When the writers of some rows came lately, by group and identity."""
    found: dict[tuple[int, int], int] = {}
    for place in {int(rows.group[row]) for row in chosen}:
        times = [int(rows.sent_ms[row]) for row in chosen if int(rows.group[row]) == place]
        joins = read_timeline(place, min(times) - AT_ONCE_MS, max(times) + 1, [Kind.JOIN])
        for who, at in zip(joins.identity.tolist(), joins.sent_ms.tolist(), strict=True):
            found[(place, who)] = at
    return found

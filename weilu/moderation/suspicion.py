"""What is held against a message, as it is kept: light for the many, whole for the few (B-5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from weilu.groups.models import Group
from weilu.moderation.models import Doubt
from weilu.moderation.rules.scoring import Signal, Verdicts

REASONS_KEPT = 6
_SIGNALS = tuple(Signal)
Whole = npt.NDArray[np.int64]


class Rows(Protocol):
    """Messages by columns, as long as the verdicts about them."""

    @property
    def id(self) -> Whole:
        """Message ids."""

    @property
    def identity(self) -> Whole:
        """Who wrote them."""

    @property
    def sent_ms(self) -> Whole:
        """When, UTC ms since 1970."""


class Suspicion(NamedTuple):
    """A message and what speaks against it; `parts` are the log-odds of `Signal` in order."""

    id: int
    identity_id: int
    sent_ms: int
    is_ad: bool
    score: float
    parts: npt.NDArray[np.float64]
    spans: list[tuple[int, int]]


def suspicions(verdicts: Verdicts, rows: Rows, chosen: Whole) -> Iterator[Suspicion]:
    """What is held against the chosen rows of a judged batch, in their order."""
    if not len(chosen):
        return iter(())
    none = np.zeros(len(verdicts.score))
    parts = np.stack([verdicts.parts.get(one, none)[chosen] for one in _SIGNALS], axis=1)
    spans = _spans(verdicts)
    is_ad = verdicts.junk | ~verdicts.abusive
    return map(
        Suspicion,
        rows.id[chosen].tolist(),
        rows.identity[chosen].tolist(),
        rows.sent_ms[chosen].tolist(),
        is_ad[chosen].tolist(),
        verdicts.score[chosen].tolist(),
        parts,
        [spans.get(row, []) for row in chosen.tolist()],
    )


def doubt_of(one: Suspicion, group: Group) -> Doubt:
    """The row that keeps a suspicion."""
    said = dict(zip(_SIGNALS, one.parts.tolist(), strict=True))
    reasons = sorted(
        ((signal.value, round(weight, 2)) for signal, weight in said.items() if weight),
        key=lambda pair: -abs(pair[1]),
    )
    return Doubt(
        id=one.id,
        workspace_id=group.workspace_id,
        group_id=group.pk,
        identity_id=one.identity_id,
        sent_ms=one.sent_ms,
        kind=Doubt.Kind.AD if one.is_ad else Doubt.Kind.ABUSE,
        score=round(one.score, 3),
        plain=round(one.score - said[Signal.LEARNED], 3),
        reasons=reasons[:REASONS_KEPT] if one.is_ad else [(Signal.ABUSE.value, 1.0)],
        spans=one.spans,
    )


def _spans(verdicts: Verdicts) -> dict[int, list[tuple[int, int]]]:
    """The places of words and addresses of each text, ascending and apart."""
    hits = verdicts.text.hits
    found: dict[int, list[tuple[int, int]]] = {}
    rows = zip(hits.text.tolist(), hits.start.tolist(), hits.end.tolist(), strict=True)
    for text, start, end in rows:
        found.setdefault(text, []).append((start, end))
    for one in verdicts.text.found:
        found.setdefault(one.text, []).append((one.start, one.end))
    return {text: _apart(spans) for text, spans in found.items()}


def _apart(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged

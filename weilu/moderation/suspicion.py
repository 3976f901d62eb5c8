"""What is held against a message, as it is kept: light for the many, whole for the few (B-5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from weilu.groups.models import Group
from weilu.moderation.models import Doubt
from weilu.moderation.rules.aside import card_scores
from weilu.moderation.rules.contacts import Contact
from weilu.moderation.rules.scoring import CERTAIN, REVIEW, Signal, Verdicts

REASONS_KEPT = 6
SEEN = 1.0  # what a reason that was seen counts as, beside the weighed ones
# Log-odds of the words of "add me, my number is"; whoever says more offers something.
FEW_WORDS = 3.5
NOISE = frozenset({Doubt.Kind.FLOOD, Doubt.Kind.CALL_ALL})
_SIGNALS = tuple(Signal)
# Addresses that lead to a person or another group, rather than to a page.
PERSONAL = frozenset(
    {
        Contact.WECHAT,
        Contact.QQ,
        Contact.PHONE,
        Contact.TELEGRAM,
        Contact.INVITE,
        Contact.HANDLE,
        Contact.NUMBER,
        Contact.CODE,
    }
)
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
    """A message and what speaks against it; `parts` are the log-odds of `Signal` in order.

    `facts` are reasons that were seen rather than weighed (`disturbing.Fact`).
    """

    id: int
    identity_id: int
    sent_ms: int
    kind: Doubt.Kind
    score: float
    parts: npt.NDArray[np.float64]
    spans: list[tuple[int, int]]
    facts: tuple[str, ...] = ()


def with_cards(verdicts: Verdicts, cards: npt.NDArray[np.bool_]) -> Verdicts:
    """The verdicts with cards of people and groups counted as what they are for."""
    if not cards.any():
        return verdicts
    scores = card_scores(verdicts.score, cards, verdicts.parts[Signal.NEWCOMER] > 0)
    return replace(verdicts, score=scores, junk=verdicts.junk | (cards & (scores >= REVIEW)))


def suspicions(verdicts: Verdicts, rows: Rows, chosen: Whole) -> Iterator[Suspicion]:
    """What is held against the chosen rows of a judged batch, in their order."""
    if not len(chosen):
        return iter(())
    none = np.zeros(len(verdicts.score))
    parts = np.stack([verdicts.parts.get(one, none)[chosen] for one in _SIGNALS], axis=1)
    spans = _spans(verdicts)
    return map(
        Suspicion,
        rows.id[chosen].tolist(),
        rows.identity[chosen].tolist(),
        rows.sent_ms[chosen].tolist(),
        _kinds(verdicts, chosen, parts),
        verdicts.score[chosen].tolist(),
        parts,
        [spans.get(row, []) for row in chosen.tolist()],
    )


def _kinds(verdicts: Verdicts, chosen: Whole, parts: npt.NDArray[np.float64]) -> list[Doubt.Kind]:
    """What each looks like: insults, drawing members away where an address says most, or an ad."""
    said = {one.text for one in verdicts.text.found if one.kind in PERSONAL}
    address = parts[:, _SIGNALS.index(Signal.ADDRESS)]
    leads = (address > 0) & (parts[:, _SIGNALS.index(Signal.WORDS)] <= FEW_WORDS)
    is_ad = (verdicts.junk | ~verdicts.abusive)[chosen]
    found = []
    for row, ad, away in zip(chosen.tolist(), is_ad.tolist(), leads.tolist(), strict=True):
        kind = Doubt.Kind.CONTACT if away and row in said else Doubt.Kind.AD
        found.append(kind if ad else Doubt.Kind.ABUSE)
    return found


def doubt_of(one: Suspicion, group: Group) -> Doubt:
    """The row that keeps a suspicion."""
    said = dict(zip(_SIGNALS, one.parts.tolist(), strict=True))
    return Doubt(
        id=one.id,
        workspace_id=group.workspace_id,
        group_id=group.pk,
        identity_id=one.identity_id,
        sent_ms=one.sent_ms,
        kind=one.kind,
        # Noise is counted, not weighed: it is certain.
        score=CERTAIN if one.kind in NOISE else round(one.score, 3),
        plain=round(one.score - said[Signal.LEARNED], 3),
        reasons=_reasons(one, said),
        spans=one.spans,
    )


def _reasons(one: Suspicion, said: dict[Signal, float]) -> list[tuple[str, float]]:
    """Why, as pairs (code, log-odds): what was seen first, then what was weighed, loudest first."""
    seen = [(fact, SEEN) for fact in one.facts]
    if one.kind in NOISE:
        return seen
    if one.kind == Doubt.Kind.ABUSE:
        return [*seen, (Signal.ABUSE.value, 1.0)]
    weighed = [(signal.value, round(weight, 2)) for signal, weight in said.items() if weight]
    return [*seen, *sorted(weighed, key=lambda pair: -abs(pair[1]))][:REASONS_KEPT]


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

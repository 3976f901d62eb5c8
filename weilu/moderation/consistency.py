"""How those who keep order agree: decisions, what was taken back, second looks (B-6, I-4)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q

from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.models import User
from weilu.moderation.judges import texts_of
from weilu.moderation.models import Appeal, Doubt, Violation
from weilu.moderation.rules.agreeing import (
    Agreement,
    Decided,
    Split,
    Strictness,
    agreements,
    splits,
    strictness,
)
from weilu.moderation.rules.folding import fold_all
from weilu.moderation.rules.scoring import CERTAIN

DAYS = 90
MOST_DECISIONS = 5_000
MOST_SPLITS = 20
MOST_ROWS = 40
# From so many on, how often something was taken back says something.
ENOUGH = 5
# How much a message looked like junk, in the steps that the clean-up page shows.
POSSIBLE, LIKELY, SURE = "possible", "likely", "certain"


@dataclass(frozen=True, slots=True)
class Undone:
    """What followed by one person (None: Weilu by the policy) or from one rule, and its fate."""

    person: int | None
    rule: str
    violations: int
    taken_back: int
    asked: int
    granted: int

    @property
    def share(self) -> float | None:
        """The share that was taken back; None for too few."""
        return self.taken_back / self.violations if self.violations >= ENOUGH else None


@dataclass(frozen=True, slots=True)
class Consistency:
    """How the people who decide agree, in the last ninety days; `names` by user."""

    decisions: int
    people: Sequence[Agreement]
    splits: Sequence[Split]
    strictness: dict[Hashable, list[Strictness]]
    by_person: Sequence[Undone]
    by_rule: Sequence[Undone]
    names: dict[int, str]
    texts: dict[int, str]


def consistency(viewer: Actor) -> Consistency:
    """How the workspace's moderators agree; at most its newest five thousand decisions."""
    viewer.require(Right.SEE_MEMBERS)
    since = now() - timedelta(days=DAYS)
    rows = list(
        Doubt.objects.filter(workspace_id=viewer.workspace_id, at__gte=since, by__isnull=False)
        .exclude(state=Doubt.State.OPEN)
        .order_by("-at", "-pk")
        .values_list("pk", "by_id", "state", "score", "kind", "seen")[:MOST_DECISIONS]
    )
    texts = texts_of([pk for pk, *_rest in rows])
    said = [texts.get(pk, "") or seen for pk, _by, _state, _score, _kind, seen in rows]
    decided = [
        Decided(pk, by, state == Doubt.State.JUNK, text, (kind, _band(score)))
        for (pk, by, state, score, kind, _seen), text in zip(rows, fold_all(said), strict=True)
    ]
    found = splits(decided)[:MOST_SPLITS]
    shown = {one.message for split in found for one in (*split.junk, *split.fine)}
    by_person, by_rule = _undone(viewer, "by_id"), _undone(viewer, "rule")
    people = {by for _pk, by, *_rest in rows}
    people |= {one.person for one in by_person if one.person is not None}
    return Consistency(
        decisions=len(decided),
        people=agreements(decided),
        splits=found,
        strictness=strictness(decided),
        by_person=by_person,
        by_rule=by_rule,
        names=dict(User.objects.filter(pk__in=people).values_list("pk", "username")),
        texts={pk: texts.get(pk, "") for pk in shown},
    )


def _band(score: float) -> str:
    if score >= CERTAIN:
        return SURE
    return LIKELY if score >= 0 else POSSIBLE


def _undone(viewer: Actor, by: str) -> list[Undone]:
    """What was taken back and asked about again, by who decided it or by rule."""
    rows = (
        Violation.objects.filter(
            workspace_id=viewer.workspace_id, at__gte=now() - timedelta(days=DAYS)
        )
        .values(by)
        .annotate(
            n=Count("pk"),
            back=Count("pk", filter=Q(state=Violation.State.TAKEN_BACK)),
            asked=Count("appeal"),
            granted=Count("appeal", filter=Q(appeal__state=Appeal.State.GRANTED)),
        )
        .order_by("-n")[:MOST_ROWS]
    )
    return [
        Undone(
            row.get("by_id"), row.get("rule", ""), row["n"], row["back"], row["asked"],
            row["granted"],
        )
        for row in rows
    ]  # fmt: skip

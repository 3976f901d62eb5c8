"""Who may be one person, and who was found to be (C-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from weilu.core.access import Actor, Right
from weilu.insight.models import MemberTotals
from weilu.insight.people.listing import other_names
from weilu.members.models import Identity, Member, Merge, Suggestion

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two members of a suggestion, with their history in short; 0 for never."""

    id: int
    name: str
    other_names: Sequence[str]
    messages: int
    groups: int
    first_ms: int
    last_ms: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """That two members may be one; the one with more messages first."""

    id: int
    first: Side
    second: Side
    strength: float
    reasons: Sequence[str]


def doubts(
    viewer: Actor, *, identities: Sequence[int] | None = None, limit: int = SHOWN
) -> list[Doubt]:
    """Open suggestions, strongest first, of one member's identities or all; few statements.

    A side merged away since then is shown as who it is now; two that are one by now are left out.
    """
    viewer.require(Right.SEE_MEMBERS)
    rows = Suggestion.objects.filter(workspace_id=viewer.workspace_id, state=Suggestion.State.OPEN)
    if identities is not None:
        rows = rows.filter(Q(first_id__in=identities) | Q(second_id__in=identities))
    found = list(rows.order_by("-strength", "pk")[: limit * 2])
    if not found:
        return []
    # A member bears the id of its first identity, so that identity tells who it is now.
    asked = {pk for one in found for pk in (one.first_id, one.second_id)}
    now = dict(Identity.objects.filter(pk__in=asked).values_list("pk", "member_id"))
    pairs: dict[tuple[int, int], Suggestion] = {}
    for one in found:
        first, second = now.get(one.first_id), now.get(one.second_id)
        if first is not None and second is not None and first != second:
            pairs.setdefault((min(first, second), max(first, second)), one)
    sides = _sides(sorted({pk for pair in pairs for pk in pair}))
    return [
        _doubt(one, sides[a], sides[b])
        for (a, b), one in list(pairs.items())[:limit]
        if a in sides and b in sides
    ]


def _doubt(one: Suggestion, a: Side, b: Side) -> Doubt:
    first, second = (a, b) if (a.messages, -a.id) >= (b.messages, -b.id) else (b, a)
    return Doubt(one.pk, first, second, one.strength, one.reasons)


def _sides(ids: Sequence[int]) -> dict[int, Side]:
    named = dict(Member.objects.filter(pk__in=ids).values_list("pk", "name"))
    totals = MemberTotals.objects.in_bulk(list(ids))
    others = other_names(list(named.items()))
    return {pk: _side(pk, name, others.get(pk, ()), totals.get(pk)) for pk, name in named.items()}


def _side(pk: int, name: str, others: Sequence[str], totals: MemberTotals | None) -> Side:
    if totals is None:
        return Side(pk, name, others, 0, 0, 0, 0)
    return Side(pk, name, others, totals.messages, totals.groups, totals.first_ms, totals.last_ms)


def doubts_count(viewer: Actor) -> int:
    """How many suggestions wait."""
    viewer.require(Right.SEE_MEMBERS)
    return Suggestion.objects.filter(
        workspace_id=viewer.workspace_id, state=Suggestion.State.OPEN
    ).count()


def latest_merges(viewer: Actor, *, limit: int = SHOWN) -> list[Merge]:
    """Merges that stand, also those by evidence, newest first."""
    viewer.require(Right.SEE_MEMBERS)
    return list(
        Merge.objects.filter(workspace_id=viewer.workspace_id, undone_at=None)
        .select_related("kept", "absorbed", "by")
        .order_by("-at", "-pk")[:limit]
    )

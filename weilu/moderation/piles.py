"""The piles of the review queue: what waits, what the policy dealt with, what was decided."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, QuerySet

from weilu.chat.columns import DAY_MS
from weilu.core.access import Actor, Right
from weilu.core.clock import now_ms
from weilu.moderation.models import FAMILIES, Doubt, Violation

LATELY_MS = 7 * DAY_MS


class Pile(StrEnum):
    """Where a doubtful message lies."""

    OPEN = "open"  # nothing followed yet: a person has to decide
    ACTED = "acted"  # the policy's consequences followed; a person may still look at it
    JUNK = "junk"
    FINE = "fine"

    @property
    def state(self) -> Doubt.State:
        """What was decided about the messages of a pile."""
        return Doubt.State.OPEN if self == Pile.ACTED else Doubt.State(self.value)


def pile(workspace_id: int, wanted: Pile, family: str) -> QuerySet[Doubt]:
    """The doubts of a family that lie on a pile."""
    rows = Doubt.objects.filter(
        workspace_id=workspace_id, state=wanted.state, kind__in=FAMILIES[family]
    )
    followed = Exists(Violation.objects.filter(pk=OuterRef("pk")))
    if wanted == Pile.OPEN:
        return rows.filter(~followed)
    return rows.filter(followed) if wanted == Pile.ACTED else rows


def heard_lately(viewer: Actor) -> QuerySet[Doubt]:
    """What waits for a person of the last week's talk in connected groups."""
    viewer.require(Right.SEE_MEMBERS)
    followed = Exists(Violation.objects.filter(pk=OuterRef("pk")))
    return Doubt.objects.filter(
        ~followed,
        workspace_id=viewer.workspace_id,
        state=Doubt.State.OPEN,
        sent_ms__gte=now_ms() - LATELY_MS,
        group__connection__isnull=False,
    )


def sizes(workspace_id: int) -> dict[tuple[str, Pile], int]:
    """How many doubts lie on each pile, by (family, pile)."""
    every = Doubt.objects.filter(workspace_id=workspace_id)
    acted = every.filter(
        state=Doubt.State.OPEN, pk__in=Violation.objects.filter(workspace_id=workspace_id)
    )
    family = {kind.value: name for name, kinds in FAMILIES.items() for kind in kinds}
    found = {(name, one): 0 for name in FAMILIES for one in Pile}
    for kind, state, n in every.values_list("kind", "state").annotate(n=Count("pk")):
        found[family[kind], Pile(state)] += n
    for kind, n in acted.values_list("kind").annotate(n=Count("pk")):
        found[family[kind], Pile.ACTED] += n
        found[family[kind], Pile.OPEN] -= n
    return found

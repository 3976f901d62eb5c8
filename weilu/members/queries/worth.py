"""What others may ask about levels and prize looks (C-4, C-7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count
from pyroaring import BitMap

from weilu.core.access import Actor, Right
from weilu.members.models import Goodwill, LevelMove, PrizeLook, PrizeVerdict
from weilu.members.rules.prizes import HELD_OUT


def level_counts(viewer: Actor) -> dict[int, int]:
    """How many members with goodwill are on each level."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Goodwill.objects.filter(workspace_id=viewer.workspace_id).order_by()
    return dict(rows.values_list("level").annotate(Count("pk")))


def newest_moves(viewer: Actor, *, limit: int = 12) -> list[LevelMove]:
    """Who rose and fell, newest first."""
    viewer.require(Right.SEE_MEMBERS)
    rows = LevelMove.objects.filter(workspace_id=viewer.workspace_id).select_related("member")
    return list(rows.order_by("-at", "-pk")[:limit])


def held_out(workspace_id: int) -> BitMap:
    """Members who are held out of prizes: by evidence or by what a person said; for any draw.

    A person's word goes before evidence, either way; where two were found to be one and both
    were said, nobody is held out. Two statements, however many members.
    """
    found = BitMap(
        PrizeLook.objects.filter(workspace_id=workspace_id, score__gte=HELD_OUT).values_list(
            "pk", flat=True
        )
    )
    said = PrizeVerdict.objects.filter(workspace_id=workspace_id, withdrawn_at=None)
    for member_id, is_hunter in said.order_by("-is_hunter").values_list(
        "identity__member_id", "is_hunter"
    ):
        if is_hunter:
            found.add(member_id)
        else:
            found.discard(member_id)
    return found


@dataclass(frozen=True, slots=True)
class Judged:
    """What evidence says of one member, None when nothing, and what staff said, newest first."""

    look: PrizeLook | None
    verdicts: Sequence[PrizeVerdict]

    @property
    def standing(self) -> PrizeVerdict | None:
        """What staff said and did not take back; of two, that they are not held out."""
        said = [one for one in self.verdicts if one.withdrawn_at is None]
        return min(said, key=lambda one: one.is_hunter, default=None)

    @property
    def is_held_out(self) -> bool:
        """Whether they are held out of prizes."""
        if self.standing is not None:
            return self.standing.is_hunter
        return self.look is not None and self.look.score >= HELD_OUT


def verdicts_of(member_id: int) -> list[PrizeVerdict]:
    """What staff said of a member and prizes, also what they took back, newest first."""
    rows = PrizeVerdict.objects.filter(identity__member_id=member_id).select_related("by")
    return list(rows.order_by("-at", "-pk")[:20])


def judged(viewer: Actor, member_id: int, verdicts: Sequence[PrizeVerdict]) -> Judged:
    """What is known of one member and prizes, with `verdicts_of` them; one statement."""
    viewer.require(Right.SEE_MEMBERS)
    looks = PrizeLook.objects.filter(pk=member_id, workspace_id=viewer.workspace_id)
    return Judged(looks.first(), verdicts)


def level_moves(member_id: int) -> list[LevelMove]:
    """How a member rose and fell, newest first."""
    return list(LevelMove.objects.filter(member_id=member_id).order_by("-at", "-pk")[:100])


@dataclass(frozen=True, slots=True)
class Suspect:
    """Somebody worth a look, with the evidence, and what staff said of it."""

    look: PrizeLook
    verdict: PrizeVerdict | None


def prize_looks(viewer: Actor, *, limit: int = 200) -> list[Suspect]:
    """Who is worth a look, the strongest first; two statements."""
    viewer.require(Right.SEE_MEMBERS)
    rows = PrizeLook.objects.filter(workspace_id=viewer.workspace_id).select_related("member")
    found = list(rows.order_by("-score", "pk")[:limit])
    said = PrizeVerdict.objects.filter(
        workspace_id=viewer.workspace_id,
        withdrawn_at=None,
        identity__member_id__in=[one.pk for one in found],
    ).select_related("by", "identity")
    by_member = {one.identity.member_id: one for one in said}
    return [Suspect(one, by_member.get(one.pk)) for one in found]

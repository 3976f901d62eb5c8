"""A member's goodwill explained: the lines behind the stored score, from their ledgers (C-4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weilu.core.access import Actor, Right
from weilu.insight.worth.booking import today_of
from weilu.members.actions.ledgers import ledgers, numbers_of
from weilu.members.models import Goodwill, LevelMove, Member
from weilu.members.rules.exchange import Exchange
from weilu.members.rules.goodwill import Happened, Score, score
from weilu.members.rules.goodwill_json import Numbers
from weilu.members.rules.levels import Level


@dataclass(frozen=True, slots=True)
class Explained:
    """A score with its lines, the level that is stored, and the numbers it all rests on.

    `below_days` are the days since which goodwill is too low for the level, None: it is not.
    """

    score: Score
    level: Level
    below_days: int | None
    numbers: Numbers


def goodwill_of(viewer: Actor, found: Member) -> Explained | None:
    """The goodwill of a member; None for staff and bots, who have none to give on the job."""
    viewer.require(Right.SEE_MEMBERS)
    if found.is_staff or found.nature != Member.Nature.PERSON:
        return None
    today = today_of(found.workspace_id)
    numbers = numbers_of(found.workspace_id)
    happened = [
        Happened(Exchange(kind), day, partner, times, today.communities.get(group, 0))
        for _ids, rows in ledgers(found.workspace_id, [found.pk])
        for _who, kind, day, group, partner, times in rows.tolist()
    ]
    kept = Goodwill.objects.filter(pk=found.pk).first()
    return Explained(
        score=score(happened, today.day, numbers.model),
        level=Level(kept.level) if kept else Level.LOOKING_ON,
        below_days=today.day - kept.below_since if kept and kept.below_since else None,
        numbers=numbers,
    )


def level_moves(member_id: int) -> Sequence[LevelMove]:
    """How a member rose and fell, newest first."""
    return list(LevelMove.objects.filter(member_id=member_id).order_by("-at", "-pk")[:100])

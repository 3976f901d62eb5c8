"""A member's goodwill explained: the lines behind the stored score, from their ledgers (C-4)."""

from __future__ import annotations

from dataclasses import dataclass

from weilu.core.access import Actor, Right
from weilu.insight.people.record import Record
from weilu.insight.worth.booking import newest_day_of
from weilu.members.actions.ledgers import ledger_of, numbers_of
from weilu.members.models import Goodwill, Member
from weilu.members.queries import People
from weilu.members.rules.exchange import Exchange
from weilu.members.rules.goodwill import Happened, Score, score
from weilu.members.rules.goodwill_json import Numbers
from weilu.members.rules.levels import Level


@dataclass(frozen=True, slots=True)
class Explained:
    """A score with its lines, the level that is stored, and the numbers it all rests on.

    `below_days` are the days since which goodwill is too low for the level, None: it is not.
    `ended_day` is the last day of a history that ended, if that is what the score is of.
    """

    score: Score
    level: Level
    below_days: int | None
    numbers: Numbers
    ended_day: int | None = None


def goodwill_of(viewer: Actor, record: Record, known: People) -> Explained | None:
    """The goodwill of the member of a record; None for staff and bots: it is their job.

    For a member of nothing but an ended community as of its last day. `known` are the people of
    the workspace. Four statements.
    """
    viewer.require(Right.SEE_MEMBERS)
    found = record.member
    if found.is_staff or found.nature != Member.Nature.PERSON:
        return None
    kept = Goodwill.objects.filter(pk=found.pk).first()
    shift = kept.shift if kept else 0
    today = newest_day_of(found.workspace_id) - shift
    numbers = numbers_of(found.workspace_id)
    # All their exchange happened where they take part.
    communities = {one.group_id: one.group.community_id for one in record.participations}
    happened = [
        Happened(Exchange(kind), day, partner, times, communities.get(group, 0))
        for _who, kind, day, group, partner, times in ledger_of(found.pk, known).tolist()
    ]
    return Explained(
        score=score(happened, today, numbers.model),
        level=Level(kept.level) if kept else Level.LOOKING_ON,
        below_days=max(0, today - kept.below_since) if kept and kept.below_since else None,
        numbers=numbers,
        ended_day=today if shift else None,
    )

"""What follows new talk for what members are worth: booked, scored, ranked (C-4 to C-7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from pyroaring import BitMap

from weilu.core.clock import now
from weilu.core.jobs import job, schedule
from weilu.core.models import Job
from weilu.core.reactions import on
from weilu.events.members import (
    CircleChanged,
    CompanyChanged,
    GoodwillModelChanged,
    LevelsChanged,
    MembersMarked,
    MembersMerged,
    OwnStageChanged,
    PrizesJudged,
    TierChanged,
)
from weilu.insight.people.segments import keep_counting
from weilu.insight.worth.booking import book_exchange, today_of
from weilu.insight.worth.circles import JOB as CIRCLES
from weilu.insight.worth.edges import keep_edges
from weilu.insight.worth.influence import refresh_influence
from weilu.insight.worth.prizes import refresh_prize_looks
from weilu.insight.worth.tiers import refresh_tiers
from weilu.members.actions.ledgers import make_stale, partners
from weilu.members.actions.scores import (
    drop_scores,
    rescore,
    rescore_stale,
    settle_levels,
)
from weilu.members.models import Goodwill, Identity, Member

JOB, ANEW = "keep_worth", "rescore_all"
# Somebody who is merged or marked may be one of hundreds: they are gathered.
GATHER = timedelta(seconds=5)
DAILY = timedelta(days=1)
_COUNTED = (
    CircleChanged,
    CompanyChanged,
    LevelsChanged,
    OwnStageChanged,
    PrizesJudged,
    TierChanged,
)
Worth = (
    CircleChanged | CompanyChanged | LevelsChanged | OwnStageChanged | PrizesJudged | TierChanged
)


def keep_worth(workspace_id: int) -> None:
    """Bring goodwill, levels, KOC and prize looks up to what is stored; again changes nothing."""
    today = today_of(workspace_id)
    # First, so that a long history is booked into what stays short.
    keep_edges(workspace_id, today)
    book_exchange(workspace_id)
    rescore_stale(workspace_id, today)
    settle_levels(workspace_id, today)
    refresh_influence(workspace_id, today)
    refresh_prize_looks(workspace_id, today)
    refresh_tiers(workspace_id)
    if Goodwill.objects.filter(workspace_id=workspace_id).exists():
        # Goodwill fades by itself; and circles take a while to be found.
        schedule(JOB, workspace_id=workspace_id, due_at=now() + DAILY)
        schedule(CIRCLES, workspace_id=workspace_id, due_at=now() + GATHER)


@job(JOB)
def keep_worth_job(one: Job) -> datetime | None:
    """Keep what members are worth."""
    keep_worth(one.workspace_id)
    return None


@job(ANEW)
def rescore_all_job(one: Job) -> datetime | None:
    """Work every score out anew: the numbers of the model were changed."""
    today = today_of(one.workspace_id)
    keep_edges(one.workspace_id, today)
    rescore(one.workspace_id, today)
    keep_worth(one.workspace_id)
    return None


@on(GoodwillModelChanged)
def follow_model(events: Sequence[GoodwillModelChanged]) -> None:
    """Have every score worked out by the new numbers."""
    for workspace_id in {one.workspace_id for one in events}:
        schedule(ANEW, workspace_id=workspace_id)


def follow_worth(events: Sequence[Worth]) -> None:
    """Count segments again that may ask for what changed."""
    for workspace_id in sorted({one.workspace_id for one in events}):
        keep_counting(workspace_id)


for _change in _COUNTED:
    on(_change)(follow_worth)


@on(MembersMerged)
def follow_merges(events: Sequence[MembersMerged]) -> None:
    """Have the scores of merged and parted members, and of their partners, worked out anew."""
    for workspace_id in {one.workspace_id for one in events}:
        mine = [one for one in events if one.workspace_id == workspace_id]
        ids = {pk for one in mine for pk in (one.kept_id, one.absorbed_id)}
        drop_scores(workspace_id, _merged_away(ids))
        _look_again(workspace_id, ids)


@on(MembersMarked)
def follow_marks(events: Sequence[MembersMarked]) -> None:
    """Have the scores of marked members, and of their partners, worked out anew."""
    for workspace_id in {one.workspace_id for one in events}:
        mine = [one for one in events if one.workspace_id == workspace_id]
        _look_again(workspace_id, {pk for one in mine for pk in one.member_ids})


def _merged_away(members: Iterable[int]) -> list[int]:
    rows = Member.objects.filter(pk__in=list(members), merged_into__isnull=False)
    return list(rows.values_list("pk", flat=True))


def _look_again(workspace_id: int, members: set[int]) -> None:
    rows = Identity.objects.filter(workspace_id=workspace_id)
    ids = BitMap()
    listed = sorted(members)
    for at in range(0, len(listed), 500):
        some = rows.filter(member_id__in=listed[at : at + 500])
        ids |= BitMap(some.values_list("pk", flat=True))
    make_stale(workspace_id, ids | partners(ids))
    schedule(JOB, workspace_id=workspace_id, due_at=now() + GATHER)

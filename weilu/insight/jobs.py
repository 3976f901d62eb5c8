"""Jobs of insight: what follows an import, and the hourly look at everything."""

from __future__ import annotations

from datetime import datetime

from weilu.communities.models import Community
from weilu.core.jobs import job, renew, schedule
from weilu.core.models import Job
from weilu.insight.demo.desk import lay_desk
from weilu.insight.diagnosis import diagnose
from weilu.insight.models import DemoDesk
from weilu.insight.recounting import recount_community
from weilu.insight.refresh import refresh_groups
from weilu.insight.room import keep_room
from weilu.insight.underway import RECOUNT, REFRESH


@job(REFRESH)
def refresh_groups_job(one: Job) -> datetime | None:
    """Do what follows new messages in the groups of the payload."""
    refresh_groups(one.payload["group_ids"], lambda done: _keep(one, done))
    demos = Community.objects.filter(workspace_id=one.workspace_id, is_demo=True)
    for community in demos.exclude(pk__in=DemoDesk.objects.values("community_id")):
        lay_desk(community)
    return None


@job(RECOUNT)
def recount_community_job(one: Job) -> datetime | None:
    """Count a community anew: messages of it were taken back."""
    community = Community.objects.filter(pk=int(one.key), workspace_id=one.workspace_id).first()
    if community is not None:
        recount_community(community, lambda done: _keep(one, done))
    # Now it is known who is left in no group.
    schedule("sweep_imports", workspace_id=one.workspace_id)
    return None


@job("diagnose_community")
def diagnose_community_job(one: Job) -> datetime | None:
    """Look at a community anew: what it promises is another, or its product was judged."""
    community = Community.objects.filter(pk=int(one.key), workspace_id=one.workspace_id).first()
    if community is not None:
        diagnose(community)
    return None


@job("count_room")
def count_room_job(one: Job) -> datetime | None:
    """Count the room of a community anew, or of every one: caps or groups changed."""
    rows = Community.objects.filter(workspace_id=one.workspace_id)
    for community in rows.filter(pk=int(one.key)) if one.key else rows.order_by("pk"):
        keep_room(community)
        renew(one)
    return None


def _keep(one: Job, done: float) -> None:
    renew(one, done)

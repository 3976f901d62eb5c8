"""The communities of a workspace, each in a few numbers: what a list of them says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.groups.models import Group
from weilu.insight.checks.base import Severity
from weilu.insight.models import CommunityDay, FindingRow
from weilu.insight.pages.look import date_of

DAYS = 28
MOST = 200


@dataclass(frozen=True, slots=True)
class Brief:
    """A community: its groups, its newest day with messages, those of four weeks, what waits."""

    community: Community
    groups: int
    newest: date | None
    messages: int
    waiting: int


def briefs(viewer: Actor) -> list[Brief]:
    """The workspace's communities by name, at most 200, in one statement."""
    viewer.require(Right.SEE_NUMBERS)
    rows = Community.objects.filter(workspace_id=viewer.workspace_id).annotate(newest=_newest())
    counted = rows.annotate(
        groups=_count(Group.objects.filter(community=OuterRef("pk")), "community"),
        waiting=_count(
            FindingRow.objects.filter(
                group__community=OuterRef("pk"),
                severity__gte=Severity.NOTICE,
                state=FindingRow.State.OPEN,
            ),
            "group__community",
        ),
        lately=_lately(),
    )
    return [
        Brief(
            row,
            row.groups,
            None if row.newest is None else date_of(row.newest),
            row.lately,
            row.waiting,
        )
        for row in counted.order_by("name", "pk")[:MOST]
    ]


def _newest() -> Subquery:
    """The newest day with a message of the outer community."""
    days = CommunityDay.objects.filter(community=OuterRef("pk"), messages__gt=0)
    newest = days.order_by("-day").values("day")[:1]
    return Subquery(newest, output_field=IntegerField(null=True))


def _lately() -> Coalesce:
    """Messages of the four weeks up to the outer community's newest day."""
    lately = OuterRef("newest") - DAYS
    days = CommunityDay.objects.filter(community=OuterRef("pk"), day__gt=lately).order_by()
    summed = days.values("community").annotate(n=Sum("messages")).values("n")
    return Coalesce(Subquery(summed, output_field=IntegerField()), 0)


def _count(rows: QuerySet[Group] | QuerySet[FindingRow], by: str) -> Coalesce:
    """How many of the rows the outer community has."""
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)

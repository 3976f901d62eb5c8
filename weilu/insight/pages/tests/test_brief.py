"""The list of communities: few numbers, of this workspace alone."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from weilu.communities.models import Community
from weilu.core.access import Actor, Role
from weilu.core.clock import now
from weilu.core.models import Workspace
from weilu.groups.models import Group
from weilu.insight.models import CommunityDay, FindingRow
from weilu.insight.pages.brief import briefs
from weilu.insight.pages.look import number_of

pytestmark = pytest.mark.django_db
LAST = number_of(date(2024, 3, 31))


def community(space: Workspace, name: str) -> Community:
    return Community.objects.create(workspace=space, name=name, time_zone="UTC")


def group(place: Community, name: str) -> Group:
    return Group.objects.create(
        workspace_id=place.workspace_id, community=place, platform="qq", name=name
    )


def day(place: Community, at: int, messages: int) -> None:
    CommunityDay.objects.create(
        community=place, day=at, messages=messages, people=b"", counts=b"", hours=b""
    )


def asks(where: Group, severity: int, state: str = "open") -> None:
    FindingRow.objects.create(
        workspace_id=where.workspace_id,
        group=where,
        check_code=f"check {severity} {state}",
        severity=severity,
        body={},
        since=now(),
        computed_at=now(),
        state=state,
    )


def test_each_community_in_a_few_numbers() -> None:
    space = Workspace.objects.create(name="Kettle")
    tea, empty = community(space, "Tea"), community(space, "Airy")
    first, second = group(tea, "One"), group(tea, "Two")
    day(tea, LAST, 5)
    day(tea, LAST - 27, 7)
    day(tea, LAST - 28, 100)
    day(tea, LAST + 1, 0)  # a day of joins alone
    asks(first, 2)
    asks(second, 1)
    asks(second, 0)
    asks(second, 3, "done")
    other = community(Workspace.objects.create(name="Elsewhere"), "Not ours")
    day(other, LAST, 9)
    with CaptureQueriesContext(connection) as asked:
        found = briefs(Actor(space.pk, Role.ANALYST))
    assert len(asked) == 1
    assert [(b.community.pk, b.groups, b.newest, b.messages, b.waiting) for b in found] == [
        (empty.pk, 0, None, 0, 0),
        (tea.pk, 2, date(2024, 3, 31), 12, 2),
    ]

"""The six mistakes of a community, from the findings of its groups (J-3)."""

from __future__ import annotations

import pytest

from weilu.communities.models import Community
from weilu.core.clock import now
from weilu.core.errors import NotFound
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.groups.models import Group
from weilu.insight.mistakes import MISTAKES, mistakes_of
from weilu.insight.models import FindingRow

pytestmark = pytest.mark.django_db


def finding(community: Community, check: str, severity: int, name: str) -> FindingRow:
    group, _ = Group.objects.get_or_create(
        workspace_id=community.workspace_id, community=community, platform="qq", name=name
    )
    return FindingRow.objects.create(
        workspace_id=community.workspace_id, group=group, check_code=check, severity=severity,
        body={}, since=now(), computed_at=now(),
    )  # fmt: skip


def test_each_is_counted_over_the_groups_and_the_gravest_shown(
    workspace: Workspace, owner: Person, stranger: Person, django_assert_num_queries: object
) -> None:
    tea = Community.objects.create(workspace=workspace, name="Tea", time_zone="UTC")
    other = Community.objects.create(workspace=workspace, name="Other", time_zone="UTC")
    for name, severity in (("a", 1), ("b", 2), ("c", 0), ("d", -1)):
        finding(tea, "one_admin", severity, name)
    finding(tea, "growth", 3, "a")
    finding(other, "selling_at_once", 3, "z")
    with django_assert_num_queries(2):  # type: ignore[operator]  # pytest-django's fixture
        found = mistakes_of(owner.actor, tea)
    assert tuple(one.check for one in found) == MISTAKES
    last = found[-1]
    assert (last.made, last.avoided, last.unknown) == (2, 1, 1)
    assert last.gravest is not None
    assert last.gravest.group.name == "b"
    assert all(one.gravest is None and not one.made for one in found[:-1])
    with pytest.raises(NotFound):
        mistakes_of(stranger.actor, tea)

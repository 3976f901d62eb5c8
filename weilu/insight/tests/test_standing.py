"""Who is there: counted for many groups at once, each and the whole as if alone."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from weilu.chat.columns import DAY_MS
from weilu.communities.models import Community
from weilu.core.models import Workspace
from weilu.groups.models import Group, Participation
from weilu.insight import standing
from weilu.insight.models import Standing
from weilu.members.models import Identity, Member
from weilu.members.resolve import Resolver, Sighting

pytestmark = pytest.mark.django_db
LATE = 400 * DAY_MS


@pytest.fixture
def tea(workspace: Workspace) -> Community:
    return Community.objects.create(workspace=workspace, name="Tea", time_zone="UTC")


def a_group(community: Community, name: str) -> Group:
    return Group.objects.create(
        workspace=community.workspace, community=community, platform="other", name=name
    )


def takes_part(
    group: Group, name: str, spoke: int | None, *, left: int | None = None, is_bot: bool = False
) -> None:
    """Somebody of this name, the same one in every group."""
    resolver = Resolver(group.workspace_id, "other")
    resolver.learn([Sighting(name, 0, name, LATE, is_bot=is_bot)])
    identity = resolver.known[name, 0]
    if is_bot:
        Member.objects.filter(pk=Identity.objects.get(pk=identity).member_id).update(
            nature=Member.Nature.BOT
        )
    Participation.objects.create(
        group=group,
        identity_id=identity,
        first_seen_ms=0,
        last_spoke_ms=spoke,
        last_left_ms=left,
    )


def found() -> dict[str, tuple[int, int, int]]:
    rows = Standing.objects.select_related("group")
    return {
        one.group.name if one.group else "": (one.present, one.ever, one.silent) for one in rows
    }


def test_each_group_and_the_whole(tea: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "_GROUPS_AT_ONCE", 2)
    hall, yard, attic = (a_group(tea, name) for name in ("hall", "yard", "attic"))
    takes_part(hall, "lin", LATE)
    takes_part(hall, "he", LATE - 61 * DAY_MS)
    takes_part(hall, "gone", LATE - DAY_MS, left=LATE)
    takes_part(hall, "robot", LATE, is_bot=True)
    takes_part(yard, "he", LATE)
    takes_part(yard, "mute", None)
    for _again in range(2):
        standing.refresh_standing(tea)
        assert found() == {
            "hall": (2, 3, 1),
            "yard": (2, 2, 1),
            "attic": (0, 0, 0),
            "": (3, 4, 1),
        }
    attic.delete()
    standing.refresh_standing(tea)
    assert set(found()) == {"hall", "yard", ""}


def test_a_group_that_moved_stands_in_one_community(tea: Community) -> None:
    hall = a_group(tea, "hall")
    takes_part(hall, "lin", LATE)
    standing.refresh_standing(tea)
    other = Community.objects.create(workspace=tea.workspace, name="Other", time_zone="UTC")
    Group.objects.filter(pk=hall.pk).update(community=other)
    standing.refresh_standing(other)
    standing.refresh_standing(tea)
    assert Standing.objects.get(group=hall).community == other
    assert Standing.objects.get(community=tea).present == 0


def test_more_groups_take_no_more_statements(tea: Community) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            standing.refresh_standing(tea)
        return len(seen)

    takes_part(a_group(tea, "hall"), "lin", LATE)
    few = statements()
    for at in range(40):
        takes_part(a_group(tea, f"room {at}"), "lin", LATE)
    assert statements() == few

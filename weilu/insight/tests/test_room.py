"""When the next group should stand is kept, counted anew when something changes, and on Today."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine

from weilu.communities.models import Community
from weilu.core.access import Role
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person, person
from weilu.core.worker import drain
from weilu.groups.actions import ensure_group
from weilu.groups.caps import set_cap, set_most_people
from weilu.groups.models import Group
from weilu.insight.models import MoveDay, RoomAhead, Standing
from weilu.insight.pages.tests.story import tell
from weilu.insight.room import keep_room, rooms_ending

pytestmark = pytest.mark.django_db
TODAY = datetime(2024, 4, 1, 4, tzinfo=UTC)


@pytest.fixture
def tea(workspace: Workspace) -> Community:
    """A group of 490 that 7 join each week, on the day after its newest."""
    with time_machine.travel(TODAY, tick=False):
        made = tell(workspace)
    group = Group.objects.get(community=made)
    last = MoveDay.objects.order_by("-day")[0].day
    for at in range(8):
        MoveDay.objects.update_or_create(group=group, day=last - 7 * at + 23, defaults={"joins": 7})
    Standing.objects.filter(group=group).update(present=490)
    return made


@time_machine.travel(TODAY, tick=False)
def test_the_day_is_kept_and_told(tea: Community, operator: Person) -> None:
    Group.objects.update(most_people=511)
    keep_room(tea)
    keep_room(tea)
    kept = RoomAhead.objects.get()
    # 21 more in three weeks, and a week before that the next group should stand.
    assert (kept.room, kept.open_on, kept.full_on) == (21, date(2024, 4, 15), date(2024, 4, 22))
    assert [one.community for one in rooms_ending(operator.actor)] == [tea]
    page = operator.client().get("/").content.decode()
    assert "open the next group by 15 Apr" in page
    assert f"/communities/{tea.pk}/room/" in page
    stranger = person(Workspace.objects.create(name="other"), "sue", Role.OWNER)
    assert rooms_ending(stranger.actor) == []


@time_machine.travel(TODAY, tick=False)
def test_far_off_or_shrinking_says_nothing(tea: Community, operator: Person) -> None:
    Group.objects.update(most_people=2000)
    keep_room(tea)
    assert rooms_ending(operator.actor) == []
    Group.objects.update(most_people=490)
    MoveDay.objects.update(joins=0, returns=0, leaves=3)
    keep_room(tea)
    assert RoomAhead.objects.get().open_on is None


@time_machine.travel(TODAY, tick=False)
def test_a_new_cap_and_a_new_group_count_at_once(tea: Community, operator: Person) -> None:
    group = Group.objects.get()
    set_most_people(operator.actor, group=group, people=490)
    drain()
    assert [one.room for one in rooms_ending(operator.actor)] == [0]
    set_most_people(operator.actor, group=group, people=None)
    set_cap(operator.actor, platform=group.platform, people=491, as_of=date(2024, 1, 1))
    drain()
    assert [one.room for one in rooms_ending(operator.actor)] == [1]
    for _twice in range(2):
        ensure_group(
            operator.actor, community=tea, platform="qq", external_key="", name="The second"
        )
    drain()
    assert rooms_ending(operator.actor) == []
    assert RoomAhead.objects.get().room == 2001

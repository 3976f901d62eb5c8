"""Room and service over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from weilu.communities.models import Community
from weilu.core.models import User, Workspace
from weilu.core.tests.cast import Person
from weilu.groups.caps import caps_of
from weilu.groups.models import Group, SizeCap
from weilu.groups.queries import groups_of
from weilu.insight.models import MoveDay, Standing
from weilu.insight.pages.capacity import capacity
from weilu.insight.pages.look import place_of
from weilu.insight.pages.tests.story import tell

pytestmark = pytest.mark.django_db


# The day after the newest of the story.
TODAY = datetime(2024, 4, 1, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def tea(workspace: Workspace) -> Community:
    """Eight weeks of a tea group on Telegram."""
    return tell(workspace)


def test_the_numbers_are_those_of_the_story(tea: Community, operator: Person) -> None:
    group = Group.objects.get(community=tea)
    group.most_people = 10
    group.save()
    found = capacity(operator.actor, place_of(operator.actor, tea.pk))
    one = found.groups[0]
    assert one.load.present is not None
    assert one.room == 10 - one.load.present
    # Cleo and Dan came, Ben left, all in the fifth of the eight weeks.
    assert one.weekly == (0, 0, 0, 0, 1, 0, 0, 0)
    assert (one.load.questions_per_day, one.load.answered_share) == (1 / 28, 1.0)
    assert one.load.median_s == 60.0
    assert (one.load.staff, one.load.per_staff) == (0, None)
    assert found.forecast is not None
    assert found.forecast.pace.weeks == 8
    assert not found.is_estimated


def test_a_group_that_closes_counts_no_more(tea: Community, operator: Person) -> None:
    group = Group.objects.get(community=tea)
    group.ends_at = group.created_at
    group.save()
    found = capacity(operator.actor, place_of(operator.actor, tea.pk))
    assert (found.groups, found.forecast) == ([], None)


def test_joins_that_are_not_told_are_estimated(tea: Community, operator: Person) -> None:
    MoveDay.objects.all().delete()
    found = capacity(operator.actor, place_of(operator.actor, tea.pk))
    assert found.is_estimated
    # Ben, then Cleo with the bot, Dan, and a guest on the last day.
    assert sum(found.weekly) >= 3


def test_who_is_first_seen_in_young_records_is_no_growth(tea: Community, operator: Person) -> None:
    MoveDay.objects.all().delete()
    Group.objects.update(most_people=500)
    found = capacity(operator.actor, place_of(operator.actor, tea.pk))
    assert found.forecast is not None
    assert found.forecast.pace.weeks == 4
    place = place_of(operator.actor, tea.pk)
    assert place.newest is not None
    young = replace(place, oldest=place.newest - 6 * 7 + 1)
    assert capacity(operator.actor, young).forecast is None


def test_records_that_end_long_ago_tell_nothing_of_today(tea: Community, operator: Person) -> None:
    Group.objects.update(most_people=500)
    with time_machine.travel(TODAY + timedelta(days=27)):
        found = capacity(operator.actor, place_of(operator.actor, tea.pk))
        assert found.forecast is not None
    with time_machine.travel(TODAY + timedelta(days=28)):
        found = capacity(operator.actor, place_of(operator.actor, tea.pk))
        assert (found.is_past, found.forecast) == (True, None)
        page = operator.client().get(f"/communities/{tea.pk}/room/").content.decode()
        assert "The records end too long ago" in page


def test_who_comes_where_no_cap_is_known_fills_nothing(tea: Community, operator: Person) -> None:
    Group.objects.update(platform="irc", most_people=None)
    empty = Group.objects.create(
        workspace=tea.workspace, community=tea, platform="wechat", name="New", most_people=500
    )
    assert empty.pk
    found = capacity(operator.actor, place_of(operator.actor, tea.pk))
    assert sum(found.weekly) == 1
    assert found.forecast is not None
    assert (found.forecast.room, found.forecast.pace.high) == (500, 0)


def test_the_page_says_when_it_is_full(tea: Community, operator: Person) -> None:
    url = f"/communities/{tea.pk}/room/"
    group = Group.objects.get(community=tea)
    last = MoveDay.objects.order_by("-day")[0].day
    for at in range(8):
        MoveDay.objects.update_or_create(group=group, day=last - 7 * at + 23, defaults={"joins": 7})
    Standing.objects.filter(group=group).update(present=490)
    Group.objects.update(most_people=500)
    page = operator.client().get(url).content.decode()
    assert "Room for 10 more people." in page
    assert "Open the next group" in page
    # At seven a week it lasts for more than a year: too early to say what to do.
    Standing.objects.filter(group=group).update(present=20)
    page = operator.client().get(url).content.decode()
    assert "Room for 480 more people." in page
    assert "Open the next group" not in page
    book = operator.client().get(f"{url}?format=xlsx")
    assert b"".join(book)[:2] == b"PK"
    book.close()


def test_caps_are_corrected_with_date_and_source(
    tea: Community, operator: Person, analyst: User
) -> None:
    client, url = operator.client(), f"/communities/{tea.pk}/room/caps/"
    assert "200,000" in client.get(url).content.decode()
    form = {"what": "platform telegram", "people": "5000", "as_of": "2024-02-01", "source": "seen"}
    assert client.post(url, form).status_code == 302
    assert client.post(url, form | {"people": "6000"}).status_code == 302
    assert SizeCap.objects.get().people == 6000
    groups = groups_of(operator.actor, tea.pk)
    assert caps_of(groups)[groups[0].pk].people == 6000
    own = form | {"what": f"group {groups[0].pk}", "people": "7"}
    assert client.post(url, own).status_code == 302
    groups = groups_of(operator.actor, tea.pk)
    assert caps_of(groups)[groups[0].pk].people == 7
    assert client.post(url, form | {"people": "0"}).status_code == 422
    assert client.post(url, form | {"what": "group 0"}).status_code == 422

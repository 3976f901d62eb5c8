"""Room and service over HTTP."""

from __future__ import annotations

import pytest

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
    book = operator.client().get(f"{url}?format=xlsx")
    assert b"".join(book)[:2] == b"PK"
    book.close()


def test_caps_are_corrected_with_date_and_source(
    tea: Community, operator: Person, analyst: User
) -> None:
    client, url = operator.client(), f"/communities/{tea.pk}/room/caps/"
    assert "200,000" in client.get(url).content.decode()
    form = {"what": "platform telegram", "people": "5000", "as_of": "2026-01-01", "source": "seen"}
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

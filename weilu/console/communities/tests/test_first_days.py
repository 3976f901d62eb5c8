"""The page of newcomers' first three days, and what Today says of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from weilu.chat.models import Message
from weilu.communities.models import Community
from weilu.console.communities.tests.test_pages import text_of
from weilu.console.conftest import signed_in
from weilu.core.clock import now, now_ms
from weilu.core.models import User, Workspace
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection, Group, Participation
from weilu.insight.models import Influence
from weilu.insight.pages.tests.story import tell
from weilu.members.models import Identity
from weilu.service.models import Companion, FirstDays

pytestmark = pytest.mark.django_db
HOUR_MS = 3_600_000


@pytest.fixture
def tea(workspace: Workspace) -> Community:
    """A community whose group is connected, with one newcomer nobody answered."""
    place = tell(workspace)
    group = Group.objects.get()
    group.connection = Connection.objects.create(
        workspace=workspace,
        community=place,
        connector="webhook",
        name="Till",
        hook="x",
        since=now(),
        created_at=now(),
    )
    group.save()
    part = Participation.objects.filter(group=group, messages__gt=0).order_by("identity_id")[0]
    FirstDays.objects.create(
        pk=part.identity_id + 1_000_000,
        workspace=workspace,
        group=group,
        identity_id=part.identity_id,
        came_ms=now_ms() - 3 * HOUR_MS,
        asked_id=asked(group, part.identity_id),
        asked_ms=now_ms() - 2 * HOUR_MS,
        unheard_at=now() - timedelta(hours=1),
    )
    return place


def asked(group: Group, identity_id: int) -> int:
    return Message.objects.filter(group=group, identity_id=identity_id).order_by("pk")[0].pk


@pytest.fixture
def browser(owner: User) -> Client:
    return signed_in(owner)


def test_a_question_nobody_answers_is_on_today_until_it_is_seen_to(
    browser: Client, tea: Community
) -> None:
    row = FirstDays.objects.get()
    said = f"{row.identity.name} is new and was not answered"
    assert said in text_of(browser, "/")
    page = text_of(browser, f"/communities/{tea.pk}/first-days/")
    assert "Nobody has answered" in page
    assert "In the last four weeks 1 person came" in page
    for _ in range(2):
        assert browser.post(f"/first-days/{row.pk}/seen-to/").status_code == 302
    assert said not in text_of(browser, "/")
    page = text_of(browser, f"/communities/{tea.pk}/first-days/")
    assert "somebody of you saw to it" in page
    assert "Nobody has answered" not in page


def test_many_are_one_entry(browser: Client, tea: Community) -> None:
    row = FirstDays.objects.get()
    people = Identity.objects.filter(member__nature="person", member__is_staff=False)
    others = people.exclude(pk=row.identity_id).order_by("pk")[:3]
    for one in others:
        row.pk, row.identity = row.pk + 1, one
        row.save(force_insert=True)
    assert "4 newcomers asked and were not answered" in text_of(browser, "/")


def test_companions_come_from_those_who_move_others(browser: Client, tea: Community) -> None:
    url = f"/communities/{tea.pk}/"
    Participation.objects.update(last_spoke_ms=now_ms() - HOUR_MS)
    one = Identity.objects.exclude(pk=FirstDays.objects.get().identity_id).order_by("pk")[0]
    Influence.objects.update_or_create(
        member_id=one.member_id,
        defaults={"workspace_id": tea.workspace_id, "points": 99, "met": 4, "stayed": 3},
    )
    assert "Met 4 newcomers, 3 stayed." in text_of(browser, f"{url}first-days/")
    for _ in range(2):
        browser.post(f"{url}companions/", {"member": one.member_id})
    made = Companion.objects.get()
    page = text_of(browser, f"{url}first-days/")
    assert "no newcomer these seven days" in page
    assert "Met 4 newcomers" not in page
    for _ in range(2):
        assert browser.post(f"/companions/{made.pk}/end/").status_code == 302
    assert not Companion.objects.filter(ended_at=None).exists()


@pytest.mark.parametrize("member", ["", "x", "999999", "-1", "9" * 30])
def test_nobody_is_named_by_a_number_that_is_none(
    browser: Client, tea: Community, member: str
) -> None:
    answer = browser.post(f"/communities/{tea.pk}/companions/", {"member": member})
    assert answer.status_code == 404
    assert not Companion.objects.exists()


def test_strangers_learn_and_change_nothing(stranger: Person, tea: Community) -> None:
    other, row = signed_in(stranger.user), FirstDays.objects.get()
    assert other.get(f"/communities/{tea.pk}/first-days/").status_code == 404
    assert other.post(f"/first-days/{row.pk}/seen-to/").status_code == 404
    member = {"member": row.identity.member_id}
    assert other.post(f"/communities/{tea.pk}/companions/", member).status_code == 404
    assert "is new and was not answered" not in text_of(other, "/")


def test_where_nothing_is_connected_it_says_so(browser: Client, tea: Community) -> None:
    FirstDays.objects.all().delete()
    Group.objects.update(connection=None)
    assert "does not see who comes" in text_of(browser, f"/communities/{tea.pk}/first-days/")

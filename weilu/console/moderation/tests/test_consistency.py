"""The page about how those who keep order agree."""

from __future__ import annotations

import pytest

from weilu.core.clock import now
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.groups.models import Group
from weilu.moderation.actions import decide
from weilu.moderation.checking import check_group
from weilu.moderation.models import Appeal, Doubt, Violation
from weilu.moderation.tests.story import group_with_ads

pytestmark = pytest.mark.django_db
ADDRESS = "/cleanup/consistency/"


@pytest.fixture
def group(workspace: Workspace) -> Group:
    made = group_with_ads(workspace)
    check_group(made, lambda _done: None)
    return made


def test_without_decisions_it_says_so(group: Group, operator: Person) -> None:
    page = operator.client().get(ADDRESS).content.decode()
    assert "Nobody has decided anything yet" in page


def test_what_two_people_decide_differently_is_shown_with_its_messages(
    group: Group, operator: Person, manager: Person
) -> None:
    first, second = Doubt.objects.filter(identity__name__in=["a", "spam"]).order_by("pk")
    decide(operator.actor, message_ids=[first.pk], state=Doubt.State.JUNK)
    decide(manager.actor, message_ids=[second.pk], state=Doubt.State.FINE)
    page = operator.client().get(ADDRESS).content.decode()
    assert "2 decisions of the last 90 days; 1 message was decided both ways." in page
    assert f'href="/messages/{first.pk}/' in page or f"/{first.pk}/" in page
    assert "Too few of the same messages as others to compare." in page
    assert operator.user.username in page
    assert manager.user.username in page


def test_what_is_often_taken_back_is_told_by_person_and_rule(
    group: Group, operator: Person
) -> None:
    doubts = list(Doubt.objects.order_by("pk"))[:6]
    for number, doubt in enumerate(doubts):
        Violation.objects.create(
            id=doubt.pk, workspace_id=group.workspace_id, community_id=group.community_id,
            group=group, identity_id=doubt.identity_id, member_id=doubt.identity.member_id,
            kind="ad", step="mute", minutes=60, policy_version=1, at=now(),
            by_id=operator.user.pk if number < 5 else None, rule="No ads",
            state="taken_back" if number < 2 else "stands",
        )  # fmt: skip
    Appeal.objects.create(
        violation_id=doubts[0].pk, workspace_id=group.workspace_id, words="x", state="granted",
        at=now(),
    )  # fmt: skip
    page = operator.client().get(ADDRESS).content.decode()
    assert "2 of 5 taken back; 1 of 1 second looks granted" in page
    assert "0 of 1 taken back; too few to say" in page
    assert "2 of 6 taken back" in page
    assert page.count("often taken back") == 2


def test_a_stranger_sees_nothing_of_it(group: Group, operator: Person, stranger: Person) -> None:
    pk = Doubt.objects.order_by("pk")[0].pk
    decide(operator.actor, message_ids=[pk], state=Doubt.State.JUNK)
    page = stranger.client().get(ADDRESS).content.decode()
    assert operator.user.username not in page

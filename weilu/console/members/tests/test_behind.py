"""Every number of people opens the list of exactly these people; keeping company counts all."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from weilu.console.members import circles
from weilu.core.access import Role
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person, person
from weilu.insight.people.tests.history import id_of, make_group, said, tell
from weilu.members.actions.circles import add_to_circle, save_circle
from weilu.members.actions.standing import Plan, keep_company, move_to_stage, save_own_stage
from weilu.members.models import Company

CROWD = 203


@pytest.fixture
def crowd(workspace: Workspace) -> list[int]:
    """Many who have said a word."""
    names = [f"p{n:03}" for n in range(CROWD)]
    tell(make_group(workspace, "Hall"), [said(who, "2024-03-01 08:00", "tea") for who in names])
    return [id_of(names[0]) + n for n in range(CROWD)]


def listed(client: Client, shown: str, ask: str) -> str:
    """The member list behind a link of a page; the link must be there."""
    found = re.search(rf'href="({reverse("members")}\?{ask}=[^"]+)"', shown)
    assert found
    return client.get(found[1]).content.decode()


def test_stages_circles_and_levels_open_who_is_in_them(crowd: list[int], operator: Person) -> None:
    client = operator.client()
    stage = save_own_stage(operator.actor, name="council", colour="teal", position=1)
    for pk in crowd[:2]:
        move_to_stage(operator.actor, member_id=pk, stage_id=stage.pk)
    circle = save_circle(operator.actor, name="tea house", note="")
    add_to_circle(operator.actor, circle_id=circle.pk, member_ids=crowd[:3])
    stages = listed(client, client.get(reverse("members_stages")).content.decode(), "own_stage")
    assert "2 people." in stages
    assert "own stage: council" in stages
    page = client.get(reverse("members_circle", args=[circle.pk])).content.decode()
    assert "3 members." in page
    assert "3 people." in listed(client, page, "circle")
    goodwill = client.get(reverse("members_goodwill")).content.decode()
    lookers = re.search(r'\?level=looking_on">(\d+)<', goodwill)
    assert lookers
    assert f"{lookers[1]} people." in listed(client, goodwill, "level")
    assert f"{CROWD} people." in client.get(reverse("members"), {"level": "none"}).content.decode()


def test_a_circle_counts_all_its_members_and_offers_none_of_them(
    crowd: list[int], operator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    circle = save_circle(operator.actor, name="tea house", note="")
    add_to_circle(operator.actor, circle_id=circle.pk, member_ids=crowd)
    monkeypatch.setattr(circles, "SHOWN", 3)
    url = reverse("members_circle", args=[circle.pk])
    shown = operator.client().get(url, {"with": "p202"}).content.decode()
    assert f"{CROWD} members." in shown
    assert f"and {CROWD - 3} more" in shown
    assert "Nobody else is called that." in shown


def test_keeping_company_counts_everybody_and_leaves_nobody_out(
    crowd: list[int], operator: Person, workspace: Workspace
) -> None:
    today = timezone.localdate()
    other = person(workspace, "mei", Role.OPERATOR)
    for at, pk in enumerate(crowd):
        guide = (operator if at < CROWD - 2 else other).user.pk
        keep_company(operator.actor, Plan("expert", guide, 7), member_id=pk, today=today)
    Company.objects.update(next_on=today - timedelta(days=1))
    client = operator.client()
    shown = client.get(reverse("members_company")).content.decode()
    assert f"{CROWD - 2} members are waiting to hear from you." in shown
    assert f"{CROWD - 32} more come up as you note these." in shown
    assert "mei: 2" in shown
    assert "2 people." in client.get(f"/members/?guide={other.user.pk}").content.decode()
    seen: list[str] = []
    url = reverse("members_company")
    for _page in range(6):
        table = client.get(url, headers={"HX-Request": "true", "HX-Target": "table-company"})
        text = table.content.decode()
        seen += re.findall(r'href="/members/(\d+)/"', text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        if not following:
            break
        url = following[1].replace("&amp;", "&")
    assert sorted(map(int, seen)) == sorted(crowd)
    odd = {"after": "WyJub25lIiw3XQ"}
    assert client.get(reverse("members_company"), odd).status_code == 200

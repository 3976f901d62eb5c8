"""The navigation: one list, cut to what a person may open, and where one is in it."""

from __future__ import annotations

import pytest
from django.test import Client

from weilu.console.conftest import seated, signed_in
from weilu.console.places import links
from weilu.core.access import Actor, Role
from weilu.core.clock import now
from weilu.core.models import Job, Workspace

pytestmark = pytest.mark.django_db


def actor(workspace: Workspace, role: Role = Role.OWNER) -> Actor:
    return Actor(workspace_id=workspace.pk, role=role, user_id=1, name=role.value)


@pytest.mark.parametrize(
    ("path", "place", "inside"),
    [
        ("/", "Today", ""),
        ("/communities/7/", "Communities", "All communities"),
        ("/members/12/", "Members", "All members"),
        ("/members/same/", "Members", "Who is one person"),
        ("/cleanup/words/", "Moderation", "Clean-up"),
        ("/findings/group/3/", "Insight", "Findings"),
        ("/settings/workspace", "Settings", "Workspace"),
        ("/account/2fa/", "Settings", "My account"),
        ("/imports/4/", "Settings", "Imports"),
        ("/elsewhere/", "", ""),
    ],
)
def test_a_page_knows_its_place(workspace: Workspace, path: str, place: str, inside: str) -> None:
    found = links(actor(workspace), path)
    here = [link for link in found if link.here]
    assert [link.label for link in here] == ([place] if place else [])
    assert [one.label for link in here for one in link.inside if one.here] == (
        [inside] if inside else []
    )


def test_a_page_may_belong_elsewhere_than_its_address(workspace: Workspace) -> None:
    found = links(actor(workspace), "/communities/7/groups/", "community_groups")
    assert [link.label for link in found if link.here] == ["Insight"]


def test_only_what_may_be_opened(workspace: Workspace) -> None:
    found = {link.label: link for link in links(actor(workspace, Role.ANALYST), "/")}
    assert [one.label for one in found["Settings"].inside] == ["Team", "My account"]
    mine = [one.label for one in found["Members"].inside]
    all_there = {link.label: link for link in links(actor(workspace, Role.OWNER), "/")}
    owners = [one.label for one in all_there["Members"].inside]
    kept_from_analysts = [one for one in owners if one not in mine]
    assert kept_from_analysts == ["Customers", "Who is one person", "Erased members"]
    assert mine == [one for one in owners if one in mine]


def test_a_failed_task_is_seen_from_everywhere(workspace: Workspace) -> None:
    browser = signed_in(seated(workspace, Role.OWNER))
    assert "Something waits for you here" not in browser.get("/findings/").content.decode()
    Job.objects.create(
        workspace=workspace, name="x", due_at=now(), state=Job.State.FAILED, error="Boom"
    )
    assert "Something waits for you here" in browser.get("/findings/").content.decode()
    analyst = signed_in(seated(workspace, Role.ANALYST))
    assert "Something waits for you here" not in analyst.get("/findings/").content.decode()


def test_the_first_import_is_offered_to_those_who_may(workspace: Workspace) -> None:
    assert 'href="/imports/"' in signed_in(seated(workspace, Role.OWNER)).get("/").content.decode()
    page = signed_in(seated(workspace, Role.ANALYST)).get("/findings/").content.decode()
    assert 'href="/imports/"' not in page


def test_strangers_have_no_places(client: Client) -> None:
    assert [link.label for link in links(None, "/account/login/") if link.wants] == []

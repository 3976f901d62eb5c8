"""A group's life over HTTP: where it is, and the turns it can take."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from weilu.chat.models import Outgoing
from weilu.communities.models import Community
from weilu.core.clock import now
from weilu.core.models import User, Workspace
from weilu.core.tests.cast import Person
from weilu.groups.models import Group, Turn
from weilu.insight.pages.tests.story import tell

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def tea(workspace: Workspace) -> Community:
    """A community whose one group talked little."""
    return tell(workspace)


@pytest.fixture
def old(tea: Community) -> Group:
    """The group that takes a turn."""
    return Group.objects.get(community=tea)


def test_the_page_says_where_it_is_and_what_can_be_done(
    operator: Person, analyst: User, old: Group
) -> None:
    looker = Client()
    looker.force_login(analyst, backend="allauth.account.auth_backends.AuthenticationBackend")
    url = f"/groups/{old.pk}/life/"
    page = operator.client().get(url).content.decode()
    assert "Fewer than 20 messages so far." in page
    assert f"/groups/{old.pk}/turn/close/" in page
    assert "turn/revive" not in page, "what has not begun is not revived"
    assert "turn/split" not in page
    assert "turn/close" not in looker.get(url).content.decode()
    assert looker.get(f"/groups/{old.pk}/turn/close/").status_code == 403
    assert operator.client().get(f"/groups/{old.pk}/turn/burn/").status_code == 404


def test_closing_over_the_page_is_read_first_then_done_then_undone(
    operator: Person, old: Group
) -> None:
    client, url = operator.client(), f"/groups/{old.pk}/turn/close/"
    ends = (now() + WEEK).date().isoformat()
    form = {"words": "We close on {date}. Bye, {group}", "ends": ends, "place": ""}
    assert "Ada" in client.get(url).content.decode()
    seen = client.post(url, form | {"do": "look"}).content.decode()
    assert "Bye, Tea &lt;1&gt;" in seen
    assert not Turn.objects.exists()
    assert client.post(url, form | {"do": "tell"}).status_code == 302
    row = Outgoing.objects.get()
    assert row.text.endswith("Bye, Tea <1>")
    assert "{date}" not in row.text
    life = client.get(f"/groups/{old.pk}/life/").content.decode()
    assert "Closing" in life
    assert "Take back" in life
    sides = client.get(f"/communities/{old.community_id}/groups/?sort=-life")
    assert "Closing" in sides.content.decode()
    assert client.post(f"/turns/{Turn.objects.get().pk}/undo/").status_code == 302
    old.refresh_from_db()
    assert old.ends_at is None
    assert client.post(url, form | {"do": "tell", "ends": "soon"}).status_code == 422


def test_the_section_names_what_needs_somebody(operator: Person, tea: Community) -> None:
    url = f"/communities/{tea.pk}/section/life/"
    assert "More, and what can be done" in operator.client().get(url).content.decode()
    other = Group.objects.create(workspace=tea.workspace, community=tea, platform="qq", name="Two")
    page = operator.client().get(url).content.decode()
    assert "None of its groups is falling silent." in page
    assert f"/groups/{other.pk}/life/" in page


def test_a_closed_group_is_written_to_no_more(operator: Person, old: Group) -> None:
    client = operator.client()
    Group.objects.filter(pk=old.pk).update(ends_at=now() + WEEK)
    assert f'value="{old.pk}"' in client.get("/outbox/say/").content.decode()
    Group.objects.filter(pk=old.pk).update(ends_at=now() - WEEK)
    assert f'value="{old.pk}"' not in client.get("/outbox/say/").content.decode()
    life = client.get(f"/groups/{old.pk}/life/").content.decode()
    assert "Closed" in life
    assert "turn/revive" in life
    assert "turn/close" not in life

"""Quiet hours, promotion limits and moving groups, on the settings of a community."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from weilu.chat.live.queue import Draft, Origin, enqueue
from weilu.chat.models import Message, Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.communities.models import Community
from weilu.console.communities.tests.test_pages import text_of
from weilu.console.conftest import seated, signed_in
from weilu.content.models import PromotionPolicy
from weilu.core.access import Role
from weilu.core.clock import now
from weilu.core.models import Job, LogRow, User, Workspace
from weilu.events.groups import GroupMoved
from weilu.groups.models import Group
from weilu.insight.jobs import recount_community_job
from weilu.insight.models import CommunityDay
from weilu.insight.pages.tests.story import tell
from weilu.insight.reactions import follow_move

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea(workspace: Workspace) -> Community:
    return tell(workspace)


@pytest.fixture
def browser(owner: User) -> Client:
    return signed_in(owner)


def test_quiet_hours_and_promotion_limits(browser: Client, tea: Community) -> None:
    url = f"/communities/{tea.pk}/settings/"
    page = browser.get(url).content.decode()
    for value in ("22:30", "08:00", "5", "10", "7"):
        assert f'value="{value}"' in page
    group = Group.objects.get()
    draft = Draft(key="k", group_id=group.pk, deed=Deed.SEND, origin=Origin.STAFF, text="Hi")
    enqueue(tea.workspace_id, [draft, replace(draft, key="p"), replace(draft, key="other")])
    later = now() + timedelta(hours=9)
    Outgoing.objects.filter(key="k").update(guard="quiet_hours", due_at=later)
    Outgoing.objects.filter(key="p").update(guard="promotion_share", state="held")
    Outgoing.objects.filter(key="other").update(due_at=later)
    data = {
        "name": "Tea", "quiet_from": "21:00", "quiet_until": "09:30", "warn_percent": "3",
        "hold_percent": "20", "days": "14",
    }  # fmt: skip
    for _ in range(2):
        assert browser.post(url, data).status_code == 302
    tea.refresh_from_db()
    assert (f"{tea.quiet_from:%H:%M}", f"{tea.quiet_until:%H:%M}") == ("21:00", "09:30")
    policy = PromotionPolicy.objects.get()
    assert (policy.warn_percent, policy.hold_percent, policy.days) == (3, 20, 14)
    rows = {row.key: row for row in Outgoing.objects.all()}
    assert {key: row.state for key, row in rows.items()} == dict.fromkeys(rows, "waiting")
    assert (rows["k"].guard, rows["k"].due_at < later) == ("", True)
    assert rows["other"].due_at == later
    refused = browser.post(url, {**data, "warn_percent": "30"})
    assert refused.status_code == 422
    assert "The warning comes before the limit, or at it." in refused.content.decode()
    assert PromotionPolicy.objects.get().warn_percent == 3


def test_only_an_owner_sets_promotion_limits(tea: Community) -> None:
    client = signed_in(seated(tea.workspace, Role.OPERATOR))
    url = f"/communities/{tea.pk}/settings/"
    assert "hold_percent" not in client.get(url).content.decode()
    client.post(url, {"name": "Tea", "warn_percent": "50", "hold_percent": "90", "days": "7"})
    assert not PromotionPolicy.objects.exists()


def test_promotion_by_group(browser: Client, tea: Community) -> None:
    url = f"/communities/{tea.pk}/section/promotion/"
    assert "Too little was said in the last 7 days" in text_of(browser, url)
    group = Group.objects.get()
    draft = Draft(
        key="k", group_id=group.pk, deed=Deed.SEND, origin=Origin.STAFF, text="Buy",
        is_promotion=True,
    )  # fmt: skip
    enqueue(tea.workspace_id, [draft])
    Outgoing.objects.update(state="sent", ended_at=now())
    assert "not known" in text_of(browser, url)
    first_ms = int((now() - timedelta(hours=1)).timestamp() * 1000)
    Message.objects.update(sent_ms=first_ms)
    page = text_of(browser, url)
    assert "In the last 7 days 1 group saw quite a lot of promotion" in page
    assert "1 12 8 % a bit much" in page


def test_a_group_moves_with_everything_said_in_it(browser: Client, tea: Community) -> None:
    other = Community.objects.create(
        workspace=tea.workspace, name="Coffee", time_zone="Asia/Shanghai"
    )
    group = Group.objects.get()
    assert (
        f"/groups/{group.pk}/move/"
        in browser.get(f"/communities/{tea.pk}/settings/").content.decode()
    )
    before = {d.day: d.messages for d in CommunityDay.objects.filter(community=tea)}
    assert before
    for _ in range(2):
        browser.post(f"/groups/{group.pk}/move/", {"community": other.pk})
    assert Group.objects.get().community_id == other.pk
    assert LogRow.objects.filter(name="GroupMoved").count() == 1
    event = GroupMoved(
        workspace_id=tea.workspace_id, group_id=group.pk, from_community_id=tea.pk,
        to_community_id=other.pk,
    )  # fmt: skip
    for _ in range(2):
        follow_move([event])
    jobs = Job.objects.filter(name="recount_community")
    assert set(jobs.values_list("key", flat=True)) == {str(tea.pk), str(other.pk)}
    assert jobs.count() == 2
    for one in jobs:
        recount_community_job(one)
    assert not CommunityDay.objects.filter(community=tea).exists()
    after = {d.day: d.messages for d in CommunityDay.objects.filter(community=other)}
    assert after == before


def test_a_group_does_not_move_where_it_may_not(browser: Client, tea: Community) -> None:
    elsewhere = Workspace.objects.create(name="Elsewhere")
    theirs = Community.objects.create(workspace=elsewhere, name="Theirs", time_zone="UTC")
    full = Community.objects.create(workspace=tea.workspace, name="Full", time_zone="UTC")
    group = Group.objects.get()
    Group.objects.create(
        workspace=tea.workspace, community=full, platform=group.platform, name=group.name
    )
    url = f"/groups/{group.pk}/move/"
    for wanted in (theirs.pk, "x", ""):
        assert browser.post(url, {"community": wanted}).status_code == 404
    answer = browser.post(url, {"community": full.pk}, follow=True)
    assert "Another group of this community has this name already." in answer.content.decode()
    analyst = signed_in(seated(tea.workspace, Role.ANALYST))
    assert analyst.post(url, {"community": full.pk}).status_code == 403
    stranger = signed_in(seated(elsewhere, Role.OPERATOR))
    assert stranger.post(url, {"community": theirs.pk}).status_code == 404
    group.refresh_from_db()
    assert group.community_id == tea.pk
    assert not LogRow.objects.filter(name="GroupMoved").exists()

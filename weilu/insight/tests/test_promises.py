"""What a plan promises, found again in the talk; looked at anew when the plan changes."""

from __future__ import annotations

import pytest

from weilu.chat.accept import Acceptor
from weilu.chat.ports import Inbound
from weilu.communities.blueprint.actions import judge_fit, save_step
from weilu.communities.blueprint.rules.canvas import Step
from weilu.communities.blueprint.rules.fit import ALL_QUESTIONS
from weilu.communities.models import Community
from weilu.core.errors import NotFound
from weilu.core.models import Job, Workspace
from weilu.core.tests.cast import Person
from weilu.core.worker import drain
from weilu.events.communities import FitJudged, ThemesChanged
from weilu.groups.models import Group
from weilu.groups.queries import GroupPlace
from weilu.insight.jobs import diagnose_community_job
from weilu.insight.models import FindingRow
from weilu.insight.promises import held
from weilu.insight.reactions import follow_fit, follow_themes
from weilu.insight.refresh import refresh_groups
from weilu.members.models import Member

pytestmark = pytest.mark.django_db

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
START = 19_677


@pytest.fixture
def tea(workspace: Workspace) -> Community:
    """Four weeks in which six people speak of oolong and of football, and one is called 白茶."""
    community = Community.objects.create(workspace=workspace, name="Tea", time_zone="UTC")
    group = Group.objects.create(workspace=workspace, community=community, platform="qq", name="g")
    items = []
    for day in range(28):
        for n in range(8):
            at = (START + day) * DAY + n * MINUTE
            text = "乌龙茶真香" if n % 2 else "昨晚的足球看了吗 白茶"
            items.append(Inbound(0, at, f"p{n}", "白茶" if n == 7 else f"p{n}", text, f"{day}.{n}"))
    acceptor = Acceptor(workspace.pk, "qq")
    acceptor.accept([GroupPlace(group.pk, community.pk, "UTC")] * len(items), items)
    acceptor.finish()
    Member.objects.update(nature_source="operator")
    refresh_groups([group.pk])
    return community


def promise(owner: Person, tea: Community, themes: str) -> None:
    save_step(owner.actor, community=tea, step=Step.THEME, said={"themes": themes}, seen="anything")


def test_what_is_promised_is_held_against_the_talk(
    tea: Community, owner: Person, stranger: Person
) -> None:
    assert held(owner.actor, tea) is None
    promise(owner, tea, "乌龙\n茶具：盖碗、茶壶\n水质")
    found = held(owner.actor, tea)
    assert found is not None
    assert found.drift.silent == ("茶具", "水质")
    assert found.drift.themes[0].mentions == 112
    others = [one.word for one in found.drift.others]
    assert "足球" in others
    assert "白茶" not in others
    assert found.last_day - found.first_day == 27
    with pytest.raises(NotFound):
        held(stranger.actor, tea)


def test_a_changed_plan_is_looked_at_once_and_found(tea: Community, owner: Person) -> None:
    assert FindingRow.objects.get(check_code="off_theme").severity == -1
    promise(owner, tea, "茶具\n水质\n")
    promise(owner, tea, "茶具\n水质\n节气")
    judge_fit(owner.actor, community=tea, answers=dict.fromkeys(ALL_QUESTIONS, 0))
    drain()
    job = Job.objects.get(name="diagnose_community")
    diagnose_community_job(job)
    diagnose_community_job(job)
    row = FindingRow.objects.get(check_code="off_theme")
    assert (row.severity, row.body["next_step"]) == (2, "review_positioning")
    row = FindingRow.objects.get(check_code="unfit_product")
    assert (row.severity, row.body["evidence"][0]["value"]) == (2, 0)


def test_the_reactions_may_run_twice(tea: Community) -> None:
    themes = ThemesChanged(workspace_id=tea.workspace_id, community_id=tea.pk)
    fit = FitJudged(workspace_id=tea.workspace_id, community_id=tea.pk, verdict="fits")
    for _ in range(2):
        follow_themes([themes])
        follow_fit([fit])
    assert Job.objects.filter(name="diagnose_community").count() == 1

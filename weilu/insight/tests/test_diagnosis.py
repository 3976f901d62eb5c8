"""What the diagnosis keeps: its moment, what the operator said, and in how many statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from unittest.mock import patch

import pytest
from pytest_django import DjangoAssertNumQueries

from weilu.communities.models import Community
from weilu.core.clock import now
from weilu.core.models import Workspace
from weilu.groups.models import CapabilityRow, Connection, Group
from weilu.insight import diagnosis
from weilu.insight.checks.base import GroupFacts, PeriodFacts
from weilu.insight.checks.registry import CHECKS
from weilu.insight.models import FindingRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def community() -> Community:
    workspace = Workspace.objects.create(name="w")
    community = Community.objects.create(workspace=workspace, name="茶", time_zone="UTC")
    Group.objects.bulk_create(
        [
            Group(workspace=workspace, community=community, platform="qq", name=f"群{at}")
            for at in range(30)
        ]
    )
    return community


def facts(community: Community, silent_days: int) -> list[GroupFacts]:
    """Groups that nobody has written in for some days."""
    return [
        GroupFacts(
            group=one.pk,
            name=one.name,
            now=PeriodFacts((0,) * 28, speakers=0, members=40),
            weekly_messages=(9, 9, 9, 9, 0, 0, 0, 0),
            age_days=200,
            silent_days=silent_days,
        )
        for one in Group.objects.filter(community=community)
    ]


def diagnose(community: Community, found: Sequence[GroupFacts]) -> None:
    with patch.object(diagnosis, "facts_of", return_value=found):
        diagnosis.diagnose(community)


def quiet(community: Community) -> FindingRow:
    return FindingRow.objects.filter(check_code="zombie").order_by("pk")[0]


def test_one_row_for_each_check_and_again_the_same(community: Community) -> None:
    diagnose(community, facts(community, 40))
    before = {row.pk: (row.severity, row.since) for row in FindingRow.objects.all()}
    assert len(before) == 30 * len(CHECKS)
    diagnose(community, facts(community, 40))
    assert {row.pk: (row.severity, row.since) for row in FindingRow.objects.all()} == before


def test_silence_says_nothing_where_nobody_can_listen(community: Community) -> None:
    line = Connection.objects.create(
        workspace_id=community.workspace_id, connector="wecom", name="w", hook="h",
        since=now(), created_at=now(),
    )  # fmt: skip
    CapabilityRow.objects.create(
        connection=line, ability="receive", support="impossible", as_of=now().date(), source="x"
    )
    deaf = Group.objects.order_by("pk")[0]
    Group.objects.filter(pk=deaf.pk).update(connection=line)
    diagnose(community, facts(community, 40))
    checks = FindingRow.objects.filter(group=deaf).values_list("check_code", flat=True)
    assert list(checks) == ["growth"]
    assert FindingRow.objects.filter(check_code="zombie").count() == 29
    # What was imported of it is looked at as of any other group.
    spoken = [
        replace(one, now=replace(one.now, daily_messages=(1,) * 28))
        if one.group == deaf.pk
        else one
        for one in facts(community, 0)
    ]
    diagnose(community, spoken)
    assert FindingRow.objects.filter(group=deaf).count() == len(CHECKS)


def test_what_the_operator_said_stays_until_it_gets_worse(community: Community) -> None:
    diagnose(community, facts(community, 1))
    first = quiet(community)
    assert first.severity > 0
    FindingRow.objects.filter(pk=first.pk).update(state="done", severity=1)
    diagnose(community, facts(community, 40))
    again = quiet(community)
    assert (again.pk, again.state, again.since) == (first.pk, "open", first.since)
    FindingRow.objects.filter(pk=first.pk).update(state="done")
    diagnose(community, facts(community, 40))
    assert quiet(community).state == "done"


def test_a_check_that_is_no_more_takes_its_rows_along(community: Community) -> None:
    diagnose(community, facts(community, 40))
    row = quiet(community)
    FindingRow.objects.create(
        workspace_id=row.workspace_id,
        group_id=row.group_id,
        check_code="gone",
        severity=1,
        body={},
        since=row.since,
        computed_at=row.computed_at,
    )
    diagnose(community, facts(community, 40))
    assert not FindingRow.objects.filter(check_code="gone").exists()


def test_thirty_groups_cost_no_more_statements_than_one(
    community: Community, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    found = facts(community, 40)
    diagnose(community, found)
    with django_assert_max_num_queries(12):
        diagnose(community, found)


def test_a_large_community_compares_with_an_even_choice(community: Community) -> None:
    found = [
        GroupFacts(group=at, name="", now=PeriodFacts((1,), speakers=1, members=at))
        for at in range(1000)
    ]
    chosen = diagnosis._some(found)
    assert len(chosen) == diagnosis.MOST_SISTERS
    assert [one.now.members for one in chosen[:3]] == [0, 5, 10]

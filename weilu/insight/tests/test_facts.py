"""Facts that checks judge, gathered from stored talk."""

from __future__ import annotations

import pytest

from weilu.chat.accept import Acceptor
from weilu.chat.ports import Inbound, Kind
from weilu.communities.models import Community
from weilu.core.models import Workspace
from weilu.groups.models import Group
from weilu.groups.queries import GroupPlace
from weilu.insight.checks.base import GroupFacts
from weilu.insight.facts import facts_of
from weilu.insight.refresh import refresh_groups
from weilu.members.models import Member

pytestmark = pytest.mark.django_db

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
START = 19_675
OFFER = "白茶礼盒 原价 199 元，限时优惠 99 元"


def shop(
    workspace: Workspace, words: str = "", *, joins: bool = False, days: int = 60
) -> GroupFacts:
    """Sixty days or so: the keeper posts daily and sells, two members talk, a third comes late."""
    community = Community.objects.create(
        workspace=workspace, name="c", time_zone="UTC", product_words=words
    )
    group = Group.objects.create(workspace=workspace, community=community, platform="qq", name="g")
    items: list[Inbound] = []
    for day in range(days):
        at = (START + day) * DAY + 10 * 60 * MINUTE
        text = OFFER if day % 2 else "大家早上好"
        items.append(Inbound(0, at, "keeper", "keeper", text, f"k{day}"))
        items.append(Inbound(0, at + MINUTE, "a", "a", "早，白 茶不错", f"a{day}", f"k{day}"))
        items.append(Inbound(0, at + 2 * MINUTE, "b", "b", "你好", f"b{day}"))
        if day == 50:
            if joins:
                items.append(Inbound(Kind.JOIN, at, "late", "late", "", f"j{day}"))
            items.append(Inbound(0, at + 3 * MINUTE, "late", "late", "我是新人", f"l{day}"))
    items.sort(key=lambda one: one.sent_ms)
    acceptor = Acceptor(workspace.pk, "qq")
    acceptor.accept([GroupPlace(group.pk, community.pk, "UTC")] * len(items), items)
    acceptor.finish()
    Member.objects.update(nature_source="operator")
    Member.objects.filter(name="keeper").update(is_staff=True, staff_source="operator")
    refresh_groups([group.pk])
    return next(facts_of(community))


def test_offers_and_answers_of_the_staff(workspace: Workspace) -> None:
    facts = shop(workspace)
    assert (facts.early_staff_messages, facts.early_offers) == (14, 7)
    assert facts.now.staff_messages == 28
    assert facts.now.staff_posts_answered is not None
    assert 20 <= facts.now.staff_posts_answered <= 30
    assert facts.product_messages is None


def test_members_who_speak_of_the_product(workspace: Workspace) -> None:
    assert shop(workspace, "白茶\n红茶").product_messages == 28


@pytest.mark.parametrize("joins", [False, True])
def test_members_before_the_period(workspace: Workspace, joins: bool) -> None:
    facts = shop(workspace, joins=joins)
    assert facts.before is not None
    assert (facts.now.members, facts.before.members) == (4, 3)


@pytest.mark.parametrize(("joins", "before"), [(False, None), (True, 3)])
def test_in_young_records_who_is_first_seen_is_not_new(
    workspace: Workspace, joins: bool, before: int | None
) -> None:
    facts = shop(workspace, joins=joins, days=55)
    assert facts.before is not None
    assert (facts.now.members, facts.before.members) == (4, before)


def test_without_known_staff_nothing_is_said_of_them(workspace: Workspace) -> None:
    shop(workspace)
    Member.objects.update(is_staff=False)
    facts = next(facts_of(Community.objects.get()))
    assert facts.early_offers is None
    assert facts.early_staff_messages is None
    assert facts.now.staff_posts_answered is None

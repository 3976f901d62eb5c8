"""A whole segment is kept company: shared out, spread, and whoever comes in (C-8)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from weilu.core.access import Role
from weilu.core.errors import Conflict, Invalid, NotAllowed, NotFound
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person, person
from weilu.events.members import SegmentChanged
from weilu.insight.people.tests.history import id_of, make_group, said, tell
from weilu.members.actions.company_rules import drop_company_of, follow_segment, keep_company_of
from weilu.members.actions.segments import count_segment, save_segment
from weilu.members.actions.standing import Plan, keep_company
from weilu.members.models import Company, CompanyRule, Member, Segment
from weilu.members.reactions import follow_company
from weilu.members.rules.sharing import shared_out

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@given(st.dictionaries(st.integers(1, 9), st.integers(0, 30), min_size=1), st.integers(0, 60))
def test_nobody_gets_one_while_another_has_fewer(loads: dict[int, int], count: int) -> None:
    given_to = Counter(shared_out(loads, count))
    assert given_to.total() == count
    after = {guide: load + given_to[guide] for guide, load in loads.items()}
    for guide in given_to:
        assert after[guide] - 1 <= min(after.values())


@pytest.fixture
def crowd(workspace: Workspace) -> list[int]:
    """Twelve who have said a word."""
    names = [f"p{n}" for n in range(12)]
    tell(make_group(workspace, "Hall"), [said(who, "2026-03-01 08:00", "tea") for who in names])
    return [id_of(who) for who in names]


@pytest.fixture
def segment(operator: Person, crowd: list[int]) -> Segment:
    """A segment that holds the first nine."""
    tree = {"op": "and", "of": [{"is": "name", "values": {"words": "p"}}]}
    made = save_segment(operator.actor, name="All", tree=tree)
    count_segment(made, BitMap(crowd[:9]))
    return Segment.objects.get()


def keep(who: Person, segment: Segment, *guides: int, every: int = 3) -> int:
    return keep_company_of(
        who.actor, segment_id=segment.pk, mode="partner", every_days=every, guides=guides,
        today=TODAY,
    )  # fmt: skip


def test_shared_out_and_spread_over_a_round(
    operator: Person, owner: Person, segment: Segment, crowd: list[int]
) -> None:
    # One is kept company by the owner already, and stays; a bot gets nobody.
    plan = Plan("expert", owner.user.pk, 7)
    keep_company(operator.actor, plan, member_id=crowd[0], today=TODAY)
    Member.objects.filter(pk=crowd[1]).update(nature=Member.Nature.BOT)
    assert keep(operator, segment, owner.user.pk, operator.user.pk) == 7
    assert keep(operator, segment, owner.user.pk, operator.user.pk) == 0
    counts = Counter(Company.objects.values_list("guide__username", flat=True))
    assert sorted(counts.values()) == [4, 4]
    assert Company.objects.get(mode="expert").identity.member_id == crowd[0]
    days = Counter(Company.objects.filter(mode="partner").values_list("next_on", flat=True))
    assert days == {TODAY: 3, TODAY + timedelta(days=1): 2, TODAY + timedelta(days=2): 2}


def test_who_comes_in_gets_a_guide_once_and_who_leaves_keeps_theirs(
    operator: Person, segment: Segment, crowd: list[int]
) -> None:
    assert keep(operator, segment, operator.user.pk) == 9
    count_segment(segment, BitMap(crowd[1:11]))
    changed = SegmentChanged(segment.workspace_id, segment.pk, 0)
    for _twice in range(2):
        follow_company([changed])
    kept = set(Company.objects.filter(ended_at=None).values_list("identity__member_id", flat=True))
    assert kept == set(crowd[:11])
    drop_company_of(operator.actor, segment_id=segment.pk)
    count_segment(segment, BitMap(crowd))
    follow_company([changed])
    assert Company.objects.count() == 11
    assert follow_segment(segment.pk, TODAY) == 0


def test_only_who_may_and_what_can_be(operator: Person, analyst: Person, segment: Segment) -> None:
    stranger = person(Workspace.objects.create(name="other"), "sue", Role.OWNER)
    with pytest.raises(NotAllowed):
        keep(analyst, segment)
    with pytest.raises(NotFound):
        keep(stranger, segment)
    with pytest.raises(Invalid):
        keep(operator, segment, stranger.user.pk)
    with pytest.raises(Invalid):
        keep(operator, segment, every=0)
    Segment.objects.update(members=2_001)
    with pytest.raises(Conflict, match="too_many_members"):
        keep(operator, segment)
    with pytest.raises(NotFound):
        drop_company_of(operator.actor, segment_id=segment.pk)
    assert not CompanyRule.objects.exists()
    assert not Company.objects.exists()


def test_on_the_page_of_the_segment(operator: Person, segment: Segment) -> None:
    client, url = operator.client(), f"/members/segments/{segment.pk}/"
    assert "Keep them company" in client.get(url).content.decode()
    asked = {"mode": "partner", "guides": [operator.user.pk], "every_days": ""}
    page = client.post(f"{url}company/", asked, follow=True).content.decode()
    assert "9 members are kept company now, and whoever comes in." in page
    assert "every 3 days" in page
    assert "9" in client.get("/members/company/").content.decode()
    page = client.post(f"{url}company/", {"act": "drop"}, follow=True).content.decode()
    assert "Nobody else gets a guide" in page
    assert Company.objects.filter(ended_at=None).count() == 9

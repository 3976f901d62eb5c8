"""Tiers against evidence, own stages, company and its contacts (A-3, C-2, C-8)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from weilu.core.errors import Conflict, Invalid, NotAllowed, NotFound
from weilu.core.models import LogRow, Workspace
from weilu.core.tests.cast import Person
from weilu.insight.people.tests.history import id_of, make_group, said, tell
from weilu.insight.worth.tiers import refresh_tiers
from weilu.members.actions import merge, unmerge
from weilu.members.actions.facts import add_field, set_fact
from weilu.members.actions.standing import (
    Plan,
    end_company,
    keep_company,
    move_to_stage,
    note_contact,
    remove_own_stage,
    save_own_stage,
    say_tier,
)
from weilu.members.models import Company, Contact, Field, Staying, TierPlace
from weilu.members.queries.standing import company_of, due, tier_of
from weilu.members.rules.tiers import Signs, Why, place, shares, tells_of_spending

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 2)


@pytest.fixture
def crowd(workspace: Workspace) -> list[int]:
    """Twelve who have said a word."""
    group = make_group(workspace, "Hall")
    names = [f"p{n}" for n in range(12)]
    tell(group, [said(who, "2026-03-01 08:00", "tea") for who in names])
    return [id_of(who) for who in names]


@pytest.mark.parametrize(
    ("signs", "tier", "sure"),
    [
        (Signs(0, 0, 0, None), "base", 0.4),
        (Signs(0.5, 0, 1, None), "base", 0.5),
        (Signs(0.95, 0, 1, None), "middle", 0.55),
        (Signs(0.95, 5, 2, None), "middle", 0.7),
        # Nobody is sure of the upper tier who does not know what is spent.
        (Signs(1.0, 9, 3, None), "upper", 0.5),
        (Signs(1.0, 9, 3, 0.95), "upper", 0.9),
        (Signs(0, 0, 0, 0.95), "upper", 0.65),
        (Signs(0.95, 0, 1, 0.7), "middle", 0.85),
        (Signs(0.2, 0, 1, 0.2), "base", 0.75),
    ],
)
def test_tiers_from_signs(signs: Signs, tier: str, sure: float) -> None:
    found = place(signs)
    assert (found.tier, found.confidence) == (tier, sure)
    assert (Why.NO_SPENDING in found.reasons) == (signs.spending is None)


def test_shares_of_what_is_spent() -> None:
    assert shares({1: 0.0, 2: 10.0, 3: 20.0, 4: 20.0, 5: 4000.0}) == {
        1: 0.0, 2: 0.25, 3: 0.5, 4: 0.5, 5: 1.0,
    }  # fmt: skip
    assert [tells_of_spending(one) for one in ("累计消费", "Amount spent", "生日", "Size")] == [
        True, True, False, False,
    ]  # fmt: skip


def test_tiers_follow_spending_and_staff_go_before_it(crowd: list[int], operator: Person) -> None:
    field = add_field(operator.actor, name="消费金额", kind=Field.Kind.NUMBER)
    for k, pk in enumerate(crowd):
        set_fact(operator.actor, member_id=pk, field_id=field.pk, typed=str(k * 100))
    assert refresh_tiers(operator.actor.workspace_id) == 12
    tiers = dict(TierPlace.objects.values_list("pk", "tier"))
    assert [tiers[pk] for pk in crowd] == ["base"] * 7 + ["middle"] * 3 + ["upper"] * 2
    before = list(TierPlace.objects.order_by("pk").values())
    refresh_tiers(operator.actor.workspace_id)
    assert list(TierPlace.objects.order_by("pk").values()) == before
    say_tier(operator.actor, member_id=crowd[0], tier="upper")
    assert tier_of(operator.actor, crowd[0]).tier == "upper"
    say_tier(operator.actor, member_id=crowd[0], tier="")
    assert tier_of(operator.actor, crowd[0]).tier == "base"
    with pytest.raises(Invalid):
        say_tier(operator.actor, member_id=crowd[0], tier="highest")


def test_moving_through_stages_is_history(crowd: list[int], operator: Person) -> None:
    pk = crowd[0]
    sample, council = (save_own_stage(operator.actor, name=n) for n in ("sample", "council"))
    assert move_to_stage(operator.actor, member_id=pk, stage_id=sample.pk)
    assert not move_to_stage(operator.actor, member_id=pk, stage_id=sample.pk)
    assert move_to_stage(operator.actor, member_id=pk, stage_id=council.pk)
    assert move_to_stage(operator.actor, member_id=pk, stage_id=None)
    told = LogRow.objects.filter(name="OwnStageChanged").order_by("pk")
    assert [(r.payload["from_stage_id"], r.payload["stage_id"]) for r in told] == [
        (None, sample.pk), (sample.pk, council.pk), (council.pk, None),
    ]  # fmt: skip
    assert Staying.objects.filter(ended_at=None).count() == 0
    with pytest.raises(Conflict, match="taken"):
        save_own_stage(operator.actor, name="council")
    page = operator.client().get(reverse("member_part", args=[pk, "history"])).content.decode()
    assert page.count("council") >= 2
    remove_own_stage(operator.actor, stage_id=council.pk)
    with pytest.raises(NotFound):
        move_to_stage(operator.actor, member_id=pk, stage_id=council.pk)


def test_company_goes_on_from_contact_to_contact(
    crowd: list[int], operator: Person, owner: Person, analyst: Person, stranger: Person
) -> None:
    pk = crowd[0]
    plan = Plan("partner", operator.user.pk, 3)
    one = keep_company(operator.actor, plan, member_id=pk, today=TODAY)
    assert list(due(operator.actor, TODAY)) == [one]
    # Somebody else's is not on my list.
    assert not due(owner.actor, TODAY)
    done: dict[str, Any] = {"company_id": one.pk, "seen_on": TODAY, "today": TODAY}
    assert note_contact(operator.actor, was_done=True, note="well", **done)
    assert not note_contact(owner.actor, was_done=True, **done)
    one.refresh_from_db()
    assert one.next_on == TODAY + timedelta(days=3)
    assert not due(operator.actor, TODAY)
    # Who could not be reached is tried again sooner.
    late = TODAY + timedelta(days=5)
    tried: dict[str, Any] = {"company_id": one.pk, "seen_on": one.next_on, "today": late}
    assert note_contact(operator.actor, was_done=False, **tried)
    one.refresh_from_db()
    assert one.next_on == late + timedelta(days=2)
    assert list(Contact.objects.order_by("pk").values_list("was_done", "note")) == [
        (True, "well"), (False, ""),
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        note_contact(analyst.actor, was_done=True, **done)
    with pytest.raises(NotFound):
        note_contact(stranger.actor, was_done=True, **done)
    for wrong in (Plan("friend", None, 3), Plan("partner", None, 0), Plan("partner", 10**6, 3)):
        with pytest.raises(Invalid):
            keep_company(operator.actor, wrong, member_id=pk, today=TODAY)
    end_company(operator.actor, member_id=pk)
    with pytest.raises(NotFound):
        end_company(operator.actor, member_id=pk)
    assert company_of(operator.actor, pk) is None


def test_it_stays_with_whoever_stands_behind_the_name(crowd: list[int], operator: Person) -> None:
    keep_company(operator.actor, Plan("expert", None, 7), member_id=crowd[1], today=TODAY)
    done = merge(operator.actor, kept_id=crowd[0], absorbed_id=crowd[1])
    assert company_of(operator.actor, crowd[0]) == Company.objects.get()
    unmerge(operator.actor, merge_id=done.pk)
    assert company_of(operator.actor, crowd[0]) is None


def test_the_pages(crowd: list[int], operator: Person) -> None:
    client, pk = operator.client(), crowd[0]
    place_it = reverse("member_place", args=[pk])
    client.post(place_it, {"act": "tier", "tier": "middle"})
    client.post(reverse("members_stages"), {"name": "council", "colour": "teal", "position": "1"})
    client.post(place_it, {"act": "company", "mode": "partner", "guide": operator.user.pk})
    one = Company.objects.get()
    assert (one.every_days, one.guide_id) == (3, operator.user.pk)
    assert reverse("members_company") in client.get(reverse("today")).content.decode()
    listed = client.get(reverse("members_company")).content.decode()
    assert "p0" in listed
    client.post(
        reverse("members_contacted", args=[one.pk]),
        {"act": "done", "seen_on": one.next_on.isoformat(), "note": "she is well"},
    )
    assert Contact.objects.get().note == "she is well"
    page = client.get(reverse("member_part", args=[pk, "history"])).content.decode()
    assert "she is well" in page

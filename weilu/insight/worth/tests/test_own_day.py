"""Goodwill of members of a community that ended is that of its last day, beside a lively one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.groups.models import Group
from weilu.insight.models import Influence
from weilu.insight.pages.look import number_of
from weilu.insight.people.goodwill import goodwill_of
from weilu.insight.people.record import Record
from weilu.insight.people.tests.history import id_of, make_group, said, tell
from weilu.insight.recounting import recount_community
from weilu.insight.worth.booking import today_of
from weilu.insight.worth.circles import ties_of
from weilu.members.actions import mark
from weilu.members.actions.scores import rescore, settle_levels
from weilu.members.models import Goodwill, Member
from weilu.members.queries import people
from weilu.members.rules.goodwill import EPOCH_DAY, USUAL, moved_on, points_of

END, NEWEST = number_of(date(2012, 3, 21)), number_of(date(2024, 5, 21))


def talk(group: Group, year: int, month: int, *names: str) -> None:
    """Three weeks in which the first asks and the second answers and is thanked."""
    asks, answers = names
    items = []
    for day in range(1, 22):
        at = f"{year}-{month:02d}-{day:02d}"
        items += [
            said(asks, f"{at} 08:00", f"does anybody know how to steep tea number {day}?"),
            said(answers, f"{at} 08:10", f"{asks}: eighty degrees, and {day} minutes"),
            said(asks, f"{at} 08:20", f"{answers}: thanks, tea {day} it is"),
        ]
    tell(group, items)


def counted(group: Group, owner: Person) -> None:
    everybody = list(Member.objects.values_list("pk", flat=True))
    mark(owner.actor, member_ids=everybody, nature=Member.Nature.PERSON)
    recount_community(group.community, lambda _done: None)


@pytest.fixture
def old(workspace: Workspace, owner: Person) -> Group:
    """A hall of long ago, the only one so far."""
    group = make_group(workspace, "Old")
    talk(group, 2012, 3, "reed", "rush")
    counted(group, owner)
    return group


@pytest.fixture
def new(workspace: Workspace) -> Group:
    """A hall in another community."""
    return make_group(workspace, "New", zone="UTC")


def scores(day: int) -> dict[int, tuple[float, int, int]]:
    """Points of a day, people and level of each member."""
    rows = Goodwill.objects.order_by("pk")
    return {r.pk: (round(points_of(r.base, day), 6), r.people, r.level) for r in rows}


@pytest.mark.django_db
def test_a_younger_community_takes_nothing_from_an_old_one(
    old: Group, new: Group, owner: Person
) -> None:
    before, ties = scores(END), ties_of(old.workspace_id)
    moved = dict(Influence.objects.values_list("member_id", "points"))
    assert before[id_of("rush")][0] > 1
    assert before[id_of("rush")][2] > 0
    assert ties
    assert moved
    talk(new, 2024, 5, "eve", "adam")
    counted(new, owner)
    after = scores(NEWEST)
    assert {pk: after[pk] for pk in before} == before
    assert set(Goodwill.objects.filter(pk__in=before).values_list("shift", flat=True)) == {
        NEWEST - END
    }
    now_tied = ties_of(old.workspace_id)
    assert {pair: n for pair, n in now_tied.items() if pair in ties} == ties
    held = dict(Influence.objects.values_list("member_id", "points"))
    assert {pk: held[pk] for pk in moved} == moved
    # The young one is as if it were alone.
    assert set(Goodwill.objects.exclude(pk__in=before).values_list("shift", flat=True)) == {0}


@pytest.mark.django_db
def test_it_is_explained_and_worked_out_anew_the_same(
    old: Group, new: Group, owner: Person
) -> None:
    talk(new, 2024, 5, "eve", "adam")
    counted(new, owner)
    for one in Goodwill.objects.select_related("member"):
        told = goodwill_of(owner.actor, Record(one.member), people(old.workspace_id))
        assert told is not None
        assert points_of(one.base, NEWEST) == pytest.approx(told.score.points)
        assert told.ended_day == (END if one.shift else None)
    stored = list(Goodwill.objects.order_by("pk").values())
    today = today_of(old.workspace_id)
    assert rescore(old.workspace_id, today) == 0
    assert settle_levels(old.workspace_id, today) == 0
    assert list(Goodwill.objects.order_by("pk").values()) == stored


@pytest.mark.django_db
def test_whoever_is_in_both_goes_by_the_lively_one(old: Group, new: Group, owner: Person) -> None:
    before = scores(END)
    talk(new, 2024, 5, "eve", "rush")
    counted(new, owner)
    shifts = dict(Goodwill.objects.values_list("member_id", "shift"))
    assert (shifts[id_of("rush")], shifts[id_of("reed")]) == (0, NEWEST - END)
    # What she gave twelve years ago is worth nothing any more, what she gives now is.
    assert scores(NEWEST)[id_of("rush")][0] == pytest.approx(before[id_of("rush")][0], rel=0.3)


@pytest.mark.django_db
def test_who_is_new_is_scored_as_of_today_at_once(old: Group, new: Group, owner: Person) -> None:
    talk(new, 2024, 5, "eve", "adam")
    counted(new, owner)
    # Nobody has looked at where he stands when he is first scored.
    tell(new, [said("ash", "2024-05-21 09:00", "adam: which tea is it today?")])
    counted(new, owner)
    assert Goodwill.objects.get(pk=id_of("ash")).shift == 0


@pytest.mark.django_db
def test_coming_alive_brings_everybody_back(old: Group, new: Group, owner: Person) -> None:
    talk(new, 2024, 5, "eve", "adam")
    counted(new, owner)
    tell(old, [said("moss", "2024-05-20 10:00", "is anybody here?")])
    counted(old, owner)
    assert set(Goodwill.objects.values_list("shift", flat=True)) == {0}
    assert set(Goodwill.objects.values_list("earned", flat=True)) == {None}
    assert scores(NEWEST)[id_of("rush")][0] < 0.01


@given(st.floats(0, 1e6), st.integers(EPOCH_DAY - 9000, EPOCH_DAY + 9000), st.integers(0, 9000))
def test_a_base_moved_on_gives_the_score_of_its_own_day(base: float, day: int, later: int) -> None:
    moved = moved_on(base, day, day + later, USUAL)
    assert points_of(moved, day + later) == pytest.approx(points_of(base, day), rel=1e-6)

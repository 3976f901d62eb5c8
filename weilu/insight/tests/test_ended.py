"""A community whose history ended long ago, beside one that goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from django.urls import reverse
from pytest_django import Settings

from weilu.chat.columns import DAY_MS
from weilu.core.clock import now
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection, Group
from weilu.insight.diagnosis import diagnose
from weilu.insight.ended import Ended, ended, todays
from weilu.insight.pages.look import number_of
from weilu.insight.people.conditions import stage
from weilu.insight.people.listing import Listing, Wanted, newest_ms, todays_of
from weilu.insight.people.segments import asking
from weilu.insight.people.tests.history import id_of, make_group, ms, said, tell
from weilu.insight.rules.lifecycle import MemberStage
from weilu.insight.standing import refresh_standing
from weilu.insight.worth.booking import today_of
from weilu.members.actions.segments import save_segment
from weilu.members.mirror.columns import Spots
from weilu.members.mirror.keeping import borrowed
from weilu.members.mirror.mirror import Look
from weilu.members.segments import columnar
from weilu.members.segments.registry import CONDITIONS
from weilu.members.segments.trees import Branch, Leaf, plain

pytestmark = pytest.mark.django_db

END = number_of(date(2013, 1, 31))


@pytest.fixture
def halls(workspace: Workspace) -> tuple[Group, Group]:
    """An old hall and a new one; Ann was in both."""
    old, new = make_group(workspace, "Old", zone="UTC"), make_group(workspace, "New")
    told = [
        said("early", "2012-10-01 10:00", "tea?", zone="UTC"),
        said("ann", "2013-01-30 10:00", "tea", zone="UTC"),
        said("last", "2012-11-30 10:00", "tea", zone="UTC"),
        said("last", "2013-01-31 10:00", "tea", zone="UTC"),
    ]
    tell(old, told)
    tell(new, [said("ann", "2024-01-30 10:00", "tea"), said("eve", "2024-06-30 10:00", "tea")])
    for one in (old, new):
        refresh_standing(one.community)
    return old, new


def stages(viewer: Person, wanted: Wanted | None = None) -> dict[str, MemberStage]:
    found = Listing(viewer.actor, wanted or Wanted(), todays_of(viewer.actor))
    rows = found.page(sort="name", descending=False, after_id=None, limit=50)
    return {row.name: row.stage for row in rows}


def test_which_ended_and_for_whom(halls: tuple[Group, Group], analyst: Person) -> None:
    old, _new = halls
    workspace_id = analyst.actor.workspace_id
    assert ended(workspace_id) == [Ended(old.community_id, old.community.name, "UTC", END)]
    assert ended(workspace_id, 5000) == []
    who = np.array([id_of("last"), id_of("ann"), id_of("eve")])
    found = todays(workspace_id, newest_ms(analyst.actor))
    assert (found.of(who) // DAY_MS).tolist() == [END, *[number_of(date(2024, 6, 30))] * 2]
    assert today_of(workspace_id).over == {old.community_id: END}


def test_where_weilu_listens_silence_is_silence(
    halls: tuple[Group, Group], analyst: Person
) -> None:
    old, _new = halls
    old.connection = Connection.objects.create(
        workspace_id=old.workspace_id,
        community=old.community,
        connector="matrix",
        name="Ears",
        hook="ears",
        is_on=True,
        since=now(),
        created_at=now(),
        state=Connection.State.RUNNING,
    )
    old.save()
    assert ended(analyst.actor.workspace_id) == []


def test_stages_are_as_of_the_end_of_ones_own_history(
    halls: tuple[Group, Group], analyst: Person
) -> None:
    assert stages(analyst) == {
        "ann": MemberStage.SILENT,
        "early": MemberStage.SILENT,
        "eve": MemberStage.NEWCOMER,
        "last": MemberStage.ACTIVE,
    }
    assert set(stages(analyst, Wanted(state="active"))) == {"eve", "last"}
    assert set(stages(analyst, Wanted(state="silent"))) == {"ann", "early"}
    scope = asking(analyst.actor).scope
    assert set(stage(scope, {"stage": ["active"]})) == {id_of("last")}
    assert not stage(replace(scope, ends=()), {"stage": ["active"]})


DAYS = (
    ("quiet", {"days": "14"}, {"early", "ann"}),
    ("newcomer", {"days": "90"}, {"last", "eve"}),
    ("spoke", {"times": "1", "days": "7", "group": ""}, {"last", "eve"}),
)


def test_days_are_counted_back_from_the_end_of_ones_own_history(
    halls: tuple[Group, Group], analyst: Person, owner: Person
) -> None:
    for kind, values, names in DAYS:
        expected = {id_of(name) for name in names}
        assert set(asking(analyst.actor).find(Leaf(kind, values))) == expected, kind
    tree = Branch(of=(Leaf("quiet", {"days": "14"}),))
    one = save_segment(owner.actor, name="Quiet", tree=plain(tree))
    page = owner.client().get(
        reverse("members_segment", args=[one.pk]), headers={"accept-language": "en"}
    )
    assert "history ended earlier, from its end." in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_mirror_counts_from_the_same_days(
    halls: tuple[Group, Group], analyst: Person, settings: Settings
) -> None:
    settings.MIRROR_FROM = 1
    scope = asking(analyst.actor).scope
    assert scope.ends
    for kind, values, names in DAYS:
        expected = {id_of(name) for name in names}
        found = columnar.answer(scope, Leaf(kind, values))
        assert found is not None
        assert set(found) == expected, kind
        # Of some people only, as when few changed.
        with borrowed(scope.workspace_id) as mirror:
            assert mirror is not None
            at = mirror.places.find(np.array(sorted(map(id_of, ("ann", "eve", "last")))))
            look = Look(mirror, scope, scope.moment.timestamp(), Spots.of(at))
            columns = CONDITIONS[kind].columns
            assert columns is not None
            held = columns.holds(look, values)
        some = [pk for pk in (id_of("ann"), id_of("eve"), id_of("last")) if pk in expected]
        assert int(held.sum()) == len(some), kind


def test_what_is_long_past_is_not_for_today(halls: tuple[Group, Group], owner: Person) -> None:
    old, new = halls
    many = [
        said(f"p{k % 7}", f"2024-05-{day:02d} {k:02d}:00", f"tea {k}")
        for day in range(1, 29)
        for k in range(10, 20)
    ]
    tell(new, many)
    attic = make_group(old.workspace, "Attic", zone="UTC")
    tell(attic, [said("early", "2012-11-01 10:00", "tea", zone="UTC")])
    for one in (old, new):
        diagnose(one.community)
    page = owner.client().get(reverse("today"), headers={"accept-language": "en"})
    text = page.content.decode()
    assert f"{old.community.name}: history up to 31 Jan 2013" in text
    assert f"/findings/group/{attic.pk}/" not in text
    assert f"/findings/group/{new.pk}/" in text
    listed = owner.client().get(reverse("findings"), headers={"accept-language": "en"})
    assert "as of 31 Jan 2013" in listed.content.decode()
    assert ms("2024-06-30 10:00") == newest_ms(owner.actor)

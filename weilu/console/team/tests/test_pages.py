"""Who does what, and seed members, over HTTP."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from django.db import transaction

from weilu.communities.models import Community
from weilu.core.access import Role as Seat
from weilu.core.errors import Conflict, NotFound
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person, person
from weilu.groups.models import Group
from weilu.insight.pages.tests.story import at, said, tell_items
from weilu.insight.people.seeding import candidates
from weilu.insight.worth.booking import newest_day_of
from weilu.members.actions import merge
from weilu.members.actions.customers import bring_in
from weilu.members.actions.facts import add_field
from weilu.members.actions.ledgers import book, hold
from weilu.members.models import Field, Member
from weilu.members.rules.customers import Row
from weilu.members.rules.exchange import ROW, Exchange
from weilu.team.models import Post, Seed
from weilu.team.rules.roles import Role
from weilu.team.rules.seeding import Evidence
from weilu.team.rules.structure import NEEDED
from weilu.team.seeds import add_seeds, thank
from weilu.team.structure import PostWords, gaps_of, save_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea(workspace: Workspace) -> Community:
    """A community where Ada answers what Ben and Cleo ask, on many days; Dan came once."""
    items = []
    for n in range(1, 9):
        who = ("Ben", "Cleo")[n % 2]
        items += [
            said(who, at(3, n, 20), "How do I brew this tea?", key=f"q{n}"),
            said("Ada", at(3, n, 20, 1), "With hot water", key=f"a{n}", answers=f"q{n}"),
        ]
    return tell_items(workspace, [*items, said("Dan", at(3, 8, 21), "Hello")], "Tea")


@pytest.fixture
def boss(workspace: Workspace) -> Person:
    """Somebody who may plan."""
    return person(workspace, "boss", Seat.MANAGER)


def named(name: str) -> Member:
    return Member.objects.get(name=name)


def test_the_structure_is_put_up_filled_and_printed(
    tea: Community, boss: Person, operator: Person
) -> None:
    client, url = boss.client(), f"/communities/{tea.pk}/structure/"
    assert "Six posts carry a community" in client.get(url).content.decode()
    assert client.post(f"{url}begin/").status_code == 302
    assert client.post(f"{url}begin/").status_code == 302
    assert Post.objects.count() == len(NEEDED)
    page = client.get(url).content.decode()
    assert "Nobody does this yet" in page
    lead = Post.objects.get(role="lead")
    # The empty post is filled; a second one of the role would leave it empty for ever.
    assert page.count(f'href="/posts/{lead.pk}/"') == 2
    assert "?role=" not in page
    assert "Put up what is needed" not in page
    form = {"role": "lead", "duty": "Answers", "layer": "", "user": str(boss.user.pk)}
    assert client.post(f"/posts/{lead.pk}/", form).status_code == 302
    soul = {"role": "soul", "duty": "", "layer": "", "user": "", "member": "Ada"}
    assert client.post(f"/posts/{Post.objects.get(role='soul').pk}/", soul).status_code == 302
    for role in ("steward", "content"):
        assert client.post(url, {**form, "role": role}).status_code == 302
    page = client.get(url).content.decode()
    assert "too much for one" in page
    assert "Ada" in page
    paper = client.get(f"{url}paper/").content.decode()
    assert "boss" in paper
    assert gaps_of([tea.pk])[tea.pk] == (Role.SERVICE, Role.ANALYST)
    assert client.post(f"/posts/{lead.pk}/drop/").status_code == 302
    assert Role.LEAD in gaps_of([tea.pk])[tea.pk]
    assert operator.client().post(url, form).status_code == 403
    assert operator.client().get(f"/posts/{Post.objects.all()[0].pk}/").status_code == 403


def test_a_name_that_is_not_clear_is_asked_again(tea: Community, boss: Person) -> None:
    client, url = boss.client(), f"/communities/{tea.pk}/structure/"
    form = {"role": "expert", "duty": "", "layer": "", "user": "", "member": "Zoe"}
    answer = client.post(url, form)
    assert answer.status_code == 422
    assert "Nobody in the member list is called so." in answer.content.decode()
    assert not Post.objects.exists()
    assert client.post(url, {**form, "role": "king", "member": ""}).status_code == 422


def test_a_post_follows_its_member_through_a_merge(tea: Community, boss: Person) -> None:
    ada, dan = named("Ada"), named("Dan")
    save_post(boss.actor, PostWords("soul", member_id=dan.pk), community=tea)
    merge(boss.actor, kept_id=ada.pk, absorbed_id=dan.pk)
    page = boss.client().get(f"/communities/{tea.pk}/structure/").content.decode()
    assert f"/members/{ada.pk}/" in page


def test_who_helps_on_many_days_is_found_with_reasons(tea: Community, operator: Person) -> None:
    found = candidates(operator.actor, most=10)
    assert [one.member_id for one in found] == [
        named("Ada").pk,
        *sorted([named("Ben").pk, named("Cleo").pk]),
    ]
    ada = found[0].evidence
    assert (ada[Evidence.DAYS], ada[Evidence.ANSWERS], ada[Evidence.PARTNERS]) == (8, 8, 2)
    Member.objects.filter(name="Ada").update(is_staff=True)
    assert named("Ada").pk not in {one.member_id for one in candidates(operator.actor, most=9)}


def test_who_is_thanked_and_who_bought_is_found(tea: Community, operator: Person) -> None:
    ada, cleo, workspace = named("Ada"), named("Cleo"), tea.workspace_id
    group = Group.objects.get(community=tea)
    today = newest_day_of(workspace)
    thanks = [
        (ada.pk, Exchange.THANKED, today - 1, group.pk, named(who).pk, 3) for who in ("Ben", "Cleo")
    ]
    old = (cleo.pk, Exchange.THANKED, today - 200, group.pk, ada.pk, 1)
    with transaction.atomic():
        hold(workspace)
        book(workspace, np.array([*thanks, old], dtype=ROW))
    spent = add_field(operator.actor, name="累计消费", kind=Field.Kind.NUMBER)
    add_field(operator.actor, name="Size", kind=Field.Kind.NUMBER)
    # A customer who is in no group, and one who is but bought less.
    rows = [
        Row(2, "Mia", "", (), ((spent.pk, "9,000"),)),
        Row(3, "Cleo", "", (), ((spent.pk, "20"),)),
    ]
    bring_in(operator.actor, rows, wording="", today=date(2026, 3, 1))
    found = {one.member_id: one.evidence for one in candidates(
        operator.actor, most=10, bought=spent.pk
    )}  # fmt: skip
    mia = named("Mia").pk
    assert (found[ada.pk][Evidence.THANKS], found[cleo.pk][Evidence.THANKS]) == (2, 0)
    assert (found[mia][Evidence.BOUGHT], found[cleo.pk][Evidence.BOUGHT]) == (100, 1)
    client, url = operator.client(), f"/communities/{tea.pk}/seeds/find/"
    page = client.get(url).content.decode()
    assert "was thanked by 2 people" in page
    assert "bought more than 100 % of the other customers" in page
    assert "Mia" not in client.get(f"{url}?bought=").content.decode()
    Member.objects.filter(pk=mia).update(is_staff=True)
    assert mia not in {
        one.member_id for one in candidates(operator.actor, most=10, bought=spent.pk)
    }


def test_a_seed_is_found_listed_invited_and_thanked(tea: Community, operator: Person) -> None:
    client, url = operator.client(), f"/communities/{tea.pk}/seeds/"
    assert "Nobody is on the list yet" in client.get(url).content.decode()
    page = client.get(f"{url}find/").content.decode()
    assert "answered 8 questions first" in page
    ada, ben = named("Ada"), named("Ben")
    assert client.post(f"{url}find/", {"pick": [ada.pk, ben.pk, 0]}).status_code == 302
    assert client.post(f"{url}find/", {"pick": [ada.pk]}).status_code == 302
    assert Seed.objects.count() == 2
    seed = Seed.objects.get(identity__member=ada)
    assert seed.reasons[0] == ["answers", 8]
    client.post(f"{url}state/", {"pick": [seed.pk], "state": "agreed"})
    client.post(f"/seeds/{seed.pk}/act/", {"act": "note", "note": "loves oolong"})
    client.post(f"/seeds/{seed.pk}/act/", {"act": "in"})
    assert client.post(f"/seeds/{seed.pk}/act/", {"act": "burn"}).status_code == 422
    assert client.post(f"/seeds/{seed.pk}/act/", {"act": "thank"}).status_code == 302
    seed.refresh_from_db()
    assert (seed.state, seed.note, seed.thanked_at is None) == ("in", "loves oolong", False)
    with pytest.raises(Conflict):
        thank(operator.actor, pk=seed.pk)
    page = client.get(url).content.decode()
    assert "loves oolong" in page
    assert "1 is in" in page
    client.post(f"/seeds/{seed.pk}/act/", {"act": "drop"})
    assert Seed.objects.count() == 1


def test_others_are_not_reached(
    tea: Community, operator: Person, analyst: object, stranger: Person
) -> None:
    with pytest.raises(NotFound):
        add_seeds(stranger.actor, community=tea, reasons={named("Ada").pk: ()})
    elsewhere = Community.objects.create(
        workspace_id=stranger.actor.workspace_id, name="X", time_zone="UTC"
    )
    assert add_seeds(stranger.actor, community=elsewhere, reasons={named("Ada").pk: ()}) == 0
    add_seeds(operator.actor, community=tea, reasons={named("Ada").pk: ()})
    url = f"/communities/{elsewhere.pk}/seeds/state/"
    stranger.client().post(url, {"pick": [Seed.objects.get().pk], "state": "no"})
    assert Seed.objects.get().state == "to_invite"

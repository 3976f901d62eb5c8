"""Circles found in stored exchange, kept by name, used in segments (C-5)."""

from __future__ import annotations

import numpy as np
import pytest
from django.db import transaction
from django.urls import reverse
from pyroaring import BitMap

from weilu.core.errors import Conflict, NotAllowed, NotFound
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.groups.models import Group
from weilu.insight.models import FoundCircle
from weilu.insight.people.segments import find
from weilu.insight.people.tests.history import id_of, make_group, said, tell
from weilu.insight.worth.circles import find_circles, found_circles, people_like
from weilu.members.actions.circles import (
    add_to_circle,
    remove_circle,
    save_circle,
    take_from_circle,
)
from weilu.members.actions.ledgers import book, hold
from weilu.members.models import Alias, Circle, CircleMember
from weilu.members.rules.exchange import ROW, Exchange, mirrored
from weilu.members.segments.trees import Leaf

pytestmark = pytest.mark.django_db

TEA, RUN = ("t1", "t2", "t3", "t4", "t5"), ("r1", "r2", "r3", "r4")
DAY = 19_813  # 2024-03-31


@pytest.fixture
def hall(workspace: Workspace) -> Group:
    """Five who talk of teapots, four who talk of running, one tie between."""
    group = make_group(workspace, "Hall")
    items = []
    for n in range(4):
        items += [said(who, f"2024-03-31 0{n}:1{k}", f"teapot {n}") for k, who in enumerate(TEA)]
        items += [said(who, f"2024-03-31 0{n}:2{k}", f"marathon {n}") for k, who in enumerate(RUN)]
    tell(group, items)
    ties = [(a, b) for circle in (TEA, RUN) for a in circle for b in circle if a != b]
    rows = [
        (id_of(a), Exchange.REPLIED, DAY, group.pk, id_of(b), 3) for a, b in [*ties, ("t1", "r1")]
    ]
    with transaction.atomic():
        hold(workspace.pk)
        book(workspace.pk, mirrored(np.array(rows, dtype=ROW)))
    return group


def test_circles_are_found_with_their_words(hall: Group) -> None:
    assert find_circles(hall.workspace_id) == 2
    first, second = FoundCircle.objects.order_by("position")
    assert set(BitMap.deserialize(bytes(first.members))) == {id_of(who) for who in TEA}
    assert set(BitMap.deserialize(bytes(second.members))) == {id_of(who) for who in RUN}
    assert (first.words, second.words) == (["teapot"], ["marathon"])
    before = list(FoundCircle.objects.order_by("position").values("members", "top", "words"))
    find_circles(hall.workspace_id)
    again = FoundCircle.objects.order_by("position").values("members", "top", "words")
    assert list(again) == before


def test_whom_they_talk_with_is_not_what_they_talk_about(hall: Group, owner: Person) -> None:
    Alias.objects.filter(identity_id=id_of("t5")).update(name="Kettlefriend")
    talk = [said(who, f"2024-03-31 1{n}:00", "kettlefriend knows") for n in (0, 1) for who in TEA]
    tell(hall, talk)
    find_circles(hall.workspace_id)
    assert "kettlefriend" not in FoundCircle.objects.order_by("position")[0].words
    found = people_like(owner.actor, [id_of("t2"), id_of("t3")])
    assert {word for one in found for word in one.words} == {"teapot"}


def test_people_like_some(hall: Group, owner: Person) -> None:
    found = people_like(owner.actor, [id_of("t2"), id_of("t3")])
    assert {one.name for one in found[:3]} == {"t1", "t4", "t5"}
    assert found[0].words == ["teapot"]


def test_a_kept_circle_is_a_condition(hall: Group, operator: Person) -> None:
    one = save_circle(operator.actor, name="Teapots")
    ids = [id_of(who) for who in TEA]
    assert add_to_circle(operator.actor, circle_id=one.pk, member_ids=ids) == 5
    assert add_to_circle(operator.actor, circle_id=one.pk, member_ids=[*ids, id_of("r1")]) == 1
    take_from_circle(operator.actor, circle_id=one.pk, member_id=id_of("r1"))
    leaf = Leaf("circle", {"circle": [str(one.pk)]})
    assert set(find(operator.actor, leaf).ids) == set(ids)
    assert CircleMember.objects.count() == 6
    with pytest.raises(Conflict, match="taken"):
        save_circle(operator.actor, name=" Teapots ")
    remove_circle(operator.actor, circle_id=one.pk)
    assert not CircleMember.objects.exists()


def test_only_who_may(hall: Group, operator: Person, analyst: Person, stranger: Person) -> None:
    one = save_circle(operator.actor, name="Teapots")
    with pytest.raises(NotAllowed):
        add_to_circle(analyst.actor, circle_id=one.pk, member_ids=[id_of("t1")])
    with pytest.raises(NotFound):
        add_to_circle(stranger.actor, circle_id=one.pk, member_ids=[id_of("t1")])
    theirs = save_circle(stranger.actor, name="Theirs")
    assert add_to_circle(stranger.actor, circle_id=theirs.pk, member_ids=[id_of("t1")]) == 0


def test_the_pages(hall: Group, operator: Person) -> None:
    find_circles(hall.workspace_id)
    client = operator.client()
    page = client.get(reverse("members_circles")).content.decode()
    assert "teapot" in page
    found = FoundCircle.objects.order_by("position")[0]
    kept = client.post(reverse("members_circles"), {"found": found.pk, "name": "Teapots"})
    one = Circle.objects.get()
    assert kept["Location"] == reverse("members_circle", args=[one.pk])
    assert CircleMember.objects.filter(circle=one).count() == 5
    again = client.post(reverse("members_circles"), {"found": found.pk, "name": "Teapots"})
    assert again.status_code == 422
    change = reverse("members_circle_change", args=[one.pk])
    client.post(change, {"act": "take", "member": id_of("t1")})
    client.post(change, {"act": "add", "member": id_of("r2")})
    shown = client.get(reverse("members_circle", args=[one.pk])).content.decode()
    assert ">t1<" not in shown
    assert ">r2<" in shown
    like = client.get(reverse("members_like"), {"of": [id_of("t2")]}).content.decode()
    assert ">t3<" in like


def test_the_page_names_nobody_twice_and_tells_what_is_kept(hall: Group, operator: Person) -> None:
    find_circles(hall.workspace_id)
    client, url = operator.client(), reverse("members_circles")
    page = client.get(url).content.decode()
    assert [page.count(f">{who}</a>") for who in (*TEA, *RUN)] == [1] * 9
    first = FoundCircle.objects.order_by("position")[0]
    client.post(url, {"name": "Teapots", "found": first.pk})
    shown = found_circles(operator.actor)
    assert [one.kept.name if one.kept else "" for one in shown] == ["Teapots", ""]
    assert "You keep it:" in client.get(url).content.decode()
    # Others have come in their place: it is another circle by now.
    kept = Circle.objects.get(name="Teapots")
    for who in TEA[:3]:
        take_from_circle(operator.actor, circle_id=kept.pk, member_id=id_of(who))
    add_to_circle(operator.actor, circle_id=kept.pk, member_ids=[id_of("r1")])
    assert [one.kept for one in found_circles(operator.actor)] == [None, None]

"""Segments: what a tree finds is what a plain look at everybody finds (C-9)."""

from __future__ import annotations

import itertools
import random
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotAllowed, NotFound
from weilu.core.models import LogRow, Workspace
from weilu.core.tests.cast import Person
from weilu.core.worker import drain
from weilu.groups.models import Group
from weilu.insight.models import MemberTotals
from weilu.insight.people.listing import Listing, Wanted, newest_ms, todays_of
from weilu.insight.people.segments import (
    asking,
    asking_for,
    find,
    keep_counting,
    members_of,
    moves_of,
    recount,
    would_change,
)
from weilu.insight.people.tests.crowd import make_crowd
from weilu.insight.people.tests.history import make_group, said, tell
from weilu.insight.people.tests.plain_look import LOOKS, holds, naive, some_tree, some_values
from weilu.members.actions.facts import add_field, set_fact
from weilu.members.actions.notes import write_note
from weilu.members.actions.segments import keep_tag, remove_segment, save_segment
from weilu.members.actions.tags import put_on, remove_tag, take_off
from weilu.members.models import (
    Field,
    Member,
    Segment,
    SegmentMove,
    Tag,
)
from weilu.members.queries.known import worn_by
from weilu.members.segments.registry import CONDITIONS
from weilu.members.segments.trees import Branch, Leaf, leaves, plain, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(workspace: Workspace, owner: Person, stranger: Person) -> list[Group]:
    """A crowd, and somebody of the same name elsewhere."""
    tell(make_group(stranger.seat.workspace, "Elsewhere"), [said("p1", "2024-03-30 08:00", "x")])
    return make_crowd(workspace, owner.actor)


def test_every_condition_is_looked_at() -> None:
    assert set(LOOKS) == set(CONDITIONS)


@pytest.mark.long
def test_the_count_is_that_of_a_plain_look(crowd: list[Group], owner: Person) -> None:
    today = newest_ms(owner.actor)
    everybody = list(Member.objects.filter(workspace_id=owner.actor.workspace_id, merged_into=None))
    seen: set[str] = set()
    sizes: set[int] = set()

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    @given(st.integers(0, 2**32))
    def check(seed: int) -> None:
        tree = some_tree(random.Random(seed), crowd)
        found = find(owner.actor, read(plain(tree)))
        expected = {one.pk for one in everybody if naive(tree, one, today)}
        assert set(found.ids) == expected
        assert found.everybody == len(everybody)
        seen.update(leaf.kind for leaf in leaves(tree))
        sizes.add(len(expected))

    check()
    # Chance went everywhere, and trees do tell people apart.
    assert len(seen) > 14
    assert len(sizes) > 8


@pytest.mark.long
def test_each_condition_by_itself(crowd: list[Group], owner: Person) -> None:
    """All over the same crowd, which takes a second to make; all that are wrong are told."""
    today = newest_ms(owner.actor)
    everybody = Member.objects.filter(workspace_id=owner.actor.workspace_id, merged_into=None)
    wrong = []
    for kind, seed in itertools.product(sorted(CONDITIONS), range(8)):
        leaf = Leaf(kind, some_values(kind, random.Random(seed), crowd))
        expected = {one.pk for one in everybody if holds(leaf, one, today)}
        if set(asking(owner.actor).find(leaf)) != expected:
            wrong.append(leaf)
    assert not wrong


def work() -> None:
    """Work for a while."""
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(3):
            drain()
            clock.shift(timedelta(seconds=5))


def tagged(tag: Tag) -> dict[str, Any]:
    return {"op": "and", "of": [{"is": "tag", "values": {"tag": [str(tag.pk)]}}]}


@pytest.mark.parametrize("words", ["ÄRGER", "ärger", "чай", "Чай"])
def test_words_are_found_in_large_letters_and_small(owner: Person, words: str) -> None:
    tell(make_group(owner.seat.workspace, "Hall"), [said("p1", "2024-03-30 08:00", "x")])
    pk = Member.objects.get().pk
    write_note(owner.actor, member_id=pk, text="Ärger um Чай")
    city = add_field(owner.actor, name="city", kind=Field.Kind.TEXT)
    set_fact(owner.actor, member_id=pk, field_id=city.pk, typed="Ärger (Чай)")
    asked = [
        Leaf("note", {"words": words}),
        Leaf("field_text", {"field": str(city.pk), "words": words}),
    ]
    assert [set(asking(owner.actor).find(one)) for one in asked] == [{pk}, {pk}]


def test_the_sample_says_why(crowd: list[Group], owner: Person) -> None:
    red = Tag.objects.get(name="red")
    tree = Branch(True, (Leaf("tag", {"tag": [str(red.pk)]}), Leaf("left", {}, True)))
    found = find(owner.actor, tree, sample=5)
    assert len(found.sample) == 5
    assert all(one.holds == tree.of for one in found.sample)
    either = Branch(False, tree.of)
    holding = {one.id: one.holds for one in find(owner.actor, either, sample=30).sample}
    assert {len(reasons) for reasons in holding.values()} == {1, 2}


def test_a_segment_keeps_who_came_and_who_left(crowd: list[Group], owner: Person) -> None:
    actor, red = owner.actor, Tag.objects.get(name="red")
    one = save_segment(actor, name=" Reds ", tree=tagged(red))
    recount(actor, one)
    one.refresh_from_db()
    first = set(BitMap.deserialize(bytes(one.ids)))
    assert one.members == len(first) == len(members_of(actor, one.pk))
    gone = min(first)
    take_off(actor, tag_id=red.pk, member_ids=[gone])
    new = next(pk for pk in members_of(actor, one.pk) ^ asking(actor).everybody() if pk != gone)
    put_on(actor, tag_id=red.pk, member_ids=[new])
    work()
    newest, oldest = moves_of(actor, one.pk)
    assert (oldest.entered_members, oldest.left_members, oldest.was_first) == (len(first), 0, True)
    full = SegmentMove.objects.get(pk=newest.pk)
    assert list(BitMap.deserialize(bytes(full.entered))) == [new]
    assert list(BitMap.deserialize(bytes(full.left))) == [gone]
    assert LogRow.objects.filter(name="SegmentChanged").count() == 2
    # Twice is once: nothing changed, nothing is told.
    keep_counting(actor.workspace_id)
    work()
    assert LogRow.objects.filter(name="SegmentChanged").count() == 2


def test_whoever_was_overtaken_writes_nothing(crowd: list[Group], owner: Person) -> None:
    red = Tag.objects.get(name="red")
    one = save_segment(owner.actor, name="Reds", tree=tagged(red))
    stale = Segment.objects.get(pk=one.pk)
    recount(owner.actor, one)
    recount(owner.actor, stale)
    assert SegmentMove.objects.count() == 1


def test_time_alone_moves_people(crowd: list[Group], owner: Person) -> None:
    """Tags fall off; an hour later nobody in the segment has a tag that is over."""
    red = Tag.objects.get(name="red")
    one = save_segment(owner.actor, name="Reds", tree=tagged(red))
    keep_counting(owner.actor.workspace_id)
    with time_machine.travel(now() + timedelta(minutes=1)):
        drain()
    before = Segment.objects.get(pk=one.pk).members
    with time_machine.travel(now() + timedelta(days=2)):
        drain()
    with time_machine.travel(now() + timedelta(days=2, hours=2)):
        drain()
    after = Segment.objects.get(pk=one.pk).members
    assert 0 < after < before


def test_a_tag_is_kept_by_a_segment(crowd: list[Group], owner: Person) -> None:
    actor, red, green = owner.actor, Tag.objects.get(name="red"), Tag.objects.get(name="green")
    one = save_segment(actor, name="Reds", tree=tagged(red))
    recount(actor, one)
    gaining, losing = would_change(actor, one.pk, green)
    assert gaining
    assert losing
    keep_tag(actor, segment_id=one.pk, tag_id=green.pk)
    assert would_change(actor, one.pk, green) == (BitMap(), BitMap())
    reds = set(members_of(actor, one.pk))
    take_off(actor, tag_id=red.pk, member_ids=[min(reds)])
    work()
    everybody = list(asking(actor).everybody())
    wear = {pk for pk, tags in worn_by(everybody).items() if green.pk in {t.tag_id for t in tags}}
    assert wear == reds - {min(reds)}


def test_what_is_gone_leaves_the_rest_of_a_choice(crowd: list[Group], owner: Person) -> None:
    """Else a tag kept on the segment would fall off everybody when another is thrown away."""
    red, green = Tag.objects.get(name="red"), Tag.objects.get(name="green")
    tree = {"op": "and", "of": [{"is": "tag", "values": {"tag": [str(red.pk), str(green.pk)]}}]}
    one = save_segment(owner.actor, name="Reds or greens", tree=tree)
    assert asking_for(owner.actor, "tag", green.pk) == [one]
    assert asking_for(owner.actor, "tag", 987) == []
    reds = members_of(owner.actor, save_segment(owner.actor, name="R", tree=tagged(red)).pk)
    remove_tag(owner.actor, tag_id=green.pk)
    assert members_of(owner.actor, one.pk) == reds
    assert len(reds)
    remove_tag(owner.actor, tag_id=red.pk)
    assert not members_of(owner.actor, one.pk)


def test_a_tag_is_not_kept_in_a_circle(crowd: list[Group], owner: Person) -> None:
    actor = owner.actor
    red, green, old = (Tag.objects.get(name=name) for name in ("red", "green", "old"))
    one = save_segment(actor, name="Reds", tree=tagged(red))
    two = save_segment(actor, name="Greens", tree=tagged(green))
    keep_tag(actor, segment_id=one.pk, tag_id=green.pk)
    for segment, tag, code in ((one, red, "circle"), (two, red, "circle"), (two, green, "kept")):
        with pytest.raises(Conflict, match=code):
            keep_tag(actor, segment_id=segment.pk, tag_id=tag.pk)
    keep_tag(actor, segment_id=two.pk, tag_id=old.pk)
    with pytest.raises(Conflict, match="tag_in_circle"):
        save_segment(actor, name="Reds", tree=tagged(old), segment_id=one.pk)
    keep_tag(actor, segment_id=one.pk, tag_id=None)
    remove_segment(actor, segment_id=one.pk)
    assert Segment.objects.count() == 1


def test_the_list_shows_a_segment(crowd: list[Group], owner: Person) -> None:
    ids = members_of(owner.actor, save_segment(
        owner.actor, name="Reds", tree=tagged(Tag.objects.get(name="red"))
    ).pk)  # fmt: skip
    listing = Listing(owner.actor, Wanted(among=ids), todays_of(owner.actor))
    assert BitMap(listing.ids(100)) == ids & BitMap(
        MemberTotals.objects.values_list("pk", flat=True)
    )
    assert listing.count() == len(listing.ids(100))
    nobody = Listing(owner.actor, Wanted(among=BitMap()), todays_of(owner.actor))
    assert (nobody.count(), nobody.ids(9)) == (0, [])


def tagged_as(value: str) -> dict[str, Any]:
    """A tag there is, and something else."""
    return {"op": "and", "of": [{"is": "tag", "values": {"tag": ["1", value]}}]}


def between(kind: str, start: str, end: str) -> dict[str, Any]:
    return {"op": "and", "of": [{"is": kind, "values": {"from": start, "to": end}}]}


@pytest.mark.parametrize(
    ("tree", "code"),
    [
        ([], "not_a_tree"),
        ({"op": "xor", "of": []}, "not_a_tree"),
        ({"op": "and", "of": []}, "no_conditions"),
        ({"op": "and", "of": [{"is": "unheard"}]}, "wrong_condition"),
        ({"op": "and", "of": [{"is": "tag", "values": {"tag": ["99999"]}}]}, "wrong_condition"),
        ({"op": "and", "of": [{"is": "quiet", "values": {"days": "0"}}]}, "wrong_condition"),
        ({"op": "and", "of": [{"is": "quiet", "values": {"days": "nan"}}]}, "wrong_condition"),
        ({"op": "and", "of": [{"is": "quiet", "values": {"days": "2.5"}}]}, "wrong_condition"),
        (between("messages", "9", "3"), "wrong_condition"),
        (tagged_as("x"), "wrong_condition"),
        (tagged_as("9" * 25), "wrong_condition"),
        (between("first_seen", "2024-03-02", "2024-03-01"), "wrong_condition"),
        # The database would compare it letter by letter.
        (between("first_seen", "20240301", ""), "wrong_condition"),
        ({"op": "and", "of": [{"is": "left"}] * 41}, "too_many_conditions"),
    ],
)
def test_what_is_no_segment(owner: Person, tree: object, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        save_segment(owner.actor, name="x", tree=tree)
    assert not Segment.objects.exists()


def test_too_deep_is_refused(owner: Person) -> None:
    tree: dict[str, Any] = {"is": "left"}
    for _ in range(7):
        tree = {"op": "and", "of": [tree]}
    with pytest.raises(Invalid, match="too_deep"):
        save_segment(owner.actor, name="x", tree=tree)


def test_strangers_and_analysts(
    crowd: list[Group], owner: Person, analyst: Person, stranger: Person
) -> None:
    red = Tag.objects.get(name="red")
    one = save_segment(owner.actor, name="Reds", tree=tagged(red))
    with pytest.raises(NotAllowed):
        save_segment(analyst.actor, name="x", tree=tagged(red))
    with pytest.raises(Invalid, match="wrong_condition"):
        save_segment(stranger.actor, name="x", tree=tagged(red))
    for act in (members_of, moves_of):
        with pytest.raises(NotFound):
            act(stranger.actor, one.pk)
    with pytest.raises(NotFound):
        keep_tag(stranger.actor, segment_id=one.pk, tag_id=None)
    with pytest.raises(NotFound):
        remove_segment(stranger.actor, segment_id=one.pk)
    # Whatever a stranger asks, only their own answer.
    ours = set(asking(owner.actor).everybody())
    for kind in CONDITIONS:
        leaf = Leaf(kind, some_values(kind, random.Random(1), crowd))
        assert not ours & set(asking(stranger.actor).find(leaf))

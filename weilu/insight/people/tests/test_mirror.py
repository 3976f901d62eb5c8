"""The mirror of members: it answers as the database does, whatever happens and in any process."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from weilu.chat.models import Import, ImportBundle
from weilu.core.clock import now
from weilu.core.models import Change, Workspace
from weilu.core.tests.cast import Person
from weilu.core.worker import drain
from weilu.groups.models import Group
from weilu.insight.people.columns import TOTALS
from weilu.insight.people.segments import asking, recount
from weilu.insight.people.tests.crowd import make_crowd
from weilu.insight.people.tests.deeds import (
    Deeds,
    by_database,
    by_looking,
    by_mirror,
    process,
)
from weilu.insight.people.tests.history import make_group, said, tell
from weilu.insight.people.tests.plain_look import some_tree, some_values
from weilu.insight.totals import refresh_totals
from weilu.members.actions.segments import held_in, save_segment
from weilu.members.actions.tags import named_tag, put_on, take_off
from weilu.members.mirror import keeping
from weilu.members.mirror.keeping import borrowed
from weilu.members.mirror.known import TAGS
from weilu.members.mirror.mirror import Look
from weilu.members.models import (
    Segment,
    SegmentMove,
    Tagging,
)
from weilu.members.resolve import Resolver, Sighting
from weilu.members.segments import columnar
from weilu.members.segments.asking import Asking
from weilu.members.segments.checking import look_after_mirror
from weilu.members.segments.registry import CONDITIONS
from weilu.members.segments.trees import Branch, Leaf, Node, leaves, plain, read

pytestmark = pytest.mark.django_db(transaction=True)
MIRRORED = sorted(kind for kind, one in CONDITIONS.items() if one.columns is not None)


@pytest.fixture(autouse=True)
def small(settings: Settings) -> None:
    """Few members are enough."""
    settings.MIRROR_FROM = 1


@pytest.fixture
def crowd(workspace: Workspace, owner: Person, stranger: Person) -> list[Group]:
    """A crowd, and somebody of the same name elsewhere."""
    tell(make_group(stranger.seat.workspace, "Elsewhere"), [said("p1", "2024-03-30 08:00", "x")])
    return make_crowd(workspace, owner.actor)


@pytest.fixture
def hall(workspace: Workspace, owner: Person, stranger: Person) -> Group:
    """A few people, one of whom wears a tag, and some of the same names elsewhere."""
    talk = [said(f"p{n}", f"2024-03-{20 + n} 08:00", "x") for n in range(8)]
    for place in (stranger.seat.workspace, workspace):
        found = make_group(place, "Hall")
        tell(found, talk)
    everybody = asking(owner.actor).everybody()
    put_on(owner.actor, tag_id=named_tag(owner.actor, "red").pk, member_ids=everybody[:2])
    return found


def often(examples: int) -> Callable[[Callable[[int], None]], Callable[[], None]]:
    """Have a check run with so many seeds."""

    def wrap(check: Callable[[int], None]) -> Callable[[], None]:
        run: Callable[[], None] = hypothesis_settings(
            max_examples=examples,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            derandomize=True,
        )(given(st.integers(0, 2**32))(check))
        return run

    return wrap


def test_trees_find_what_the_database_and_a_plain_look_find(
    crowd: list[Group], owner: Person
) -> None:
    sizes: set[int] = set()

    @often(60)
    def check(seed: int) -> None:
        tree = some_tree(random.Random(seed), crowd, kinds=MIRRORED)
        found = by_mirror(owner.actor, read(plain(tree)))
        assert found == by_database(owner.actor, tree) == by_looking(owner.actor, tree)
        sizes.add(len(found))

    check()
    assert len(sizes) > 8


def test_each_condition_by_itself(crowd: list[Group], owner: Person) -> None:
    for seed in range(8):
        for kind in MIRRORED:
            leaf = Leaf(kind, some_values(kind, random.Random(seed), crowd))
            assert by_mirror(owner.actor, leaf) == by_database(owner.actor, leaf), leaf


def test_after_anything_two_processes_find_what_the_database_finds(
    crowd: list[Group], owner: Person, stranger: Person
) -> None:
    actor, other = owner.actor, dict[object, object]()
    done: set[str] = set()

    @often(25)
    def check(seed: int) -> None:
        chance = random.Random(seed)
        trees = [some_tree(chance, crowd, kinds=MIRRORED) for _ in range(4)]
        for tree in trees:
            by_mirror(actor, tree)
        with process(other):
            by_mirror(actor, trees[0])
        for _ in range(chance.randint(1, 4)):
            last = Deeds(actor, crowd, chance).one()
            done.add(last)
            seen = chance.choice(trees)
            assert by_mirror(actor, seen) == by_database(actor, seen), (last, seen)
        for tree in trees:
            expected = by_database(actor, tree)
            assert by_mirror(actor, tree) == expected
            with process(other):
                assert by_mirror(actor, tree) == expected
        # Totals of whoever was merged follow later; a plain look would need their scores, too.
        refresh_totals(actor.workspace_id)
        assert by_mirror(actor, trees[0]) == by_database(actor, trees[0])
        # Whoever asks elsewhere finds their own.
        assert by_mirror(stranger.actor, trees[0]) == by_database(stranger.actor, trees[0])

    check()
    assert len(done) > 9


def test_a_segment_looks_only_at_who_changed(
    hall: Group, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor, looked = owner.actor, list[int | None]()
    red = named_tag(actor, "red")
    tree = Branch(True, (Leaf("tag", {"tag": [str(red.pk)]}), Leaf("left", {}, True)))
    one = save_segment(actor, name="Reds", tree=plain(tree))
    monkeypatch.setattr(columnar, "_FEW", 1)
    holds = columnar.holds

    def noted(look: Look, node: Node) -> object:
        if node == tree:
            looked.append(None if look.at is None else len(look.at))
        return holds(look, node)

    monkeypatch.setattr(columnar, "holds", noted)
    recount(actor, one)
    assert looked == [None]
    outside = sorted(asking(actor).everybody() - held_in(Segment.objects.get(pk=one.pk)))[:2]
    put_on(actor, tag_id=red.pk, member_ids=outside)
    recount(actor, Segment.objects.get(pk=one.pk))
    assert looked == [None, 2]
    assert set(held_in(Segment.objects.get(pk=one.pk))) == by_database(actor, tree)
    # Nobody changed: nobody is looked at. And two moves are kept, not three.
    recount(actor, Segment.objects.get(pk=one.pk))
    assert looked == [None, 2]
    assert SegmentMove.objects.count() == 1 + bool(set(outside) & by_database(actor, tree))
    # Another process counted meanwhile: everybody is looked at.
    Segment.objects.filter(pk=one.pk).update(version=77)
    recount(actor, Segment.objects.get(pk=one.pk))
    assert looked == [None, 2, None]


def test_segments_kept_step_by_step_are_those_counted_whole(
    crowd: list[Group], owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = owner.actor
    monkeypatch.setattr(columnar, "_FEW", 1)
    made = [
        save_segment(actor, name=f"s{n}", tree=plain(Branch(True, (tree,))))
        for n in range(200)
        if list(leaves(tree := some_tree(random.Random(n), crowd, kinds=MIRRORED)))
    ][:10]

    @often(12)
    def check(seed: int) -> None:
        Deeds(actor, crowd, random.Random(seed)).one()
        for one in Segment.objects.filter(pk__in=[m.pk for m in made]):
            recount(actor, one)
            assert set(held_in(Segment.objects.get(pk=one.pk))) == by_database(
                actor, read(one.tree)
            )

    check()


def test_a_tag_ends_by_itself(hall: Group, owner: Person) -> None:
    actor, tag = owner.actor, named_tag(owner.actor, "brief")
    leaf = Leaf("tag", {"tag": [str(tag.pk)]})
    someone = min(asking(actor).everybody())
    moment = now()
    put_on(actor, tag_id=tag.pk, member_ids=[someone], expires_at=moment + timedelta(minutes=5))
    one = save_segment(actor, name="Brief", tree=plain(Branch(True, (leaf,))))
    recount(actor, one)
    assert by_mirror(actor, leaf) == {someone} == set(held_in(Segment.objects.get(pk=one.pk)))
    with time_machine.travel(moment + timedelta(minutes=6), tick=False):
        assert by_mirror(actor, leaf) == set() == by_database(actor, leaf)
        recount(actor, Segment.objects.get(pk=one.pk))
        assert not held_in(Segment.objects.get(pk=one.pk))


def test_in_a_transaction_the_database_is_asked(hall: Group, owner: Person) -> None:
    actor, tag = owner.actor, named_tag(owner.actor, "red")
    leaf = Leaf("tag", {"tag": [str(tag.pk)]})
    before = by_mirror(actor, leaf)
    outside = sorted(asking(actor).everybody() - asking(actor).find(leaf))
    with transaction.atomic():
        put_on(actor, tag_id=tag.pk, member_ids=outside)
        assert columnar.answer(asking(actor).scope, leaf) is None
        assert set(asking(actor).find(leaf)) == before | set(outside)
        transaction.set_rollback(True)
    # What was rolled back is nobody's.
    assert by_mirror(actor, leaf) == before


def test_a_tree_with_a_condition_without_columns_is_asked_of_the_database(
    hall: Group, owner: Person
) -> None:
    tree = Branch(True, (Leaf("left", {}), Leaf("name", {"words": "p"})))
    assert columnar.answer(asking(owner.actor).scope, tree) is None
    assert set(asking(owner.actor).members(tree)) == by_looking(owner.actor, tree)


def test_whom_an_export_brought_is_known_by_every_name(hall: Group, owner: Person) -> None:
    actor = owner.actor
    space = Workspace.objects.get(pk=actor.workspace_id)
    run = Import.objects.create(workspace=space, state=Import.State.DONE)
    bundle = ImportBundle.objects.create(run=run, position=0, format="any", label="Old talk")
    leaf = Leaf("source", {"source": [str(bundle.pk)]})
    someone = min(asking(actor).everybody())
    assert by_mirror(actor, leaf) == set()
    with transaction.atomic():
        resolver = Resolver(actor.workspace_id, "wechat", source_id=bundle.pk)
        resolver.rename([(someone, "Lin", 1)])
        resolver.learn([Sighting("new", 0, "New", 1, is_bot=False)])
    newest = resolver.known["new", 0]
    assert by_mirror(actor, leaf) == by_database(actor, leaf) == {someone, newest}


def test_few_members_are_asked_of_the_database(
    hall: Group, owner: Person, settings: Settings
) -> None:
    leaf = Leaf("left", {})
    for least in (0, 1_000):
        keeping.forget()
        settings.MIRROR_FROM = least
        assert columnar.answer(asking(owner.actor).scope, leaf) is None
        assert set(asking(owner.actor).members(leaf)) == by_looking(owner.actor, leaf)


def test_memory_is_bounded(crowd: list[Group], owner: Person, settings: Settings) -> None:
    settings.MIRROR_MB = 0.5
    leaf = Leaf("left", {})
    for kind in MIRRORED:
        by_mirror(owner.actor, Leaf(kind, some_values(kind, random.Random(1), crowd)))
    with borrowed(owner.actor.workspace_id) as mirror:
        assert mirror is not None
        assert len(mirror.columns) < 16
        assert mirror.nbytes <= 2**19
    assert by_mirror(owner.actor, leaf) == by_database(owner.actor, leaf)


def test_a_mirror_not_asked_for_long_begins_anew(hall: Group, owner: Person) -> None:
    leaf, moment = Leaf("tag", {"tag": [str(named_tag(owner.actor, "red").pk)]}), now()
    someone = min(asking(owner.actor).everybody() - asking(owner.actor).find(leaf))
    with time_machine.travel(moment, tick=False) as clock:
        by_mirror(owner.actor, leaf)
        put_on(owner.actor, tag_id=int(leaf.values["tag"][0]), member_ids=[someone])
        clock.shift(timedelta(hours=5))
        drain()
        # What told of it is gone by now.
        assert not Change.objects.filter(source=TAGS.name).exists()
        assert someone in by_mirror(owner.actor, leaf)


def test_a_transaction_that_ends_late_is_followed(hall: Group, owner: Person) -> None:
    """One that began before others and ends after them has a smaller number than they."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")
    actor, red, green = owner.actor, named_tag(owner.actor, "red"), named_tag(owner.actor, "green")
    leaf = Leaf("tag", {"tag": [str(red.pk)]})
    first, second = sorted(asking(actor).everybody() - asking(actor).find(leaf))[:2]
    by_mirror(actor, leaf)
    written, go_on = threading.Event(), threading.Event()

    def late() -> None:
        try:
            with transaction.atomic():
                put_on(actor, tag_id=red.pk, member_ids=[first])
                written.set()
                assert go_on.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    assert written.wait(20)
    take_off(actor, tag_id=green.pk, member_ids=asking(actor).everybody())
    put_on(actor, tag_id=named_tag(actor, "old").pk, member_ids=[second])
    assert first not in by_mirror(actor, leaf)
    go_on.set()
    thread.join()
    assert first in by_mirror(actor, leaf)
    assert by_mirror(actor, leaf) == by_database(actor, leaf)


def test_what_is_noted_of_one_workspace_is_nothing_to_another(
    hall: Group, owner: Person, stranger: Person
) -> None:
    leaf = Leaf("messages", {"from": "1", "to": ""})
    mine, theirs = by_mirror(owner.actor, leaf), by_mirror(stranger.actor, leaf)
    assert theirs
    assert not mine & theirs
    with borrowed(stranger.actor.workspace_id) as mirror:
        assert mirror is not None
        step = mirror.step
    tell(hall, [said("p1", "2024-03-30 08:00", "x")])
    with borrowed(stranger.actor.workspace_id) as mirror:
        assert mirror is not None
        assert mirror.step == step
        assert (TOTALS.name, "messages") in mirror.columns
    assert by_mirror(stranger.actor, leaf) == theirs


def test_a_silent_change_is_found_and_the_mirror_made_anew(
    hall: Group, owner: Person, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor, moment = owner.actor, now()
    red = named_tag(actor, "red")
    leaf = Leaf("tag", {"tag": [str(red.pk)]})
    before = by_mirror(actor, leaf)
    Tagging.objects.filter(tag=red)._raw_delete(using="default")
    assert by_mirror(actor, leaf) == before
    # Not looked at before its hour, and then once.
    assert look_after_mirror(asking(actor).scope, [leaf])
    with time_machine.travel(moment + timedelta(minutes=61), tick=False):
        assert not look_after_mirror(asking(actor).scope, [leaf])
        assert f"was wrong about {len(before)} members" in caplog.text
        assert by_mirror(actor, leaf) == set()
    # What changes while both are asked is nobody's fault.
    members = Asking.members

    def meanwhile(ask: Asking, node: Node) -> object:
        put_on(actor, tag_id=red.pk, member_ids=before)
        return members(ask, node)

    monkeypatch.setattr(Asking, "members", meanwhile)
    with time_machine.travel(moment + timedelta(minutes=125), tick=False):
        assert look_after_mirror(asking(actor).scope, [leaf])
        assert by_mirror(actor, leaf) == before == by_looking(actor, leaf)
    assert len(caplog.records) == 1

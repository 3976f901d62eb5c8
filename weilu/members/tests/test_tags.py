"""Tags on members: on and off, many at once, expiry, undo, merges (C-3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotAllowed, NotFound
from weilu.core.models import LogRow, Workspace
from weilu.core.tests.cast import Person
from weilu.members.actions import merge, unmerge
from weilu.members.actions.tags import (
    TagWords,
    expire_tags,
    named_tag,
    put_on,
    remove_tag,
    remove_tag_group,
    save_tag,
    save_tag_group,
    take_off,
    undo,
)
from weilu.members.models import Colour, Deed, Tag, Tagging
from weilu.members.queries.known import deeds, shelves, taggings_of, worn_by
from weilu.members.tests.people import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(workspace: Workspace) -> list[int]:
    """Ids of three members."""
    return [make_member(workspace.pk, pk, f"member {pk}").pk for pk in (11, 12, 13)]


def wearers(tag: Tag, ids: list[int]) -> list[int]:
    return [pk for pk, worn in worn_by(ids).items() if tag.pk in {one.tag_id for one in worn}]


def test_a_tag_is_put_on_once_and_taken_off(operator: Person, people: list[int]) -> None:
    tag = save_tag(operator.actor, TagWords("  老  客 "))
    assert tag.name == "老 客"
    assert put_on(operator.actor, tag_id=tag.pk, member_ids=people[:2]).members == 2
    again = put_on(operator.actor, tag_id=tag.pk, member_ids=people)
    assert again.members == 1
    assert wearers(tag, people) == people
    assert take_off(operator.actor, tag_id=tag.pk, member_ids=people[1:]).members == 2
    assert wearers(tag, people) == people[:1]
    # What was taken off stays as history.
    (past,) = taggings_of(people[2])
    assert past.removed is not None
    assert past.removed.by_id == operator.user.pk
    assert LogRow.objects.filter(name="TagsChanged").count() == 3


def test_a_deed_is_undone_as_a_whole_and_once(operator: Person, people: list[int]) -> None:
    tag = named_tag(operator.actor, "vip")
    put_on(operator.actor, tag_id=tag.pk, member_ids=people[:1])
    many = put_on(operator.actor, tag_id=tag.pk, member_ids=people)
    undo(operator.actor, deed_id=many.pk)
    assert wearers(tag, people) == people[:1]
    with pytest.raises(Conflict, match="already_undone"):
        undo(operator.actor, deed_id=many.pk)
    off = take_off(operator.actor, tag_id=tag.pk, member_ids=people)
    put_on(operator.actor, tag_id=tag.pk, member_ids=people[:1])
    undo(operator.actor, deed_id=off.pk)
    assert wearers(tag, people) == people[:1]
    assert Tagging.objects.filter(tag=tag, removed=None).count() == 1


def test_a_tag_falls_off_by_itself(operator: Person, people: list[int]) -> None:
    tag = save_tag(operator.actor, TagWords("asked for a quote", days=7))
    with time_machine.travel(now(), tick=False) as clock:
        put_on(operator.actor, tag_id=tag.pk, member_ids=people[:2])
        put_on(
            operator.actor,
            tag_id=tag.pk,
            member_ids=people[2:],
            expires_at=now() + timedelta(days=30),
        )
        clock.shift(timedelta(days=7))
        # It no longer counts, even before the worker has come by.
        assert wearers(tag, people) == people[2:]
        assert shelves(operator.actor)[0].tags == [(tag, 1)]
        assert expire_tags() == 2
        assert expire_tags() == 0
    (gone,) = Deed.objects.filter(kind="expire")
    assert (gone.members, gone.by) == (2, None)
    with pytest.raises(NotFound):
        undo(operator.actor, deed_id=gone.pk)
    with pytest.raises(Invalid, match="expires_too_soon"):
        put_on(operator.actor, tag_id=tag.pk, member_ids=people, expires_at=now())


def test_an_expired_tag_is_put_on_anew(operator: Person, people: list[int]) -> None:
    tag = save_tag(operator.actor, TagWords("new", days=1))
    with time_machine.travel(now(), tick=False) as clock:
        put_on(operator.actor, tag_id=tag.pk, member_ids=people[:1])
        clock.shift(timedelta(days=2))
        assert put_on(operator.actor, tag_id=tag.pk, member_ids=people[:1]).members == 1
        assert wearers(tag, people) == people[:1]


def test_a_merge_takes_tags_along_and_an_unmerge_takes_them_back(
    operator: Person, people: list[int]
) -> None:
    kept, absorbed, _other = people
    both, one = (named_tag(operator.actor, name) for name in ("both", "one"))
    put_on(operator.actor, tag_id=both.pk, member_ids=[kept, absorbed])
    put_on(operator.actor, tag_id=one.pk, member_ids=[absorbed])
    record = merge(operator.actor, kept_id=kept, absorbed_id=absorbed)
    assert [worn.name for worn in worn_by([kept])[kept]] == ["both", "one"]
    assert shelves(operator.actor)[0].tags == [(both, 1), (one, 1)]
    # Who has it under any name has it.
    assert put_on(operator.actor, tag_id=one.pk, member_ids=[kept]).members == 0
    unmerge(operator.actor, merge_id=record.pk)
    assert [worn.name for worn in worn_by([kept])[kept]] == ["both"]
    assert [worn.name for worn in worn_by([absorbed])[absorbed]] == ["both", "one"]


def test_groups_give_colours_and_leave_their_tags(operator: Person, people: list[int]) -> None:
    group = save_tag_group(operator.actor, name="Trade", colour=Colour.TEAL)
    tag = save_tag(operator.actor, TagWords("baker", group.pk))
    put_on(operator.actor, tag_id=tag.pk, member_ids=people[:1])
    assert worn_by(people[:1])[people[0]][0].colour == "teal"
    save_tag_group(operator.actor, name="Trades", colour=Colour.PINK, group_id=group.pk)
    assert [(s.group.name if s.group else "", s.colour) for s in shelves(operator.actor)] == [
        ("Trades", "pink")
    ]
    remove_tag_group(operator.actor, group_id=group.pk)
    assert worn_by(people[:1])[people[0]][0].colour == "grey"
    remove_tag(operator.actor, tag_id=tag.pk)
    assert worn_by(people) == {}
    assert deeds(operator.actor) == []


def test_names_are_told_apart(operator: Person) -> None:
    tag = named_tag(operator.actor, "vip")
    assert named_tag(operator.actor, " vip ") == tag
    with pytest.raises(Conflict, match="taken"):
        save_tag(operator.actor, TagWords("vip"))
    with pytest.raises(Invalid, match="required"):
        save_tag(operator.actor, TagWords("  "))
    with pytest.raises(Invalid, match="too_long"):
        save_tag(operator.actor, TagWords("x" * 61))
    with pytest.raises(Invalid, match="tag_days"):
        save_tag(operator.actor, TagWords("y", days=0))
    assert Tag.objects.count() == 1


def test_strangers_and_analysts_change_nothing(
    operator: Person, analyst: Person, stranger: Person, people: list[int]
) -> None:
    tag = named_tag(operator.actor, "vip")
    theirs = named_tag(stranger.actor, "theirs")
    with pytest.raises(NotAllowed):
        put_on(analyst.actor, tag_id=tag.pk, member_ids=people)
    with pytest.raises(NotFound):
        put_on(stranger.actor, tag_id=tag.pk, member_ids=people)
    assert put_on(stranger.actor, tag_id=theirs.pk, member_ids=people).members == 0
    deed = put_on(operator.actor, tag_id=tag.pk, member_ids=people)
    with pytest.raises(NotFound):
        undo(stranger.actor, deed_id=deed.pk)
    with pytest.raises(NotFound):
        save_tag(operator.actor, TagWords("x", save_tag_group(stranger.actor, name="g").pk))
    assert Tagging.objects.count() == 3

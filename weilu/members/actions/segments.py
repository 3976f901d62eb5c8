"""Segments: saving them, counting who is in them, keeping a tag on their members (C-9)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from pyroaring import BitMap

from weilu.core.access import Actor, Right, system
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.log import announce
from weilu.events.members import SegmentChanged
from weilu.members.actions.tags import put_on, take_off
from weilu.members.models import Segment, SegmentMove, Tag, Tagging
from weilu.members.segments.registry import problems
from weilu.members.segments.trees import Node, TooLarge, leaves, plain, read

NAME_CHARS = 80
MOST_SEGMENTS = 200
MOVES_KEPT = 1000


def save_segment(
    actor: Actor, *, name: str, tree: object, segment_id: int | None = None
) -> Segment:
    """Make a segment, or change one; who is in it is counted by `count_segment`.

    Raises Invalid (field `name` or `tree`), Conflict `taken`, `too_many_segments` or
    `tag_in_circle`, NotFound.
    """
    actor.require(Right.EDIT_MEMBERS)
    cleaned = " ".join(name.split())
    if not cleaned:
        raise Invalid("required", field="name")
    if len(cleaned) > NAME_CHARS:
        raise Invalid("too_long", field="name")
    node = _checked(actor, tree)
    with transaction.atomic():
        mine = Segment.objects.filter(workspace_id=actor.workspace_id)
        if mine.filter(name=cleaned).exclude(pk=segment_id or 0).exists():
            raise Conflict("taken")
        values = {"name": cleaned, "tree": plain(node), "changed_at": now()}
        if segment_id is None:
            if mine.count() >= MOST_SEGMENTS:
                raise Conflict("too_many_segments")
            return Segment.objects.create(
                workspace_id=actor.workspace_id, by_id=actor.user_id, **values
            )
        one = mine.filter(pk=segment_id).first()
        if one is None:
            raise NotFound
        if one.tag_id is not None and one.tag_id in _tags_behind(actor.workspace_id, node):
            raise Conflict("tag_in_circle")
        mine.filter(pk=segment_id).update(**values, by_id=actor.user_id)
        return mine.get(pk=segment_id)


def _checked(actor: Actor, tree: object) -> Node:
    try:
        node = read(tree)
    except TooLarge as error:
        raise Invalid(str(error), field="tree") from error
    except ValueError as error:
        raise Invalid("not_a_tree", field="tree") from error
    asked = list(leaves(node))
    if not asked:
        raise Invalid("no_conditions", field="tree")
    if any(problems(leaf, actor.workspace_id) for leaf in asked):
        raise Invalid("wrong_condition", field="tree")
    return node


def remove_segment(actor: Actor, *, segment_id: int) -> None:
    """Throw a segment away; a tag it kept stays on whoever has it. Raises NotFound."""
    actor.require(Right.EDIT_MEMBERS)
    here = Segment.objects.filter(pk=segment_id, workspace_id=actor.workspace_id)
    with transaction.atomic():
        if not here.delete()[0]:
            raise NotFound


def keep_tag(actor: Actor, *, segment_id: int, tag_id: int | None) -> None:
    """Have a tag kept on exactly the segment's members from now on; None: no longer.

    Raises NotFound, Conflict `tag_kept` when another segment keeps it, `tag_in_circle` when the
    segment itself asks for it, by whatever detour.
    """
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        one = Segment.objects.filter(pk=segment_id, workspace_id=actor.workspace_id).first()
        if one is None:
            raise NotFound
        if tag_id is not None:
            if not Tag.objects.filter(pk=tag_id, workspace_id=actor.workspace_id).exists():
                raise NotFound
            if Segment.objects.filter(tag_id=tag_id).exclude(pk=one.pk).exists():
                raise Conflict("tag_kept")
            if tag_id in _tags_behind(actor.workspace_id, read(one.tree)):
                raise Conflict("tag_in_circle")
        Segment.objects.filter(pk=one.pk).update(tag_id=tag_id)
        if tag_id is not None and one.counted_at is not None:
            _put_tag(one, tag_id, held_in(one))


def _tags_behind(workspace_id: int, node: Node) -> set[int]:
    """Tags a tree asks for, and those that the segments keeping these ask for, and so on."""
    keepers = {
        one.tag_id: one.tree
        for one in Segment.objects.filter(workspace_id=workspace_id, tag__isnull=False)
    }
    found: set[int] = set()
    waiting = list(_tags_in(node))
    while waiting:
        tag = waiting.pop()
        if tag not in found:
            found.add(tag)
            if tag in keepers:
                waiting += _tags_in(read(keepers[tag]))
    return found


def _tags_in(node: Node) -> Iterator[int]:
    for leaf in leaves(node):
        value = leaf.values.get("tag", [])
        if leaf.kind == "tag":
            yield from (int(one) for one in ([value] if isinstance(value, str) else value))


def held_in(segment: Segment) -> BitMap:
    """Who was in a segment when it was last counted."""
    return BitMap.deserialize(bytes(segment.ids)) if segment.ids else BitMap()


def count_segment(segment: Segment, found: BitMap, *, was_edited: bool = False) -> bool:
    """Keep who is in a segment now; False when somebody counted it since `segment` was read.

    Who came and who left is kept and announced as SegmentChanged; a tag it keeps follows.
    `segment` has the version that is stored afterwards.
    """
    before = held_in(segment)
    entered, left = found - before, before - found
    values = {"counted_at": now(), "version": segment.version + 1}
    # Erasing somebody takes them out of the ids alone.
    if entered or left or segment.members != len(found) or segment.counted_at is None:
        values |= {"ids": found.serialize(), "members": len(found)}
    with transaction.atomic():
        mine = Segment.objects.filter(pk=segment.pk, version=segment.version)
        if not mine.update(**values):
            return False
        segment.version += 1
        if entered or left:
            move = SegmentMove.objects.create(
                workspace_id=segment.workspace_id,
                segment=segment,
                entered=entered.serialize(),
                left=left.serialize(),
                entered_members=len(entered),
                left_members=len(left),
                was_edited=was_edited and segment.counted_at is not None,
                was_first=segment.counted_at is None,
                at=now(),
            )
            announce(SegmentChanged(segment.workspace_id, segment.pk, move.pk))
            _forget_moves(segment)
        if segment.tag_id is not None:
            _put_tag(segment, segment.tag_id, found)
    return True


def _forget_moves(segment: Segment) -> None:
    """Keep the newest moves only."""
    kept = SegmentMove.objects.filter(segment=segment).order_by("-at", "-pk")
    edge = kept.values_list("pk", flat=True)[MOVES_KEPT : MOVES_KEPT + 1].first()
    if edge is not None:
        SegmentMove.objects.filter(segment=segment, pk__lte=edge).delete()


def wearers(tag_id: int) -> BitMap:
    """Members who have a tag at this moment."""
    rows = Tagging.objects.filter(tag_id=tag_id, removed=None)
    return BitMap(rows.values_list("identity__member_id", flat=True))


def _put_tag(segment: Segment, tag_id: int, found: BitMap) -> None:
    """Let exactly these have the tag; nobody is touched who has it already."""
    actor = system(segment.workspace_id)
    having = wearers(tag_id)
    if gaining := found - having:
        put_on(actor, tag_id=tag_id, member_ids=gaining)
    if losing := having - found:
        take_off(actor, tag_id=tag_id, member_ids=losing)

"""Naming circles and keeping who is in them (C-5)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from weilu.core.access import Actor, Right
from weilu.core.changes import note_change
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.log import announce
from weilu.events.members import CircleChanged
from weilu.members.anchors import anchors
from weilu.members.mirror.known import CIRCLES
from weilu.members.models import Circle, CircleMember

NAME_CHARS = 80
NOTE_CHARS = 500
MOST_CIRCLES = 200
MOST_MEMBERS = 5000


def save_circle(actor: Actor, *, name: str, note: str = "", circle_id: int | None = None) -> Circle:
    """Make a circle, or name one anew.

    Raises Invalid (field `name` or `note`), Conflict `taken` or `too_many_circles`, NotFound.
    """
    actor.require(Right.EDIT_MEMBERS)
    cleaned = " ".join(name.split())
    if not cleaned:
        raise Invalid("required", field="name")
    for text, most, where in ((cleaned, NAME_CHARS, "name"), (note, NOTE_CHARS, "note")):
        if len(text) > most:
            raise Invalid("too_long", field=where)
    with transaction.atomic():
        mine = Circle.objects.filter(workspace_id=actor.workspace_id)
        if mine.filter(name=cleaned).exclude(pk=circle_id or 0).exists():
            raise Conflict("taken")
        if circle_id is not None:
            if not mine.filter(pk=circle_id).update(name=cleaned, note=note.strip()):
                raise NotFound
            return mine.get(pk=circle_id)
        if mine.count() >= MOST_CIRCLES:
            raise Conflict("too_many_circles")
        return Circle.objects.create(
            workspace_id=actor.workspace_id,
            name=cleaned,
            note=note.strip(),
            by_id=actor.user_id,
            at=now(),
        )


def add_to_circle(actor: Actor, *, circle_id: int, member_ids: Iterable[int]) -> int:
    """Put members into a circle; returns how many were not in it. Announces CircleChanged.

    Members of other workspaces are left out. Raises NotFound, Conflict `circle_full`.
    """
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        circle = _circle(actor, circle_id)
        inside = CircleMember.objects.filter(circle=circle, left_at=None)
        there = set(inside.values_list("identity__member_id", flat=True))
        fresh = anchors(actor.workspace_id, set(member_ids) - there)
        if len(there) + len(fresh) > MOST_MEMBERS:
            raise Conflict("circle_full")
        CircleMember.objects.bulk_create(
            [
                CircleMember(
                    workspace_id=actor.workspace_id, circle=circle, identity_id=identity,
                    by_id=actor.user_id, at=now(),
                )
                for identity in sorted(fresh.values())
            ],
            batch_size=500,
        )  # fmt: skip
        if fresh:
            note_change(actor.workspace_id, CIRCLES.name, key=circle.pk, ids=fresh.values())
            announce(CircleChanged(actor.workspace_id, circle.pk))
    return len(fresh)


def take_from_circle(actor: Actor, *, circle_id: int, member_id: int) -> None:
    """Take a member out of a circle. Raises NotFound. Announces CircleChanged."""
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        circle = _circle(actor, circle_id)
        inside = CircleMember.objects.filter(
            circle=circle, left_at=None, identity__member_id=member_id
        )
        whose = list(inside.values_list("identity_id", flat=True))
        if not inside.update(left_at=now()):
            raise NotFound
        note_change(actor.workspace_id, CIRCLES.name, key=circle.pk, ids=whose)
        announce(CircleChanged(actor.workspace_id, circle.pk))


def remove_circle(actor: Actor, *, circle_id: int) -> None:
    """Throw a circle away; its members stay. Raises NotFound. Announces CircleChanged."""
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        _circle(actor, circle_id).delete()
        note_change(actor.workspace_id, CIRCLES.name, key=circle_id)
        announce(CircleChanged(actor.workspace_id, circle_id))


def _circle(actor: Actor, circle_id: int) -> Circle:
    found = Circle.objects.filter(pk=circle_id, workspace_id=actor.workspace_id).first()
    if found is None:
        raise NotFound
    return found

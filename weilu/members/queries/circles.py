"""Circles and who is in them (C-5)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count
from pyroaring import BitMap

from weilu.core.access import Actor, Right
from weilu.core.errors import NotFound
from weilu.members.mirror.known import CIRCLES
from weilu.members.models import Circle, CircleMember, Member
from weilu.members.scope import Scope
from weilu.members.segments.registry import (
    Ask,
    Condition,
    Option,
    Param,
    any_of,
    ask_members,
    list_of,
    register,
)
from weilu.members.segments.trees import Values


def circles(viewer: Actor) -> list[tuple[Circle, int]]:
    """All circles in order of name, with how many are in each: two statements."""
    viewer.require(Right.SEE_MEMBERS)
    rows = CircleMember.objects.filter(workspace_id=viewer.workspace_id, left_at=None).order_by()
    counts = dict(
        rows.values_list("circle_id").annotate(Count("identity__member_id", distinct=True))
    )
    mine = Circle.objects.filter(workspace_id=viewer.workspace_id).order_by("name")
    return [(one, counts.get(one.pk, 0)) for one in mine]


def kept_members(viewer: Actor) -> dict[Circle, BitMap]:
    """Who is in each circle, in order of name: two statements."""
    viewer.require(Right.SEE_MEMBERS)
    rows = CircleMember.objects.filter(workspace_id=viewer.workspace_id, left_at=None)
    inside: dict[int, BitMap] = {}
    for circle_id, member_id in rows.values_list("circle_id", "identity__member_id"):
        inside.setdefault(circle_id, BitMap()).add(member_id)
    mine = Circle.objects.filter(workspace_id=viewer.workspace_id).order_by("name")
    return {one: inside.get(one.pk, BitMap()) for one in mine}


def circle(viewer: Actor, circle_id: int) -> Circle:
    """One circle; raises NotFound."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Circle.objects.filter(pk=circle_id, workspace_id=viewer.workspace_id)
    found = rows.select_related("by").first()
    if found is None:
        raise NotFound
    return found


def ids_in(viewer: Actor, circle_id: int) -> BitMap:
    """Ids of everybody who is in a circle; raises NotFound."""
    rows = CircleMember.objects.filter(circle=circle(viewer, circle_id), left_at=None)
    return BitMap(rows.values_list("identity__member_id", flat=True))


def members_in(viewer: Actor, circle_id: int, *, limit: int) -> list[Member]:
    """Who is in a circle, in order of name, the first `limit`."""
    one = circle(viewer, circle_id)
    ids = CircleMember.objects.filter(circle=one, left_at=None).values("identity__member_id")
    return list(Member.objects.filter(pk__in=ids).order_by("name", "pk")[:limit])


def circles_of(member_id: int) -> Sequence[CircleMember]:
    """In which circles somebody is or was, newest first."""
    rows = CircleMember.objects.filter(identity__member_id=member_id)
    return list(rows.select_related("circle", "by").order_by("-at", "-pk")[:100])


def _options(workspace_id: int) -> Sequence[Option]:
    rows = Circle.objects.filter(workspace_id=workspace_id).order_by("name")
    return [Option(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def in_circle(scope: Scope, values: Values) -> BitMap:
    """Who is in one of the circles."""
    ids = [int(one) for one in list_of(values, "circle")]
    slots = ", ".join(["%s"] * len(ids))
    where = f"r.workspace_id = %s AND r.left_at IS NULL AND r.circle_id IN ({slots})"
    return ask_members("members_circlemember", where, [scope.workspace_id, *ids], scope)


register(
    Condition(
        "circle",
        (Param("circle", Ask.CHOICES, _options),),
        in_circle,
        any_of(CIRCLES, "circle"),
    )
)

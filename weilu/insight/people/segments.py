"""Segments asked of the database: how many, who, why; and kept up to date (C-9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import IntegerField, QuerySet, Value
from pyroaring import BitMap

from weilu.core.access import Actor, Right, system
from weilu.core.clock import now
from weilu.core.errors import NotFound
from weilu.core.jobs import job, schedule
from weilu.core.models import Job
from weilu.core.reactions import on
from weilu.events.chat import HistoryImported, ImportUndone
from weilu.events.members import (
    ConsentChanged,
    ConsentsGiven,
    CustomersBrought,
    CustomersTakenBack,
    FactsChanged,
    FieldFilled,
    MemberErased,
    MembersMarked,
    MembersMerged,
    TagsChanged,
)
from weilu.insight.people.listing import todays_of
from weilu.members.actions.segments import count_segment, held_in, wearers
from weilu.members.models import Member, Segment, SegmentMove, Tag
from weilu.members.scope import Scope
from weilu.members.segments.asking import Asking
from weilu.members.segments.checking import look_after_mirror
from weilu.members.segments.columnar import Again, Kept, answer_again
from weilu.members.segments.registry import list_of
from weilu.members.segments.trees import Leaf, Node, leaves, read

N = TypeVar("N", Tag, Segment)
SAMPLE = 12
JOB = "count_segments"
# What happens at once is gathered; what time alone changes is looked at once an hour.
GATHER = timedelta(seconds=2)
EVERY = timedelta(hours=1)
_CHANGES = (
    ConsentChanged,
    ConsentsGiven,
    CustomersBrought,
    CustomersTakenBack,
    FactsChanged,
    FieldFilled,
    HistoryImported,
    ImportUndone,
    MemberErased,
    MembersMarked,
    MembersMerged,
    TagsChanged,
)
Change = (
    ConsentChanged
    | ConsentsGiven
    | CustomersBrought
    | CustomersTakenBack
    | FactsChanged
    | FieldFilled
    | HistoryImported
    | ImportUndone
    | MemberErased
    | MembersMarked
    | MembersMerged
    | TagsChanged
)


@dataclass(frozen=True, slots=True)
class Why:
    """Somebody in a segment, and the conditions of it that hold for them, in order."""

    id: int
    name: str
    holds: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a tree finds, of how many (0 where no sample is wanted), and a few with the reasons.

    `scope` says what counted as today.
    """

    ids: BitMap
    everybody: int
    sample: Sequence[Why]
    scope: Scope


def asking(viewer: Actor) -> Asking:
    """What answers conditions for the viewer's workspace, as of now."""
    viewer.require(Right.SEE_MEMBERS)
    today = todays_of(viewer)
    return Asking(Scope(viewer.workspace_id, now(), today.ms, today.ends))


def find(viewer: Actor, node: Node, *, sample: int = SAMPLE) -> Found:
    """Whom a tree finds; about one statement for each condition, and one for the sample."""
    ask = asking(viewer)
    ids = ask.members(node)
    few = [int(one) for one in ids[:sample]]
    names = dict(Member.objects.filter(pk__in=few).values_list("pk", "name"))
    reasons = [(leaf, ask.find(leaf)) for leaf in leaves(node)] if few else []
    return Found(
        ids=ids,
        everybody=Member.objects.filter(workspace_id=viewer.workspace_id, merged_into=None).count()
        if sample
        else 0,
        sample=[
            Why(pk, names[pk], tuple(one for one, held in reasons if (pk in held) != one.negated))
            for pk in few
            if pk in names
        ],
        scope=ask.scope,
    )


def segments(viewer: Actor) -> list[Segment]:
    """All segments in order of name, as last counted."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Segment.objects.filter(workspace_id=viewer.workspace_id).defer("ids")
    return list(rows.select_related("tag", "by").order_by("name"))


def choices(viewer: Actor) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Tags and segments to choose from, as (id, name) in order of name: one statement."""
    viewer.require(Right.SEE_MEMBERS)
    found: tuple[list[tuple[int, str]], list[tuple[int, str]]] = ([], [])
    tags = Tag.objects.filter(workspace_id=viewer.workspace_id)
    rows = Segment.objects.filter(workspace_id=viewer.workspace_id)
    both = _named(0, tags).union(_named(1, rows), all=True).order_by("name")
    for what, pk, name in both:
        found[what].append((pk, name))
    return found


def _named(what: int, rows: QuerySet[N]) -> QuerySet[N, tuple[int, int, str]]:
    return rows.order_by().values_list(Value(what, IntegerField()), "pk", "name")


def segment(viewer: Actor, segment_id: int) -> Segment:
    """One segment; raises NotFound."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Segment.objects.filter(workspace_id=viewer.workspace_id, pk=segment_id)
    found = rows.select_related("tag", "by").first()
    if found is None:
        raise NotFound
    return found


def asking_for(viewer: Actor, param: str, value: object) -> list[Segment]:
    """Segments with a condition for which a value is chosen, in order of name: one statement."""
    return [
        one
        for one in segments(viewer)
        if any(str(value) in list_of(leaf.values, param) for leaf in leaves(read(one.tree)))
    ]


def keeper_of(viewer: Actor, tag_id: int) -> Segment | None:
    """The segment that keeps a tag on its members, if one does."""
    viewer.require(Right.SEE_MEMBERS)
    return Segment.objects.filter(workspace_id=viewer.workspace_id, tag_id=tag_id).first()


def members_of(viewer: Actor, segment_id: int) -> BitMap:
    """Who is in a segment at this moment; raises NotFound."""
    return find(viewer, read(segment(viewer, segment_id).tree), sample=0).ids


def moves_of(viewer: Actor, segment_id: int, *, limit: int = 30) -> list[SegmentMove]:
    """How a segment's members changed, newest first."""
    one = segment(viewer, segment_id)
    rows = SegmentMove.objects.filter(segment=one).defer("entered", "left")
    return list(rows.order_by("-at", "-pk")[:limit])


def moved(viewer: Actor, move_id: int) -> SegmentMove:
    """One change of a segment's members, with its segment; raises NotFound."""
    viewer.require(Right.SEE_MEMBERS)
    rows = SegmentMove.objects.filter(workspace_id=viewer.workspace_id, pk=move_id)
    found = rows.select_related("segment").first()
    if found is None:
        raise NotFound
    return found


def would_change(viewer: Actor, segment_id: int, tag: Tag) -> tuple[BitMap, BitMap]:
    """Who would get a tag and who would lose it, were it kept on the segment's members."""
    found, having = members_of(viewer, segment_id), wearers(tag.pk)
    return found - having, having - found


def recount(viewer: Actor, one: Segment, *, was_edited: bool = False) -> None:
    """Count a segment and keep who is in it."""
    _count(viewer, one, _again(viewer, [one]).get(one.pk), was_edited=was_edited)


def _again(viewer: Actor, rows: Sequence[Segment]) -> dict[int, Again]:
    """Whom segments find by now, as far as that is answered from memory."""
    kept = [Kept(one.pk, one.version, read(one.tree), held_in(one)) for one in rows]
    return answer_again(asking(viewer).scope, kept)


def _count(viewer: Actor, one: Segment, again: Again | None, *, was_edited: bool = False) -> None:
    found = asking(viewer).members(read(one.tree)) if again is None else again.ids
    if count_segment(one, found, was_edited=was_edited) and again is not None:
        again.keep(one.pk, one.version)


@job(JOB)
def count_segments(one: Job) -> datetime | None:
    """Count every segment of a workspace; again in an hour as long as there is one.

    A tag that one keeps may be asked for by another: that it changed has them counted once more.
    """
    viewer = system(one.workspace_id)
    rows = list(Segment.objects.filter(workspace_id=one.workspace_id).order_by("pk"))
    look_after_mirror(asking(viewer).scope, [read(row.tree) for row in rows])
    known = _again(viewer, rows)
    for row in rows:
        _count(viewer, row, known.get(row.pk))
    return now() + EVERY if rows else None


def keep_counting(workspace_id: int, within: timedelta = GATHER) -> None:
    """Have the segments of a workspace counted soon; at the latest from then on every hour."""
    if Segment.objects.filter(workspace_id=workspace_id).exists():
        schedule(JOB, workspace_id=workspace_id, due_at=now() + within)


def follow_changes(events: Sequence[Change]) -> None:
    """Count segments again when something changed that they may ask for."""
    for workspace_id in sorted({one.workspace_id for one in events}):
        keep_counting(workspace_id)


for _change in _CHANGES:
    on(_change)(follow_changes)

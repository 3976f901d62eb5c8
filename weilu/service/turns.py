"""Turns in a group's life: merged, split, revived, closed with dignity (B-4).

Whoever is in the group is told first, and offered the next place; then the group's end is set.
From that moment no join link leads there and nobody is greeted there. All of it in one
transaction; it can be taken back, and what has not left the send queue is stopped. Reviving a
group that is to end takes its end back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, QuerySet, When

from weilu.chat.live.queue import Draft, Origin, cancel_of, enqueue
from weilu.chat.models import Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.log import announce
from weilu.events.groups import GroupTurned, TurnUndone
from weilu.groups.models import Group, JoinLink, JoinTarget, Turn

K = Turn.Kind
WORDS_CHARS = 2000
LONGEST = timedelta(days=90)
# A form sent twice, by the back button or by two of the staff; later the same words may be meant.
SAME_WITHIN = timedelta(hours=1)
MOST_SHOWN = 50
ENDS = frozenset({K.MERGE, K.CLOSE})
NEEDS_PLACE = frozenset({K.MERGE, K.SPLIT})


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen: the words to members, when it ends, what they are offered.

    `place_id` is the join link, `other_id` the group that takes them in and `words_there` what
    its members are told. `filled` is what stands for `{link}`, `{date}` and the like; the link is
    added below the words where they do not name it. `as_notice` sets the words as the group's
    notice too.
    """

    kind: str
    words: str
    ends_at: datetime | None = None
    place_id: int | None = None
    other_id: int | None = None
    words_there: str = ""
    as_notice: bool = False
    filled: Mapping[str, str] = field(default_factory=dict)


def places_for(viewer: Actor, group: Group) -> list[JoinLink]:
    """Join links that lead to an open group other than this one, by name."""
    viewer.require(Right.SEE_NUMBERS)
    targets = JoinTarget.objects.filter(is_on=True, group__ends_at=None).exclude(group=group)
    mine = JoinLink.objects.filter(workspace_id=viewer.workspace_id, is_on=True)
    return list(mine.filter(pk__in=targets.values("link_id")).order_by("name"))


def led_to(links: Sequence[JoinLink]) -> dict[int, list[str]]:
    """Link → names of the open groups it leads to, by turn: one statement."""
    found: dict[int, list[str]] = {one.pk: [] for one in links}
    rows = JoinTarget.objects.filter(link__in=links, is_on=True, group__ends_at=None)
    for pk, name in rows.order_by("position", "pk").values_list("link_id", "group__name"):
        if name not in found[pk]:
            found[pk].append(name)
    return found


def others_for(viewer: Actor, group: Group) -> QuerySet[Group]:
    """Groups that could take the members in: open ones, those of the same community first."""
    viewer.require(Right.SEE_NUMBERS)
    mine = Group.objects.filter(workspace_id=viewer.workspace_id, ends_at=None)
    is_near = Case(When(community_id=group.community_id, then=0), default=1)
    return mine.exclude(pk=group.pk).order_by(is_near, "name")


def take_turn(actor: Actor, *, group: Group, plan: Plan) -> Turn:
    """Tell a group's members what happens to it, and set its end; announces GroupTurned.

    Raises Invalid (`required`, `too_long`, `end_missing`, `place_missing`,
    `place_leads_nowhere`, `place_leads_elsewhere`, `other_missing`), Conflict (`already_ending`,
    `already_told`), NotFound.
    """
    actor.require(Right.EDIT_GROUPS)
    actor.require(Right.SEND)
    if group.workspace_id != actor.workspace_id or plan.kind not in K.values:
        raise NotFound
    _check_words(plan)
    ends_at = _end(plan)
    other = _other(actor, group, plan)
    place = _place(actor, group, plan, other)
    words = spoken(plan.words, plan.filled)
    with transaction.atomic():
        _set_end(group, plan.kind, ends_at)
        _refuse_twice(group, plan.kind, words)
        made = Turn.objects.create(
            workspace_id=actor.workspace_id,
            group=group,
            kind=plan.kind,
            place=place,
            other=other,
            words=words,
            ended_at=ends_at,
            by_id=actor.user_id,
            at=now(),
        )
        enqueue(actor.workspace_id, _drafts(made, plan))
        announce(GroupTurned(actor.workspace_id, group.pk, made.pk, made.kind))
    return made


def _check_words(plan: Plan) -> None:
    if not plan.words.strip():
        raise Invalid("required", field="words")
    if len(plan.words) > WORDS_CHARS:
        raise Invalid("too_long", field="words")
    if len(plan.words_there) > WORDS_CHARS:
        raise Invalid("too_long", field="words_there")


def _end(plan: Plan) -> datetime | None:
    """When the group closes; None where it goes on."""
    if plan.kind not in ENDS:
        return None
    moment = now()
    if plan.ends_at is None or not moment <= plan.ends_at <= moment + LONGEST:
        raise Invalid("end_missing", field="ends")
    return plan.ends_at


def _place(actor: Actor, group: Group, plan: Plan, other: Group | None) -> JoinLink | None:
    """The link members are offered; where another group takes them in it leads there."""
    if plan.place_id is None:
        if plan.kind in NEEDS_PLACE:
            raise Invalid("place_missing", field="place")
        return None
    found = next((one for one in places_for(actor, group) if one.pk == plan.place_id), None)
    if found is None:
        raise Invalid("place_leads_nowhere", field="place")
    if (
        other is not None
        and not JoinTarget.objects.filter(link=found, group=other, is_on=True).exists()
    ):
        raise Invalid("place_leads_elsewhere", field="place")
    return found


def _other(actor: Actor, group: Group, plan: Plan) -> Group | None:
    if plan.kind != K.MERGE:
        return None
    found = others_for(actor, group).filter(pk=plan.other_id or 0).first()
    if found is None:
        raise Invalid("other_missing", field="other")
    return found


def _set_end(group: Group, kind: str, ends_at: datetime | None) -> None:
    """Let the group end then, or go on; raises Conflict when its end was set meanwhile."""
    mine = Group.objects.select_for_update().filter(pk=group.pk)
    before = mine.values_list("ends_at", flat=True).get()
    if kind != K.REVIVE and before is not None:
        raise Conflict("already_ending")
    if before is not None and before > now():
        for farewell in Turn.objects.filter(group=group, ended_at=before, undone_at=None):
            _take_back(farewell)
    Group.objects.filter(pk=group.pk).update(ends_at=ends_at)


def _refuse_twice(group: Group, kind: str, words: str) -> None:
    """Raise Conflict when the members were told the very same just now."""
    lately = Turn.objects.filter(group=group, kind=kind, undone_at=None)
    if lately.filter(words=words, at__gt=now() - SAME_WITHIN).exists():
        raise Conflict("already_told")


def spoken(words: str, filled: Mapping[str, str]) -> str:
    """The words as members read them; an address they do not name stands below them."""
    said = words.strip()
    for mark, text in filled.items():
        said = said.replace(mark, text)
    address = filled.get("{link}", "")
    return f"{said}\n{address}" if address and address not in said else said


def _drafts(made: Turn, plan: Plan) -> Sequence[Draft]:
    def draft(tail: str, group_id: int, deed: Deed, text: str) -> Draft:
        return Draft(
            key=f"turn-{made.pk}{tail}",
            group_id=group_id,
            deed=deed,
            origin=Origin.TURN,
            origin_id=made.pk,
            text=text,
            by_id=made.by_id,
            expires_at=made.ended_at,
        )

    found = [draft("", made.group_id, Deed.SEND, made.words)]
    if plan.as_notice:
        found.append(draft("-notice", made.group_id, Deed.ANNOUNCE, made.words))
    if made.other_id and plan.words_there.strip():
        there = spoken(plan.words_there, {**plan.filled, "{link}": ""})
        found.append(draft("-there", made.other_id, Deed.SEND, there))
    return found


@dataclass(frozen=True, slots=True)
class Undone:
    """What came of taking a turn back: messages that were stopped, and that had left already."""

    stopped: int
    left: int


def undo_turn(actor: Actor, *, pk: int) -> Undone:
    """Take a turn back: the group goes on, what has not left is stopped; announces TurnUndone.

    Raises Conflict `already_undone`, NotFound.
    """
    actor.require(Right.EDIT_GROUPS)
    actor.require(Right.SEND)
    one = Turn.objects.filter(pk=pk, workspace_id=actor.workspace_id).first()
    if one is None:
        raise NotFound
    stopped = _take_back(one)
    return Undone(stopped, _told(one).exclude(state=Outgoing.State.CANCELLED).count())


def _take_back(one: Turn) -> int:
    """Take a turn back; returns how many of its messages were stopped."""
    with transaction.atomic():
        if not Turn.objects.filter(pk=one.pk, undone_at=None).update(undone_at=now()):
            raise Conflict("already_undone")
        if one.ended_at is not None:
            Group.objects.filter(pk=one.group_id, ends_at=one.ended_at).update(ends_at=None)
        stopped = cancel_of(one.workspace_id, Origin.TURN, [one.pk])
        announce(TurnUndone(one.workspace_id, one.group_id, one.pk, one.kind))
    return stopped


def _told(one: Turn) -> QuerySet[Outgoing]:
    """What a turn put into the send queue."""
    return Outgoing.objects.filter(
        workspace_id=one.workspace_id, origin=Origin.TURN.value, origin_id=one.pk
    )


def has_told(group: Group) -> bool:
    """Whether the members of a group that ends have been told: the words have left."""
    turn = Turn.objects.filter(group=group, ended_at=group.ends_at, undone_at=None).last()
    if turn is None:
        return False
    return _told(turn).filter(group=group, state=Outgoing.State.SENT).exists()


def turns_of(viewer: Actor, group: Group) -> list[Turn]:
    """The turns of a group, the newest first."""
    viewer.require(Right.SEE_NUMBERS)
    mine = Turn.objects.filter(group=group, workspace_id=viewer.workspace_id)
    rows = mine.select_related("place", "other", "by").order_by("-at", "-pk")
    return list(rows[:MOST_SHOWN])

"""Whom a turn in a group's life concerns: who is there, who talked, who is in both (B-4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q

from weilu.chat.columns import DAY_MS
from weilu.core.access import Actor, Right
from weilu.groups.models import Group, Participation
from weilu.members.queries import names, people
from weilu.service.models import Question

CARRIERS = 5
QUIET_MS = 28 * DAY_MS
OPEN_DAYS = 30
_THERE = (
    Q(last_left_ms=None)
    | Q(last_joined_ms__gt=F("last_left_ms"))
    | Q(last_spoke_ms__gt=F("last_left_ms"))
)


@dataclass(frozen=True, slots=True)
class Carrier:
    """Somebody who said much here; `is_quiet`: nothing for four weeks before the group's last."""

    member_id: int
    name: str
    messages: int
    is_quiet: bool


@dataclass(frozen=True, slots=True)
class Concerned:
    """The people of a group: who is there, spoke lately or never; open questions; who carried."""

    there: int
    lately: int
    never: int
    open_questions: int
    carriers: Sequence[Carrier]


def concerned(viewer: Actor, group: Group) -> Concerned:
    """Whom it concerns if something happens to a group; bots are left out. Five statements."""
    viewer.require(Right.SEE_NUMBERS)
    known = people(viewer.workspace_id)
    said: Counter[int] = Counter()
    spoke: dict[int, int] = {}
    rows = Participation.objects.filter(_THERE, group=group)
    for identity, messages, last in rows.values_list("identity_id", "messages", "last_spoke_ms"):
        member = known.moved.get(identity, identity)
        if member not in known.bots:
            said[member] += messages
            spoke[member] = max(spoke.get(member, 0), last or 0)
    newest = max(spoke.values(), default=0)
    top = [pk for pk, n in said.most_common() if n and pk not in known.staff][:CARRIERS]
    called = names(top) if viewer.may(Right.SEE_MEMBERS) else {}
    asked = Question.objects.filter(group=group, answer_id=None)
    return Concerned(
        there=len(said),
        lately=sum(at > newest - QUIET_MS for at in spoke.values() if at),
        never=sum(not n for n in said.values()),
        open_questions=asked.filter(asked_ms__gt=newest - OPEN_DAYS * DAY_MS).count(),
        carriers=[
            Carrier(pk, called[pk], said[pk], spoke[pk] <= newest - QUIET_MS)
            for pk in top
            if pk in called
        ],
    )


def in_both(group: Group, others: Sequence[Group]) -> dict[int, tuple[int, int]]:
    """Other group → (people there, of them also there in this group); two statements."""
    mine = Participation.objects.filter(_THERE, group=group)
    rows = Participation.objects.filter(_THERE, group__in=others)
    there = dict(rows.values_list("group_id").annotate(n=Count("identity_id")).order_by())
    both = rows.filter(identity__in=mine.values("identity_id"))
    shared = dict(both.values_list("group_id").annotate(n=Count("identity_id")).order_by())
    return {one.pk: (there.get(one.pk, 0), shared.get(one.pk, 0)) for one in others}

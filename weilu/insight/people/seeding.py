"""Screening the workspace's people for seed members, from roll-ups (A-8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from django.db.models import Count
from pyroaring import BitMap

from weilu.core.access import Actor, Right
from weilu.groups.models import Group
from weilu.insight.models import CommunityDay, MemberTotals
from weilu.insight.packing import unpack_people
from weilu.members.models import Member
from weilu.members.queries import people
from weilu.service.conversations import month_of
from weilu.service.models import Pair, Question
from weilu.team.rules.seeding import WEEKS, Candidate, Evidence, best

DAYS = WEEKS * 7
# Looked at more closely; the days on which they spoke decide who.
CLOSELY = 1000
_AT_ONCE = 400


def candidates(
    viewer: Actor, *, most: int, besides: Iterable[int] = (), among: BitMap | None = None
) -> list[Candidate]:
    """The best seed members of the workspace, best first; staff, bots and who left are out.

    `besides` are left out too; `among` lets only a segment through. "Today" is the newest day
    anything is known of.
    """
    viewer.require(Right.SEE_MEMBERS)
    known = people(viewer.workspace_id)
    spoken = CommunityDay.objects.filter(community__workspace_id=viewer.workspace_id)
    newest = spoken.order_by("-day").values_list("day", flat=True).first()
    if newest is None:
        return []
    days = Counter[int]()
    rows = spoken.filter(day__gt=newest - DAYS).values_list("day", "people")
    by_day: dict[int, BitMap] = {}
    for day, packed in rows:
        by_day[day] = by_day.get(day, BitMap()) | known.of(unpack_people(packed))
    out = known.bots | known.staff | BitMap(besides)
    for present in by_day.values():
        fit = present - out
        days.update(fit & among if among is not None else fit)
    closely = [pk for pk, _n in days.most_common(CLOSELY)]
    there = _there(viewer, closely)
    helped = _helped(viewer, newest, known.moved)
    gave, got = _talked(viewer, newest, known.moved)
    found = [
        Candidate(
            pk,
            {
                Evidence.DAYS: days[pk],
                Evidence.ANSWERS: helped[pk],
                Evidence.PARTNERS: gave[pk],
                Evidence.REPLIES: got[pk],
                Evidence.GROUPS: there[pk],
            },
        )
        for pk in closely
        if pk in there
    ]
    return best(found, most)


def _there(viewer: Actor, ids: list[int]) -> dict[int, int]:
    """Members who are there and people, with the number of groups they are in."""
    found: dict[int, int] = {}
    for at in range(0, len(ids), _AT_ONCE):
        rows = MemberTotals.objects.filter(
            workspace_id=viewer.workspace_id,
            member_id__in=ids[at : at + _AT_ONCE],
            left_ms=0,
            member__nature=Member.Nature.PERSON,
        )
        found.update(rows.values_list("member_id", "groups"))
    return found


def _helped(viewer: Actor, newest: int, moved: Mapping[int, int]) -> Counter[int]:
    """How many questions each was the first to answer."""
    groups = Group.objects.filter(workspace_id=viewer.workspace_id)
    rows = Question.objects.filter(
        group__in=groups, day__gt=newest - DAYS, answered_by__isnull=False
    )
    found = Counter[int]()
    for who, n in rows.values_list("answered_by_id").annotate(n=Count("pk")).order_by():
        found[moved.get(who, who)] += n
    return found


def _talked(
    viewer: Actor, newest: int, moved: Mapping[int, int]
) -> tuple[Counter[int], Counter[int]]:
    """How many different people each answered, and how many answered each."""
    groups = Group.objects.filter(workspace_id=viewer.workspace_id)
    rows = Pair.objects.filter(group__in=groups, month__gte=month_of(newest - DAYS))
    gave, got = Counter[int](), Counter[int]()
    for one, n in (
        rows.values_list("answering").annotate(n=Count("answered", distinct=True)).order_by()
    ):
        gave[moved.get(one, one)] += n
    for one, n in (
        rows.values_list("answered").annotate(n=Count("answering", distinct=True)).order_by()
    ):
        got[moved.get(one, one)] += n
    return gave, got

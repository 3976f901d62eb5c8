"""Screening the workspace's people for seed members: roll-ups, thanks, purchases (A-8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from django.db.models import Count
from pyroaring import BitMap

from weilu.core.access import Actor, Right
from weilu.groups.models import Group
from weilu.insight.models import CommunityDay, MemberTotals
from weilu.insight.packing import unpack_people
from weilu.insight.worth.booking import newest_day_of
from weilu.insight.worth.spending import spending
from weilu.members.actions.ledgers import ledgers
from weilu.members.models import Member
from weilu.members.queries import People, people
from weilu.members.rules.exchange import Exchange
from weilu.members.rules.tiers import shares
from weilu.service.conversations import month_of
from weilu.service.models import Pair, Question
from weilu.team.rules.seeding import WEEKS, Candidate, Evidence, best

DAYS = WEEKS * 7
# Looked at more closely: so many of those who spoke on most days, and who bought most.
CLOSELY = 1000
_AT_ONCE = 400


def candidates(
    viewer: Actor,
    *,
    most: int,
    besides: Iterable[int] = (),
    among: BitMap | None = None,
    bought: int | None = None,
) -> list[Candidate]:
    """The best seed members of the workspace, best first; staff, bots and who left are out.

    `besides` are left out too; `among` lets only a segment through; `bought` is the field of
    numbers that says what customers bought. "Today" is the newest day anything is known of.
    """
    viewer.require(Right.SEE_MEMBERS)
    known = people(viewer.workspace_id)
    out = known.bots | known.staff | BitMap(besides)
    newest = newest_day_of(viewer.workspace_id)
    days = _spoke(viewer, newest, known)
    buys = _bought(viewer, bought, known)
    for counted in (days, buys):
        for pk in [pk for pk in counted if pk in out or (among is not None and pk not in among)]:
            del counted[pk]
    closely = {pk for some in (days, buys) for pk, _n in some.most_common(CLOSELY)}
    there = _there(viewer, sorted(closely))
    helped = _helped(viewer, newest, known.moved)
    gave, got = _talked(viewer, newest, known.moved)
    thanked = _thanked(viewer, newest, there)
    found = (
        Candidate(
            pk,
            {
                Evidence.DAYS: days[pk],
                Evidence.ANSWERS: helped[pk],
                Evidence.PARTNERS: gave[pk],
                Evidence.REPLIES: got[pk],
                Evidence.THANKS: thanked[pk],
                Evidence.GROUPS: groups,
                Evidence.BOUGHT: buys[pk],
            },
        )
        for pk, groups in there.items()
    )
    return best(found, most)


def _spoke(viewer: Actor, newest: int, known: People) -> Counter[int]:
    """On how many days each spoke."""
    rows = CommunityDay.objects.filter(
        community__workspace_id=viewer.workspace_id, day__gt=newest - DAYS
    )
    by_day: dict[int, BitMap] = {}
    for day, packed in rows.values_list("day", "people"):
        by_day[day] = by_day.get(day, BitMap()) | known.of(unpack_people(packed))
    days = Counter[int]()
    for present in by_day.values():
        days.update(present)
    return days


def _bought(viewer: Actor, field_id: int | None, known: People) -> Counter[int]:
    """Of 100 other customers, how many bought less; 1 at least for who bought anything."""
    spent = spending(viewer.workspace_id, field_id, known)
    buyers = {pk: amount for pk, amount in spent.items() if amount > 0}
    return Counter({pk: max(1, int(share * 100)) for pk, share in shares(buyers).items()})


def _there(viewer: Actor, ids: Sequence[int]) -> dict[int, int]:
    """People who did not leave, with the number of groups they are in; 0 for customers in none."""
    found: dict[int, int] = {}
    mine = Member.objects.filter(
        workspace_id=viewer.workspace_id, merged_into=None, nature=Member.Nature.PERSON
    )
    for at in range(0, len(ids), _AT_ONCE):
        some = ids[at : at + _AT_ONCE]
        found |= dict.fromkeys(mine.filter(pk__in=some).values_list("pk", flat=True), 0)
        seen = MemberTotals.objects.filter(member_id__in=some)
        for pk, groups, left_ms in seen.values_list("member_id", "groups", "left_ms"):
            if left_ms:
                found.pop(pk, None)
            elif pk in found:
                found[pk] = groups
    return found


def _thanked(viewer: Actor, newest: int, ids: Iterable[int]) -> Counter[int]:
    """How many different people thanked each."""
    found = Counter[int]()
    for members, rows in ledgers(viewer.workspace_id, ids):
        lately = rows["day"].astype(np.int64) > newest - DAYS
        thanks = rows[(rows["kind"] == Exchange.THANKED) & lately]
        pairs = np.unique(thanks[["who", "partner"]])
        found.update({members[who]: n for who, n in Counter(pairs["who"].tolist()).items()})
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

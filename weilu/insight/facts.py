"""The facts of a group that checks judge, gathered from roll-ups (J-2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
from django.db.models import Max, Sum
from pyroaring import BitMap

from weilu.chat.columns import day_start_ms
from weilu.communities.models import Community
from weilu.groups.caps import caps_of
from weilu.groups.models import Group, Participation
from weilu.insight.checks.base import GroupFacts, KeyPerson, PeriodFacts
from weilu.insight.models import CommunityDay, MoveDay, Standing
from weilu.insight.numbers import counted, said
from weilu.insight.promises import Promised, drift_of, promised
from weilu.insight.rules.spread import bus_factor
from weilu.insight.scope import Day, Scope, days_until
from weilu.insight.selling import early_offers, product_messages
from weilu.insight.themes import WEEK
from weilu.members.queries import People, names, people
from weilu.service.conversations import month_days, months_between
from weilu.service.models import Pair, Question

PERIOD_DAYS = 28
WEEKS = 26
KEY_PEOPLE = 20
# Newcomers of the last week of a period have not had time to come back.
TIME_TO_RETURN = 7


@dataclass(frozen=True, slots=True)
class _Moves:
    """Real joins and leaves by day."""

    joins: dict[int, int]
    leaves: dict[int, int]

    def between(self, first: int, last: int) -> tuple[int, int] | tuple[None, None]:
        """Sums over days; nothing when the source never told of a join or a leave."""
        if not self.joins and not self.leaves:
            return None, None
        return (
            sum(n for d, n in self.joins.items() if first <= d <= last),
            sum(n for d, n in self.leaves.items() if first <= d <= last),
        )


def newest_day(community: Community) -> int | None:
    """The last day anything was said in a community; None when nothing ever was."""
    newest: int | None = CommunityDay.objects.filter(community=community, messages__gt=0).aggregate(
        newest=Max("day")
    )["newest"]
    return newest


def facts_of(community: Community) -> list[GroupFacts]:
    """The facts of every group of a community over the 28 days that end with its newest day."""
    last = newest_day(community)
    if last is None:
        return []
    known = people(community.workspace_id)
    mine = promised(community)
    standing = {s.group_id: s.present for s in Standing.objects.filter(community=community)}
    groups = list(Group.objects.filter(community=community).order_by("pk"))
    caps = caps_of(groups)
    found = []
    for group in groups:
        one = _group_facts(group, last, known, mine, standing.get(group.pk))
        found.append(replace(one, cap=caps[group.pk].people) if group.pk in caps else one)
    return found


def _group_facts(
    group: Group, last: int, known: People, mine: Promised, members: int | None
) -> GroupFacts:
    scope = Scope(
        workspace_id=group.workspace_id,
        community_id=group.community_id,
        zone=group.community.time_zone,
        first_day=last - PERIOD_DAYS + 1,
        last_day=last,
        group_ids=(group.pk,),
    )
    stored = days_until(scope)
    with_bots = counted(stored, known, bots=True, staff=True)
    days = counted(stored, known, bots=False, staff=True)
    moves = _moves(group)
    age = last - days[0].day + 1 if days else 0
    now = _period(group, (with_bots, days), scope.first_day, last, known, moves, members)
    before = None
    if age > PERIOD_DAYS:
        first = scope.first_day_before
        earlier = _members_before(group, scope, members, (now.joins, now.leaves), known)
        before = _period(
            group, (with_bots, days), first, scope.first_day - 1, known, moves, earlier
        )
    spoken = [d.day for d in days if d.messages]
    return GroupFacts(
        group=group.pk,
        name=group.name,
        now=now,
        before=before,
        weekly_messages=_weekly(days, last),
        age_days=age,
        silent_days=last - max(spoken) if spoken else age,
        staff=len(known.staff & _everybody(days)),
        key_people=_key_people(days, scope),
        early_staff_messages=_early_staff(days, known),
        early_offers=early_offers(group, days[0].day, known) if days else None,
        product_messages=product_messages(group, scope, known),
        drift=drift_of(mine, [group.pk], last // WEEK, group.workspace_id) if mine.themes else None,
        kind=mine.kind,
        fit=mine.fit,
    )


def _members_before(
    group: Group,
    scope: Scope,
    members: int | None,
    moved: tuple[int | None, int | None],
    known: People,
) -> int | None:
    """How many there were when the period began: now, without those who came, with who left.

    Where the source tells of no join and no leave, who was first seen in the period came in it.
    """
    if members is None:
        return None
    joins, leaves = moved
    if joins is not None and leaves is not None:
        return max(members - joins + leaves, 0)
    begun = day_start_ms(scope.first_day, scope.zone)
    fresh = Participation.objects.filter(group=group, first_seen_ms__gte=begun)
    came = known.of(BitMap(fresh.values_list("identity_id", flat=True)))
    return max(members - len(came - known.bots), 0)


def _everybody(days: Sequence[Day]) -> BitMap:
    return BitMap.union(*(d.people for d in days)) if days else BitMap()


def _moves(group: Group) -> _Moves:
    rows = list(MoveDay.objects.filter(group=group).values_list("day", "joins", "leaves"))
    return _Moves({d: j for d, j, _ in rows if j}, {d: n for d, _, n in rows if n})


def _period(  # noqa: PLR0913, PLR0917 - the parts of one period
    group: Group,
    both: tuple[Sequence[Day], Sequence[Day]],
    first: int,
    last: int,
    known: People,
    moves: _Moves,
    members: int | None,
) -> PeriodFacts:
    with_bots, days = both
    inside = [d for d in days if first <= d.day <= last]
    by_day = {d.day: d for d in inside}
    counts = said(inside)
    numbers = [n for _, n in counts]
    staff = [n for pk, n in counts if pk in known.staff]
    joins, leaves = moves.between(first, last)
    newcomers, returned = _newcomers(days, first, last - TIME_TO_RETURN, last)
    asked = _questions(group, first, last, known)
    known_days = (days[0].day, days[-1].day) if days else (first, last)
    given = _answers(group, (first, last), known_days, known)
    total = sum(numbers)
    span = range(first, last + 1)
    return PeriodFacts(
        daily_messages=tuple(by_day[k].messages if k in by_day else 0 for k in span),
        speakers=len(counts),
        members=members,
        staff_messages=sum(staff),
        bot_messages=sum(d.messages for d in with_bots if first <= d.day <= last) - total,
        joins=joins,
        leaves=leaves,
        newcomers=newcomers,
        newcomers_returned=returned,
        questions=asked.questions,
        answered=asked.answered,
        median_answer_s=asked.median_s,
        first_answers_by_top=asked.by_top,
        answers=given.every,
        member_answers=given.between_members,
        staff_posts_answered=given.to_staff if known.staff else None,
        top_one_share=max(numbers, default=0) / total if total else 0.0,
        bus_factor=bus_factor(numbers) if numbers else 0,
        top_staff_messages=max(staff, default=0),
        staff_post_days=sum(not d.people.isdisjoint(known.staff) for d in inside),
        hours=np.array([_hours(by_day.get(k)) for k in span], dtype=np.int64),
    )


def _hours(day: Day | None) -> list[int]:
    return day.hours.tolist() if day else [0] * 24


def _newcomers(days: Sequence[Day], first: int, until: int, last: int) -> tuple[int, int]:
    """Who spoke for the first time from `first` to `until`, and how many of them spoke again."""
    seen, fresh, again = BitMap(), BitMap(), BitMap()
    for day in days:
        if day.day > last:
            break
        if day.day >= first:
            again |= fresh & day.people
            if day.day <= until:
                fresh |= day.people - seen
        seen |= day.people
    return len(fresh), len(again)


@dataclass(frozen=True, slots=True)
class _Asked:
    questions: int
    answered: int
    median_s: float | None
    by_top: int | None


def _questions(group: Group, first: int, last: int, known: People) -> _Asked:
    rows = list(
        Question.objects.filter(group=group, day__gte=first, day__lte=last).values_list(
            "answer_after_ms", "answered_by_id"
        )
    )
    waits = [wait / 1000 for wait, _ in rows if wait is not None]
    by = Counter(known.moved.get(who, who) for _, who in rows if who)
    top = by.most_common(1)
    return _Asked(
        questions=len(rows),
        answered=len(waits),
        median_s=median(waits) if waits else None,
        by_top=top[0][1] if top else None,
    )


@dataclass(frozen=True, slots=True)
class _Answers:
    """Answers of a period: all, of a member to a member, of a member to staff; None: not known."""

    every: int | None = None
    between_members: int | None = None
    to_staff: int | None = None


def _answers(
    group: Group, period: tuple[int, int], known_days: tuple[int, int], known: People
) -> _Answers:
    """Answers among people, scaled from whole months, as far as they are known, to the period."""
    first, last = period
    months = months_between(first, last)
    rows = (
        Pair.objects.filter(group=group, month__in=months)
        .values_list("answering", "answered")
        .annotate(total=Sum("links"))
    )
    every, between, to_staff = 0, 0, 0
    for one, other, links in rows:
        a, b = known.moved.get(one, one), known.moved.get(other, other)
        if a == b or a in known.bots or b in known.bots:
            continue
        every += links
        if a not in known.staff:
            between += links * (b not in known.staff)
            to_staff += links * (b in known.staff)
    if not every:
        return _Answers()
    begin = max(month_days(months[0])[0], known_days[0])
    days = min(month_days(months[-1])[1], known_days[1]) - begin + 1
    scale = min(1.0, (last - first + 1) / days)
    return _Answers(round(every * scale), round(between * scale), round(to_staff * scale))


def _weekly(days: Sequence[Day], last: int) -> tuple[int, ...]:
    """Messages of whole weeks back from the last day, oldest first, at most 26."""
    if not days:
        return ()
    weeks = min(WEEKS, (last - days[0].day + 1) // 7)
    sums = [0] * weeks
    for day in days:
        back = (last - day.day) // 7
        if back < weeks:
            sums[-1 - back] += day.messages
    return tuple(sums)


def _key_people(days: Sequence[Day], scope: Scope) -> tuple[KeyPerson, ...]:
    """Who carried the period before, and what they say now."""
    earlier = [d for d in days if scope.first_day_before <= d.day < scope.first_day]
    now = dict(said([d for d in days if d.day >= scope.first_day]))
    top = said(earlier)[:KEY_PEOPLE]
    called = names(pk for pk, _ in top)
    last_seen = {
        pk: max((d.day for d in days if pk in d.people), default=scope.first_day) for pk, _ in top
    }
    return tuple(
        KeyPerson(
            person=pk,
            name=called.get(pk, ""),
            messages_before=count,
            messages_now=now.get(pk, 0),
            silent_days=scope.last_day - last_seen[pk],
        )
        for pk, count in top
    )


def _early_staff(days: Sequence[Day], known: People) -> int | None:
    """Staff messages of the first two weeks; None where no staff is known."""
    if not days or not known.staff:
        return None
    first = days[0].day
    return sum(n for pk, n in said([d for d in days if d.day < first + 14]) if pk in known.staff)

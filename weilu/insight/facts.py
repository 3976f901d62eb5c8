"""The facts of a group that checks judge, gathered from roll-ups (J-2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Max
from pyroaring import BitMap

from weilu.communities.models import Community
from weilu.core.arrays import among
from weilu.groups.caps import caps_of
from weilu.groups.models import Group
from weilu.insight.checks.base import GroupFacts, KeyPerson, PeriodFacts
from weilu.insight.gathering import Held, gather
from weilu.insight.models import CommunityDay, Standing
from weilu.insight.numbers import said
from weilu.insight.promises import Promised, promised
from weilu.insight.rules.spread import bus_factor
from weilu.insight.scope import Day, Scope
from weilu.members.queries import People, names, people
from weilu.service.conversations import month_days, months_between

# Groups read together: the days of a year of each are some 70 MB.
GROUPS_AT_ONCE = 100
PERIOD_DAYS = 28
WEEKS = 26
KEY_PEOPLE = 20
# Newcomers of the last week of a period have not had time to come back.
TIME_TO_RETURN = 7


def newest_day(community: Community) -> int | None:
    """The last day anything was said in a community; None when nothing ever was."""
    newest: int | None = CommunityDay.objects.filter(community=community, messages__gt=0).aggregate(
        newest=Max("day")
    )["newest"]
    return newest


def facts_of(community: Community) -> Iterator[GroupFacts]:
    """The facts of every group of a community over the 28 days that end with its newest day.

    Groups are read by the hundred: some twenty statements for each.
    """
    last = newest_day(community)
    if last is None:
        return
    known = people(community.workspace_id)
    mine = promised(community)
    standing = {s.group_id: s.present for s in Standing.objects.filter(community=community)}
    groups = list(
        Group.objects.filter(community=community).select_related("community").order_by("pk")
    )
    caps = caps_of(groups)
    scope = Scope(
        workspace_id=community.workspace_id,
        community_id=community.pk,
        zone=community.time_zone,
        first_day=last - PERIOD_DAYS + 1,
        last_day=last,
    )
    for at in range(0, len(groups), GROUPS_AT_ONCE):
        some = groups[at : at + GROUPS_AT_ONCE]
        held = gather(some, scope, known, mine)
        called = _names(held, scope, known)
        for group in some:
            one = _Judged(group, scope, known, standing.get(group.pk), held[group.pk])
            cap = caps[group.pk].people if group.pk in caps else None
            yield _group_facts(one, mine, called, cap)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A group with what is stored of it, the period, who is who, and how many are there."""

    group: Group
    scope: Scope
    known: People
    members: int | None
    held: Held


def _group_facts(
    one: _Judged, mine: Promised, called: Mapping[int, str], cap: int | None
) -> GroupFacts:
    scope, held, last = one.scope, one.held, one.scope.last_day
    days = held.days
    age = last - days[0].day + 1 if days else 0
    now = _period(one, scope.first_day, last, one.members)
    before = None
    if age > PERIOD_DAYS:
        earlier = _members_before(one, held.moves.between(scope.first_day, last), age)
        before = _period(one, scope.first_day_before, scope.first_day - 1, earlier)
    spoken = [d.day for d in days if d.messages]
    return GroupFacts(
        group=one.group.pk,
        name=one.group.name,
        now=now,
        before=before,
        weekly_messages=_weekly(days, last),
        age_days=age,
        silent_days=last - max(spoken) if spoken else age,
        staff=len(one.known.staff & _everybody(days)),
        key_people=_key_people(days, scope, one.known, called),
        early_staff_messages=_early_staff(days, one.known),
        early_offers=held.offers,
        product_messages=held.product,
        drift=held.drift,
        kind=mine.kind,
        fit=mine.fit,
        cap=cap,
    )


def _members_before(one: _Judged, moved: tuple[int | None, int | None], age: int) -> int | None:
    """How many there were when the period began: now, without those who came, with who left.

    Where the source tells of no join and no leave, who was first seen in the period came in it;
    not while the records (`age` days) are young, when people are first seen who were there all
    along.
    """
    if one.members is None:
        return None
    joins, leaves = moved
    if joins is not None and leaves is not None:
        return max(one.members - joins + leaves, 0)
    if age < 2 * PERIOD_DAYS:
        return None
    came = one.known.of(BitMap(one.held.fresh))
    return max(one.members - len(came - one.known.bots), 0)


def _everybody(days: Sequence[Day]) -> BitMap:
    return BitMap.union(*(d.people for d in days)) if days else BitMap()


def _period(one: _Judged, first: int, last: int, members: int | None) -> PeriodFacts:
    known, days = one.known, one.held.days
    inside = [d for d in days if first <= d.day <= last]
    by_day = {d.day: d for d in inside}
    counts = said(inside)
    numbers = [n for pk, n in counts if pk not in known.relays]
    staff = [n for pk, n in counts if pk in known.staff]
    settled = one.held.moves.settled_until(last)
    joins, leaves = one.held.moves.between(first, settled)
    newcomers, returned = _newcomers(days, first, last - TIME_TO_RETURN, last)
    asked = _questions(one.held, first, last, known)
    known_days = (days[0].day, days[-1].day) if days else (first, last)
    given = _answers(one.held, (first, last), known_days, known)
    total = sum(n for _, n in counts)
    span = range(first, last + 1)
    return PeriodFacts(
        daily_messages=tuple(by_day[k].messages if k in by_day else 0 for k in span),
        speakers=len(counts),
        members=members,
        staff_messages=sum(staff),
        bot_messages=sum(d.messages for d in one.held.with_bots if first <= d.day <= last) - total,
        joins=joins,
        leaves=leaves,
        move_days=max(settled - first + 1, 0),
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


def _questions(held: Held, first: int, last: int, known: People) -> _Asked:
    asked = held.questions
    inside = (asked.day >= first) & (asked.day <= last)
    after = asked.after_ms[inside]
    waits = after[after >= 0] / 1000
    by = asked.by[inside]
    _, given = np.unique(known.of_array(by[by > 0]), return_counts=True)
    return _Asked(
        questions=len(after),
        answered=len(waits),
        median_s=float(np.median(waits)) if len(waits) else None,
        by_top=int(given.max()) if len(given) else None,
    )


@dataclass(frozen=True, slots=True)
class _Answers:
    """Answers of a period: all, of a member to a member, of a member to staff; None: not known."""

    every: int | None = None
    between_members: int | None = None
    to_staff: int | None = None


def _answers(
    held: Held, period: tuple[int, int], known_days: tuple[int, int], known: People
) -> _Answers:
    """Answers among people, scaled from whole months, as far as they are known, to the period."""
    first, last = period
    months = months_between(first, last)
    month, one, other, links = held.answers
    by, to = known.of_array(one), known.of_array(other)
    counts = np.isin(month, months) & (by != to) & ~among(by, known.bots) & ~among(to, known.bots)
    by, to, links = by[counts], to[counts], links[counts]
    of_members, staff = ~among(by, known.staff), among(to, known.staff)
    every = int(links.sum())
    between, to_staff = int(links[of_members & ~staff].sum()), int(links[of_members & staff].sum())
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


def _names(held: Mapping[int, Held], scope: Scope, known: People) -> dict[int, str]:
    """The names of whoever carried the period before in some groups."""
    return names({pk for one in held.values() for pk, _ in _carriers(one.days, scope, known)})


def _carriers(days: Sequence[Day], scope: Scope, known: People) -> Sequence[tuple[int, int]]:
    """Who said most in the period before, and how much; no bridges, which pass others on."""
    told = said([d for d in days if scope.first_day_before <= d.day < scope.first_day])
    return [one for one in told if one[0] not in known.relays][:KEY_PEOPLE]


def _key_people(
    days: Sequence[Day], scope: Scope, known: People, called: Mapping[int, str]
) -> tuple[KeyPerson, ...]:
    """Who carried the period before, and what they say now."""
    now = dict(said([d for d in days if d.day >= scope.first_day]))
    top = _carriers(days, scope, known)
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

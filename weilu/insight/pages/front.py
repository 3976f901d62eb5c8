"""The first numbers of a community page, in four statements beside those of `look`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.db.models import Count, Q, QuerySet, Sum

from weilu.chat.columns import Ints
from weilu.insight.models import MoveDay, Standing
from weilu.insight.numbers import PeriodNumbers, period
from weilu.insight.pages.look import Look
from weilu.insight.rules.change import Change, Word, compare, compare_days
from weilu.insight.rules.rhythm import HOURS, hour_map
from weilu.insight.scope import Day
from weilu.members.queries import People
from weilu.service.models import Question

# Parts of the day as people speak of them: night, morning, afternoon, evening.
PARTS = ((0, 6), (6, 12), (12, 18), (18, 24))
# A statement names at most this many members left out; few workspaces have so many machines.
MOST_LEFT_OUT = 500
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Flow:
    """Real joins (new and back again) and leaves of a period; per day from its first day."""

    came: int
    left: int
    came_per_day: tuple[int, ...]
    left_per_day: tuple[int, ...]

    @property
    def net(self) -> int:
        """Growth; negative when more left."""
        return self.came - self.left


@dataclass(frozen=True, slots=True)
class Asking:
    """Questions of a period and how many of them were answered."""

    asked: int
    answered: int

    @property
    def share(self) -> float | None:
        """Answered part, 0–1; None without questions."""
        return self.answered / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Front:
    """The scope's period beside the one before; what was never told is None.

    `part` is the part of the day (index of PARTS) that made most of the change in messages.
    """

    now: PeriodNumbers
    before: PeriodNumbers
    has_before: bool
    messages_change: Change
    speakers_change: Change
    hours: Ints
    part: int | None
    present: int | None
    silent: int | None
    flow: Flow | None
    flow_before: Flow | None
    asking: Asking
    asking_before: Asking

    @property
    def active_share(self) -> float | None:
        """Speakers by people present (those who spoke and left count as present), 0–1."""
        return active_share(len(self.now.speakers), self.present)


def active_share(speakers: int, present: int | None) -> float | None:
    """Speakers by people present, 0–1; None when nobody is known to be there."""
    most = max(speakers, present or 0)
    return speakers / most if present is not None and most else None


def front(look: Look) -> Front:
    """The first numbers; days before the period before are not read."""
    scope = look.scope
    days = look.days(scope.first_day_before)
    now = period(days, scope.first_day, scope.last_day)
    before = period(days, scope.first_day_before, scope.first_day - 1)
    inside = {d.day: d.hours for d in days if d.day >= scope.first_day}
    standing = _standing(look)
    flows = flows_of(look)
    asking, asking_before = asking_of(look)
    change = compare_days(now.messages_per_day, before.messages_per_day)
    return Front(
        now=now,
        before=before,
        has_before=_has_before(look),
        messages_change=change,
        speakers_change=compare(
            len(now.speakers), len(before.speakers), now_days=scope.days, before_days=scope.days
        ),
        hours=hour_map(inside),
        part=_part(days, scope.first_day, change),
        present=standing.present if standing else None,
        silent=standing.silent if standing else None,
        flow=flows[0],
        flow_before=flows[1],
        asking=asking,
        asking_before=asking_before,
    )


def _has_before(look: Look) -> bool:
    """Whether the whole period before lies within what is known."""
    oldest = look.place.oldest
    return oldest is not None and oldest <= look.scope.first_day_before


def _part(days: list[Day], first: int, change: Change) -> int | None:
    """The part of the day with more than half of the change; None when there is no such."""
    if change.word not in {Word.UP, Word.DOWN}:
        return None
    moved = np.zeros(HOURS, dtype=np.int64)
    for one in days:
        moved += one.hours if one.day >= first else -one.hours
    total = int(moved.sum())
    if total == 0 or (total > 0) != (change.absolute > 0):
        return None
    shares = [float(moved[a:b].sum()) / total for a, b in PARTS]
    best = max(range(len(PARTS)), key=lambda index: shares[index])
    return best if shares[best] > HALF else None


def _standing(look: Look) -> Standing | None:
    found = Standing.objects.filter(community_id=look.scope.community_id)
    if look.scope.group_ids:
        return found.filter(group_id=look.scope.group_ids[0]).first()
    return found.filter(group=None).first()


def flows_of(look: Look) -> tuple[Flow | None, Flow | None]:
    """Real joins and leaves of the period and the one before; None where none are ever told."""
    scope = look.scope
    moves = MoveDay.objects.filter(group_id__in=look.group_ids)
    rows = {
        day: (came or 0, left or 0)
        for day, came, left in moves.filter(
            day__gte=scope.first_day_before, day__lte=scope.last_day
        )
        .values("day")
        .annotate(came=Sum("joins") + Sum("returns"), left=Sum("leaves"))
        .values_list("day", "came", "left")
    }
    if not rows and not moves.exists():
        return None, None
    return (
        _flow(rows, scope.first_day, scope.last_day),
        _flow(rows, scope.first_day_before, scope.first_day - 1),
    )


def _flow(rows: dict[int, tuple[int, int]], first: int, last: int) -> Flow:
    pairs = [rows.get(day, (0, 0)) for day in range(first, last + 1)]
    came = tuple(came for came, _ in pairs)
    left = tuple(left for _, left in pairs)
    return Flow(sum(came), sum(left), came, left)


def asking_of(look: Look) -> tuple[Asking, Asking]:
    """Questions of the period and of the one before: one statement."""
    scope = look.scope
    now = Q(day__gte=scope.first_day)
    counts = asked_by_those_who_count(look, scope.first_day_before).aggregate(
        asked=Count("id", filter=now),
        answered=Count("answer_id", filter=now),
        asked_before=Count("id", filter=~now),
        answered_before=Count("answer_id", filter=~now),
    )
    return (
        Asking(counts["asked"], counts["answered"]),
        Asking(counts["asked_before"], counts["answered_before"]),
    )


def asked_by_those_who_count(look: Look, first: int | None = None) -> QuerySet[Question]:
    """Questions from a day to the period's end, without those of members left out."""
    scope = look.scope
    found = Question.objects.filter(
        group_id__in=look.group_ids,
        day__gte=scope.first_day if first is None else first,
        day__lte=scope.last_day,
    )
    out = identities_of(look.known, sorted(look.out)[:MOST_LEFT_OUT])
    return found.exclude(identity_id__in=out) if out else found


def identities_of(known: People, members: list[int]) -> list[int]:
    """Every identity of members: their own and those that moved to them."""
    wanted = set(members)
    return sorted(wanted | {i for i, m in known.moved.items() if m in wanted})

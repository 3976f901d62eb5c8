"""The first numbers of a community page, in two statements beside those of `look`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.db.models import Case, Count, IntegerField, QuerySet, Sum, Value, When

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
# What a row of the one statement is about: (what, at, first number, second number).
_STANDING, _MOVES, _ASKING = range(3)
Row = tuple[int, int, int, int]


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
    beside = _beside(look)
    flows = _flows(look, beside.moves)
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
        present=beside.present,
        silent=beside.silent,
        flow=flows[0],
        flow_before=flows[1],
        asking=beside.asking,
        asking_before=beside.asking_before,
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


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside the days; moves are (came, left) by day."""

    present: int | None
    silent: int | None
    moves: dict[int, tuple[int, int]]
    asking: Asking
    asking_before: Asking


def _beside(look: Look) -> _Beside:
    """Standing, moves and questions, which are small and of one shape: one statement."""
    found: dict[int, dict[int, tuple[int, int]]] = {_STANDING: {}, _MOVES: {}, _ASKING: {}}
    rows = _standing(look).union(_moves(look), _asking(look), all=True)
    for what, at, first, second in rows:
        found[what][at] = (first or 0, second or 0)
    present, silent = found[_STANDING].get(0, (None, None))
    asking = found[_ASKING]
    return _Beside(
        present,
        silent,
        found[_MOVES],
        Asking(*asking.get(1, (0, 0))),
        Asking(*asking.get(0, (0, 0))),
    )


def _number(value: int) -> Value:
    return Value(value, IntegerField())


def _standing(look: Look) -> QuerySet[Standing, Row]:
    """One row: people present and silent."""
    found = Standing.objects.filter(community_id=look.scope.community_id)
    ids = look.scope.group_ids
    found = found.filter(group_id=ids[0]) if ids else found.filter(group=None)
    return found.order_by().values_list(_number(_STANDING), _number(0), "present", "silent")


def _moves(look: Look) -> QuerySet[MoveDay, Row]:
    """A row for each day with moves: came (new or back), left."""
    scope = look.scope
    return (
        MoveDay.objects.filter(
            group_id__in=look.group_ids, day__gte=scope.first_day_before, day__lte=scope.last_day
        )
        .order_by()
        .values("day")
        .annotate(what=_number(_MOVES), came=Sum("joins") + Sum("returns"), left=Sum("leaves"))
        .values_list("what", "day", "came", "left")
    )


def _asking(look: Look) -> QuerySet[Question, Row]:
    """At most two rows, of the period (1) and of the one before (0): asked, answered."""
    here = Case(
        When(day__gte=look.scope.first_day, then=_number(1)),
        default=_number(0),
        output_field=IntegerField(),
    )
    return (
        asked_by_those_who_count(look, look.scope.first_day_before)
        .order_by()
        .values(here=here)
        .annotate(what=_number(_ASKING), asked=Count("id"), answered=Count("answer_id"))
        .values_list("what", "here", "asked", "answered")
    )


def flows_of(look: Look) -> tuple[Flow | None, Flow | None]:
    """Real joins and leaves of the period and the one before; None where none are ever told."""
    return _flows(look, {day: (came, left) for _what, day, came, left in _moves(look)})


def _flows(look: Look, rows: dict[int, tuple[int, int]]) -> tuple[Flow | None, Flow | None]:
    scope = look.scope
    if look.place.telling.isdisjoint(look.group_ids):
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

"""The first numbers of a community page, in two statements beside those of `look`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.db.models import BinaryField, Case, Count, IntegerField, QuerySet, Sum, Value, When
from pyroaring import BitMap

from weilu.chat.columns import Ints
from weilu.insight.models import MoveDay, Standing
from weilu.insight.numbers import PeriodNumbers, period
from weilu.insight.packing import unpack_people
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
# What a row of the one statement is about: (what, at, first number, second number, people).
_STANDING, _MOVES, _OPEN_MOVES, _ASKING = range(4)
Row = tuple[int, int, int, int, bytes]


@dataclass(frozen=True, slots=True)
class Flow:
    """Real joins (new and back again) and leaves of a period; per day from its first day.

    `came` and `left` are sums over what is settled: where connections drop, nobody knows yet who
    of the last seven days has left. `open_from` is the first day that is not settled.
    """

    came: int
    left: int
    open_from: int | None
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
    active_share: float | None
    flow: Flow | None
    flow_before: Flow | None
    asking: Asking
    asking_before: Asking


def active_share(speakers: BitMap, there: BitMap | None) -> float | None:
    """Speakers by those who are there or spoke, 0–1; None when it is not known who is there."""
    known = speakers if there is None else speakers | there
    return len(speakers) / len(known) if there is not None and known else None


def who_is_there(standing: Standing | None, out: BitMap) -> BitMap | None:
    """The members present, without those left `out`; None where nobody counted."""
    if standing is None or (standing.present and not standing.who_is_there):
        return None
    return unpack_people(standing.who_is_there) - out


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
        active_share=active_share(now.speakers, beside.there),
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
class _Moves:
    """(came, left) by day: what is settled, and what is not."""

    settled: dict[int, tuple[int, int]]
    still_open: dict[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside the days."""

    present: int | None
    silent: int | None
    there: BitMap | None
    moves: _Moves
    asking: Asking
    asking_before: Asking


def _beside(look: Look) -> _Beside:
    """Standing, moves and questions, which are small and of one shape: one statement."""
    rows = list(_standing(look).union(_moves(look), _asking(look), all=True))
    found = _sorted(rows)
    present, silent = found[_STANDING].get(0, (None, None))
    there = next((unpack_people(row[4]) for row in rows if row[0] == _STANDING), None)
    asking = found[_ASKING]
    return _Beside(
        present,
        silent,
        None if there is None or (present and not there) else there - look.out,
        _Moves(found[_MOVES], found[_OPEN_MOVES]),
        Asking(*asking.get(1, (0, 0))),
        Asking(*asking.get(0, (0, 0))),
    )


def _sorted(rows: Iterable[Row]) -> dict[int, dict[int, tuple[int, int]]]:
    """Rows by what they are about, then by their place."""
    found: dict[int, dict[int, tuple[int, int]]] = {
        what: {} for what in (_STANDING, _MOVES, _OPEN_MOVES, _ASKING)
    }
    for what, at, first, second, _people in rows:
        found[what][at] = (first or 0, second or 0)
    return found


def _number(value: int) -> Value:
    return Value(value, IntegerField())


def _nobody() -> Value:
    return Value(b"", BinaryField())


def _standing(look: Look) -> QuerySet[Standing, Row]:
    """One row: people present and silent, and who is present."""
    found = Standing.objects.filter(community_id=look.scope.community_id)
    ids = look.scope.group_ids
    found = found.filter(group_id=ids[0]) if ids else found.filter(group=None)
    columns = (_number(_STANDING), _number(0), "present", "silent", "who_is_there")
    return found.order_by().values_list(*columns)


def counted_there(look: Look) -> tuple[int | None, int | None]:
    """People present, and silent of them, as the page says; None where nobody counted.

    One statement.
    """
    row = _standing(look).first()
    return (row[2], row[3]) if row else (None, None)


def _moves(look: Look) -> QuerySet[MoveDay, Row]:
    """A row for each day with moves, settled ones apart: came (new or back), left."""
    scope = look.scope
    what = Case(
        When(is_settled=True, then=_number(_MOVES)),
        default=_number(_OPEN_MOVES),
        output_field=IntegerField(),
    )
    return (
        MoveDay.objects.filter(
            group_id__in=look.group_ids, day__gte=scope.first_day_before, day__lte=scope.last_day
        )
        .order_by()
        .values("day", what=what)
        .annotate(came=Sum("joins") + Sum("returns"), left=Sum("leaves"), who=_nobody())
        .values_list("what", "day", "came", "left", "who")
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
        .annotate(who=_nobody())
        .values_list("what", "here", "asked", "answered", "who")
    )


def flows_of(look: Look) -> tuple[Flow | None, Flow | None]:
    """Real joins and leaves of the period and the one before; None where none are ever told."""
    found = _sorted(_moves(look))
    return _flows(look, _Moves(found[_MOVES], found[_OPEN_MOVES]))


def _flows(look: Look, rows: _Moves) -> tuple[Flow | None, Flow | None]:
    scope = look.scope
    if look.place.telling.isdisjoint(look.group_ids):
        return None, None
    return (
        _flow(rows, scope.first_day, scope.last_day),
        _flow(rows, scope.first_day_before, scope.first_day - 1),
    )


def _flow(rows: _Moves, first: int, last: int) -> Flow:
    days = range(first, last + 1)
    settled = [rows.settled.get(day, (0, 0)) for day in days]
    others = [rows.still_open.get(day, (0, 0)) for day in days]
    every = [(a + c, b + d) for (a, b), (c, d) in zip(settled, others, strict=True)]
    return Flow(
        sum(came for came, _ in settled),
        sum(left for _, left in settled),
        min((day for day in rows.still_open if first <= day <= last), default=None),
        tuple(came for came, _ in every),
        tuple(left for _, left in every),
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

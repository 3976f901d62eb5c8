"""What checks judge of groups, read for many groups at once: a few statements for a hundred."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models.functions import Coalesce

from weilu.chat.columns import day_start_ms
from weilu.core.arrays import Ints, parted, table_of
from weilu.groups.models import Group, Participation
from weilu.insight.models import MoveDay
from weilu.insight.numbers import counted
from weilu.insight.promises import Promised, drifts_of
from weilu.insight.rules.drift import Drift
from weilu.insight.scope import Day, Scope, days_by_group
from weilu.insight.selling import early_offers, product_messages
from weilu.insight.themes import WEEK
from weilu.members.queries import People
from weilu.service.conversations import months_between
from weilu.service.models import Pair, Question


@dataclass(frozen=True, slots=True)
class Moves:
    """Real joins, returns among them, and leaves by day; from `open_from` on not yet settled."""

    joins: Mapping[int, int]
    leaves: Mapping[int, int]
    open_from: int | None = None

    def settled_until(self, last: int) -> int:
        """The last settled day of a stretch."""
        return last if self.open_from is None else min(last, self.open_from - 1)

    def between(self, first: int, last: int) -> tuple[int, int] | tuple[None, None]:
        """Sums over days; nothing when the source never told of a join or a leave."""
        if not self.joins and not self.leaves:
            return None, None
        return (
            sum(n for d, n in self.joins.items() if first <= d <= last),
            sum(n for d, n in self.leaves.items() if first <= d <= last),
        )


class Asked(NamedTuple):
    """Questions, a row each: the day, what passed until the answer (-1: none), who gave it (0)."""

    day: Ints
    after_ms: Ints
    by: Ints


class Answered(NamedTuple):
    """How often one identity answered another in a month, a row each."""

    month: Ints
    one: Ints
    other: Ints
    links: Ints


@dataclass(frozen=True, slots=True)
class Held:
    """What is stored of one group up to the last day of the scope.

    `with_bots` and `days` are the same days, with bots and without. `fresh` are the identities
    first seen in the period, where nothing tells of joins. `offers` and `product` are None where
    they cannot be known, `drift` where nothing is promised.
    """

    with_bots: Sequence[Day]
    days: Sequence[Day]
    moves: Moves
    questions: Asked
    answers: Answered
    fresh: Sequence[int]
    offers: int | None
    product: int | None
    drift: Drift | None


def gather(groups: Sequence[Group], scope: Scope, known: People, mine: Promised) -> dict[int, Held]:
    """What is stored of some groups of one community, by group; bounded statements.

    `scope` is the period that is judged; the one before it is read as well.
    """
    ids = [one.pk for one in groups]
    first = scope.first_day_before
    stored = days_by_group(ids, scope.last_day)
    with_bots = {pk: counted(stored[pk], known, bots=True, staff=True) for pk in ids}
    days = {pk: counted(stored[pk], known, bots=False, staff=True) for pk in ids}
    moves = _moves(ids)
    told = {pk for pk, one in moves.items() if one.joins or one.leaves}
    fresh = _fresh([pk for pk in ids if pk not in told], scope)
    questions, answers = _questions(ids, first, scope.last_day), _answers(ids, scope)
    offers = early_offers(groups, days, known)
    product = product_messages(groups, days, scope, known)
    drifts = drifts_of(mine, ids, scope.last_day // WEEK, scope.workspace_id) if mine.themes else {}
    return {
        pk: Held(
            with_bots[pk], days[pk], moves[pk], questions[pk], answers[pk], fresh[pk],
            offers.get(pk), product.get(pk), drifts.get(pk),
        )
        for pk in ids
    }  # fmt: skip


def _moves(ids: Sequence[int]) -> dict[int, Moves]:
    joins: dict[int, dict[int, int]] = {pk: {} for pk in ids}
    leaves: dict[int, dict[int, int]] = {pk: {} for pk in ids}
    open_from: dict[int, int] = {}
    rows = MoveDay.objects.filter(group_id__in=ids).order_by("group_id", "day")
    columns = ("group_id", "day", "joins", "returns", "leaves", "is_settled")
    for group_id, day, new, back, left, is_settled in rows.values_list(*columns):
        if new + back:
            joins[group_id][day] = new + back
        if left:
            leaves[group_id][day] = left
        if not is_settled:
            open_from.setdefault(group_id, day)
    return {pk: Moves(joins[pk], leaves[pk], open_from.get(pk)) for pk in ids}


def _fresh(ids: Sequence[int], scope: Scope) -> dict[int, list[int]]:
    """Identities first seen in the period, but for those who were there before."""
    begun = day_start_ms(scope.first_day, scope.zone)
    rows = Participation.objects.filter(group_id__in=ids, first_seen_ms__gte=begun).exclude(
        joined_ms=Participation.BEFORE_RECORDS
    )
    found: dict[int, list[int]] = defaultdict(list)
    for group_id, identity_id in rows.values_list("group_id", "identity_id"):
        found[group_id].append(identity_id)
    return found


def _questions(ids: Sequence[int], first: int, last: int) -> dict[int, Asked]:
    rows = Question.objects.filter(group_id__in=ids, day__gte=first, day__lte=last).values_list(
        "group_id", "day", Coalesce("answer_after_ms", -1), Coalesce("answered_by_id", 0)
    )
    found = parted(table_of(rows.iterator(), 4), ids)
    return {pk: Asked(*table.T) for pk, table in found.items()}


def _answers(ids: Sequence[int], scope: Scope) -> dict[int, Answered]:
    months = months_between(scope.first_day_before, scope.last_day)
    rows = Pair.objects.filter(group_id__in=ids, month__in=months).values_list(
        "group_id", "month", "answering", "answered", "links"
    )
    found = parted(table_of(rows.iterator(), 5), ids)
    return {pk: Answered(*table.T) for pk, table in found.items()}

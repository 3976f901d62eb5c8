"""How far back ledgers tell days follows from the newest talk and the half-life (C-4).

Every group has its own: by its last day where its community ended, so that an old history keeps
its last years beside a younger one. Forwards, what lies before an edge is carried. Back, because a
longer half-life was chosen, the newest talk is gone or a community ended, days are read again from
exchange by day, which is never carried. Either way ledgers are what booking every day by the edges
held now would have made of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import Max, QuerySet

from weilu.chat.columns import DAY_MS
from weilu.core.clock import now_ms
from weilu.groups.models import Group
from weilu.insight.worth.booking import DAYS_AT_ONCE
from weilu.members.actions.carrying import carry, set_edges
from weilu.members.actions.ledgers import (
    Today,
    book,
    edges_held,
    hold,
    in_pieces,
    numbers_of,
)
from weilu.members.rules.exchange import Rows, mirrored, taken_away, together, unpack_day
from weilu.members.rules.folding import STEP_DAYS, Edges, carried, edge_of
from weilu.members.rules.goodwill_json import Numbers
from weilu.service.models import ExchangeDay

# Groups looked up in one statement.
_GROUPS_AT_ONCE = 500


def edges_wanted(today: Today, numbers: Numbers) -> Edges:
    """Where edges belong: by today, and in ended communities by their last day."""
    # A clock that is ahead in somebody's history is no reason to carry what is recent.
    now = now_ms() // DAY_MS
    over = {pk: edge_of(min(day, now), numbers.model) for pk, day in today.over.items()}
    apart = {group: over[pk] for group, pk in today.communities.items() if pk in over}
    return Edges.made(edge_of(min(today.day, now), numbers.model), apart)


def keep_edges(workspace_id: int, today: Today) -> None:
    """Bring the edges of ledgers to where they belong; what changes becomes stale. Again: nothing.

    Killed in between, every ledger is right by the edges held, and the next run goes on.
    """
    wanted = edges_wanted(today, numbers_of(workspace_id))
    carry(workspace_id, wanted)
    while _step_back(workspace_id, wanted):
        pass


def _step_back(workspace_id: int, wanted: Edges) -> bool:
    """Bring the edge of some groups a step nearer to an earlier one; False: none is later."""
    with transaction.atomic():
        hold(workspace_id)
        held = edges_held(workspace_id)
        everywhere = Group.objects.filter(workspace_id=workspace_id).values_list("pk", flat=True)
        groups = sorted({*everywhere, *held.apart})
        late = held.later_than(wanted, groups)
        if not late:
            return False
        (day, goal), some = min(late.items())
        parts = [some[at : at + _GROUPS_AT_ONCE] for at in range(0, len(some), _GROUPS_AT_ONCE)]
        newest = max((_newest_booked(part, day) for part in parts), default=0)
        edge = max(goal, min(day, newest + 1) - STEP_DAYS)
        rest = edge if (day, goal) == (held.day, wanted.day) else held.day
        mine = set(some)
        of = {one: edge if one in mine else held.of(one) for one in groups}
        set_edges(workspace_id, Edges.made(rest, of), done=True)
        for part in parts:
            for rows in _booked(_days(part, day).filter(day__gte=edge)):
                book(workspace_id, together([rows, taken_away(carried(rows, held))]))
    return True


def _newest_booked(groups: Sequence[int], before: int) -> int:
    """The newest day of some groups before one of which anything is booked, 0: none."""
    newest: int | None = _days(groups, before).aggregate(newest=Max("day"))["newest"]
    return newest or 0


def _days(groups: Sequence[int], before: int) -> QuerySet[ExchangeDay]:
    """Days of some groups before one of which anything is booked."""
    days = ExchangeDay.objects.filter(group__in=groups, day__lt=before)
    return days.exclude(before=b"")


def _booked(days: QuerySet[ExchangeDay]) -> Iterator[Rows]:
    """What ledgers hold of some days, some bytes of it at a time."""
    rows = days.order_by("group_id", "day").iterator(chunk_size=20)
    sizes = ((one, len(_told(one))) for one in rows)
    for some in in_pieces(sizes, DAYS_AT_ONCE):
        yield together(
            [mirrored(unpack_day(_told(one), group=one.group_id, day=one.day)) for one in some]
        )


def _told(one: ExchangeDay) -> bytes:
    """What of a day is booked: what it was before, where the rest still waits."""
    return bytes(one.body if one.before is None else one.before)

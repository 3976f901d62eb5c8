"""How far back ledgers tell days follows from the newest talk and the half-life (C-4).

Forwards, what lies before the edge is carried. Back, because a longer half-life was chosen or the
newest talk is gone, days are read again from exchange by day, which is never carried. Either way
ledgers are what booking every day by the edge held now would have made of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Max, QuerySet

from weilu.chat.columns import DAY_MS
from weilu.core.clock import now_ms
from weilu.groups.models import Group
from weilu.insight.worth.booking import DAYS_AT_ONCE
from weilu.members.actions.carrying import carry, set_edge
from weilu.members.actions.ledgers import (
    Today,
    book,
    edge_held,
    hold,
    in_pieces,
    numbers_of,
)
from weilu.members.rules.exchange import Rows, mirrored, taken_away, together, unpack_day
from weilu.members.rules.folding import STEP_DAYS, carried, edge_of
from weilu.service.models import ExchangeDay


def keep_edge(workspace_id: int, today: Today) -> None:
    """Bring the edge of ledgers to where it belongs; what changes becomes stale. Again: nothing.

    Killed in between, every ledger is right by the edge that is held, and the next run goes on.
    """
    # A clock that is ahead in somebody's history is no reason to carry what is recent.
    day = min(today.day, now_ms() // DAY_MS)
    wanted = edge_of(day, numbers_of(workspace_id).model)
    carry(workspace_id, wanted)
    while _step_back(workspace_id, wanted):
        pass


def _step_back(workspace_id: int, wanted: int) -> bool:
    """Bring the edge a step nearer to an earlier one; False: it is not later (any more)."""
    with transaction.atomic():
        hold(workspace_id)
        held = edge_held(workspace_id)
        if held <= wanted:
            return False
        days = ExchangeDay.objects.filter(
            group__in=Group.objects.filter(workspace_id=workspace_id), day__lt=held
        )
        newest = days.aggregate(newest=Max("day"))["newest"] or 0
        edge = max(wanted, min(held, newest + 1) - STEP_DAYS)
        set_edge(workspace_id, edge, done=True)
        for rows in _booked(days.filter(day__gte=edge)):
            book(workspace_id, together([rows, taken_away(carried(rows, held))]))
    return True


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

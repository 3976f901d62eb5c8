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
from weilu.core.clock import now
from weilu.groups.models import Group
from weilu.members.actions.carrying import carry, set_edge
from weilu.members.actions.ledgers import Today, book, edge_held, hold, numbers_of
from weilu.members.rules.exchange import Rows, mirrored, taken_away, together, unpack_day
from weilu.members.rules.folding import STEP_DAYS, carried, edge_of
from weilu.service.models import ExchangeDay

_BYTES_AT_ONCE = 3_000_000


def keep_edge(workspace_id: int, today: Today) -> None:
    """Bring the edge of ledgers to where it belongs; what changes becomes stale. Again: nothing.

    Killed in between, every ledger is right by the edge that is held, and the next run goes on.
    """
    # A clock that is ahead in somebody's history is no reason to carry what is recent.
    day = min(today.day, int(now().timestamp() * 1000) // DAY_MS)
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
    parts: list[Rows] = []
    size = 0
    for one in days.order_by("group_id", "day").iterator(chunk_size=20):
        held = one.body if one.before is None else one.before
        parts.append(mirrored(unpack_day(held, group=one.group_id, day=one.day)))
        size += len(held)
        if size > _BYTES_AT_ONCE:
            yield together(parts)
            parts, size = [], 0
    if parts:
        yield together(parts)

"""The edge of ledgers moves on with time: what lies before it is carried (C-4).

From the moment an edge is set all booking goes by it. The ledgers that nobody books into follow a
few at a time; how far that has come is kept beside the edge, so that a run that is killed is
taken up by the next, and two at once do each ledger once.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Length

from weilu.members.actions.ledgers import edge_held, hold, in_pieces, write_anew
from weilu.members.models import Ledger, LedgerEdge
from weilu.members.rules.exchange import nothing

_AT_ONCE = 500


def carry(workspace_id: int, edge: int) -> int:
    """Carry what lies before an edge in every ledger; returns how many changed, now stale.

    An edge that is not later than the one held is not taken, but what another run left undone is
    done. Each few ledgers are a transaction; once more changes nothing.
    """
    with transaction.atomic():
        hold(workspace_id)
        if edge > edge_held(workspace_id):
            set_edge(workspace_id, edge, done=False)
    changed = 0
    while True:
        with transaction.atomic():
            hold(workspace_id)
            more = _carry_some(workspace_id)
        if more is None:
            return changed
        changed += more


def set_edge(workspace_id: int, day: int, *, done: bool) -> None:
    """Have all booking go by an edge; `done`: all ledgers are written by it already.

    The caller's transaction, which must `hold` the workspace.
    """
    LedgerEdge.objects.update_or_create(
        pk=workspace_id, defaults={"day": day, "next": None if done else 0}
    )


def _carry_some(workspace_id: int) -> int | None:
    """Write the next few ledgers by the edge held; how many changed, None when all are."""
    held = LedgerEdge.objects.filter(pk=workspace_id, next__isnull=False)
    found = held.values_list("day", "next").first()
    if found is None:
        return None
    edge, first = found
    mine = Ledger.objects.filter(workspace_id=workspace_id, pk__gte=first).order_by("pk")
    sizes = list(mine.values_list("pk").annotate(size=Length("body"))[:_AT_ONCE])
    ids: list[int] = next(in_pieces(sizes, _AT_ONCE), [])
    held.update(next=ids[-1] + 1 if ids else None)
    return write_anew(workspace_id, ids, edge, nothing())

"""The edge of ledgers moves on with time: what lies before it is carried (C-4).

From the moment an edge is set all booking goes by it. The ledgers that nobody books into follow a
few at a time; how far that has come is kept beside the edge, so that a run that is killed is
taken up by the next, and two at once do each ledger once.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Length

from weilu.members.actions.ledgers import edges_held, hold, in_pieces, write_anew
from weilu.members.models import Ledger, LedgerEdge
from weilu.members.rules.exchange import nothing
from weilu.members.rules.folding import Edges

_AT_ONCE = 500


def carry(workspace_id: int, edges: Edges) -> int:
    """Carry what lies before the edges in every ledger; returns how many changed, now stale.

    Edges that are not later than those held are not taken, but what another run left undone is
    done. Each few ledgers are a transaction; once more changes nothing.
    """
    with transaction.atomic():
        hold(workspace_id)
        held = edges_held(workspace_id)
        if held.latest_with(edges) != held:
            set_edges(workspace_id, held.latest_with(edges), done=False)
    changed = 0
    while True:
        with transaction.atomic():
            hold(workspace_id)
            more = _carry_some(workspace_id)
        if more is None:
            return changed
        changed += more


def set_edges(workspace_id: int, edges: Edges, *, done: bool) -> None:
    """Have all booking go by edges; `done`: all ledgers are written by them already.

    The caller's transaction, which must `hold` the workspace.
    """
    apart = {str(group): day for group, day in edges.apart.items()}
    LedgerEdge.objects.update_or_create(
        pk=workspace_id,
        defaults={"day": edges.day, "apart": apart, "next": None if done else 0},
    )


def _carry_some(workspace_id: int) -> int | None:
    """Write the next few ledgers by the edges held; how many changed, None when all are."""
    held = LedgerEdge.objects.filter(pk=workspace_id, next__isnull=False)
    first = held.values_list("next", flat=True).first()
    if first is None:
        return None
    mine = Ledger.objects.filter(workspace_id=workspace_id, pk__gte=first).order_by("pk")
    sizes = list(mine.values_list("pk").annotate(size=Length("body"))[:_AT_ONCE])
    ids: list[int] = next(in_pieces(sizes, _AT_ONCE), [])
    held.update(next=ids[-1] + 1 if ids else None)
    return write_anew(workspace_id, ids, edges_held(workspace_id), nothing())

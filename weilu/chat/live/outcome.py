"""How a row of the send queue ends, and that whoever decided it is told."""

from __future__ import annotations

from collections.abc import Iterable

from weilu.chat.models import Outgoing
from weilu.core.log import announce_all
from weilu.events.chat import OutgoingEnded


def tell_ended(ids: Iterable[int]) -> None:
    """Announce the end of rows, in the transaction that ended them."""
    rows = Outgoing.objects.filter(pk__in=list(ids)).exclude(state__in=Outgoing.OPEN)
    announce_all(
        [
            OutgoingEnded(
                workspace_id=row.workspace_id,
                outgoing_id=row.pk,
                origin=row.origin,
                origin_id=row.origin_id,
                state=row.state,
            )
            for row in rows.order_by("pk")
        ]
    )

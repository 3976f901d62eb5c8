"""What a platform tells later about orders that a person had to confirm."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F

from weilu.chat.live.outcome import tell_ended
from weilu.chat.models import Outgoing
from weilu.chat.ports.orders import Fate, Receipt
from weilu.core.clock import now

_STATES = {
    Fate.SENT: Outgoing.State.SENT,
    Fate.REFUSED: Outgoing.State.FAILED,
    Fate.EXPIRED: Outgoing.State.EXPIRED,
}

_FAULTS = {Fate.REFUSED: "refused", Fate.EXPIRED: "not_confirmed"}


def settle_receipts(workspace_id: int, receipts: Sequence[Receipt]) -> None:
    """End the orders that receipts tell of; one that came before changes nothing."""
    for one in receipts:
        asked = Outgoing.objects.filter(
            workspace_id=workspace_id,
            external_id=one.external_id,
            state__in=[Outgoing.State.ASKED, Outgoing.State.STOPPING],
        )
        ids = list(asked.values_list("pk", flat=True))
        ended = asked.filter(pk__in=ids).update(
            state=_STATES[one.fate],
            fault=_FAULTS.get(one.fate, ""),
            ended_at=now(),
            # Whoever had wanted it stopped did not end it.
            ended_by=None,
            version=F("version") + 1,
        )
        if ended:
            tell_ended(ids)

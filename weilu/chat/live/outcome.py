"""How a row of the send queue ends, and that whoever decided it is told."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, QuerySet

from weilu.chat.models import Outgoing
from weilu.core.access import Actor
from weilu.core.clock import now
from weilu.core.log import announce_all
from weilu.events.chat import OutgoingEnded

AT_ONCE = 200


def end_rows(rows: QuerySet[Outgoing], actor: Actor | None, state: Outgoing.State) -> int:
    """End the first two hundred of some rows and tell whoever decided them; returns how many."""
    with transaction.atomic():
        ids = list(rows.select_for_update().values_list("pk", flat=True)[:AT_ONCE])
        ended = rows.filter(pk__in=ids).update(
            state=state,
            ended_at=now(),
            ended_by_id=actor.user_id if actor else None,
            version=F("version") + 1,
        )
        if ended:
            tell_ended(ids)
    return ended


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

"""What happened in connected groups just now: the newest messages, comings, goings and orders.

Cheap however much history there is: it goes back over the last batches that came live, not over
the messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from weilu.chat.models import Batch, Message, Outgoing
from weilu.chat.ports import Kind
from weilu.core.access import Actor, Right
from weilu.core.clock import now, now_ms
from weilu.groups.models import Connection

SHOWN = 40
ORDERS_SHOWN = 15
SINCE = timedelta(hours=24)
_BATCHES = 40
_KINDS = (int(Kind.MESSAGE), int(Kind.JOIN), int(Kind.LEAVE))


@dataclass(frozen=True, slots=True)
class Lately:
    """The last day at a glance, newest first: what was said, who came and went, what Weilu did."""

    heard: Sequence[Message]
    orders: Sequence[Outgoing]
    connections: Sequence[Connection]


def lately(viewer: Actor, limit: int = SHOWN) -> Lately:
    """What happened in the workspace's connected groups within a day; bounded."""
    viewer.require(Right.SEE_MEMBERS)
    connections = Connection.objects.filter(workspace_id=viewer.workspace_id).order_by("name")
    return Lately(_heard(viewer.workspace_id, limit), _orders(viewer), list(connections[:50]))


def _heard(workspace_id: int, limit: int) -> list[Message]:
    """The newest of the last live batches, in the order they were sent."""
    batches = Batch.objects.filter(
        workspace_id=workspace_id, source_id=0, at__gt=now() - SINCE
    ).order_by("-pk")[:_BATCHES]
    spans = list(batches.values_list("first_id", "count"))
    if not spans:
        return []
    # A big batch holds enough by itself: no more ids are looked at than can be shown many times.
    wanted = Q()
    for first, count in spans:
        wanted |= Q(pk__gte=max(first, first + count - 5 * limit), pk__lt=first + count)
    since = now_ms() - int(SINCE.total_seconds() * 1000)
    rows = (
        Message.objects.filter(wanted, workspace_id=workspace_id, kind__in=_KINDS)
        .filter(sent_ms__gte=since, group__connection__isnull=False)
        .select_related("group__community", "identity")
        .order_by("-pk")[: 2 * limit]
    )
    found = sorted(rows, key=lambda one: (one.sent_ms, one.pk), reverse=True)
    return found[:limit]


def _orders(viewer: Actor) -> list[Outgoing]:
    """What Weilu or the team did or tried lately, the newest first."""
    rows = Outgoing.objects.filter(
        workspace_id=viewer.workspace_id, created_at__gt=now() - SINCE
    ).select_related("group__community", "by")
    return list(rows.order_by("-pk")[:ORDERS_SHOWN])
